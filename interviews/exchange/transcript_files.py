"""Coded transcripts as files: one interview as a web page or for Word, or all that may leave in one archive. Reads."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterable, Iterator

from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.exchange.coded_text import Document, Documents
from interviews.exchange.leaving import Leaving, blind_to, leaving, left_out
from interviews.exchange.word_files import DOCX, coded_transcript
from interviews.models import Study

KINDS = {"html": "text/html; charset=utf-8", "docx": DOCX}
FROM_1980 = (1980, 1, 1, 0, 0, 0)  # archives of the same transcripts are the same


def as_file(study: Study, document: Document, kind: str, *, today: dt.date) -> bytes:
    """Return a coded transcript as a file of a kind in KINDS."""
    if kind == "docx":
        return coded_transcript(document)
    context = {"study": study, "document": document, "day": today, "language": get_language()}
    return render_to_string("interviews/coded_file.html", context).encode()


def name_of(one: Leaving, kind: str) -> str:
    """Return the name of a transcript's file, different for each interview."""
    return f"{slugify(one.participant.pseudonym) or 'interview'}-{one.interview.pk}.{kind}"


def all_files(
    study: Study, kind: str, *, reader: User, today: dt.date, named: bool = False
) -> Iterator[tuple[str, bytes]]:
    """Yield each transcript that may leave as (name, file), one in memory at a time, and a note of what is left out."""
    texts = leaving(study)
    documents = Documents(study, reader=reader, named=named)
    for one in texts:
        if not one.kept and (document := documents.of(one)):
            yield name_of(one, kind), as_file(study, document, kind, today=today)
    out = [*left_out(texts), *blind_to(study, reader)] or [_("Nothing is left out.")]
    yield "left-out.txt", "\n".join([_("What is not in this archive, and why:"), *out, ""]).encode()


class Handed:
    """A file that hands on what is written to it instead of keeping it."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: nothing is kept."""

    close = flush

    def taken(self) -> bytes:
        waiting, self.waiting = self.waiting, []
        return b"".join(waiting)


def archived(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield a ZIP archive of files while they are made, so that it is never in memory as a whole."""
    handed = Handed()
    with zipfile.ZipFile(handed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, FROM_1980), content, zipfile.ZIP_DEFLATED)
            yield handed.taken()
    yield handed.taken()
