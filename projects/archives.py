"""What holds for every archive (zip) that somebody sends. Pure; nothing is unpacked to disk."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from zipfile import ZipFile, ZipInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FOLDS = 200  # how many times its size a large entry may unpack to
LARGE = 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024  # of a document
MOST_PARTS = 2000
NESTED = (".zip", ".qdpx", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".jar")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


def name_of(entry: ZipInfo) -> str:
    return entry.filename.replace("\\", "/").removeprefix("./")


def check_place(one: ZipInfo, name: str) -> None:
    """Raise ValidationError for an entry that points outside, is a link, or is locked."""
    said = {"name": name[:80]}
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or re.match(r"^[a-z]:", name, re.IGNORECASE) or "\x00" in name:
        raise ValidationError(_("This archive points outside itself (%(name)s), so it was not opened.") % said)
    if stat.S_ISLNK(one.external_attr >> 16):
        raise ValidationError(_("%(name)s in this archive is a link to another file, so it was not opened.") % said)
    if one.flag_bits & 1:
        raise ValidationError(_("%(name)s in this archive is locked with a password. Export it without one.") % said)


def check_entry(one: ZipInfo, name: str) -> None:
    """Raise ValidationError as `check_place` does, and for an entry that is an archive or a bomb."""
    check_place(one, name)
    said = {"name": name[:80]}
    if PurePosixPath(name).suffix.lower() in NESTED:
        raise ValidationError(_("There is an archive in this archive (%(name)s), so it was not opened.") % said)
    if one.file_size > LARGE and one.file_size > FOLDS * max(1, one.compress_size):
        raise ValidationError(
            _("%(name)s in this archive unpacks to %(times)s times its size, so it was not opened.")
            % {**said, "times": one.file_size // max(1, one.compress_size)}
        )


def too_much() -> ValidationError:
    return ValidationError(_("This file unpacks to more than it may hold, so it was not opened."))


def damaged() -> ValidationError:
    return ValidationError(_("This file is damaged. Open it, save it again and choose it once more."))


def checked_zip(data: bytes) -> ZipFile:
    """Return a document's archive whose list of parts is harmless. Raises ValidationError as `check_place` does."""
    try:
        archive = ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise damaged() from error
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise too_much()
    for part in parts:
        check_place(part, name_of(part))
    return archive


def unpacked(archive: ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of an archive; raises ValidationError when one says less than it unpacks to, or is damaged."""
    total = 0
    for part in archive.infolist():
        with archive.open(part) as file:
            content = file.read(MOST_UNPACKED - total + 1)
        total += len(content)
        if total > MOST_UNPACKED:
            raise too_much()
        yield part.filename, content
