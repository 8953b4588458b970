"""The archive of a project is opened without trust in it: each refusal names the place and the reason."""

import io
import stat
import zipfile

import pytest
from django.core.exceptions import ValidationError

from interviews.exchange import archive, kinds
from interviews.exchange.parts import MissingText, Source
from interviews.exchange.remarks import Report
from tests.interviews.files import docx_of, liar
from tests.interviews.refi import SAID, guid, opened, qde, qdpx, said_in, source, talk

ONE = qde(source("P01"))


def refused(data):
    with pytest.raises(ValidationError) as error:
        opened(data)
    return " ".join(error.value.messages)


def entry(name, content=b"", **fields):
    """Return an archive with a project and one more entry, made with care."""
    made = io.BytesIO(talk())
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as zipped:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        for key, value in fields.items():
            setattr(info, key, value)
        zipped.writestr(info, content)
    return made.getvalue()


def test_a_project_and_its_texts_are_read():
    project, raw, report = opened(talk())
    assert (project.name, raw["P01"]) == ("Talks", SAID)
    assert report.data == {"deviations": [], "losses": [], "notes": []}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"PK\x03\x04 and nothing else", "damaged"),
        (talk()[:-40], "damaged"),
        (qdpx(None, {"P01": SAID}), "no project (*.qde)"),
        (qdpx(ONE, more=[("Second.qde", ONE)]), "2 projects (*.qde)"),
        (entry("../outside.txt"), "points outside itself (../outside.txt)"),
        (entry("/etc/passwd"), "points outside itself (/etc/passwd)"),
        (entry("sources\\..\\..\\x"), "points outside itself"),
        (entry("C:\\x.txt"), "points outside itself"),
        (entry("sources/inner.zip", talk()), "an archive in this archive (sources/inner.zip)"),
        (entry("inner.QDPX", talk()), "an archive in this archive (inner.QDPX)"),
        (entry("sources/link.txt", b"/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16), "is a link"),
        (entry("sources/a.txt", b"a" * 3_000_000), "times its size"),
        (entry("SOURCES/TWICE.TXT", b"a"), None),
        (qdpx(ONE, more=[("sources/a.txt", "a"), ("Sources/A.TXT", "b")]), "sources/a.txt"),
        (qdpx(qde(source("P01", path="internal://a.txt")), {"a.txt": talk()}), "should be a text and is an archive"),
        (liar(docx_of("x")), "no project (*.qde)"),
    ],
)
def test_what_is_no_project_or_not_safe_is_refused_with_the_place(data, why):
    if why is None:
        assert opened(data)
    else:
        assert why.lower() in refused(data).lower()


def test_locked_entries_are_refused():
    data = bytearray(talk())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark)
        data[at + place] |= 1
    assert "locked with a password" in refused(bytes(data))


def test_an_entry_that_says_less_than_it_unpacks_to_is_stopped(monkeypatch):
    monkeypatch.setattr(archive, "MOST_XML", 50)
    assert "unpacks to more than a project can hold" in refused(talk())
    monkeypatch.setattr(archive, "MOST_XML", 10_000)
    monkeypatch.setattr(archive, "MOST_TEXT", 20)
    assert "unpacks to more" in refused(talk())


def test_a_damaged_text_is_said_to_be_damaged():
    data = bytearray(qdpx(qde(source("P01")), {"P01": SAID * 50}))
    data[data.index(guid("P01").encode() + b".txt") + 60] ^= 0xFF
    assert "damaged" in refused(bytes(data))


def test_too_many_entries_too_many_bytes_and_too_large_a_file_are_refused(monkeypatch):
    monkeypatch.setattr(archive, "MOST_ENTRIES", 1)
    assert "more than 1 files" in refused(talk())
    monkeypatch.setattr(archive, "MOST_ENTRIES", 10)
    monkeypatch.setattr(archive, "MOST_UNPACKED", 10)
    assert "unpacks to more" in refused(talk())
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    assert "larger than" in refused(talk())


def test_other_names_of_folder_and_project_are_read_and_said():
    _project, raw, report = opened(qdpx(ONE, {"P01": SAID}, name="Trial.qde", folder="Sources"))
    assert raw["P01"] == SAID
    assert "should be called project.qde. (1) Trial.qde" in said_in(report.deviations)
    assert "should be called sources" in said_in(report.deviations)


def test_entries_that_are_no_files_of_the_project_are_passed_over():
    data = qdpx(ONE, {"P01": SAID}, more=[("sources/.root", ""), ("sources/", ""), ("__MACOSX/project.qde", "x")])
    assert opened(data)[1]["P01"] == SAID


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"{guid('P01')}.txt", "should begin with internal://"),
        (f"internal://Sources/{guid('P01')}.txt", "no part of a text's path"),
        (f"INTERNAL://{guid('P01').upper()}.TXT", ""),
    ],
)
def test_paths_in_other_forms_are_found_and_said(path, said):
    _project, raw, report = opened(qdpx(qde(source("P01", path=path)), {"P01": SAID}))
    assert raw["P01"] == SAID
    assert said in said_in(report.deviations)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("absolute:///etc/passwd", "lies outside the archive"),
        ("relative:///../secret.txt", "lies outside the archive"),
        ("internal://nowhere.txt", "nowhere.txt is not in the archive"),
        ("", "no plain text"),
    ],
)
def test_a_text_that_is_not_in_the_archive_is_missing_and_nothing_outside_is_opened(path, why):
    with kinds.READERS["qdpx"].opens(io.BytesIO(talk()), Report()) as found:
        with pytest.raises(MissingText) as error:
            found.raw(Source(guid("x"), path=path))
        assert why in str(error.value)


@pytest.mark.parametrize(
    ("content", "text", "said"),
    [
        ("Café, naïve".encode("cp1252"), "Café, naïve", "This file is not UTF-8"),
        ("Café ☕".encode("utf-16"), "Café ☕", "not UTF-8 but UTF-16"),
        (b"\xef\xbb\xbfCaf\xc3\xa9", "\ufeffCafé", ""),
        (b"broken \xff\xfe\x41 utf-8", "broken ÿþA utf-8", "This file is not UTF-8"),
    ],
)
def test_texts_that_are_not_utf_8_are_read_and_said(content, text, said):
    _project, raw, report = opened(qdpx(ONE, {"P01": content}))
    assert raw["P01"] == text
    assert said in said_in(report.deviations)


def test_a_text_that_is_none_is_missing():
    with pytest.raises(MissingText, match="no text"):
        opened(qdpx(ONE, {"P01": bytes(range(32)) * 20}))


def test_the_kind_of_a_file_is_told_by_what_is_in_it():
    assert kinds.kind_of(io.BytesIO(talk())) == "qdpx"
    assert kinds.kind_of(io.BytesIO(b'<?xml version="1.0"?><CodeBook/>')) == "qdc"
    for wrong in (docx_of("Hello"), b"%PDF-1.4", b""):
        with pytest.raises(ValidationError, match="none that Milepost can take in"):
            kinds.kind_of(io.BytesIO(wrong))


def test_a_file_that_is_too_large_for_its_kind_is_refused(monkeypatch):
    monkeypatch.setitem(kinds.READERS, "qdpx", kinds.Kind(".qdpx", "project", 5, kinds.is_project, kinds.open_project))
    with pytest.raises(ValidationError, match="MB at most"):
        kinds.kind_of(io.BytesIO(talk()))
