"""The kinds of file that can be brought into a study, told by what is in them and not by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import IO
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from interviews.exchange import tables, taguette
from interviews.exchange.archive import MOST_BYTES, MOST_XML, ZIP, Archive, open_archive
from interviews.exchange.coded_tables import is_csv, is_xlsx, open_csv, open_xlsx, placed
from interviews.exchange.parts import MissingText, Note, Opened, Source
from interviews.exchange.placing import MARK
from interviews.exchange.qdc import read_codebook
from interviews.exchange.qde import read_project
from interviews.exchange.remarks import Report
from interviews.exchange.taguette import is_taguette, open_taguette
from interviews.models import Study
from interviews.reading.files import decoded

BYTES_OF_MARK = b"\xef\xbb\xbf"
HEAD = 4096


@dataclass(frozen=True)
class Kind:
    """A kind of file: how it is recognized, how much of it is taken at most, and how it is opened.

    `recognises` gets the first bytes and the file itself. `opens` reads it, puts into the report what a person should
    know, and raises ValidationError where it is refused. What it gives is read while the context lasts. A file that
    names texts of the study instead of having its own is then put to them by `places`.
    """

    suffix: str
    words: Promise
    most_bytes: int
    recognises: Callable[[bytes, IO[bytes]], bool]
    opens: Callable[[IO[bytes], Report], AbstractContextManager[Opened]]
    places: Callable[[Opened, Study, User, Report], Opened] | None = None


@contextmanager
def open_project(file: IO[bytes], report: Report) -> Iterator[Opened]:
    with open_archive(file, report) as archive:
        with archive.project() as markup:
            project = read_project(markup, report)  # type: ignore[arg-type]  # it reads, which is all that is asked
        yield Opened(project, lambda one: raw_text(one, archive))


def raw_text(one: Source | Note, archive: Archive) -> str:
    """Return the text of a source or note as it stands, with its mark. Raises MissingText where there is none."""
    if one.content is not None:
        return one.content
    if not one.path:
        raise MissingText(_("it has no plain text"))
    content = archive.text(one.path)
    try:
        text, notes = decoded(content)
    except ValidationError as error:
        raise MissingText(" ".join(error.messages)) from error
    for words in notes:
        archive.report.deviation(words, one.name or one.path)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        archive.report.deviation(_("A text is not UTF-8 but UTF-16."), one.name or one.path)
    return MARK + text if content.startswith(BYTES_OF_MARK) else text


@contextmanager
def open_codebook(file: IO[bytes], report: Report) -> Iterator[Opened]:
    file.seek(0)
    yield Opened(read_codebook(file, report), lambda one: "")


def is_project(head: bytes, file: IO[bytes]) -> bool:
    """Tell whether a file is an archive with a project in it; a damaged one is taken for one and refused with why."""
    if not head.startswith((ZIP, b"PK\x05\x06")):
        return False
    try:
        with ZipFile(file) as archive:
            names = archive.namelist()[:20_000]
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return True
    return any(name.lower().endswith(".qde") for name in names) or not any("[Content_Types]" in name for name in names)


def is_codebook(head: bytes, file: IO[bytes]) -> bool:
    plain = head.replace(b"\x00", b"").lower()  # whatever it is encoded in
    return b"<codebook" in plain or b":codebook" in plain


READERS: dict[str, Kind] = {
    "qdpx": Kind(".qdpx", gettext_lazy("REFI-QDA project"), MOST_BYTES, is_project, open_project),
    "qdc": Kind(".qdc", gettext_lazy("REFI-QDA codebook"), MOST_XML, is_codebook, open_codebook),
    "taguette": Kind(".sqlite3", gettext_lazy("Taguette project"), taguette.MOST_BYTES, is_taguette, open_taguette),
    "xlsx": Kind(".xlsx", gettext_lazy("table of codings"), tables.MOST_BYTES, is_xlsx, open_xlsx, placed),
    "csv": Kind(".csv", gettext_lazy("table of codings"), tables.MOST_BYTES, is_csv, open_csv, placed),
}


def kind_of(file: IO[bytes]) -> str:
    """Return which kind a file is. Raises ValidationError for one of none of them, and for one that is too large."""
    file.seek(0)
    head = file.read(HEAD)
    for name, kind in READERS.items():
        file.seek(0)
        if kind.recognises(head, file):
            check_size(file, kind)
            return name
    kinds = ", ".join(f"{kind.words} ({kind.suffix})" for kind in READERS.values())
    raise ValidationError(_("This file is none that Milepost can take in. It takes: %(kinds)s.") % {"kinds": kinds})


def check_size(file: IO[bytes], kind: Kind) -> None:
    if file.seek(0, 2) > kind.most_bytes:
        said = {"words": kind.words, "most": kind.most_bytes // (1024 * 1024)}
        raise ValidationError(_("A %(words)s can be %(most)s MB at most. Leave out sound, films and pictures.") % said)
    file.seek(0)
