"""Positions in a text that changes: where a place is after some spans were put in another's stead.

Positions count Unicode code points, as everywhere in interviews; a span is [start, end).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Edit:
    """Put `text` where [start, end) was."""

    start: int
    end: int
    text: str


class Clash(ValueError):
    """Edits overlap, are empty, or lie outside the text."""


def checked(edits: Iterable[Edit], length: int) -> list[Edit]:
    """Return edits in order. Raises Clash for such as overlap or do not lie within a text of that length."""
    found = sorted(edits)
    at = 0
    for edit in found:
        if not at <= edit.start < edit.end <= length:
            raise Clash(edit)
        at = edit.end
    return found


def applied(text: str, edits: Sequence[Edit]) -> str:
    """Return a text with edits made, which come as `checked` returns them."""
    pieces, at = [], 0
    for edit in edits:
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, text[at:]])


class Shift:
    """Where places of the old text are in the new one.

    What lies between edits keeps its characters. A span that begins or ends within an edit takes in the whole of what
    was put there, so that a selection never holds half a placeholder.
    """

    def __init__(self, edits: Sequence[Edit]):
        self.edits = edits
        self.starts = [edit.start for edit in edits]
        self.grown = [0]
        for edit in edits:
            self.grown.append(self.grown[-1] + len(edit.text) - (edit.end - edit.start))

    def start(self, position: int) -> int:
        """Return where a span begins that began here."""
        count = bisect_right(self.starts, position)
        if count and position < self.edits[count - 1].end:
            return self.edits[count - 1].start + self.grown[count - 1]
        return position + self.grown[count]

    def end(self, position: int) -> int:
        """Return where a span ends that ended here."""
        count = bisect_right(self.starts, position - 1)
        if count and position < self.edits[count - 1].end:
            return self.edits[count - 1].start + self.grown[count - 1] + len(self.edits[count - 1].text)
        return position + self.grown[count]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.start(start), self.end(end)
