"""What a file from outside really is, or a refusal that says what to do. Known by its content, never by what it says.

Pure: no database, nothing on disk. A picture's size is read from its head before it is decoded; it leaves smaller,
turned upright, and without what cameras write into it (place, device, comments). A process decodes one at a time.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import threading
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pillow_heif
import pypdf
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf.errors import PyPdfError

from projects.archives import checked_zip, damaged, unpacked

pillow_heif.register_heif_opener(thumbnails=False)

MOST_BYTES = 15 * 1024 * 1024
# Bounds of what decoding takes, which is up to 400 MB (docs/performance.md). Phones take at most 50 million; the other
# kinds take more memory for each.
MOST_PIXELS = {"JPEG": 51_000_000, "HEIF": 51_000_000, "PNG": 32_000_000, "WEBP": 18_000_000}
MOST_PROGRESSIVE = 36_000_000
STRIP = 256  # rows of a HEIC made smaller at once
MOST_PAGES = 1000
LONGEST_SIDE = 2400
QUALITY = 82
NAME_LENGTH = 120

PICTURES = {"jpg", "jpeg", "png", "webp", "heic", "heif"}
SAVED_AS = {"JPEG": ("jpg", "image/jpeg"), "PNG": ("png", "image/png"), "WEBP": ("webp", "image/webp")}
OFFICE = "application/vnd.openxmlformats-officedocument."
# By ending: the kind, the type it is served as, and the part that only such a file has.
PACKED = {
    "docx": ("document", f"{OFFICE}wordprocessingml.document", "word/document.xml"),
    "xlsx": ("sheet", f"{OFFICE}spreadsheetml.sheet", "xl/workbook.xml"),
    "pptx": ("slides", f"{OFFICE}presentationml.presentation", "ppt/presentation.xml"),
    "odt": ("document", "application/vnd.oasis.opendocument.text", "content.xml"),
    "ods": ("sheet", "application/vnd.oasis.opendocument.spreadsheet", "content.xml"),
    "odp": ("slides", "application/vnd.oasis.opendocument.presentation", "content.xml"),
}
TEXTS = {"txt": "text/plain", "csv": "text/csv"}
WITH_MACROS = {"docm", "dotm", "xlsm", "xltm", "xlsb", "pptm", "ppsm"}
OLD_OFFICE = {"doc", "xls", "ppt"}
ACCEPT = ",".join(f".{end}" for end in [*sorted(PICTURES), "pdf", *PACKED, *TEXTS])
# Pillow and libheif say with these that a picture is broken.
BROKEN = (OSError, ValueError, SyntaxError, RuntimeError, EOFError, struct.error, zipfile.BadZipFile)
decoding = threading.BoundedSemaphore(1)


@dataclass(frozen=True)
class Checked:
    """A file as it may be kept: its name as shown, its kind and type, and its bytes."""

    name: str
    kind: str
    content_type: str
    data: bytes
    width: int | None = None
    height: int | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def checked(name: str, data: bytes) -> Checked:
    """Return a file as it may be kept. Raises ValidationError that says what is wrong and what to do."""
    name = plain_name(name)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if not data:
        raise ValidationError(_("This file is empty."))
    if len(data) > MOST_BYTES:
        raise ValidationError(_("This file is larger than 15 MB. Make it smaller, or send a part of it."))
    if ending in PICTURES:
        return picture(name, data)
    if ending == "pdf":
        return pdf(name, data)
    if ending in PACKED:
        return packed(name, data, ending)
    if ending in TEXTS:
        return text(name, data, ending)
    if ending in WITH_MACROS:
        raise ValidationError(
            _("This file can hold macros, which are programs. Save it without them, as .docx or .xlsx.")
        )
    if ending in OLD_OFFICE:
        raise ValidationError(_("This is an old Office file. Save it as .docx, .xlsx, .pptx or PDF."))
    raise ValidationError(_("Choose a picture, a PDF, a Word, Excel, PowerPoint or OpenDocument file, or plain text."))


def plain_name(name: str) -> str:
    """Return a name without folders, control characters and marks that turn the writing round; never empty."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = re.sub(r"\s+", " ", name).strip().rstrip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name[:NAME_LENGTH] or _("file")
    return f"{stem[: NAME_LENGTH - 10] or _('file')}.{ending[:9]}"


def picture(name: str, data: bytes) -> Checked:
    """Return a picture, decoded and written anew: what is not part of the picture does not come along."""
    try:
        with decoding, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return redrawn(name, data)
    except UnidentifiedImageError as error:
        raise ValidationError(_("This is not a picture, whatever its name says. Choose the picture itself.")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large(max(MOST_PIXELS.values())) from error
    except BROKEN as error:
        raise ValidationError(_("This picture is damaged or not whole. Send it again, or take a new one.")) from error


def too_large(most: int) -> ValidationError:
    said = _("This picture has too many pixels. Save it with at most %(n)s million, and choose it once more.")
    return ValidationError(said % {"n": most // 1_000_000})


def redrawn(name: str, data: bytes) -> Checked:
    with Image.open(io.BytesIO(data), formats=list(MOST_PIXELS)) as image:
        kind = image.format or ""
        most = MOST_PROGRESSIVE if image.info.get("progressive") else MOST_PIXELS[kind]
        if image.width * image.height > most:
            raise too_large(most)
        saved_as = kind if kind in SAVED_AS else "JPEG"
        colours = image.info.get("icc_profile")
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = smaller_heic(data) if kind == "HEIF" else ImageOps.exif_transpose(smaller(image))
    if saved_as == "JPEG":
        colours = colours if upright.mode == "RGB" else None
        upright = upright.convert("RGB")
    upright.info = {}
    out = io.BytesIO()
    upright.save(out, saved_as, quality=QUALITY, optimize=saved_as != "WEBP", icc_profile=colours)
    ending, content_type = SAVED_AS[saved_as]
    shown = f"{name.rpartition('.')[0]}.{ending}"
    return Checked(shown, "photo", content_type, out.getvalue(), upright.width, upright.height)


def smaller(image: Image.Image) -> Image.Image:
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return image


def smaller_heic(data: bytes) -> Image.Image:
    """Return a HEIC made smaller and, as its decoder does, upright.

    The decoder gives all of it at once. It is halved strip by strip, for a copy of the whole would take 200 MB more.
    """
    heic = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
    whole = heic[heic.primary_index]
    rows: Any = whole.data  # a view into the decoder's memory, so that slices are no copies
    mode = whole.mode
    width, height = whole.size
    scale = 1
    while max(width, height) // (scale * 2) >= LONGEST_SIDE:
        scale *= 2
    halved = Image.new(mode, (-(-width // scale), -(-height // scale)))
    for top in range(0, height, STRIP):
        bottom = min(top + STRIP, height)
        strip = rows[top * whole.stride : bottom * whole.stride]
        part = Image.frombuffer(mode, (width, bottom - top), strip, "raw", mode, whole.stride, 1)
        halved.paste(part.reduce(scale), (0, top // scale))
    return smaller(halved)


def pdf(name: str, data: bytes) -> Checked:
    if not data.startswith(b"%PDF-"):
        raise ValidationError(_("This is not a PDF, whatever its name says. Save it as PDF and choose it once more."))
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValidationError(_("This PDF is locked with a password. Save it without one."))
        pages = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValidationError(_("This PDF is damaged. Save it again and choose it once more.")) from error
    if not 0 < pages <= MOST_PAGES:
        raise ValidationError(_("A PDF must have between 1 and 1,000 pages."))
    return Checked(name, "pdf", "application/pdf", data)


def packed(name: str, data: bytes, ending: str) -> Checked:
    """Return an Office or OpenDocument file: the zip archive it is, with the part that makes it one and no macros."""
    kind, content_type, main = PACKED[ending]
    if not data.startswith(b"PK\x03\x04"):
        raise wrong_office(ending)
    try:
        parts = dict(small_parts(data))
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise damaged() from error
    said = parts.get("mimetype", b"").decode("ascii", "replace").strip()
    if main not in parts or (ending.startswith("od") and said != content_type):
        raise wrong_office(ending)
    types = parts.get("[Content_Types].xml", b"").lower()
    names = [part.lower() for part in parts]
    if b"macroenabled" in types or any(
        part.endswith("vbaproject.bin") or part.startswith(("basic/", "scripts/")) for part in names
    ):
        raise ValidationError(_("This file holds macros, which are programs. Save it without them."))
    return Checked(name, kind, content_type, data)


def small_parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of an archive with their content where we look into it, all unpacked once within bounds."""
    for part, content in unpacked(checked_zip(data)):
        yield part, content if part in ("mimetype", "[Content_Types].xml") else b""


def wrong_office(ending: str) -> ValidationError:
    return ValidationError(
        _("This is not a .%(ending)s file, whatever its name says. Save it anew and choose it once more.")
        % {"ending": ending}
    )


def text(name: str, data: bytes, ending: str) -> Checked:
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValidationError(_("This is not plain text, whatever its name says."))
    if head.startswith((b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"#!", b"%pdf-", b"mz")):
        raise ValidationError(_("This is not plain text, whatever its name says."))
    return Checked(name, "text", TEXTS[ending], data)
