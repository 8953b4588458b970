import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageChops, ImageStat

from projects import file_contents
from projects.file_contents import checked, plain_name
from tests.projects.attached import docx_of, pdf_of, picture_of, with_part, zip_of


def refused(name, data):
    with pytest.raises(ValidationError) as error:
        checked(name, data)
    return " ".join(error.value.messages)


def opened(file):
    return Image.open(io.BytesIO(file.data))


def png_head(width, height):
    """Return the head of a PNG that says how large it is, and nothing of the picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    empty = b"IDAT" + zlib.compress(b"")
    parts = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (chunk, empty)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "a.jpg"), ("HEIF", "IMG_1.HEIC"), ("PNG", "a.png"), ("WEBP", "a.webp")]
)
def test_a_picture_leaves_without_place_and_device(kind, name):
    data = picture_of(kind)
    with Image.open(io.BytesIO(data)) as before:
        assert before.getexif().get_ifd(0x8825), "the picture had a place"
    file = checked(name, data)
    with opened(file) as after:
        assert not after.getexif()
        assert "xmp" not in after.info
    assert b"PhoneMaker" not in file.data


def test_a_phones_picture_becomes_a_jpeg_that_any_browser_shows():
    file = checked("IMG_0042.HEIC", picture_of("HEIF"))
    assert (file.name, file.kind, file.content_type) == ("IMG_0042.jpg", "photo", "image/jpeg")
    assert (opened(file).format, file.width, file.height) == ("JPEG", 60, 40)


def test_comments_in_a_picture_do_not_come_along():
    assert b"room 12" not in checked("a.jpg", picture_of(comment=b"room 12")).data


def test_a_picture_on_its_side_is_turned_upright():
    file = checked("a.jpg", picture_of(turned=True))
    assert (file.width, file.height) == (40, 60)


def test_a_heic_on_its_side_is_turned_once_whatever_its_exif_repeats():
    exif, image, out = Image.Exif(), Image.new("RGB", (60, 40)), io.BytesIO()
    exif[0x0112] = 6
    image.info["exif"] = exif.tobytes()
    image.save(out, "HEIF")
    assert b"irot" in out.getvalue(), "turned as phones do it, by a property of the picture"
    file = checked("a.heic", out.getvalue())
    assert (file.width, file.height) == (40, 60)


@pytest.mark.parametrize("kind", ["JPEG", "HEIF", "PNG"])
def test_a_large_picture_is_made_smaller(kind):
    file = checked("a.heic", picture_of(kind, size=(3000, 100)))
    assert (file.width, file.height) == (2400, 80)


def test_a_picture_of_50_000_by_50_000_is_refused_before_it_is_decoded():
    assert "too many pixels" in refused("a.png", png_head(50_000, 50_000))


def test_a_picture_just_over_the_limit_is_refused_too():
    assert "too many pixels. Save it with at most 32 million" in refused("a.png", png_head(6_001, 6_000))


@pytest.mark.parametrize("kind", ["JPEG", "HEIF", "PNG", "WEBP"])
def test_each_kind_has_its_own_limit(kind, monkeypatch):
    monkeypatch.setitem(file_contents.MOST_PIXELS, kind, 60 * 40)
    assert checked("a.heic", picture_of(kind)).width == 60
    assert "too many pixels" in refused("a.heic", picture_of(kind, size=(60, 41)))


def test_a_progressive_jpeg_has_a_lower_limit_for_it_is_held_whole(monkeypatch):
    monkeypatch.setattr(file_contents, "MOST_PROGRESSIVE", 60 * 40 - 1)
    assert checked("a.jpg", picture_of()).width == 60
    assert "too many pixels" in refused("a.jpg", picture_of(progressive=True))


@pytest.mark.parametrize("size", [(400, 100), (410, 103), (99, 50)])
def test_a_heic_made_smaller_in_strips_shows_the_same_picture(size, monkeypatch):
    monkeypatch.setattr(file_contents, "LONGEST_SIDE", 100)
    monkeypatch.setattr(file_contents, "STRIP", 16)
    drawn = Image.linear_gradient("L").resize(size).convert("RGB")
    drawn.paste("navy", (0, 0, size[0] // 2, size[1] // 3))
    out = io.BytesIO()
    drawn.save(out, "HEIF", quality=95)
    file = checked("a.heic", out.getvalue())
    drawn.thumbnail((100, 100))
    assert (file.width, file.height) == drawn.size
    difference = ImageChops.difference(opened(file).convert("L"), drawn.convert("L"))
    assert ImageStat.Stat(difference).mean[0] < 4


def test_a_heic_that_says_it_is_enormous_is_refused():
    data = picture_of("HEIF", size=(64, 64))
    says = b"ispe" + struct.pack(">III", 0, 64, 64)
    assert says in data
    lying = data.replace(says, b"ispe" + struct.pack(">III", 0, 60_000, 60_000))
    assert refused("a.heic", lying)


@pytest.mark.parametrize("kind", ["JPEG", "HEIF", "PNG", "WEBP"])
def test_half_a_picture_is_refused(kind):
    data = picture_of(kind, size=(400, 300), place=False)
    said = refused("a.heic", data[: len(data) // 2])
    assert "damaged" in said or "not a picture" in said


def test_a_picture_that_is_something_else_is_refused():
    assert "not a picture" in refused("a.jpg", b"<html><script>alert(1)</script></html>")


def test_a_pdf_is_kept_as_it_is():
    data = pdf_of()
    file = checked("Agreement.pdf", data)
    assert (file.kind, file.data) == ("pdf", data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!doctype html><p>%PDF-1.7", "not a PDF"),
        (b"%PDF-1.7\n<html></html>", "damaged"),
        (pdf_of(password="secret"), "password"),
        (b"", "empty"),
        (b"%PDF-" + b"x" * file_contents.MOST_BYTES, "15 MB"),
    ],
)
def test_a_pdf_that_is_none_is_refused(data, words):
    assert words in refused("a.pdf", data)


def test_word_and_opendocument_files_are_kept_as_they_are():
    assert checked("a.docx", docx_of()).kind == "document"
    odt = zip_of(mimetype="application/vnd.oasis.opendocument.text", content_xml="<x/>")
    assert checked("a.odt", odt).content_type == "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", docx_of(), "not a .xlsx file"),
        ("a.docx", b"<html></html>", "not a .docx file"),
        ("a.docx", docx_of()[:900], "damaged"),
        ("a.odt", zip_of(mimetype="text/plain", content_xml="<x/>"), "not a .odt file"),
        ("a.docx", with_part(docx_of(), "word/vbaProject.bin", b"x"), "macros"),
        ("a.docm", docx_of(), "macros"),
        ("a.xlsm", b"PK", "macros"),
        ("a.docx", with_part(docx_of(), "../../x", b"x"), "points outside itself"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office file"),
        ("a.svg", b"<svg/>", "Choose a picture"),
        ("a.html", b"<html/>", "Choose a picture"),
        ("a.js", b"alert(1)", "Choose a picture"),
        ("a", b"x", "Choose a picture"),
        ("a.pdf.exe", b"MZ", "Choose a picture"),
        ("a.txt", b"<script>alert(1)</script>", "not plain text"),
        ("a.csv", b"\x00\x01\x02", "not plain text"),
    ],
)
def test_what_is_not_what_it_says_is_refused(name, data, words):
    assert words in refused(name, data)


def test_a_bomb_as_a_word_file_is_refused():
    assert "unpacks to more" in refused("a.docx", with_part(docx_of(), "word/x.xml", bytes(61 * 1024 * 1024)))


def test_text_is_kept():
    assert checked("Minutes.txt", "Huddle at 8 – fine.".encode()).kind == "text"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Bo\\plan.pdf", "plan.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("gpj\u202egnp.exe.pdf", "gpjgnp.exe.pdf"),
        ("  .pdf", "file.pdf"),
        ("", "file"),
        ("Größe des Raums.jpg", "Größe des Raums.jpg"),
    ],
)
def test_a_name_is_shown_without_folders_and_signs(said, shown):
    assert plain_name(said) == shown


def test_a_long_name_keeps_its_ending():
    name = plain_name("x" * 400 + ".pdf")
    assert len(name) <= file_contents.NAME_LENGTH
    assert name.endswith(".pdf")
