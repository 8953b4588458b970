"""The text of an HTML document as a person reads it, and where places in its characters are there.

Taguette keeps documents as HTML, and places in them as UTF-8 bytes of the text between the tags, counted as a browser
does. A reader wants paragraphs on lines of their own, and no line breaks that the source has but a page does not show.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from html.parser import HTMLParser
from itertools import accumulate

from interviews.reading.files import LINE_ENDS, UNWANTED

APART = frozenset(  # elements with a blank line around them
    "address article aside blockquote body caption div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main "
    "nav ol p pre section table ul".split()
)
ON_A_LINE = frozenset("dd dt figcaption li option tr".split())
CELLS = frozenset("td th".split())
UNSEEN = frozenset("head script style template title".split())
SPACES = " \t\n\r\f"  # what a page shows as one space; a no-break space is not among them


class HtmlText(HTMLParser):
    """An HTML document read into `text`; `length` is how many bytes its characters have in all."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []  # of the text as it is shown
        self.shown = 0  # their length
        self.sizes = array("i")  # bytes of each character between the tags
        self.places = array("i")  # where each of them is shown, -1 where it is not
        self.kept = 0  # how many elements are open that keep their spaces
        self.unseen = 0
        self.waiting = ""  # what parts the words so far from the next: "", " ", "\t", "\n" or "\n\n"
        self.space = -1  # the number of the character that is a space waiting
        self.begun = False  # just behind <pre>, where a line feed is none
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
        self.close()
        self.text = "".join(self.pieces)
        self.ends = array("q", accumulate(self.sizes, initial=0))
        self.starts_at, self.ends_at = self.laid_out()

    @property
    def length(self) -> int:
        return self.ends[-1]

    # ---- reading

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.put("\n")
        self.part(tag)
        if tag in CELLS and self.pieces and "\n" not in self.waiting:
            self.waiting = "\t"
        self.kept += tag == "pre"
        self.unseen += tag in UNSEEN
        self.begun = tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self.part(tag)
        self.kept -= tag == "pre" and self.kept > 0
        self.unseen -= tag in UNSEEN and self.unseen > 0
        self.begun = False

    def part(self, tag: str) -> None:
        """Let what comes begin on a line of its own, or behind a blank one."""
        if tag in APART or tag in ON_A_LINE:
            wanted = "\n\n" if tag in APART else "\n"
            self.waiting = max(self.waiting.strip(" \t"), wanted) if self.pieces else ""
            self.space = -1

    def handle_data(self, data: str) -> None:
        if self.begun and data.startswith("\n"):
            data = data[1:]
        self.begun = False
        for char in data:
            self.sizes.append(len(char.encode("utf-8", "replace")))
            self.places.append(-1)
            if self.unseen or UNWANTED.match(char):
                continue
            if char in SPACES and not self.kept:
                self.wait()
            else:
                self.put("\n" if LINE_ENDS.match(char) else char, number=len(self.places) - 1)

    def wait(self) -> None:
        """Keep a space back until words follow on the same line."""
        if not self.waiting and self.pieces and not self.pieces[-1].endswith("\n"):
            self.waiting, self.space = " ", len(self.places) - 1

    def put(self, char: str, *, number: int = -1) -> None:
        """Show a character, behind what parts it from the words before."""
        if char != "\n" or self.kept or self.waiting.strip(" \t"):
            if self.space >= 0:
                self.places[self.space] = self.shown
            self.show(self.waiting)
        self.waiting, self.space = "", -1
        if number >= 0:
            self.places[number] = self.shown
        self.show(char)

    def show(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.shown += len(text)

    # ---- places

    def laid_out(self) -> tuple[array[int], array[int]]:
        """Return for each number of characters where a passage begins in the text, and where one ends there."""
        starts = array("q", [self.shown]) * (len(self.places) + 1)
        ends = array("q", [0]) * (len(self.places) + 1)
        for number in reversed(range(len(self.places))):
            starts[number] = starts[number + 1] if self.places[number] < 0 else self.places[number]
        for number, place in enumerate(self.places):
            ends[number + 1] = ends[number] if place < 0 else place + 1
        return starts, ends

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return where the passage between two numbers of bytes is in the text.

        A number within a character counts as behind it, as Taguette has it. Empty where nothing there is shown.
        """
        start, end = (min(bisect_left(self.ends, one), len(self.places)) for one in (first, last))
        return self.starts_at[start], max(self.starts_at[start], self.ends_at[end])


def text_of_html(html: str) -> str:
    """Return the text of a piece of HTML."""
    return HtmlText(html).text
