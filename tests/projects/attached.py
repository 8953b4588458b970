"""Pictures and files for tests, drawn and packed on the spot."""

import io
import zipfile

import docx
import pypdf
from PIL import Image

GPS = 0x8825


def picture_of(kind="JPEG", *, size=(60, 40), place=True, turned=False, **more):
    """Return a picture as bytes, with a place in its EXIF, and turned on its side where asked."""
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    if turned:
        exif[0x0112] = 6
    if place:
        exif.get_ifd(GPS).update({1: "N", 2: (42.0, 16.0, 51.0), 3: "W", 4: (83.0, 44.0, 33.0)})
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, exif=exif, **more)
    return out.getvalue()


def pdf_of(*, pages=1, password=""):
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx_of(text="An agreement."):
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def zip_of(**parts):
    """Return a zip archive; two underscores in a name stand for a slash, one for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def with_part(data, name, content):
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()
