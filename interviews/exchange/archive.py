"""Opening the archive of a REFI-QDA project (.qdpx) without trust in it.

Nothing is unpacked to disk. Only the project's XML and the texts that it names are read, each with a limit; pictures,
sound and films are never opened.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO
from zipfile import ZipFile, ZipInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from interviews.exchange.parts import MissingText
from interviews.exchange.remarks import Report
from projects import archives
from projects.archives import LARGE, check_entry, name_of

MOST_BYTES = 100 * 1024 * 1024
MOST_ENTRIES = 10_000
MOST_UNPACKED = 2 * 1024 * 1024 * 1024  # of all entries together, as they say of themselves; we read few of them
MOST_XML = 100 * 1024 * 1024
MOST_TEXT = 8 * 1024 * 1024  # of one text
MOST_TEXTS = 400 * 1024 * 1024  # of all texts together
ZIP = b"PK\x03\x04"
INTERNAL, SCHEME = "internal://", re.compile(r"^([a-z]+)://", re.IGNORECASE)
BROKEN = (*archives.BROKEN, ValueError)


def damaged() -> ValidationError:
    return ValidationError(_("This project's archive is damaged. Export it again from the program it comes from."))


class Limited(io.RawIOBase):
    """An entry being read; raises ValidationError once it gives more than `most` bytes, whatever it said of itself."""

    def __init__(self, file: IO[bytes], most: int, name: str):
        self.file, self.left, self.name = file, most, name

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = self.left + 1 if size < 0 else min(size, self.left + 1)
        try:
            content = self.file.read(wanted)
        except BROKEN as error:
            raise damaged() from error
        self.left -= len(content)
        if self.left < 0:
            raise ValidationError(
                _("%(name)s in this archive unpacks to more than a project can hold, so it was not read.")
                % {"name": self.name[:80]}
            )
        return content


class Archive:
    """The entries of an archive that was checked: one `*.qde` at its root, texts by their names."""

    def __init__(self, zipped: ZipFile, entries: list[ZipInfo], report: Report):
        self.zipped = zipped
        self.report = report
        self.by_name = {name_of(one).lower(): one for one in entries}
        found = [one for name, one in self.by_name.items() if name.endswith(".qde") and "/" not in name]
        if len(found) != 1:
            raise ValidationError(
                _("There are %(n)s projects (*.qde) in this archive; there must be one.") % {"n": len(found)}
                if found
                else _("There is no project (*.qde) in this archive, so it is no REFI-QDA project.")
            )
        self.entry = found[0]
        if self.entry.filename != "project.qde":
            report.deviation(_("The project's file should be called project.qde."), self.entry.filename)
        self.left = MOST_TEXTS

    @contextmanager
    def project(self) -> Iterator[Limited]:
        """Give the project's XML to be read from its beginning."""
        with self.opened(self.entry) as file:
            yield Limited(file, MOST_XML, self.entry.filename)

    @contextmanager
    def opened(self, entry: ZipInfo) -> Iterator[IO[bytes]]:
        try:
            file = self.zipped.open(entry)
        except BROKEN as error:
            raise damaged() from error
        with file:
            yield file

    def text(self, path: str) -> bytes:
        """Return the bytes of a text by the path with which the project names it.

        Raises MissingText for one that is not there or lies outside the archive, ValidationError for one that is no
        text at all or unpacks to too much.
        """
        entry = self.entry_of(path)
        with self.opened(entry) as file:
            content = Limited(file, min(MOST_TEXT, self.left), entry.filename).read()
        self.left -= len(content)
        if content.startswith(ZIP):
            raise ValidationError(_("%(name)s should be a text and is an archive.") % {"name": entry.filename[:80]})
        return content

    def entry_of(self, path: str) -> ZipInfo:
        name, scheme = path.strip().replace("\\", "/"), SCHEME.match(path.strip())
        if scheme and scheme[1].lower() != "internal":
            raise MissingText(_("it lies outside the archive (%(path)s)") % {"path": path[:120]})
        if scheme:
            name = name[len(INTERNAL) :]
        else:
            self.report.deviation(_("Paths of texts should begin with internal://."), path)
        name = name.lstrip("/").lower()
        if name.startswith("sources/"):
            self.report.deviation(_("The folder sources is no part of a text's path."), path)
            name = name.removeprefix("sources/")
        entry = self.by_name.get(f"sources/{name}") or self.by_name.get(name)
        if entry is None:
            raise MissingText(_("%(path)s is not in the archive") % {"path": path[:120]})
        return entry


@contextmanager
def open_archive(file: IO[bytes], report: Report) -> Iterator[Archive]:
    """Open an archive. Raises ValidationError for one that is damaged, locked, nested, a bomb or points outside."""
    if file.seek(0, io.SEEK_END) > MOST_BYTES:
        raise ValidationError(_("This file is larger than %(most)s MB.") % {"most": MOST_BYTES // LARGE})
    file.seek(0)
    try:
        zipped = ZipFile(file)
    except BROKEN as error:
        raise damaged() from error
    with zipped:
        yield Archive(zipped, checked(zipped.infolist(), report), report)


def checked(entries: list[ZipInfo], report: Report) -> list[ZipInfo]:
    """Return the entries that are files. Raises ValidationError as `open_archive` does, naming the entry."""
    if len(entries) > MOST_ENTRIES:
        raise ValidationError(_("There are more than %(most)s files in this archive.") % {"most": f"{MOST_ENTRIES:,}"})
    if sum(one.file_size for one in entries) > MOST_UNPACKED:
        raise ValidationError(_("This archive unpacks to more than a project can hold, so it was not opened."))
    kept: dict[str, ZipInfo] = {}
    for one in entries:
        name = name_of(one)
        check_entry(one, name)
        path = PurePosixPath(name.lower())
        if one.is_dir() or path.name in (".root", ".ds_store") or path.parts[:1] == ("__macosx",):
            continue
        if name.lower() in kept:
            raise ValidationError(_("%(name)s is in this archive twice.") % {"name": name[:80]})
        if path.parent.name == "sources" and not name.startswith("sources/"):
            report.deviation(_("The folder of texts should be called sources, in small letters."), name.split("/")[0])
        kept[name.lower()] = one
    return list(kept.values())
