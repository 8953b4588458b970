import html as markup

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews.exchange.html_text import HtmlText, text_of_html

ALPHABET = "ab& <>\"';\n\t\u00a0é\u0301😀\u200d👩של漢"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One\n   line</p>\n\n<p>Two </p> ", "One line\n\nTwo"),
        ("A<br>B<br/>C", "A\nB\nC"),
        ("<ul><li>A</li>\n<li>B</li></ul>C", "A\nB\n\nC"),
        ("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td><td>D</td></tr></table>", "A\tB\nC\tD"),
        ("<pre>\n A\n  B </pre>C", " A\n  B \n\nC"),
        ("<b>bo</b><i>ld</i> x <u> y</u>", "bold x y"),
        ("a &amp;&lt;b&gt; &#128512; &eacute; &nosuch;", "a &<b> 😀 é &nosuch;"),
        ("<p>a<!-- no --><script>x</script>b</p>", "ab"),
        ("<p>Cut off", "Cut off"),
        ("a\x00b\u2028c", "ab\nc"),
        ("<pre>a&#13;b</pre>", "a\nb"),
        ("", ""),
    ],
)
def test_text_is_what_a_page_shows(source, text):
    assert text_of_html(source) == text


def test_a_place_within_a_character_is_behind_it():
    read = HtmlText("<p>a😀b</p>")
    assert [read.span(first, 6) for first in range(6)] == [(0, 3), (1, 3), (2, 3), (2, 3), (2, 3), (2, 3)]
    assert [read.span(0, last) for last in range(7)] == [(0, 0), (0, 1), (0, 2), (0, 2), (0, 2), (0, 2), (0, 3)]


def test_a_place_on_what_is_not_shown_is_empty_or_takes_in_its_neighbours_whole():
    read = HtmlText("<p>One </p>\n <p> Two</p>")
    assert read.text == "One\n\nTwo"
    assert read.span(0, 8) == (0, 6)
    assert read.span(3, 6) == (5, 5)
    assert read.span(50, 90) == (8, 8)


words = st.text(st.sampled_from(ALPHABET), min_size=1, max_size=12)


def written(text, how):
    """Return a text as HTML: its special characters by name, or all of them by number."""
    return "".join(f"&#{ord(char)};" for char in text) if how else markup.escape(text)


texts = st.tuples(words, st.booleans()).map(lambda pair: (written(*pair), pair[0]))


def joined(parts):
    return "".join(source for source, _text in parts), "".join(text for _source, text in parts)


def within(tag, part):
    source, text = part
    return f"<{tag}>" + ("\n" if tag == "pre" else "") + f"{source}</{tag}>", text


inline = st.recursive(
    texts, lambda inner: st.tuples(st.sampled_from(["b", "i", "a", "u", "sub"]), inner).map(lambda one: within(*one))
)
lines = st.lists(st.one_of(inline, st.just(("<br>", ""))), min_size=1, max_size=4).map(joined)
blocks = st.recursive(
    st.tuples(st.sampled_from(["p", "h1", "li", "pre", "td", "blockquote"]), lines).map(lambda one: within(*one)),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda some: within("ul", joined(some))),
    max_leaves=4,
)
documents = st.lists(st.one_of(blocks, texts), max_size=4).map(joined)


def squeezed(text):
    return "".join(text.split())


@settings(max_examples=300, deadline=None)
@given(documents, st.data())
def test_every_place_in_bytes_has_the_same_words_in_the_text(document, data):
    source, raw = document
    read = HtmlText(source)
    assert read.length == len(raw.encode())
    assert squeezed(read.text) == squeezed(raw)
    places = sorted(data.draw(st.tuples(st.integers(0, len(raw)), st.integers(0, len(raw)))))
    first, last = (len(raw[:place].encode()) for place in places)
    start, end = read.span(first, last)
    assert 0 <= start <= end <= len(read.text)
    assert squeezed(read.text[start:end]) == squeezed(raw[places[0] : places[1]])


def test_a_long_document_is_read_in_a_moment():
    assert len(text_of_html("<p>We talked about 😀 time.</p>\n" * 10_000)) == 10_000 * 25 - 2
