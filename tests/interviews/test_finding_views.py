"""Screens of themes and findings, asked for and posted to as people would."""

import pytest

from interviews import coding, concluding, interviewing, recruiting, studying, theming
from interviews.models import Evidence, Finding
from projects.models import Role
from roadmap.models import Construct, ConstructStrategy, Strategy
from tests.cast import join, person
from tests.interviews.conftest import WORDS, said_by
from tests.interviews.test_evidence import person_of
from tests.interviews.test_views import BASE, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ria(sign_in, world, study):
    return sign_in(world.ria)


@pytest.fixture
def theme(study, codes, five, by):
    made = theming.begin_theme(study, name="Rooms", **by)
    theming.gather(made, codes=[codes["Space"].pk], **by)
    return made


@pytest.fixture
def draft(study, theme, by):
    return concluding.state_finding(study, sentence="A room comes before training.", theme=theme, **by)


def of_theme(theme, more=""):
    return f"{BASE}themes/{theme.pk}/{more}"


def of_finding(finding, more=""):
    return f"{BASE}findings/{finding.pk}/{more}"


# ---- themes


def test_a_study_without_findings_says_how_to_begin(ria):
    assert "Begin with a theme." in page(ria.get(f"{BASE}findings/"))
    assert "a theme “Rooms” already" not in page(ria.post(f"{BASE}themes/new/", {"name": "Rooms"}, follow=True))
    assert "a theme “rooms” already" in page(ria.post(f"{BASE}themes/new/", {"name": "rooms"}), 422)


def test_a_theme_shows_its_codes_passages_memos_and_findings(ria, theme, draft):
    page(ria.post(of_theme(theme, "memo/"), {"text": "Doors, again and again."}, follow=True))
    shown = page(ria.get(of_theme(theme)))
    assert "5 passages" in shown
    assert f"<blockquote>{WORDS}</blockquote>" in shown
    assert "Doors, again and again." in shown
    assert draft.sentence in shown
    assert "Nobody stands behind it yet." in shown


def test_what_a_theme_says_is_changed_and_a_conflict_shows_both(ria, world, theme):
    said = {"name": "Rooms", "meaning": "No door to close.", "revision": 1}
    assert "No door to close." in page(ria.post(of_theme(theme), said, follow=True))
    shown = page(ria.post(of_theme(theme), {**said, "name": "Doors"}), 409)
    assert "meanwhile" in shown
    assert 'value="Doors"' in shown
    assert 'name="revision" value="2"' in shown
    assert "Saved." in page(ria.post(of_theme(theme), {**said, "name": "Doors", "revision": 2}, follow=True))


def test_codes_of_a_theme_are_ticked_and_single_passages_go_again(ria, theme, codes, five, by):
    theming.gather(theme, codings=[five[0].pk], **by)
    page(ria.post(of_theme(theme, "codes/"), {"codes": [codes["Time"].pk]}, follow=True))
    shown = page(ria.get(of_theme(theme)))
    assert "1 passage" in shown
    assert "Let it go" in shown
    assert "0 passages" in page(ria.post(of_theme(theme, "let-go/"), {"coding": five[0].pk}, follow=True))
    assert "Select a valid choice" in page(ria.post(of_theme(theme, "codes/"), {"codes": ["999"]}), 422)


def test_only_an_empty_theme_is_removed(ria, theme, draft):
    assert "Let them go first" in page(ria.post(of_theme(theme, "remove/"), follow=True))
    Finding.objects.all().delete()
    theme.codes.clear()
    assert "“Rooms” is removed." in page(ria.post(of_theme(theme, "remove/"), follow=True))


def test_a_theme_needs_as_many_statements_for_many_passages_as_for_few(
    ria, study, guide, codes, theme, by, django_assert_max_num_queries
):
    said_by(study, guide, codes, by, "staff", 4)
    with django_assert_max_num_queries(30) as few:
        ria.get(of_theme(theme))
    said_by(study, guide, codes, by, "pi", 9)
    with django_assert_max_num_queries(len(few)):
        ria.get(of_theme(theme))


# ---- from a coding forward


def test_a_coding_says_where_it_leads_and_is_put_into_a_theme(ria, study, theme, draft, five, by):
    talk = f"{BASE}interviews/{five[0].transcript.interview_id}/codings/{five[0].pk}/"
    assert f'hx-get="{talk}leads/"' in page(ria.get(talk))
    other = theming.begin_theme(study, name="Early days", **by)
    concluding.rest_on(draft, codings=[five[0].pk], **by)
    concluding.name_barriers(draft, [construct("space")], **by)
    concluding.tie(draft, step_key="leaders", stance="supports", **by)
    shown = page(ria.post(f"{talk}leads/", {"theme": other.pk}, HTTP_HX_REQUEST="true"))
    for words in (
        "Rooms",
        "Early days",
        draft.sentence,
        "Heard from 1 of 5 community partners.",
        "at “Win leader support”",
        "Construct space",
    ):
        assert words in shown
    assert "<html" not in shown
    assert "<html" in page(ria.get(f"{talk}leads/"))
    assert "Select a valid choice" in page(ria.post(f"{talk}leads/", {"theme": "999"}), 422)


def construct(key):
    return Construct.objects.create(key=key, name=f"Construct {key}", domain="Inner setting", position=1)


# ---- a finding, from sentence to step


def test_a_finding_is_stated_and_says_what_it_needs_first(ria, theme):
    assert "This field is required" in page(ria.post(f"{BASE}findings/new/", {"sentence": ""}), 422)
    assert f'value="{theme.pk}" selected' in page(ria.get(f"{BASE}findings/new/?theme={theme.pk}"))
    said = {"sentence": "A room comes first.", "theme": theme.pk}
    shown = page(ria.post(f"{BASE}findings/new/", said, follow=True))
    assert "Say for which step of the Roadmap" in shown
    assert "Choose the passages or summaries" in shown
    assert "Publish to site teams" not in shown


def test_a_finding_that_somebody_changed_meanwhile_shows_both(ria, world, draft):
    concluding.change_finding(draft, sentence="A door first.", theme=None, revision=1, by=world.bo, now=world.now)
    shown = page(ria.post(of_finding(draft, "edit/"), {"sentence": "My own words.", "revision": 1}), 409)
    assert "A door first." in shown
    assert "My own words." in shown
    page(ria.post(of_finding(draft, "edit/"), {"sentence": "My own words.", "revision": 2}, follow=True))
    assert Finding.objects.get().sentence == "My own words."


def test_evidence_is_chosen_from_the_theme_a_code_and_a_question(ria, world, talk, draft, codes, five, by):
    interviewing.sum_up(talk.interview, talk.questions[0], text="No room at all.", revision=0, **by)
    url = of_finding(draft, "evidence/")
    place = {"start": five[0].start, "end": five[0].end, "revision": 1, "by": world.bo, "now": world.now}
    coding.apply_code(five[0].transcript, codes["Space"].pk, **place)
    assert page(ria.get(url)).count(WORDS) == 5  # the passage that two people coded comes once
    assert page(ria.get(f"{url}?source=code-999")).count(WORDS) == 5  # as if nothing had been asked for
    assert "No room at all." in page(ria.get(f"{url}?source=question-{talk.questions[0].key}"))
    assert "Tick at least one" in page(ria.post(url, {"x": ""}), 422)
    assert "Select a valid choice" in page(ria.post(url, {"codings": ["999"]}), 422)
    cell = talk.interview.summaries.get()
    said = {"codings": [five[0].pk], "summaries": [cell.pk]}
    shown = page(ria.post(f"{url}?source=code-{codes['Space'].pk}", said, follow=True))
    assert draft.evidence.count() == 2
    assert page(ria.get(url)).count("behind it already") == 1
    assert f"transcript/#at-{five[0].start}" in shown
    assert f"interviews/{talk.interview.pk}/#question-{talk.questions[0].pk}" in shown
    assert "4 more stand behind it." in page(ria.post(of_finding(draft, "evidence/theme/"), follow=True))
    assert "all of it stands behind it already" in page(ria.post(of_finding(draft, "evidence/theme/"), follow=True))


def test_a_code_to_choose_from_says_how_many_passages_it_brings(ria, world, draft, codes, five):
    place = {"start": five[0].start, "end": five[0].end, "revision": 1, "by": world.bo, "now": world.now}
    coding.apply_code(five[0].transcript, five[0].code_id, **place)
    shown = page(ria.get(of_finding(draft, f"evidence/?source=code-{five[0].code_id}")))
    assert shown.count(WORDS) == 5
    assert f"{five[0].code} (5)" in shown


def test_quotes_are_chosen_three_at_most_and_the_reason_is_said(ria, draft, five, by):
    concluding.rest_on(draft, codings=[one.pk for one in five], **by)
    pks = list(draft.evidence.values_list("pk", flat=True))
    assert "at most 3" in page(ria.post(of_finding(draft, "quotes/"), {"evidence": pks[:4]}), 422)
    shown = page(ria.post(of_finding(draft, "quotes/"), {"evidence": pks[:2]}, follow=True))
    assert shown.count("checked") == 2
    page(ria.post(of_finding(draft, "evidence/away/"), {"evidence": pks[:2], "away": pks[4]}, follow=True))
    assert list(draft.evidence.values_list("pk", flat=True)) == pks[:4]


def test_who_did_not_agree_stands_there_with_the_reason(ria, study, guide, codes, draft, by):
    [one] = said_by(study, guide, codes, by, "staff", 1, scope="no_quotes")
    concluding.rest_on(draft, codings=[one.pk], **by)
    assert "Not to be quoted: staff1 did not agree to quotes." in page(ria.get(of_finding(draft)))


def test_a_member_reads_no_words_that_still_name_somebody(sign_in, world, study, guide, codes, draft, by):
    [named] = said_by(study, guide, codes, by, "staff", 1, cleared=False)
    concluding.rest_on(draft, codings=[named.pk], **by)
    assert WORDS in page(sign_in(world.ria).get(of_finding(draft))).partition("<aside")[0]
    shown = page(sign_in(world.bo).get(of_finding(draft)))
    assert WORDS not in shown
    assert "You cannot read this one" in shown


def test_who_codes_blind_reads_no_passage_of_others(sign_in, world, study, draft, five, by):
    concluding.rest_on(draft, codings=[one.pk for one in five], **by)
    before = page(sign_in(world.bo).get(of_finding(draft)))
    coders = [studying.coder_of(study, world.bo), studying.coder_of(study, world.ria)]
    opened = study.agreement_rounds.create(name="First", opened_by=world.ria)
    opened.coders.set(coders)
    opened.transcripts.set([five[0].transcript])
    after = page(sign_in(world.bo).get(of_finding(draft)))
    assert (before.count("You cannot read this one"), after.count("You cannot read this one")) == (0, 1)


def test_barriers_lead_to_strategies_that_experts_would_choose(ria, draft):
    space = construct("space")
    room = Strategy.objects.create(number=1, name="Change the room", cluster="Infrastructure")
    other = Strategy.objects.create(number=2, name="Hold a meeting", cluster="Partners")
    ConstructStrategy.objects.create(construct=space, strategy=room, percent=41, barrier_2009="Available Resources")
    ConstructStrategy.objects.create(construct=space, strategy=other, percent=9, barrier_2009="Available Resources")
    shown = page(ria.post(of_finding(draft, "barriers/"), {"constructs": [space.pk]}, follow=True))
    assert "expert opinion, not proof" in shown
    assert "Change the room (41% of experts, for “Available Resources”)" in shown
    assert shown.count("Hold a meeting") == 1
    assert "9%" not in shown
    shown = page(ria.post(of_finding(draft, "strategies/"), {"strategies": [other.pk]}, follow=True))
    assert "In the way: Construct space." in shown
    assert "What helps: Hold a meeting." in shown
    assert "not one of the available choices" in page(ria.post(of_finding(draft, "barriers/"), {"constructs": 99}), 422)


def test_a_finding_is_tied_published_and_taken_back_by_its_owner(sign_in, world, draft, five, by):
    concluding.rest_on(draft, codings=[one.pk for one in five], **by)
    bo = sign_in(world.bo)
    said = {"step_key": "leaders", "stance": "proposes", "proposal": "milestone", "text": ""}
    assert "Say in words what is proposed." in page(bo.post(of_finding(draft, "steps/"), said), 422)
    shown = page(bo.post(of_finding(draft, "steps/"), {**said, "text": "A room is named."}, follow=True))
    assert "Proposes a new milestone at “Win leader support”: “A room is named.”" in shown
    assert "An owner of the study publishes it." in shown
    assert bo.post(of_finding(draft, "publish/")).status_code == 403
    ria = sign_in(world.ria)
    assert "Site teams see it on the pages" in page(ria.post(of_finding(draft, "publish/"), follow=True))
    assert "is published" in page(ria.post(of_finding(draft, "remove/"), follow=True))
    assert "Take it back" in page(ria.get(of_finding(draft)))
    assert "no longer see it" in page(ria.post(of_finding(draft, "take-back/"), follow=True))
    tie = draft.steps.get()
    page(ria.post(of_finding(draft, f"steps/{tie.pk}/away/"), follow=True))
    assert ria.post(of_finding(draft, f"steps/{tie.pk}/away/")).status_code == 404
    assert "The draft is removed." in page(ria.post(of_finding(draft, "remove/"), follow=True))


def test_a_sentence_that_names_somebody_says_so_in_place_and_is_not_published(sign_in, world, draft, five, by):
    concluding.rest_on(draft, codings=[one.pk for one in five], **by)
    concluding.tie(draft, step_key="leaders", stance="supports", **by)
    ria = sign_in(world.ria)
    said = {"sentence": "Elm Clinic had a room.", "revision": 1}
    shown = page(ria.post(of_finding(draft, "edit/"), said, follow=True))
    assert "The sentence names “Elm Clinic”" in shown
    assert "it cannot be published like this" in shown
    assert "Publish to site teams" not in shown
    refused = page(ria.post(of_finding(draft, "publish/"), follow=True))
    assert "Site teams could tell who is meant by “Elm Clinic”" in refused
    shown = page(ria.get(of_finding(draft, "edit/")))
    assert "The sentence names “Elm Clinic”" in shown
    assert "Elm Clinic had a room.</textarea>" in shown
    ria.post(of_finding(draft, "edit/"), {"sentence": "One clinic had a room.", "revision": 2})
    assert "Site teams see it on the pages" in page(ria.post(of_finding(draft, "publish/"), follow=True))


def test_a_published_sentence_whose_name_is_known_only_now_says_what_to_do(sign_in, world, finding):
    finding.sentence = "Otto Vesterholm had a room."
    finding.save()
    assert "The sentence names" not in page(sign_in(world.ria).get(of_finding(finding)))
    join(person("Otto Vesterholm"), Role.PRACTITIONER, world.oak)
    shown = page(sign_in(world.ria).get(of_finding(finding)))
    assert "The sentence names “Otto Vesterholm”" in shown
    assert "Take the finding back" in shown


# ---- who sees what


def test_the_list_needs_as_many_statements_for_many_findings_as_for_few(
    ria, study, theme, five, by, django_assert_max_num_queries
):
    def state(number):
        for count in range(number):
            made = concluding.state_finding(study, sentence=f"Finding {count}.", theme=theme, **by)
            concluding.rest_on(made, codings=[one.pk for one in five], **by)
            concluding.tie(made, step_key="leaders", stance="supports", **by)

    state(2)
    with django_assert_max_num_queries(22) as few:
        ria.get(f"{BASE}findings/")
    state(12)
    with django_assert_max_num_queries(len(few)):
        shown = page(ria.get(f"{BASE}findings/"))
    assert shown.count("Heard from 5 of 5 community partners.") == 14


@pytest.mark.parametrize("name", ["dee", "ana"])
def test_leads_and_administrators_see_published_findings_and_never_who_said_it(
    sign_in, world, study, finding, five, by, name
):
    hidden = concluding.state_finding(study, sentence="Not for everybody yet.", **by)
    client = sign_in(getattr(world, name))
    for url in (f"{BASE}findings/", of_finding(finding)):
        shown = page(client.get(url))
        assert finding.sentence in shown
        assert f"{WORDS}" in shown
        assert "[Partner]" in shown
        assert "Heard from 5 of 5 community partners." in shown
        assert "Not for everybody yet." not in shown
        assert "partner1" not in shown
        assert "/interviews/" not in shown.partition("<main")[2].partition("</main>")[0]
    assert client.get(of_finding(hidden)).status_code == 404
    assert "Published findings" in page(client.get(BASE))
    recruiting.withdraw(person_of(five[0]), **by)
    assert client.get(of_finding(finding)).status_code == 404  # four people are too few to be told of


def test_a_coding_taken_away_stands_behind_nothing_more(ria, draft, five, by):
    concluding.rest_on(draft, codings=[one.pk for one in five], **by)
    coding.take_away(five[0].transcript, five[0].pk, **by)
    assert "4 of 5 community partners" in page(ria.get(of_finding(draft)))
    assert Evidence.objects.count() == 5


def test_a_passage_that_is_gone_meanwhile_takes_no_other_quotes_with_it(ria, draft, five, by):
    concluding.rest_on(draft, codings=[one.pk for one in five], **by)
    pks = list(draft.evidence.values_list("pk", flat=True))
    concluding.rest_no_more_on(draft, pks[:1], **by)
    page(ria.post(of_finding(draft, "quotes/"), {"evidence": [*pks[:2], "nonsense"]}, follow=True))
    assert list(draft.evidence.filter(quoted=True).values_list("pk", flat=True)) == pks[1:2]
