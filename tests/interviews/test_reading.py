"""Files into text, text into turns: what is read, and what is refused with which words."""

import contextlib
import time
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from interviews.reading.files import KINDS, MOST_BYTES, cleaned, read_file
from interviews.reading.turns import Turn, asks, clock, laid_out, renamed, seconds_of, turns_in, turns_of
from tests.interviews.files import RTF, SRT, TALK, VTT, bomb, docx_of, docx_with, liar, pdf_bomb, pdf_of, with_part

TOLD = [("Interviewer", "How did it begin?"), ("P01", "Somebody rang."), ("Interviewer", "And then?")]


def said(read):
    return [(turn.speaker, turn.text) for turn in turns_of(read)]


def refused(name, data):
    with pytest.raises(ValidationError) as error:
        read_file(name, data)
    return " ".join(error.value.messages)


# ---- what is read


@pytest.mark.parametrize("name", ["talk.txt", "TALK.MD", "a.b.txt"])
def test_plain_text_is_read_with_its_speakers(name):
    assert said(read_file(name, TALK.encode())) == [
        ("", "Interview of 3 May"),
        ("Interviewer", "How did it begin?"),
        ("P01", "Somebody rang.\nWe met on a Tuesday."),
        ("Interviewer", "And then?"),
        ("P01", "Then we said yes."),
    ]


def test_word_is_read_in_order_with_its_tables():
    read = read_file("talk.docx", docx_of(TALK, table=[("P01", "in a cell"), ("both", "both")]))
    assert said(read)[1] == ("Interviewer", "How did it begin?")
    assert read.text.endswith("P01\tin a cell\nboth")


@pytest.mark.parametrize(
    "table",
    [
        [("Interviewer", "How did it begin?"), ("P01", "Somebody rang."), ("Interviewer", "And then?"), ("P01", "So.")],
        [("0:01", "Interviewer", "How did it begin?"), ("0:05", "P01", "Somebody rang."), ("0:09", "P01", "And so.")],
    ],
)
def test_a_table_of_who_says_what_is_read_as_turns(table):
    turns = turns_of(read_file("talk.docx", docx_of("", table=table)))
    assert [(turn.speaker, turn.text) for turn in turns[:2]] == TOLD[:2]
    assert turns[1].seconds == (5 if len(table[0]) == 3 else None)


def test_words_that_were_corrected_with_changes_shown_are_read_as_they_stand_now():
    body = (
        "<w:p><w:r><w:t xml:space='preserve'>P01: We </w:t></w:r>"
        "<w:del w:id='1' w:author='x'><w:r><w:delText>did</w:delText></w:r></w:del>"
        "<w:ins w:id='2' w:author='x'><w:r><w:t>tried</w:t></w:r></w:ins>"
        "<w:r><w:tab/><w:t>it.</w:t><w:br/><w:t>Twice.</w:t></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>P01: In a box.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:moveFrom w:id='3' w:author='x'><w:r><w:t>Moved away.</w:t></w:r></w:moveFrom>"
        "<w:hyperlink><w:r><w:t>P01: Linked.</w:t></w:r></w:hyperlink></w:p>"
    )
    read = read_file("talk.docx", docx_with(body))
    assert read.text == "P01: We tried\tit.\nTwice.\nP01: In a box.\nP01: Linked."


def test_rtf_is_read_with_its_accents():
    assert said(read_file("talk.rtf", RTF))[1] == ("P01", "The café rang.")


def test_a_pdf_is_read_and_its_line_breaks_are_called_a_guess():
    read = read_file("talk.pdf", pdf_of("Interviewer: How did it begin?", "P01: Somebody rang.", "Interviewer: And?"))
    assert said(read)[:2] == TOLD[:2]
    assert "guessed" in read.notes[0]


def test_subtitles_are_joined_by_speaker_and_keep_when_a_turn_begins():
    assert turns_of(read_file("talk.vtt", VTT.encode())) == [
        Turn("Interviewer", 1, "How did it begin?"),
        Turn("P01", 5, "Somebody rang. Then we said yes."),
    ]
    assert [(turn.speaker, turn.seconds) for turn in turns_of(read_file("talk.srt", SRT.encode()))] == [
        ("Ria Castellan", 1),
        ("Guest", 5),
        ("Ria Castellan", 10),
        ("Guest", 13),
    ]


def test_a_cue_in_which_two_speak_is_two_turns_and_signs_that_the_format_writes_out_are_read_as_signs():
    cues = (
        "WEBVTT\n\n00:01.000 --> 00:05.000\n<v.loud R&amp;D lead>Fewer than &lt;5&gt;&nbsp;sites &#x1F642;.</v>\n"
        "<v P01>Profit&loss?</v>\n\n00:06.000 --> 00:09.000\n<v P01>We &amp;amp; <i>they</i>.\n"
    )
    assert turns_of(read_file("talk.vtt", cues.encode())) == [
        Turn("R&D lead", 1, "Fewer than <5> sites 🙂."),
        Turn("P01", 1, "Profit&loss? We &amp; they."),
    ]


@pytest.mark.parametrize(
    "said", ["<v" + ".a" * 60 + ">", "<v" + " " * 40_000, "<v " * 20_000, "<" * 40_000, "&#" + "9" * 5000 + ";"]
)
def test_marks_of_subtitles_that_never_end_are_read_at_once(said):
    began = time.monotonic()
    read_file("talk.vtt", f"WEBVTT\n\n00:01.000 --> 00:05.000\n{said} Now.\n".encode())
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("lines", "turn"),
    [
        ("[00:01:23] P03: Yes.", Turn("P03", 83, "Yes.")),
        ("P03 (01:23): Yes.", Turn("P03", 83, "Yes.")),
        ("Ann O’Neill-Ruiz  1:02:03\nYes.", Turn("Ann O’Neill-Ruiz", 3723, "Yes.")),
        ("**Interviewer:** Yes.", Turn("Interviewer", None, "Yes.")),
        ("0:09\nSpeaker 1: Yes.", Turn("Speaker 1", 9, "Yes.")),
        ("00:00:09 Speaker 1\nYes.", Turn("Speaker 1", 9, "Yes.")),
        ("[00:00:09] Speaker 1\nYes.", Turn("Speaker 1", 9, "Yes.")),
        ("Speaker 1 (00:09):\nYes.", Turn("Speaker 1", 9, "Yes.")),
        ("Speaker 1: [00:00:09] Yes.", Turn("Speaker 1", 9, "Yes.")),
        ("#00:00:09-5# Speaker 1: Yes.", Turn("Speaker 1", 9, "Yes.")),
    ],
)
def test_speakers_and_times_are_known_as_recorders_write_them(lines, turn):
    assert turns_of(read_file("a.txt", lines.encode())) == [turn]


def test_a_word_before_a_colon_is_no_speaker_unless_it_comes_back():
    text = "P01: I said it.\nNote: she laughed.\nP01: Again.\n"
    assert [speaker for speaker, _ in said(read_file("a.txt", text.encode()))] == ["P01", "P01"]


def test_what_stands_behind_a_name_in_brackets_belongs_to_it():
    text = "Interviewer (Ria): So?\nP03 (nurse): Yes.\nInterviewer (Ria): And?\nP03 (nurse): No.\n"
    assert [speaker for speaker, _ in said(read_file("a.txt", text.encode()))][:2] == [
        "Interviewer (Ria)",
        "P03 (nurse)",
    ]
    assert asks("Interviewer (Ria)")
    assert not asks("P03 (nurse)")


def test_a_time_within_what_is_said_begins_no_turn():
    text = "P01: Well,\nwe met at 9:15\n9:30 on Monday\nthen.\nP01: So.\n"
    assert said(read_file("a.txt", text.encode()))[0] == ("P01", "Well,\nwe met at 9:15\n9:30 on Monday\nthen.")


def test_a_name_that_is_none_goes_on_with_the_turn_before():
    read = read_file("a.txt", b"P01: One.\nNote: two.\nP01: Three.\nNote: four.\n")
    assert [turn.text for turn in turns_of(read, no_speakers=["Note"])] == ["One.\nNote: two.", "Three.\nNote: four."]


def test_text_without_speakers_is_a_turn_a_paragraph():
    assert said(read_file("a.txt", b"One.\n\nTwo.\nThree.")) == [("", "One."), ("", "Two."), ("", "Three.")]


# ---- ways in which text is written


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("P01: Café ☕ naïve".encode(), "P01: Café ☕ naïve"),
        ("\ufeffP01: Café".encode(), "P01: Café"),
        ("P01: Café".encode("utf-16"), "P01: Café"),
        ("P01: Café".encode("utf-16-be").join([b"\xfe\xff", b""]), "P01: Café"),
        ("P01: Café, with no mark before it".encode("utf-16-le"), "P01: Café, with no mark before it"),
        ("P01: Café, with no mark before it".encode("utf-16-be"), "P01: Café, with no mark before it"),
        ("one\r\ntwo\rthree\u2028four\x0bfive".encode(), "one\ntwo\nthree\nfour\nfive"),
    ],
)
def test_text_is_read_whatever_wrote_it(data, text):
    read = read_file("a.txt", data)
    assert (read.text, read.notes) == (text, [])


def test_windows_text_is_read_and_said_to_be_an_assumption():
    read = read_file("a.txt", "P01: Café “quoted”".encode("cp1252"))
    assert read.text == "P01: Café “quoted”"
    assert "read as Windows text" in read.notes[0]


def test_broken_utf_8_is_read_and_what_was_lost_is_counted():
    read = read_file("a.txt", b"P01: Caf\xc3\x81\x8d\x8d and \xff")
    assert "3 characters could not be read" in read.notes[0]


@pytest.mark.parametrize("text", ["e\u0301 a\u0308", "👩‍👩‍👧 family", "👍🏽", "\u0928\u093f", "𝒜 math"])
def test_combining_letters_and_emoji_are_left_as_they_are(text):
    assert read_file("a.txt", text.encode()).text == text


# ---- what is refused


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("talk.exe", b"x", "Milepost reads .txt"),
        ("talk", b"x", "Milepost reads .txt"),
        ("a.txt", b"", "empty"),
        ("a.txt", b"  \n ", "no text in this file"),
        ("a.txt", bytes(range(256)) * 9, "This is no text"),
        ("a.txt", b"\xff\xfea", "cut off"),
        ("a.txt", b"a" * (MOST_BYTES + 1), "larger than 15 MB"),
        ("a.txt", b"word " * 320_000, "longer than any interview"),
        ("a.docx", b"PK\x03\x04 nothing", "damaged"),
        ("a.docx", TALK.encode(), "damaged"),
        ("a.docx", docx_of(TALK)[:-400], "damaged"),
        ("a.docx", with_part(docx_of(TALK), "word/document.xml", b"<w:broken"), "damaged"),
        ("a.docx", with_part(docx_of(TALK), "../../etc/passwd", b"x"), "points outside itself (../../etc/passwd)"),
        ("a.docx", with_part(docx_of(TALK), "/etc/passwd", b"x"), "points outside itself"),
        ("a.docx", with_part(docx_of(TALK), "C:\\x", b"x"), "points outside itself"),
        ("a.rtf", TALK.encode(), "not an RTF file"),
        ("a.pdf", TALK.encode(), "not a PDF"),
        ("a.pdf", b"<html>%PDF", "not a PDF"),
        ("a.pdf", pdf_of("x")[:200], "damaged"),
        ("a.pdf", pdf_of(), "only pictures of pages"),
        ("a.vtt", TALK.encode(), "not a VTT file"),
        ("a.srt", b"1\nfoo --> bar\nx\n", "no text"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(name, data, words):
    assert words in refused(name, data)


def test_a_file_that_unpacks_to_very_much_is_not_opened():
    assert "unpacks to more" in refused("a.docx", bomb(61))


def test_a_pdf_that_unpacks_to_very_much_is_not_opened():
    assert "unpacks to more" in refused("a.pdf", pdf_bomb(100))


def test_a_word_file_without_a_body_has_no_text():
    space = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    hollow = with_part(docx_of("x"), "word/document.xml", b"<w:document xmlns:w='%s'/>" % space)
    assert "no text" in refused("a.docx", hollow)


def test_a_file_that_lies_about_its_size_is_not_trusted():
    assert "damaged" in refused("a.docx", liar(80))


def test_entities_are_refused_before_a_parser_sees_them():
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w:document>&b;</w:document>'
    assert "entities (word/document.xml)" in refused("a.docx", with_part(docx_of("x"), "word/document.xml", laughs))


def test_a_zip_within_the_file_is_not_unpacked():
    nested = with_part(docx_of("Hello there"), "word/embeddings/inner.zip", bomb(20))
    assert read_file("a.docx", nested).text.strip() == "Hello there"


# ---- positions


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
TURNS = st.lists(
    st.builds(
        Turn,
        st.sampled_from(["", "Interviewer", "P01", "Ann O’Neill"]),
        st.none() | st.integers(0, 20_000),
        WORDS.map(str.strip).filter(bool),
    ),
    max_size=12,
)


@given(TURNS)
def test_positions_count_code_points_and_find_the_words_again(turns):
    text, placed = laid_out(turns)
    assert [text[one.words : one.end] for one in placed] == [turn.text for turn in turns]
    assert all(text[one.start : one.words] in ("", f"{one.speaker}: ") for one in placed)
    assert len(text) == (placed[-1].end if placed else 0)


@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once(text):
    assert cleaned(cleaned(text)) == cleaned(text)


@given(st.binary(max_size=300), st.sampled_from(KINDS))
def test_any_bytes_are_read_or_refused_in_words(data, kind):
    with contextlib.suppress(ValidationError):
        assert all(turn.text for turn in turns_of(read_file(f"a{kind}", data)))


@given(st.text(st.characters(exclude_characters=":"), max_size=300))
def test_text_without_speakers_keeps_all_of_its_words(text):
    with contextlib.suppress(ValidationError):
        read = read_file("a.txt", text.encode("utf-8", "ignore"))
        assert laid_out(turns_of(read))[0].split() == read.text.split()


def test_a_turn_of_very_many_lines_is_read_in_one_pass():
    many = "P01: begins\n" + "and goes on\n" * 60_000 + "P01: ends\n"
    turns = turns_of(read_file("a.txt", many.encode()))
    assert len(turns) == 2
    assert turns[0].text.count("\n") == 60_000


@pytest.mark.parametrize(("time", "seconds"), [("0:09", 9), ("1:02:03", 3723), ("02:03.450", 123), ("00:00:01,999", 1)])
def test_times_are_seconds_from_the_beginning(time, seconds):
    assert seconds_of(time) == seconds


def test_a_clock_reads_as_a_recorder_shows_it():
    assert [clock(one) for one in (None, 9, 83, 3723)] == ["", "0:09", "1:23", "1:02:03"]


def test_speakers_get_the_names_the_study_knows():
    turns = [Turn("Ann Lee", None, "Yes."), Turn("Bob", None, "No.")]
    assert [turn.speaker for turn in renamed(turns, {"Ann Lee": "P01"})] == ["P01", "Bob"]


# ---- turns in a text that must not change


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TALK, [("", ""), ("Interviewer", ""), ("P01", ""), ("Interviewer", ""), ("P01", "")]),
        ("[00:01:05] I: Why?\nP: So.\nAnd so on.\n\nI: Yes.", [("I", "1:05"), ("P", ""), ("I", "")]),
        ("Ann 0:03\nHello.\nMore.\nBen 0:09\nYes.", [("Ann", "0:03"), ("Ben", "0:09")]),
        ("0:05\nI: Why?\n0:09\nand on\nI: So?", [("I", "0:05"), ("I", "")]),
        ("One paragraph.\n\n  Another one.  \n", [("", ""), ("", "")]),
        ("I:\n", [("I", "")]),
    ],
)
def test_turns_are_found_in_a_text_as_it_stands(text, expected):
    found = turns_in(text)
    assert [(one.speaker, clock(one.seconds)) for one in found] == expected


def test_words_of_turns_found_in_a_text_are_those_between_labels():
    text = "0:05\nI: Why?\n\nP: So.\n  And so on. \nP:\nLast."
    found = turns_in(text)
    assert [text[one.words : one.end] for one in found] == ["Why?", "So.\n  And so on.", "Last."]
    assert text[found[0].start : found[0].words] == "0:05\nI: "


@given(st.text("ab \n:IP05[]é👩", max_size=80))
def test_turns_follow_each_other_and_hold_every_line_of_words(text):
    found = turns_in(text)
    assert all(one.start <= one.words <= one.end for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert bool(found) == bool(text.strip()) or text.strip(" \n[]:05") == ""
    at = 0
    for line in text.split("\n"):
        if line.strip() and not set(line) & set(":05"):
            assert any(one.words <= at + len(line) - len(line.lstrip()) < one.end for one in found)
        at += len(line) + 1
