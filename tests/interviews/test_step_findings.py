"""What site teams read about a step: on its page as a part, and as a page of its own."""

import pytest

from interviews import approving, concluding, proposing
from roadmap.models import Construct, Strategy
from tests.interviews.conftest import WORDS, said_by
from tests.interviews.test_views import page

pytestmark = pytest.mark.django_db
URL = "/projects/collaborative-care/steps/leaders/findings/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_the_steps_page_asks_for_findings_beside_what_was_published(sign_in, world):
    client = sign_in(world.bo)
    shown = page(client.get(f"{world.plan.get_absolute_url()}steps/leaders/"))
    rests = shown.partition('id="sources"')[2]
    assert f'hx-get="{URL}"' in rests
    assert f'<a href="{URL}">What interviews say about this step</a>' in rests
    assert "What was published" in rests
    client.logout()
    assert "findings" not in page(client.get("/roadmap/leaders/"))


def test_a_site_team_reads_findings_with_counts_and_quotes_by_role_group_only(sign_in, world, study, finding, five, by):
    concluding.take_back(finding, **by)
    space = Construct.objects.create(key="space", name="Available Space", domain="Inner setting", position=1)
    room = Strategy.objects.create(number=1, name="Change the room", cluster="Infrastructure")
    concluding.name_barriers(finding, [space], **by)
    concluding.name_strategies(finding, [room], **by)
    concluding.tie(finding, step_key="leaders", stance="proposes", proposal="action", text="Ask for a door.", **by)
    concluding.tie(finding, step_key="plan", stance="supports", **by)
    concluding.publish(finding, **by)
    study.members.filter(user=world.bo).update(ended_at=world.now)  # Bo works at the site, and is not in the study
    shown = page(sign_in(world.bo).get(URL, **HTMX))
    for words in (
        "From interviews in this program",
        "Extends the guidance.",
        "Proposes a new action: “Ask for a door.”",
        finding.sentence,
        "Heard from 5 of 5 community partners.",
        WORDS,
        "[Partner]",
        "In the way: Available Space.",
        "What helps: Change the room.",
        "What helps sites, Mon 5 Jan 2026",
    ):
        assert words in shown, words
    assert "Supports the guidance" not in shown
    assert "partner1" not in shown
    assert "<a " not in shown
    assert "<html" not in shown


def test_a_proposal_that_was_taken_says_so(sign_in, world, finding, by):
    concluding.take_back(finding, **by)
    text = "A room is named."
    made = concluding.tie(finding, step_key="leaders", stance="proposes", proposal="milestone", text=text, **by)
    concluding.publish(finding, **by)
    proposing.take_in(made, by=world.dee, now=world.now)
    shown = page(sign_in(world.bo).get(URL, **HTMX))
    proposed = shown.partition("Proposes a new milestone: “A room is named.”")[2]
    assert "It goes into the next draft of the Roadmap." in proposed


def test_each_reader_gets_the_way_back_that_is_theirs(sign_in, world, finding, five):
    opens, passage = f"/findings/{finding.pk}/", f"#at-{five[0].start}"
    for name, ways in {
        "ria": [opens, passage],
        "bo": [opens, passage],
        "ana": [opens],
        "dee": [opens],
        "vi": [],
    }.items():
        shown = page(sign_in(getattr(world, name)).get(URL, **HTMX))
        assert [way for way in (opens, passage) if way in shown] == ways, name
        assert ("partner1" in shown) is (passage in ways), name


def test_as_a_page_it_works_without_script(sign_in, world, finding):
    shown = page(sign_in(world.vi).get(URL))
    assert "<html" in shown
    assert "What interviews say about “Win leader support”" in shown
    assert finding.sentence in shown


def test_without_findings_one_quiet_line_and_nothing_while_interviews_are_off(sign_in, world, study, finding, by):
    client = sign_in(world.vi)
    assert "No study has published a finding about this step yet." in page(
        client.get(URL.replace("leaders", "launch"), **HTMX)
    )
    approving.switch_off(world.program, by=world.dee, now=world.now)
    assert page(client.get(URL, **HTMX)) == ""
    whole = page(client.get(URL))
    assert "Nothing to read here" in whole
    assert finding.sentence not in whole
    assert client.get(URL.replace("leaders", "nowhere")).status_code == 404


def test_findings_of_another_program_are_not_told_here(sign_in, world, finding):
    approving.switch_on(world.other_program, purpose="quality", by=world.ed, now=world.now)
    shown = page(sign_in(world.ed).get("/projects/ohio-care/steps/leaders/findings/", **HTMX))
    assert finding.sentence not in shown


def test_it_takes_as_many_statements_for_many_findings_as_for_few(
    sign_in, world, study, guide, codes, finding, five, by, django_assert_max_num_queries
):
    client = sign_in(world.bo)
    with django_assert_max_num_queries(18) as few:
        client.get(URL, **HTMX)
    said_by(study, guide, codes, by, "staff", 5)
    for number in range(8):
        more = concluding.state_finding(study, sentence=f"Finding {number}.", **by)
        concluding.rest_on(more, codings=[one.pk for one in five], **by)
        concluding.choose_quotes(more, [one.pk for one in more.evidence.all()[:3]], **by)
        concluding.tie(more, step_key="leaders", stance="supports", **by)
        concluding.publish(more, **by)
    with django_assert_max_num_queries(len(few)):
        shown = page(client.get(URL, **HTMX))
    assert shown.count("<blockquote>") == 25
