import pytest
from django.template import Context, Template
from django.urls import reverse

from roadmap.glossary import finder, terms


def test_every_word_has_one_sentence_and_a_place_of_its_own():
    assert len({term.key for term in terms()}) == len(terms()) > 50
    for term in terms():
        assert term.means.endswith("."), term.term
        assert ". " not in term.means, f"{term.term}: one sentence"
    names = [name.casefold() for term in terms() for name in term.names]
    assert len(set(names)) == len(names), "no form belongs to two words"


SCREENS = "late, stuck, quiet, needs help, setting up, paused, step, milestone, action, gate, job, site, place, region"
FIELD = "CFIR, ERIC, FRAME, SIC, fidelity, facilitation, reach, ORIC, Hexagon, HIPAA, 42 CFR Part 2, Common Rule, IRB"


@pytest.mark.parametrize("word", f"{SCREENS}, {FIELD}".split(", "))
def test_words_of_our_screens_and_of_the_field_are_explained(word):
    assert word in {name for term in terms() for name in term.names}


def drawn(*texts):
    template = Template("".join(f"{{% words text{at} %}}|" for at in range(len(texts))))
    return template.render(Context({f"text{at}": text for at, text in enumerate(texts)}))


def test_a_word_leads_to_its_meaning_at_its_first_use_on_a_page():
    page = drawn("Fidelity first.", "Then fidelity again.")
    assert page.count('class="term"') == 1
    assert f'href="{reverse("roadmap:glossary")}#fidelity">Fidelity</a> first.' in page


@pytest.mark.parametrize("text", ["infidelity", "high-fidelity model", "the plan of the site"])
def test_parts_of_words_and_plain_words_lead_nowhere(text):
    assert drawn(text) == f"{text}|"


def test_a_longer_word_wins_and_markup_in_a_text_stays_text():
    page = drawn("A site champion <b>leads</b>.")
    assert ">site champion</a>" in page
    assert "&lt;b&gt;" in page


def test_all_forms_are_found():
    pattern, by_name = finder()
    assert all(pattern.fullmatch(name) for name in by_name)


@pytest.mark.django_db
def test_the_page_lists_all_words_for_everybody(client):
    page = client.get(reverse("roadmap:glossary")).content.decode()
    assert all(f'<div id="{term.key}">' in page for term in terms())
    assert "How far a program is done as it was meant to be done." in page
