"""A transcript's file into plain text, or a refusal that says what is wrong with it and what to do.

Names are not trusted: each kind is known by its content. Nothing is unpacked to disk, no entity is resolved, and what
would unfold to more than `archives.MOST_UNPACKED` bytes or `MOST_CHARACTERS` characters is refused before it does.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import docx
import pypdf
import webvtt
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from docx.opc.exceptions import PackageNotFoundError
from pypdf.errors import LimitReachedError, PyPdfError
from striprtf.striprtf import rtf_to_text

from projects.archives import checked_zip, damaged, unpacked

MOST_BYTES = 15 * 1024 * 1024
MOST_CHARACTERS = 1_500_000  # a transcript of some twenty hours
MOST_PAGES = 1000
KINDS = (".txt", ".md", ".docx", ".rtf", ".vtt", ".srt", ".pdf")
# What a text must not hold: control characters but tab and line feed, halves of a surrogate pair, and what XML refuses.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")
LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x0b|\x0c|\x85")

# Word's own marks: what holds paragraphs besides the body, what stands for a sign, and what is not part of the words.
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOLDERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo")}
SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
UNREAD = {f"{W}{name}" for name in ("pPr", "rPr", "del", "moveFrom", "drawing", "pict", "object")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
}
TIME_CELL = re.compile(r"[\[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?[\])]?")

# The marks of WebVTT: whose voice begins, any other, and a sign that is written out.
VOICE = re.compile(r"<v(?:\.[^\s<>]+)?\s([^<>]*)>")
TAG = re.compile(r"<[^<>]*>")
WRITTEN_OUT = re.compile(r"&#?\w{1,32};")


@dataclass(frozen=True)
class Cue:
    """A piece of a subtitle file: when it begins, in seconds, who says it where that is said, and the words."""

    seconds: int
    speaker: str
    text: str


@dataclass
class ReadFile:
    """What a file says: its text, or its cues where it is a subtitle file, and what a person should know of it."""

    text: str
    kind: str
    cues: list[Cue] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_file(name: str, data: bytes) -> ReadFile:
    """Read a transcript's file. Raises ValidationError in words for what cannot be read, or not safely."""
    suffix = PurePosixPath(name.lower()).suffix
    if suffix not in KINDS:
        raise ValidationError(
            _("Milepost reads %(kinds)s. Save the transcript as one of these and choose it again.")
            % {"kinds": ", ".join(KINDS)}
        )
    if len(data) > MOST_BYTES:
        raise ValidationError(_("This file is larger than 15 MB. A transcript needs far less: leave out pictures."))
    if not data:
        raise ValidationError(_("This file is empty."))
    found = READERS[suffix](data)
    found.text = cleaned(found.text)
    if not found.text.strip() and not found.cues:
        raise ValidationError(_("There is no text in this file."))
    if len(found.text) > MOST_CHARACTERS:
        raise ValidationError(_("This text is longer than any interview (over 1,500,000 characters). Split it."))
    return found


def cleaned(text: str) -> str:
    """Return text with line feeds for all line ends and without control characters; nothing else is changed.

    Letters with combining marks and emoji stay as they are, so that positions count what the file has.
    """
    return UNWANTED.sub("", LINE_ENDS.sub("\n", text))


# ---- plain text


def decoded(data: bytes) -> tuple[str, list[str]]:
    """Return the text of bytes and what was assumed: UTF-8, UTF-16 by its mark or its look, else Windows-1252.

    Raises ValidationError for what is no text at all.
    """
    if encoding := utf_16(data):
        try:
            return data.decode(encoding), []
        except UnicodeDecodeError as error:
            raise ValidationError(_("This UTF-16 text is cut off. Save it again as UTF-8.")) from error
    if looks_binary(data):
        raise ValidationError(_("This is no text: it looks like a program or a picture. Choose another file."))
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    note = _("This file is not UTF-8. It was read as Windows text: look whether accents and quotation marks are right.")
    lost = text.count("\ufffd")
    if lost:
        note += " " + _("%(n)s characters could not be read.") % {"n": lost}
    return text, [note]


def utf_16(data: bytes) -> str:
    """Return which kind of UTF-16 bytes are, or "": by their mark, else by zeros in every second place.

    Texts in Latin letters only are known without a mark.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = data[:4096]
    even, odd = head[::2], head[1::2]
    if len(head) >= 4 and 10 * odd.count(0) > 9 * len(odd) and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if len(head) >= 4 and 10 * even.count(0) > 9 * len(even) and not odd.count(0) else ""


def looks_binary(data: bytes) -> bool:
    """Tell whether bytes are no text in any of the ways we read, by the control characters among the first of them."""
    head = data[:4096]
    return sum(byte < 9 or 13 < byte < 32 for byte in head) * 50 > len(head)


def read_text(data: bytes) -> ReadFile:
    text, notes = decoded(data)
    return ReadFile(text, "text", notes=notes)


# ---- Word, RTF, PDF


def read_docx(data: bytes) -> ReadFile:
    """Read a Word file as it stands with all changes accepted: paragraphs and tables, in the order in which they are.

    A table in which the same names stand before what is said is read as "name: words", with the time where it has one.
    """
    try:
        for name, content in unpacked(checked_zip(data)):
            if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in content:
                raise ValidationError(_("This file has a part with entities (%(name)s).") % {"name": name[:80]})
        body = docx.Document(io.BytesIO(data)).element.body
        lines = [] if body is None else list(lines_in(body))
    except (PackageNotFoundError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, OSError) as error:
        # lxml's errors of form are SyntaxErrors
        raise damaged() from error
    return ReadFile("\n".join(lines), "docx")


def lines_in(parent: Any) -> Iterator[str]:
    """Yield the lines of what holds paragraphs and tables, also of those within content controls."""
    for child in parent:
        if child.tag == f"{W}p":
            yield words_of(child)
        elif child.tag == f"{W}tbl":
            yield from lines_of_table(list(rows_in(child)))
        elif child.tag in HOLDERS:
            yield from lines_in(child)


def words_of(element: Any) -> str:
    """Return the words of a paragraph, without what was taken out while changes were shown."""
    if element.tag == f"{W}t":
        return element.text or ""
    if element.tag in SIGNS:
        return SIGNS[element.tag]
    return "" if element.tag in UNREAD else "".join(words_of(child) for child in element)


def rows_in(parent: Any) -> Iterator[list[str]]:
    """Yield the rows of a table, each as the words of its cells."""
    for child in parent:
        if child.tag == f"{W}tr":
            cells = child.iter(f"{W}tc")
            yield [words for cell in cells if (words := "\n".join(lines_in(cell)).strip())]
        elif child.tag in HOLDERS:
            yield from rows_in(child)


def lines_of_table(rows: list[list[str]]) -> Iterator[str]:
    """Yield a line for each row: as a turn where names come back, else the cells with tabs between."""
    parts = []
    for row in rows:
        time = next((cell for cell in row if TIME_CELL.fullmatch(cell)), "")
        parts.append((time, [cell for cell in row if cell is not time]))
    names = Counter(cells[0] for _time, cells in parts if len(cells) == 2 and len(cells[0]) <= 40)
    talk = any(times > 1 for times in names.values())
    for row, (time, cells) in zip(rows, parts, strict=True):
        if talk and len(cells) == 2 and cells[0] in names:
            yield f"[{time.strip('[]() ')}] {cells[0]}: {cells[1]}" if time else f"{cells[0]}: {cells[1]}"
        else:
            yield "\t".join(dict.fromkeys(row))


def read_rtf(data: bytes) -> ReadFile:
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ValidationError(_("This is not an RTF file, whatever its name says. Save it again as RTF or as text."))
    try:
        text = rtf_to_text(data.decode("latin-1"), errors="replace")
    except (ValueError, IndexError, LookupError, RecursionError) as error:
        raise ValidationError(_("This RTF file is damaged. Save it again as text and choose that.")) from error
    return ReadFile(text, "rtf")


def read_pdf(data: bytes) -> ReadFile:
    """Read the text of a PDF; one of scanned pages has none."""
    if b"%PDF-" not in data[:1024]:
        raise ValidationError(_("This is not a PDF, whatever its name says. Choose the transcript itself."))
    pages, length = [], 0
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValidationError(_("This PDF is locked with a password. Save it without one."))
        if len(reader.pages) > MOST_PAGES:
            raise ValidationError(_("This PDF has more than 1,000 pages. Split it."))
        for page in reader.pages:
            pages.append(page.extract_text())
            length += len(pages[-1])
            if length > MOST_CHARACTERS:
                break
    except LimitReachedError as error:
        raise ValidationError(
            _("This file unpacks to more than a transcript can hold, so it was not opened.")
        ) from error
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValidationError(_("This PDF is damaged. Save it again, or as text.")) from error
    if not "".join(pages).strip():
        raise ValidationError(_("This PDF has no text, only pictures of pages. Choose the text it was made from."))
    note = _("Line breaks of a PDF are guessed. Where you have the transcript as Word or text, take that.")
    return ReadFile("\n".join(pages), "pdf", notes=[note])


# ---- subtitles


def read_subtitles(parse: Callable[[io.StringIO], webvtt.WebVTT], kind: str) -> Callable[[bytes], ReadFile]:
    def read(data: bytes) -> ReadFile:
        text, notes = decoded(data)
        try:
            captions = parse(io.StringIO(cleaned(text).strip() + "\n")).captions
        except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError, ValueError) as error:
            wrong = _("This is not a %(kind)s file that can be read: %(why)s.")
            raise ValidationError(wrong % {"kind": kind.upper(), "why": str(error) or "?"}) from error
        cues = [cue for one in captions for cue in (voices_in(one) if kind == "vtt" else [cue_of(one, "", one.text)])]
        return ReadFile("", kind, [cue for cue in cues if cue.text], notes)

    return read


def voices_in(caption: webvtt.Caption) -> Iterator[Cue]:
    """Yield what each voice says in a caption of WebVTT, which may have several, and writes out some signs."""
    before, *voices = VOICE.split(caption.raw_text)
    for speaker, said in [("", before), *zip(voices[::2], voices[1::2], strict=True)]:
        yield cue_of(caption, signs_in(speaker), signs_in(TAG.sub("", said)))


def signs_in(words: str) -> str:
    """Return words with the signs that "&amp;" and the like stand for; an "&" alone is one."""
    return cleaned(WRITTEN_OUT.sub(lambda match: html.unescape(match[0]), words))


def cue_of(caption: webvtt.Caption, speaker: str, words: str) -> Cue:
    return Cue(int(caption.start_in_seconds), speaker.strip(), " ".join(words.split()))


READERS: dict[str, Callable[[bytes], ReadFile]] = {
    ".txt": read_text,
    ".md": read_text,
    ".docx": read_docx,
    ".rtf": read_rtf,
    ".pdf": read_pdf,
    ".vtt": read_subtitles(webvtt.from_buffer, "vtt"),
    ".srt": read_subtitles(lambda buffer: webvtt.from_buffer(buffer, format="srt"), "srt"),
}
