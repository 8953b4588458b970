import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.reading.words import MOST_TERMS, Term, marked, places_among, places_of, plain_words, terms_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("They RANG, twice.", ["they", "rang", "twice"]),
        ("Réunion, re\u0301union", ["reunion", "reunion"]),
        ("don't co-located 616-555", ["don", "t", "co", "located", "616", "555"]),
        ("Straße ﬁne ①", ["strasse", "fine", "1"]),
        ("👩‍👩‍👧 e-mail_me", ["e", "mail", "me"]),
        ("سلام שלום", ["سلام", "שלום"]),
        ("… — !", []),
    ],
)
def test_words_are_compared_without_case_accents_and_signs(text, words):
    assert plain_words(text) == words


@given(st.text())
def test_every_word_lies_where_it_says_and_holds_letters_and_digits_only(text):
    words = list(words_of(text))
    assert all(word.plain and word.plain.isalnum() and word.plain == word.plain.casefold() for word in words)
    assert all(one.end <= other.start for one, other in zip(words, words[1:], strict=False))


def one(word):
    return Term((word,), begins=len(word) >= 3)


@pytest.mark.parametrize(
    ("asked", "terms"),
    [
        ("", []),
        (' "" … * "', []),
        ("hours no", [one("hours"), one("no")]),
        ('"any hours" left', [Term(("any", "hours")), one("left")]),
        ("“any hours” «of mine»", [Term(("any", "hours")), Term(("of", "mine"))]),
        ('left "any hours', [one("left"), Term(("any", "hours"))]),
        ('"train"', [Term(("train",))]),
        ("co-located don't", [Term(("co", "located")), Term(("don", "t"))]),
        (
            "NEAR(a, b) AND x* -y NOT ^z",
            [Term(("near", "a")), one("b"), one("and"), one("x"), one("y"), one("not"), one("z")],
        ),
        ("hours HOURS", [one("hours")]),
        ("a\x00b; DROP", [Term(("a", "b")), one("drop")]),
    ],
)
def test_words_and_phrases_are_told_apart_and_nothing_else_has_a_meaning(asked, terms):
    assert terms_of(asked) == terms


def test_so_many_words_are_looked_for_and_no_more():
    assert len(terms_of(" ".join(f"word{n}" for n in range(200)))) == MOST_TERMS


TEXT = "Training helps. We trained, re-trained and were trained well."


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("train", ["Training", "trained", "trained", "trained"]),
        ('"train"', []),
        ('"trained"', ["trained", "trained", "trained"]),
        ('"we trained re"', ["We trained, re"]),
        ("re-trained", ["re-trained"]),
        ("well", ["well"]),
    ],
)
def test_terms_are_found_where_they_stand(asked, found):
    [places] = places_of(TEXT, terms_of(asked))
    assert [TEXT[start:end] for start, end in places] == found


@given(st.text("aAbB ’-.1_\n", max_size=40), st.text('aAbB "-.1', max_size=12))
def test_both_ways_of_looking_find_the_same(text, asked):
    terms = terms_of(asked)
    assert plain_words(text) == [word.plain for word in words_of(text)]
    assert places_of(text, terms) == [places_among(list(words_of(text)), term) for term in terms]


def test_pieces_of_a_text_are_marked_and_make_it_up_again():
    pieces = marked("abcdef", [(1, 3), (2, 4)])
    assert [words for words, found in pieces if found] == ["b", "c", "d"]
    assert "".join(words for words, _found in pieces) == "abcdef"
