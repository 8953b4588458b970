"""The screens of a study, asked for and posted to as its people would."""

import datetime as dt

import pytest
from django.utils import timezone

from interviews import deidentifying, guiding, interviewing, recruiting, studying
from interviews.models import Approval, Guide, Interview, Participant, Study, Summary
from projects.models import Membership
from roadmap.models import Construct
from tests.interviews.conftest import GUIDE, agreed, listed, said_by

pytestmark = pytest.mark.django_db
BASE = "/studies/what-helps-sites/"


def page(response, status=200):
    assert response.status_code == status
    return " ".join(response.content.decode().split())


@pytest.fixture
def ria(sign_in, world, study):
    return sign_in(world.ria)


# ---- a program's studies


def test_an_administrator_switches_interviews_on_and_off(world, sign_in):
    client, url = sign_in(world.dee), "/programs/michigan/interviews/"
    assert "Switched off" in page(client.get(url))
    refused = page(client.post(f"{url}on/", {"purpose": "research", "decision": "exempt"}), 422)
    assert "Research needs the number of the IRB" in refused
    said = {"purpose": "research", "decision": "exempt", "number": "HUM00012345"}
    assert "Switched on: Research, Exempt, HUM00012345" in page(client.post(f"{url}on/", said, follow=True))
    assert "Nothing is removed" in page(client.post(f"{url}off/", follow=True))
    assert not Approval.objects.get().on


def test_a_researcher_sees_who_can_switch_interviews_on(world, study, sign_in):
    Approval.objects.update(on=False)
    said = page(sign_in(world.ria).get("/programs/michigan/interviews/"))
    assert "A State administrator can switch them on" in said
    assert "What helps sites" not in said


def test_a_study_is_begun_and_found_again(world, study, sign_in):
    client = sign_in(world.kim)
    said = {"name": "Schools", "aim": "To hear schools."}
    assert "Write the guide first" in page(client.post("/programs/michigan/interviews/new/", said, follow=True))
    assert Study.objects.get(slug="schools").members.get().user == world.kim
    assert "Schools" in page(client.get("/studies/"))
    assert "What helps sites" not in page(client.get("/studies/"))
    assert "name is" not in page(client.post("/programs/michigan/interviews/new/", {"name": ""}), 422)


def test_the_list_of_projects_mentions_studies_to_those_who_may_open_them(world, study, sign_in):
    for who, shown in (("bo", True), ("ana", True), ("dee", True), ("kim", False), ("vi", False)):
        client = sign_in(getattr(world, who))
        assert 'hx-get="/studies/"' in page(client.get("/projects/"))
        assert ("What helps sites" in page(client.get("/studies/", HTTP_HX_REQUEST="true"))) is shown, who


def test_a_leads_project_leads_to_the_studies_of_its_program(world, study, by, sign_in):
    client = sign_in(world.ana)
    address = f"/studies/?project={world.project.slug}"
    assert f'hx-get="{address}"' in page(client.get(f"/projects/{world.project.slug}/"))
    assert "What helps sites" in page(client.get(address, HTTP_HX_REQUEST="true"))
    elsewhere = f"/studies/?project={world.foreign_project.slug}"
    assert "What helps sites" not in page(client.get(elsewhere, HTTP_HX_REQUEST="true"))


def test_who_may_begin_a_study_finds_where(world, study, sign_in):
    kim = sign_in(world.kim)
    assert "Begin one in" in page(kim.get("/studies/"))
    assert "in your calendar" not in page(kim.get("/studies/"))
    assert "in your calendar" in page(sign_in(world.ria).get("/studies/"))
    Approval.objects.update(on=False)
    assert "Interviews are switched off there" in page(sign_in(world.kim).get("/studies/"))
    assert "You are in no study" in page(sign_in(world.vi).get("/studies/"))


def test_an_administrator_names_an_owner_of_a_study_that_all_owners_left(world, study, talk, sign_in):
    studies, url = "/programs/michigan/interviews/", "/programs/michigan/interviews/what-helps-sites/owner/"
    client = sign_in(world.dee)
    assert "Name an owner" not in page(client.get(studies))
    page(client.get(url), 404)
    Membership.objects.filter(user=world.ria).update(ended_at=world.now)
    assert "Everybody who owned this study has left" in page(sign_in(world.bo).get(BASE))
    assert "A State administrator can name one" in page(client.get(BASE))
    client = sign_in(world.dee)
    assert url in page(client.get(studies))
    assert url in page(client.get(BASE))
    said = page(client.get(url))
    assert "Ria Castellan (no role in this program any more)." in said
    assert "Bo Lindqvist, in the study already" in said
    assert "Dee Halvorsen</label>" not in said
    assert "P01" not in said
    assert "Select a valid choice" in page(client.post(url, {"person": world.dee.pk}), 422)
    assert "Bo Lindqvist owns “What helps sites” now." in page(client.post(url, {"person": world.bo.pk}, follow=True))
    page(client.get(f"{BASE}matrix/"), 403)
    page(client.get(url), 404)
    said = page(sign_in(world.bo).get(f"{BASE}history/"))
    assert "named as the study's owner" in said.replace("&#x27;", "'")
    assert "Take out of the study" in page(client.get(f"{BASE}people/"))


def test_who_closes_the_account_of_a_study_s_only_owner_is_told_of_the_study(world, study, sign_in):
    account = f"/programs/michigan/people/{Membership.objects.get(user=world.ria).pk}/account/"
    client = sign_in(world.dee)
    owned = account.replace("account", "studies")
    assert f'hx-get="{owned}"' in page(client.get(account))
    assert "Nobody else owns the study “What helps sites”." in page(client.get(owned))
    other = world.kim.memberships.get().pk
    assert "What helps sites" not in page(client.get(f"/programs/michigan/people/{other}/studies/"))
    assert f'hx-get="{owned}"' in page(client.post(account, {"act": "close"}, follow=True))
    said = page(client.get(owned))
    assert "Nobody owns the study “What helps sites” any more." in said
    assert "/programs/michigan/interviews/what-helps-sites/owner/" in said
    studying.name_owner(study, world.kim, by=world.dee, now=world.now)
    assert "What helps sites" not in page(client.get(owned))


def test_where_nobody_can_be_named_an_administrator_is_led_to_inviting_somebody(world, study, sign_in):
    Membership.objects.filter(user__in=[world.ria, world.bo, world.kim]).update(ended_at=world.now)
    said = page(sign_in(world.dee).get("/programs/michigan/interviews/what-helps-sites/owner/"))
    assert "Invite a researcher" in said
    assert "/programs/michigan/people/" in said


# ---- a study


def test_owners_change_name_and_aim(world, ria, study):
    assert "This field is required" in page(ria.post(f"{BASE}change/", {"name": "", "aim": "x"}), 422)
    said = {"name": "What helps schools", "aim": "To learn what helps schools."}
    assert "What helps schools" in page(ria.post(f"{BASE}change/", said, follow=True))
    assert "Name: What helps sites → What helps schools" in page(ria.get(f"{BASE}history/"))


def test_a_lead_sees_how_far_the_study_is_and_no_way_into_it(world, study, talk, sign_in):
    said = page(sign_in(world.ana).get(BASE))
    assert "read by those in the study only" in said
    assert "Collaborative Care" not in said.split("Whom the study has heard")[1]
    assert "fewer than 5" in said
    assert "interviews/" not in said
    assert "P01" not in said


def test_no_total_tells_a_lead_how_many_of_a_small_group_were_heard(world, study, guide, codes, by, sign_in):
    said_by(study, guide, codes, by, "partner", 5)
    said_by(study, guide, codes, by, "state", 2)
    said = page(sign_in(world.ana).get(BASE))
    assert "fewer than 5" in said
    assert "held" not in said


def test_people_are_taken_in_and_end(world, ria, study):
    url = f"{BASE}people/"
    assert "Nobody with x@y.example belongs" in page(ria.post(url, {"email": "x@y.example"}), 422)
    assert "Kim Abara is in the study." in page(ria.post(url, {"email": world.kim.email}, follow=True))
    assert "Choose a researcher, or type" in page(ria.post(url, {"email": ""}), 422)
    pk = study.members.get(user=world.kim).pk
    assert "is no longer in the study" in page(ria.post(f"{url}{pk}/end/", follow=True))
    own = study.members.get(user=world.ria).pk
    assert "needs an owner" in page(ria.post(f"{url}{own}/end/", follow=True))


def test_targets_come_back_in_their_cells(world, ria):
    name = f"number-{world.project.pk}-pi"
    ria.post(f"{BASE}targets/", {name: "3", "number-0-state": "2"})
    said = page(ria.get(f"{BASE}targets/"))
    assert f'name="{name}" id="id_{name}" value="3"' in said
    assert "0 of 3" in page(ria.get(BASE))
    assert 'aria-invalid="true"' in page(ria.post(f"{BASE}targets/", {name: "-1"}), 422)


def test_a_researcher_of_the_program_is_chosen_by_name(world, ria, study):
    url = f"{BASE}people/"
    assert f'<option value="{world.kim.pk}">Kim Abara</option>' in page(ria.get(url))
    assert world.kim.email not in page(ria.get(url))
    assert "Select a valid choice" in page(ria.post(url, {"person": world.vi.pk}), 422)
    assert "Kim Abara is in the study." in page(ria.post(url, {"person": world.kim.pk, "owner": "on"}, follow=True))
    assert study.members.get(user=world.kim).owner
    assert f'<option value="{world.kim.pk}">' not in page(ria.get(url))


def test_a_young_study_says_what_comes_next(world, ria, study, by):
    assert "Write the guide first" in page(ria.get(BASE))
    guide = guiding.write_guide(study, title="Interview guide", text=GUIDE, **by)
    assert "Whom do you want to hear?" in page(ria.get(BASE))
    who = agreed(study, by=by)
    assert "Plan the first interview" in page(ria.get(BASE))
    interviewing.plan_interview(study, who, guide, interviewer=world.ria, mode="phone", planned_for=None, **by)
    assert "Plan the first interview" not in page(ria.get(BASE))


# ---- the guide


def test_a_guide_is_written_read_and_tied(world, ria):
    assert "Line 1: a probe needs" in page(ria.post(f"{BASE}guide/", {"title": "Guide", "text": "- early"}), 422)
    said = page(ria.post(f"{BASE}guide/", {"title": "Guide", "text": GUIDE}, follow=True))
    assert "How did your site begin?" in said
    assert "Guide, version 1 is saved." in said
    question = Guide.objects.get().questions.first()
    construct = Construct.objects.create(
        key="resources", name="Available Resources", domain="Inner setting", position=1
    )
    tie = {"steps": ["leaders"], "constructs": [construct.pk]}
    said = page(ria.post(f"{BASE}questions/{question.pk}/", tie, follow=True))
    assert "Available Resources" in said
    assert "Win leader support" in said or "About:" in said


def test_probes_and_sections_are_tied_too(ria, talk):
    question = talk.questions[0]
    assert "Who decided?" in page(ria.get(f"{BASE}questions/{question.pk}/"))
    for number, words in ((0, "Getting started"), (1, "Who decided?")):
        url = f"{BASE}questions/{question.pk}/parts/{number}/"
        assert f"<strong>{words}</strong>" in page(ria.get(url))
        page(ria.post(url, {"steps": ["leaders"]}, follow=True))
        assert "Select a valid choice" in page(ria.post(url, {"steps": ["nowhere"]}), 422)
    assert page(ria.get(f"{BASE}guide/1/")).count("About:") == 2
    assert ria.get(f"{BASE}questions/{question.pk}/parts/3/").status_code == 404
    assert ria.get(f"{BASE}questions/{talk.questions[2].pk}/parts/1/").status_code == 404


# ---- participants


def test_a_participant_is_listed_consents_and_withdraws(world, ria):
    said = {"pseudonym": "P07", "role_group": "partner", "state": "asked", "contact_name": "Maria Gonzalez"}
    page(ria.post(f"{BASE}participants/new/", said, follow=True))
    url = f"{BASE}participants/{Participant.objects.get().pk}/"
    assert "in the future" in page(
        ria.post(f"{url}consent/", {"form_version": "1", "given_on": "2030-01-01", "scope": "quote"}), 422
    )
    assert "The consent of P07 is recorded." in page(
        ria.post(f"{url}consent/", {"form_version": "1", "given_on": "2026-01-04", "scope": "quote"}, follow=True)
    )
    assert "gives the name away" in page(ria.post(url, {**said, "pseudonym": "Maria"}), 422)
    assert "This cannot be undone" in page(ria.get(f"{url}withdraw/"))
    assert "how to reach them" in page(ria.post(f"{url}withdraw/", follow=True))
    assert "Withdrew on" in page(ria.get(url))


def test_a_site_of_another_program_cannot_be_chosen(world, ria):
    said = {"pseudonym": "P07", "role_group": "partner", "state": "asked", "project": world.foreign_project.pk}
    assert "Select a valid choice" in page(ria.post(f"{BASE}participants/new/", said), 422)
    assert not Participant.objects.exists()


def test_a_new_participant_gets_the_next_pseudonym_and_what_the_site_says(world, ria, study, by):
    for pseudonym in ("P09", "Nurse one", "P3"):
        listed(study, pseudonym, by=by)
    assert 'value="P10"' in page(ria.get(f"{BASE}participants/new/"))
    said = {"pseudonym": "P10", "role_group": "partner", "state": "asked", "site": world.elm.pk}
    page(ria.post(f"{BASE}participants/new/", said, follow=True))
    made = Participant.objects.get(pseudonym="P10")
    assert (made.project, made.site, made.setting) == (world.project, world.elm, world.elm.place.setting)
    foreign = {**said, "pseudonym": "P11", "project": world.project.pk, "site": world.other_site.pk}
    assert "a site of the chosen project" in page(ria.post(f"{BASE}participants/new/", foreign), 422)


def test_consent_begins_with_today_and_the_form_used_last_and_leads_to_planning(ria, study, talk, by):
    recruiting.record_consent(talk.participant, form_version="2b", given_on=dt.date(2026, 1, 4), scope="quote", **by)
    other = listed(study, "P02", by=by)
    shown = page(ria.get(f"{BASE}participants/{other.pk}/"))
    assert 'name="form_version" value="2b"' in shown
    assert f'value="{study.program.today(timezone.now())}"' in shown
    assert f"interviews/?participant={other.pk}#plan" in shown
    planning = page(ria.get(f"{BASE}interviews/?participant={other.pk}"))
    assert f'<option value="{other.pk}" selected>P02, Project staff</option>' in planning


def test_quotes_that_a_narrower_consent_does_not_cover_are_said_and_not_shown(ria, talk, by):
    interviewing.sum_up(talk.interview, talk.questions[0], text="So.", quote="So it was.", revision=0, **by)
    assert "So it was." in page(ria.get(f"{BASE}matrix/"))
    narrower = {"form_version": "2", "given_on": "2026-01-05", "scope": "no_quotes"}
    url = f"{BASE}participants/{talk.participant.pk}/consent/"
    assert "1 quote written down before is not covered by it." in page(ria.post(url, narrower, follow=True))
    shown = page(ria.get(f"{BASE}matrix/"))
    assert "So it was." not in shown
    assert "A quote that consent does not cover." in shown
    wider = {**narrower, "scope": "role_only"}
    assert "not covered" not in page(ria.post(url, wider, follow=True))
    assert "So it was." in page(ria.get(f"{BASE}matrix/"))


# ---- interviews


def words(talk, **more):
    cells = {f"revision-{question.pk}": "0" for question in talk.questions}
    return {**cells, "held_on": "", "minutes": "", "notes": "", **more}


def test_an_interview_is_planned_with_somebody_of_the_study(world, ria, study, guide, by):
    url = f"{BASE}interviews/"
    who = agreed(study, by=by)
    plan = {"guide": guide.pk, "mode": "phone", "planned_for": "2026-01-09T10:00"}
    assert "Select a valid choice" in page(
        ria.post(url, {**plan, "participant": who.pk, "interviewer": world.kim.pk}), 422
    )
    page(ria.post(url, {**plan, "participant": who.pk, "interviewer": world.ria.pk}, follow=True))
    assert "planned for Fri 9 Jan, 10:00 a.m." in page(ria.get(url))


def test_interviews_to_come_stand_before_those_that_were_held(world, ria, study, guide, talk, by):
    interviewing.hold(talk.interview, held_on=world.now.date(), minutes=None, notes="", **by)
    who = agreed(study, "P02", by=by)
    interviewing.plan_interview(study, who, guide, interviewer=world.ria, mode="phone", planned_for=None, **by)
    shown = page(ria.get(f"{BASE}interviews/"))
    assert shown.index(">Planned<") < shown.index(">P02<") < shown.index(">Held<") < shown.index(">P01<")


def test_a_study_without_anybody_asks_for_them_before_it_plans(ria, study, guide):
    assert "Nobody is on the list yet" in page(ria.get(f"{BASE}interviews/"))


def test_the_day_is_filled_in_once_the_planned_time_has_passed(ria, study, talk):
    url = f"{BASE}interviews/{talk.interview.pk}/"
    assert f'value="{study.program.today(talk.interview.planned_for)}"' in page(ria.get(url))
    Interview.objects.update(planned_for=timezone.now() + dt.timedelta(days=2))
    assert "Leave the day empty until you have talked." in page(ria.get(url))


def test_an_interview_is_written_down_at_once(ria, talk):
    url = f"{BASE}interviews/{talk.interview.pk}/"
    first, second, third = (question.pk for question in talk.questions)
    said = words(talk, held_on="2026-01-05", minutes="40", notes="In a hurry.")
    said |= {f"text-{first}": "By a call.", f"text-{second}": "Tired nurses.", f"quote-{second}": "We were tired."}
    assert "Saved." in page(ria.post(url, said, follow=True))
    talk.interview.refresh_from_db()
    assert (talk.interview.held_on, talk.interview.minutes) == (dt.date(2026, 1, 5), 40)
    assert dict(Summary.objects.values_list("question", "text")) == {first: "By a call.", second: "Tired nurses."}
    shown = page(ria.get(url))
    assert f'name="revision-{first}" value="1"' in shown
    assert f'name="revision-{third}" value="0"' in shown


def test_what_somebody_else_wrote_meanwhile_is_shown_and_nothing_is_half_saved(world, ria, talk, by):
    url = f"{BASE}interviews/{talk.interview.pk}/"
    first, second, _third = (question.pk for question in talk.questions)
    bo = {**by, "by": world.bo}
    interviewing.sum_up(talk.interview, talk.questions[0], text="Bo was here.", revision=0, **bo)
    said = words(talk, held_on="2026-01-05") | {f"text-{first}": "Ria was here.", f"text-{second}": "And here."}
    shown = page(ria.post(url, said), 409)
    assert "Bo Lindqvist wrote here while you were writing" in shown
    assert "Bo was here." in shown
    assert ">Ria was here.</textarea>" in shown
    assert ">And here.</textarea>" in shown
    assert Summary.objects.count() == 1
    assert Interview.objects.get().held_on is None
    merged = said | {f"text-{first}": "Both were here.", f"revision-{first}": "1"}
    page(ria.post(url, merged, follow=True))
    assert Summary.objects.get(question=first).text == "Both were here."


def test_what_was_typed_along_an_older_version_of_the_guide_is_kept_with_it(world, ria, study, talk, by):
    url = f"{BASE}interviews/{talk.interview.pk}/"
    first, second, _third = (question.pk for question in talk.questions)
    typed = words(talk, held_on="2026-01-05", guide="1") | {f"text-{first}": "By a call."}
    guiding.write_guide(study, title="Interview guide", text=f"{GUIDE}One more?\n", **by)
    talk.interview.refresh_from_db()
    assert talk.interview.guide.number == 2
    assert "Saved." in page(ria.post(url, typed, follow=True))
    talk.interview.refresh_from_db()
    assert talk.interview.guide == talk.guide
    assert Summary.objects.get().text == "By a call."
    later = typed | {f"text-{second}": "More.", f"revision-{first}": "1", "guide": "2"}
    assert "follows another version of the guide by now" in page(ria.post(url, later), 422)


def test_a_box_left_alone_is_no_conflict(world, ria, talk, by):
    url = f"{BASE}interviews/{talk.interview.pk}/"
    first, second, _third = (question.pk for question in talk.questions)
    interviewing.sum_up(talk.interview, talk.questions[0], text="Before.", revision=0, **by)
    said = words(talk) | {f"text-{first}": "Before.", f"revision-{first}": "1", f"text-{second}": "New."}
    page(ria.post(url, said, follow=True))
    assert Summary.objects.count() == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"held_on": "2030-01-01"}, "in the future"),
        ({"held_on": "yesterday-ish"}, "held_on"),
        ({"minutes": "0"}, "greater than or equal to 1"),
    ],
)
def test_bad_input_keeps_what_was_typed(ria, talk, more, said):
    first = talk.questions[0].pk
    typed = words(talk, **more) | {f"text-{first}": "Typed with care."}
    shown = page(ria.post(f"{BASE}interviews/{talk.interview.pk}/", typed), 422)
    assert said in shown
    assert "Typed with care." in shown
    assert not Summary.objects.exists()


def test_quotes_are_asked_for_where_consent_covers_them_only(ria, study, talk, by):
    url = f"{BASE}interviews/{talk.interview.pk}/"
    assert "A quote, word for word" in page(ria.get(url))
    recruiting.record_consent(talk.participant, form_version="2", given_on=dt.date(2026, 1, 5), scope="no_quotes", **by)
    assert "A quote, word for word" not in page(ria.get(url))


def test_a_quote_from_before_a_narrower_consent_is_said_to_be_too_much(ria, talk, by):
    url = f"{BASE}interviews/{talk.interview.pk}/"
    first = talk.questions[0].pk
    interviewing.sum_up(talk.interview, talk.questions[0], text="So.", quote="So it was.", revision=0, **by)
    recruiting.record_consent(talk.participant, form_version="2", given_on=dt.date(2026, 1, 5), scope="no_quotes", **by)
    typed = words(talk) | {f"text-{first}": "So!", f"quote-{first}": "So it was.", f"revision-{first}": "1"}
    assert "did not agree to quotes" in page(ria.post(url, typed), 422)
    page(ria.post(url, typed | {f"quote-{first}": ""}, follow=True))
    assert Summary.objects.get().quote == ""


def test_a_quote_that_names_somebody_is_not_taken_and_a_summary_is_taken_with_a_warning(world, ria, study, talk, by):
    url = f"{BASE}interviews/{talk.interview.pk}/"
    first = talk.questions[0].pk
    typed = words(talk) | {f"text-{first}": "Bo Lindqvist helped.", f"quote-{first}": "At Elm Clinic Bo did."}
    shown = page(ria.post(url, typed), 422)
    assert "write a placeholder such as [Site A] for “Elm Clinic”, “Bo”." in shown
    assert "Bo Lindqvist helped." in shown
    assert not Summary.objects.exists()
    typed[f"quote-{first}"] = "At [Site A] [Person 1] did."
    assert "it names “Bo Lindqvist”." in page(ria.post(url, typed, follow=True))
    assert Summary.objects.get().quote == "At [Site A] [Person 1] did."
    deidentifying.protect(study, open_text=True, destroy_on=None, **by)
    open_text = typed | {f"quote-{first}": "At Elm Clinic Bo did.", f"revision-{first}": "1"}
    assert "Saved." in page(ria.post(url, open_text, follow=True))


def test_barriers_are_ticked_at_an_answer_and_seen_in_the_matrix(ria, talk, by):
    construct = Construct.objects.create(
        key="resources", name="Available Resources", domain="Inner setting", position=1
    )
    interviewing.sum_up(talk.interview, talk.questions[0], text="Few nurses.", revision=0, **by)
    url = f"{BASE}interviews/{talk.interview.pk}/questions/{talk.questions[0].pk}/barriers/"
    assert "Inner setting" in page(ria.get(url))
    assert "In the way: Available Resources" in page(ria.post(url, {"constructs": [construct.pk]}, follow=True))
    assert "In the way: Available Resources" in page(ria.get(f"{BASE}matrix/"))
    assert "Select a valid choice" in page(ria.post(url, {"constructs": ["999999"]}), 422)


def test_the_page_of_somebody_who_withdrew_has_no_boxes(ria, talk, by):
    recruiting.withdraw(talk.participant, **by)
    url = f"{BASE}interviews/{talk.interview.pk}/"
    assert "has withdrawn" in page(ria.get(url))
    assert "has withdrawn" in page(ria.post(url, words(talk, held_on="2026-01-05")), 422)


@pytest.mark.parametrize("how_many", [1, 9])
@pytest.mark.parametrize("path", ["interviews/", "participants/", "matrix/", ""])
def test_lists_take_as_many_statements_however_many_people(
    world, ria, study, guide, talk, by, how_many, path, django_assert_max_num_queries
):
    for number in range(how_many):
        who = agreed(study, f"Q{number}", by=by, project=world.project, site=world.elm)
        made = interviewing.plan_interview(
            study, who, guide, interviewer=world.ria, mode="phone", planned_for=None, **by
        )
        interviewing.sum_up(made, talk.questions[0], text="Said.", revision=0, **by)
    ria.get(f"{BASE}{path}")
    with django_assert_max_num_queries(15):
        ria.get(f"{BASE}{path}")


def test_a_matrix_by_role_and_guide_is_in_the_address(ria, talk):
    assert "Project staff" in page(ria.get(f"{BASE}matrix/?by=role&guide=1"))
    assert "Elm Clinic" in page(ria.get(f"{BASE}matrix/?by=nonsense&guide=77777777777"))


def test_each_cell_of_the_matrix_leads_to_its_box(ria, talk):
    shown = page(ria.get(f"{BASE}matrix/"))
    for question in talk.questions:
        assert f'href="{BASE}interviews/{talk.interview.pk}/#question-{question.pk}"' in shown
        assert f"Write in the cell of P01: {question.short}" in shown


def test_who_sums_up_before_saying_when_it_was_held_is_told_what_is_missing(ria, talk):
    url = f"{BASE}interviews/{talk.interview.pk}/"
    said = words(talk) | {f"text-{talk.questions[0].pk}": "By a call."}
    shown = page(ria.post(url, said, follow=True))
    assert "Say also on which day it was held: until then it counts as planned." in shown
    assert "it counts as planned" not in page(ria.post(url, {**said, "held_on": "2026-01-05"}, follow=True))
