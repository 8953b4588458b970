import io
from types import SimpleNamespace

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.exchange.coded_text import Document, Mark, blocks_of
from interviews.exchange.transcript_files import as_file
from interviews.exchange.word_files import coded_transcript
from interviews.models import Code
from tests.interviews.pages import Texts

TIME = Code(pk=1, name="Time", colour=1, mark="circle")
SPACE = Code(pk=2, name="Space <&>", colour=2, mark="square")
TEXT = "I: Who helped?\n\nP01: Bo did 😀 &amp; <b>Ann</b>,\ntoo.\n\nP01: שלום לכם"
SECOND, THIRD = TEXT.index("P01: Bo"), TEXT.index("P01: ש")
TURNS = [
    [0, 3, SECOND - 2, "I", 0],
    [SECOND, SECOND + 5, THIRD - 2, "P01", 3723],
    [THIRD, THIRD + 5, len(TEXT), "P01", None],
]


def mark(number, words, code=TIME, **more):
    start = TEXT.index(words)
    return Mark(number, start, start + len(words), code, code.name, "Coder 1", **more)


MARKS = [mark(1, "helped?\n\nP01: Bo did"), mark(2, "Bo did 😀", SPACE), mark(3, "did 😀 &amp; <b>"), mark(4, "שלום")]


def document(text=TEXT, turns=TURNS, marks=MARKS):
    who = SimpleNamespace(pseudonym="P01 <x>", get_role_group_display=lambda: "Project staff")
    leaving = SimpleNamespace(participant=who, interview=SimpleNamespace(held_on=None), project="", site="Elm & Oak")
    return Document(leaving, list(blocks_of(text, turns, marks)), [(TIME, "Barriers › Time", 3), (SPACE, "Space", 1)])


def test_a_text_is_cut_where_codes_begin_and_end_and_nothing_is_lost():
    blocks = document().blocks
    assert "\n\n".join(block.text for block in blocks) == TEXT
    assert [(piece.text, [one.number for one in piece.marks]) for piece in blocks[1].pieces] == [
        ("P01: ", [1]),
        ("Bo ", [1, 2]),
        ("did", [1, 2, 3]),
        (" 😀", [2, 3]),
        (" &amp; <b>", [3]),
        ("Ann</b>,\ntoo.", []),
    ]
    assert [block.clock for block in blocks] == ["0:00", "1:02:03", ""]
    assert [[one.number for one in block.marks] for block in blocks] == [[1], [2, 3], [4]]


def test_words_run_backwards_by_what_is_said_not_by_who_says_it():
    assert [block.backwards for block in document().blocks] == [False, False, True]


def test_words_between_turns_and_without_turns_are_there_too():
    assert [block.text for block in blocks_of("Title\nI: Yes. ", [[6, 9, 13, "I", None]], [])] == ["Title\n", "I: Yes."]
    assert [block.text for block in blocks_of("No turns", [], [])] == ["No turns"]
    assert list(blocks_of("", [], [])) == []


texts = st.text(st.sampled_from("ab \n😀\u0301<&שa"), min_size=1, max_size=40)


@given(texts, st.data())
def test_every_coding_covers_its_words_and_all_words_are_there(text, data):
    places = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    places = sorted((min(pair), max(pair)) for pair in places if pair[0] != pair[1])
    marks = [Mark(number, *place, TIME, "Time", "Coder 1") for number, place in enumerate(places)]
    blocks = list(blocks_of(text, [], marks))
    assert "".join(block.text for block in blocks) == (text if text.strip() else "")
    for one in marks if blocks else []:
        covered = "".join(piece.text for piece in blocks[0].pieces if one in piece.marks)
        assert covered == text[one.start : one.end]
        assert sum(one in piece.first for piece in blocks[0].pieces) == 1


# ---- as a web page


@pytest.fixture
def html():
    study = SimpleNamespace(name="Study")
    return as_file(study, document(), "html", today=None).decode()


def test_a_page_has_the_words_exactly_and_no_script(html):
    seen = Texts("words")
    seen.feed(html)
    assert "\n\n".join(seen.found) == TEXT
    assert seen.tags.isdisjoint({"script", "img", "link", "iframe"})
    assert "http" not in html.replace("http-equiv", "")
    assert "P01 &lt;x&gt;" in html
    assert "Elm &amp; Oak" in html


def test_a_page_numbers_codings_where_they_begin_and_lists_them_beside(html):
    assert 'data-number="2"' in html
    assert '<p class="words" dir="rtl">' in html
    assert "Space &lt;&amp;&gt;" in html
    assert 'class="t1 many"' in html


# ---- for Word


def read(data):
    return docx.Document(io.BytesIO(data))


def commented(made, comment):
    """Return the words between the marks of a comment, paragraphs parted by a line feed."""
    inside, words = False, []
    for element in made.element.body.iter():
        kind = element.tag.rpartition("}")[2]
        number = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        if kind in ("commentRangeStart", "commentRangeEnd") and number == str(comment.comment_id):
            inside = kind == "commentRangeStart"
        elif inside and kind == "p":
            words.append("\n\n")
        elif inside and kind == "t":
            words.append(element.text)
        elif inside and kind == "br":
            words.append("\n")
    return "".join(words)


def test_a_word_file_has_the_words_and_a_comment_for_each_coding():
    made = read(coded_transcript(document()))
    written = [one.text for one in made.paragraphs]
    assert "\n\n".join(written[2:5]) == TEXT
    comments = list(made.comments)
    assert [commented(made, one) for one in comments] == [TEXT[one.start : one.end] for one in MARKS]
    assert [one.text.splitlines()[0] for one in comments] == ["● Time", "■ Space <&>", "● Time", "● Time"]
    assert {(one.author, one.initials) for one in comments} == {("Coder 1", "C1")}


def test_a_word_file_tints_and_underlines_what_is_coded_and_turns_what_runs_backwards():
    made = read(coded_transcript(document()))
    speech = made.paragraphs[3]
    assert [(run.text, run.style.name, bool(run.underline)) for run in speech.runs if run.text] == [
        ("P01: ", "Code 1", False),
        ("Bo ", "Code 1", True),
        ("did", "Code 1", True),
        (" 😀", "Code 2", True),
        (" &amp; <b>", "Code 1", False),
        ("Ann</b>,\ntoo.", "Default Paragraph Font", False),
    ]
    assert made.paragraphs[4].style.name == "Right to left"
    assert all(run.font.rtl for run in made.paragraphs[4].runs if run.text)


def test_a_memo_stands_in_the_comment_and_what_xml_cannot_hold_is_put_out_one_for_one():
    text = "A\x00B\x1bC 😀"
    marks = [Mark(1, 2, 6, TIME, "Time", "Ann\x1b Ito", ("Think\nabout \x00it.",))]
    made = read(coded_transcript(document(text, [], marks)))
    assert made.paragraphs[2].text == "A\ufffdB\ufffdC 😀"
    [comment] = made.comments
    assert (comment.author, comment.text) == ("Ann\ufffd Ito", "● Time\nThink\nabout \ufffdit.")
    assert commented(made, comment) == "B\ufffdC "
