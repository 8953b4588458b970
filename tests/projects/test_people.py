import re
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import escape

from accounts import leaving
from accounts.models import Activity
from outbox.models import Delivery
from projects import assigning, closing, duties, inviting, membership
from projects.choosing import Choice
from projects.duties import holder_of
from projects.models import Duty, Invitation, Membership, PlanItem, Role, Scopes
from tests.cast import join, person
from tests.statements import counted
from tests.together import at_once, while_held

pytestmark = pytest.mark.django_db
PROJECT = "/projects/collaborative-care/people/"
ELM = "/projects/collaborative-care/sites/elm-clinic/people/"
PROGRAM = "/programs/michigan/people/"


def open_items(user):
    return PlanItem.objects.open().filter(assignee=user).count()


@pytest.fixture
def bos_work(world):
    """Two open items at Elm belong to Bo."""
    keys = {"meet", "briefing"}
    for item in world.plan.items.filter(key__in=keys):
        item.assignee, item.assigned_at = world.bo, world.now
        item.save(update_fields=["assignee", "assigned_at"])
    return keys


# Jobs


def test_the_items_of_a_job_follow_it_to_its_new_holder(world):
    world.plan.items.filter(key="briefing").update(assigned_duty="site_champion")
    duties.set_duty(world.elm, "site_champion", holder=world.bo, by=world.ana, now=world.now)
    assert world.plan.items.get(key="briefing").assignee == world.bo
    nurse = person("Una")
    join(nurse, Role.PRACTITIONER, world.elm)
    duties.set_duty(world.elm, "site_champion", holder=nurse, by=world.ana, now=world.now)
    assert world.plan.items.get(key="briefing").assignee == nurse
    assert Duty.objects.get(site=world.elm).holder == "Una"


def test_what_is_done_stays_with_who_had_it_when_the_job_moves(world):
    item = world.plan.items.get(key="briefing")
    item.assigned_duty, item.assignee = "site_champion", world.bo
    item.done_at, item.recorded_on, item.done_on = world.now, world.now.date(), world.now.date()
    item.save()
    duties.set_duty(world.elm, "site_champion", name="Una", by=world.ana, now=world.now)
    item.refresh_from_db()
    assert item.assignee == world.bo


def test_a_job_can_be_held_by_a_name_without_an_account_and_by_nobody(world):
    duties.set_duty(world.elm, "coach", name="Jo", phone="231-555-0142", by=world.ana, now=world.now)
    assert (Duty.objects.get().holder, Duty.objects.get().phone) == ("Jo", "231-555-0142")
    assert duties.set_duty(world.elm, "coach", by=world.ana, now=world.now) is None
    assert not Duty.objects.held().exists()
    assert Duty.objects.open().get().since_on == world.now.date()
    assert Activity.objects.filter(verb="duty_given").count() == 2


def test_a_job_that_the_roadmap_does_not_name_is_refused(world):
    with pytest.raises(ValidationError, match="does not name this job"):
        duties.set_duty(world.elm, "astronaut", name="Jo", by=world.ana, now=world.now)


# Roles


def test_the_last_administrator_of_a_program_cannot_be_taken_off(world):
    held = Membership.objects.get(user=world.dee, program=world.program)
    with pytest.raises(ValidationError, match="only State administrator"):
        membership.end_membership(held, by=world.dee, now=world.now)
    held.refresh_from_db()
    assert held.ended_at is None


def test_changing_a_role_ends_one_and_begins_another(world):
    held = Membership.objects.get(user=world.vi)
    membership.change_role(held, Role.LEAD, by=world.ana, now=world.now)
    assert Scopes.read(world.vi).projects == {world.project.pk: frozenset({Role.LEAD})}
    assert Membership.objects.filter(user=world.vi).count() == 2


def test_ending_a_membership_twice_changes_nothing(world):
    held = Membership.objects.get(user=world.bo)
    membership.end_membership(held, by=world.ana, now=world.now)
    membership.end_membership(held, by=world.ana, now=timezone.now())
    assert held.ended_at == world.now
    assert not Scopes.read(world.bo).any


# Pages


def test_a_deactivated_person_is_shown_as_such_and_their_work_waits_to_be_handed_over(world, bos_work, sign_in):
    duties.set_duty(world.elm, "coach", holder=world.bo, by=world.ana, now=world.now)
    leaving.deactivate(world.bo, by=world.dee, now=world.now)
    page = re.sub(r"\s+", " ", sign_in(world.ana).get(ELM).content.decode())
    assert page.count("can no longer sign in") >= 3  # the member, the job and the work
    assert "2 open items belong to Bo Lindqvist, who can no longer sign in." in page


def test_handing_over_moves_the_open_items_and_can_be_taken_back(world, bos_work):
    count, batch = membership.hand_over(world.elm, world.bo, world.ana, by=world.dee, now=world.now)
    assert (count, open_items(world.bo), open_items(world.ana)) == (2, 0, 2)
    assert Activity.objects.filter(batch=uuid.UUID(batch), verb="assigned").count() == 2


def test_a_lead_hands_over_on_the_page(world, bos_work, sign_in):
    leaving.deactivate(world.bo, by=world.dee, now=world.now)
    answer = sign_in(world.ana).post(ELM + "hand-over/", {"giver": world.bo.pk, "taker": world.ana.pk}, follow=True)
    assert "2 items now belong to Ana Brandt" in answer.content.decode()
    assert open_items(world.ana) == 2


@pytest.mark.parametrize(("giver", "taker"), [("bo", "nia"), ("bo", "cy"), ("nia", "ana"), ("ana", "bo")])
def test_handing_over_from_or_to_somebody_who_does_not_belong_changes_nothing(world, bos_work, sign_in, giver, taker):
    leaving.deactivate(world.bo, by=world.dee, now=world.now)
    said = {"giver": getattr(world, giver).pk, "taker": getattr(world, taker).pk}
    assert sign_in(world.ana).post(ELM + "hand-over/", said).status_code == 422
    assert open_items(world.bo) == 2


@pytest.mark.parametrize("taker", ["vi", "dee"])
def test_work_is_not_handed_to_somebody_who_only_looks_or_runs_the_program(world, bos_work, sign_in, taker):
    leaving.deactivate(world.bo, by=world.dee, now=world.now)
    said = {"giver": world.bo.pk, "taker": getattr(world, taker).pk}
    client = sign_in(world.ana)
    assert f'<option value="{said["taker"]}">' not in section(client.get(ELM).content.decode(), "left-over")
    assert client.post(ELM + "hand-over/", said).status_code == 422
    with pytest.raises(ValidationError, match="not on the team here"):
        membership.hand_over(world.elm, world.bo, getattr(world, taker), by=world.ana, now=world.now)
    assert open_items(world.bo) == 2


def test_in_a_project_work_goes_only_where_its_taker_is_on_the_team(world, bos_work, sign_in):
    eva = person("Eva Novak")
    join(eva, Role.PRACTITIONER, world.oak)
    world.oak.plan.items.filter(key="meet").update(assignee=world.bo)
    leaving.deactivate(world.bo, by=world.dee, now=world.now)
    said = {"giver": world.bo.pk, "taker": eva.pk}
    page = sign_in(world.ana).post(PROJECT + "hand-over/", said, follow=True)
    assert "1 item now belongs to Eva Novak" in page.content.decode()
    assert (open_items(world.bo), open_items(eva)) == (2, 1)


def section(page, name):
    return page.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]


def test_a_job_is_given_on_the_page(world, sign_in):
    page = "/projects/collaborative-care/sites/elm-clinic/jobs/site_champion/"
    assert sign_in(world.ana).post(page, {"holder": world.bo.pk, "name": ""}).status_code == 302
    assert Duty.objects.get().user == world.bo


def test_a_site_s_page_names_who_does_a_job_for_the_whole_project(world, sign_in):
    def coach():
        page = sign_in(world.bo).get(ELM).content.decode()
        return page.partition('id="job-coach"')[2].partition("</li>")[0]

    duties.set_duty(world.project, "coach", name="Jo Lind", phone="231-555-0142", by=world.ana, now=world.now)
    assert "Jo Lind, 231-555-0142 (for the whole project)" in coach()
    assert "Nobody yet" not in coach()
    Duty.objects.update(name="", user=person("Cam Left", is_active=False))
    assert "can no longer sign in" in coach()
    duties.set_duty(world.elm, "coach", holder=world.bo, by=world.ana, now=world.now)
    assert "Bo Lindqvist" in coach()
    assert "Cam Left" not in coach()


def test_who_gives_a_job_second_is_told_who_has_it_and_keeps_what_was_typed(world, sign_in):
    page = "/projects/collaborative-care/sites/elm-clinic/jobs/coach/"
    seen = holder_of(None).code
    assert (
        sign_in(world.ana).post(page, {"holder": world.bo.pk, "phone": "616-555-0101", "seen": seen}).status_code == 302
    )
    second = sign_in(world.dee).post(page, {"name": "Una Reyes", "phone": "616-555-0102", "seen": seen})
    text = second.content.decode()
    assert second.status_code == 409
    assert "somebody else said who does this: Bo Lindqvist, 616-555-0101. Yours is not saved yet." in text
    assert 'value="Una Reyes"' in text
    assert 'value="616-555-0102"' in text
    assert Duty.objects.get().user == world.bo
    code = holder_of(Duty.objects.get()).code
    assert escape(code) in text
    assert sign_in(world.dee).post(page, {"name": "Una Reyes", "seen": code}).status_code == 302
    assert Duty.objects.get().name == "Una Reyes"


def test_what_is_refused_for_another_reason_still_tells_from_what_it_was_made(world, sign_in):
    page = "/projects/collaborative-care/sites/elm-clinic/jobs/coach/"
    seen = holder_of(None).code
    sign_in(world.ana).post(page, {"holder": world.bo.pk, "seen": seen})
    refused = sign_in(world.dee).post(page, {"name": "U" * 121, "seen": seen})
    form = refused.content.decode().partition('id="job-coach"')[2].partition("</form>")[0]
    assert refused.status_code == 422
    assert f'name="seen" value="{escape(seen)}"' in form
    assert sign_in(world.dee).post(page, {"name": "Una Reyes", "seen": seen}).status_code == 409


def test_a_job_cannot_be_given_to_somebody_from_elsewhere(world, sign_in):
    page = "/projects/collaborative-care/sites/elm-clinic/jobs/coach/"
    assert sign_in(world.ana).post(page, {"holder": world.cy.pk}).status_code == 422
    assert not Duty.objects.exists()


def test_inviting_on_the_page_queues_one_mail(world, sign_in):
    client = sign_in(world.ana)
    answer = client.post(
        ELM + "invite/", {"email": "una@clinic.example", "role": "practitioner", "duty": "coach"}, follow=True
    )
    assert "una@clinic.example" in answer.content.decode()
    assert Delivery.objects.get().address == "una@clinic.example"
    again = client.post(ELM + "invite/", {"email": "una@clinic.example", "role": "practitioner"})
    assert again.status_code == 422
    assert "already has an open invitation" in again.content.decode()
    assert Delivery.objects.count() == 1


def test_what_is_wrong_with_a_form_far_down_a_page_is_where_the_page_opens(world, sign_in):
    page = sign_in(world.ana).post(f"{PROJECT}invite/", {"email": "nobody", "role": ""}).content.decode()
    assert re.search(r'<div class="callout callout-bad[^>]* tabindex="-1" autofocus>\s*<p[^>]*>2 things need', page)
    assert page.count("autofocus") == 1


@pytest.mark.parametrize(
    ("page", "role"), [(PROJECT, "administrator"), (ELM, "lead"), (ELM, "administrator"), (PROJECT, "nonsense")]
)
def test_a_role_above_the_own_or_out_of_place_cannot_be_given(world, sign_in, page, role):
    answer = sign_in(world.ana).post(page + "invite/", {"email": "una@clinic.example", "role": role})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_only_an_administrator_makes_another_one(world, sign_in):
    assert (
        sign_in(world.dee).post(PROGRAM + "invite/", {"email": "u@c.example", "role": "administrator"}).status_code
        == 302
    )
    assert Invitation.objects.get().program == world.program


def test_invitations_are_sent_again_and_taken_back_on_the_page(world, sign_in):
    made = inviting.invite(world.elm, email="u@c.example", role=Role.PRACTITIONER, by=world.ana, now=timezone.now())
    base = "/projects/collaborative-care/sites/elm-clinic/invitations/"
    client = sign_in(world.ana)
    assert client.post(f"{base}{made.pk}/again/").status_code == 302
    assert Delivery.objects.count() == 2
    assert client.post(f"{base}{made.pk}/revoke/").status_code == 302
    assert not Invitation.objects.open().exists()
    assert client.post(f"{base}{made.pk}/again/").status_code == 404


def test_ids_of_another_project_are_answered_like_ids_that_do_not_exist(world, sign_in):
    client = sign_in(world.ana)
    theirs = join(world.nia, Role.PRACTITIONER, world.other_site)
    asked = inviting.invite(world.other_site, email="u@c.example", role=Role.OBSERVER, by=world.cy, now=timezone.now())
    for url in (
        f"{ELM}{theirs.pk}/end/",
        f"{PROJECT}{theirs.pk}/role/",
        f"/projects/collaborative-care/invitations/{asked.pk}/revoke/",
        "/projects/school-cbt/people/invite/",
        "/programs/michigan/people/invite/",
    ):
        assert client.post(url, {"role": "observer", "email": "x@y.example"}).status_code == 404, url
    theirs.refresh_from_db()
    assert theirs.ended_at is None
    assert Invitation.objects.open().count() == 1


@pytest.mark.parametrize(
    ("who", "page", "status"),
    [
        ("ana", PROJECT, 200),
        ("dee", PROJECT, 200),
        ("vi", PROJECT, 200),
        ("bo", PROJECT, 403),
        ("bo", ELM, 200),
        ("vi", ELM, 200),
        ("cy", ELM, 404),
        ("ed", PROJECT, 404),
        ("nia", PROJECT, 404),
        ("dee", PROGRAM, 200),
        ("ana", PROGRAM, 404),
        ("bo", "/projects/collaborative-care/sites/oak-clinic/people/", 404),
    ],
)
def test_who_sees_the_people_of_what(world, sign_in, who, page, status):
    assert sign_in(getattr(world, who)).get(page).status_code == status


@pytest.mark.parametrize("who", ["bo", "vi"])
def test_who_may_look_may_not_invite_and_does_not_see_addresses(world, sign_in, who):
    client = sign_in(getattr(world, who))
    assert client.post(ELM + "invite/", {"email": "u@c.example", "role": "practitioner"}).status_code == 403
    page = client.get(ELM).content.decode()
    assert "Invite somebody" not in page
    other = world.vi if who == "bo" else world.bo
    assert other.email not in page


def test_the_page_of_people_costs_the_same_for_few_and_for_many(world, sign_in):
    client = sign_in(world.ana)

    def statements():
        with counted() as found:
            assert client.get(PROJECT).status_code == 200
        return len(found)

    few = statements()
    for number in range(30):
        join(person(f"P{number} Long", email=f"p{number}@example.org"), Role.OBSERVER, world.project)
        inviting.invite(world.project, email=f"i{number}@c.example", role=Role.LEAD, by=world.ana, now=timezone.now())
    assert statements() == few
    assert few <= 12


def test_assigning_to_a_job_and_then_giving_it_away_keep_to_one_rule(world):
    choice = Choice(steps=frozenset({"leaders"}))
    assigning.assign([world.plan.pk], choice, to=assigning.Job("coach"), by=world.ana, now=world.now)
    duties.set_duty(world.elm, "coach", holder=world.bo, by=world.ana, now=world.now)
    assert open_items(world.bo) == world.plan.items.open().filter(plan_step__key="leaders").count()


def test_an_anonymised_persons_name_is_nowhere_left_in_history(world, sign_in):
    jo = person("Jolanta Unforgettable", email="jolanta@example.org")
    member = membership.give_role(world.elm, jo, Role.PRACTITIONER, by=world.ana, now=world.now)
    assigning.assign([world.plan.pk], Choice(steps=frozenset({"leaders"})), to=jo, by=world.ana, now=world.now)
    duties.set_duty(world.elm, "coach", holder=jo, by=world.ana, now=world.now)
    duties.set_duty(world.elm, "coach", holder=world.bo, by=world.ana, now=world.now)
    member = membership.change_role(member, Role.OBSERVER, by=world.ana, now=world.now)
    membership.end_membership(member, by=world.ana, now=world.now)
    leaving.deactivate(jo, by=world.ana, now=world.now)
    page = sign_in(world.ana).get(world.plan.url("plan_history")).text
    assert "Jolanta Unforgettable" in page
    leaving.anonymise(jo, by=world.ana, now=world.now)
    kept = str(list(Activity.objects.values())).casefold()
    assert "jolanta" not in kept
    page = sign_in(world.ana).get(world.plan.url("plan_history")).text
    assert "Jolanta" not in page
    assert "Someone who has left" in page


def test_a_job_is_not_for_somebody_who_can_only_look(world, sign_in):
    page = "/projects/collaborative-care/sites/elm-clinic/jobs/coach/"
    join(world.vi, Role.OBSERVER, world.elm)
    assert sign_in(world.ana).post(page, {"holder": world.vi.pk}).status_code == 422
    assert not Duty.objects.exists()


def test_work_handed_over_can_be_taken_back(world, sign_in, bos_work):
    world.bo.memberships.update(ended_at=timezone.now())
    eva = person("Eva Novak")
    join(eva, Role.PRACTITIONER, world.elm)
    client = sign_in(world.ana)
    page = client.post(ELM + "hand-over/", {"giver": world.bo.pk, "taker": eva.pk}, follow=True).text
    assert "now belong to Eva Novak" in page
    undo = re.search(r'action="(/undo/[^"]+)"', page)[1]
    client.post(undo)
    assert (open_items(world.bo), open_items(eva)) == (2, 0)


def test_an_administrator_whom_another_has_just_removed_is_not_removed_twice(world):
    other = join(person("Sol Garner"), Role.ADMINISTRATOR, world.program)
    stale = Membership.objects.get(pk=other.pk)
    membership.end_membership(other, by=world.dee, now=world.now)
    with pytest.raises(ValidationError, match="somebody else"):
        membership.end_membership(stale, by=world.dee, now=world.now)


def test_who_was_taken_off_in_the_meantime_does_not_come_back_by_another_role(world):
    stale = Membership.objects.get(user=world.vi)
    membership.end_membership(Membership.objects.get(pk=stale.pk), by=world.ana, now=world.now)
    with pytest.raises(ValidationError, match="somebody else"):
        membership.change_role(stale, Role.LEAD, by=world.ana, now=world.now)
    assert not Scopes.read(world.vi).any


def test_an_administrator_is_not_taken_off_while_the_other_ones_account_is_being_closed(world):
    held = Membership.objects.get(user=world.dee, program=world.program)
    sol = person("Sol Garner")
    join(sol, Role.ADMINISTRATOR, world.program)
    closing.close_account(sol, by=world.dee, now=world.now)
    with pytest.raises(ValidationError, match="only State administrator"):
        membership.end_membership(held, by=sol, now=world.now)


@pytest.mark.django_db(transaction=True)
def test_whose_account_is_open_is_asked_after_waiting_for_others(world):
    sol = person("Sol Garner")
    join(sol, Role.ADMINISTRATOR, world.program)
    held = Membership.objects.select_related("user").get(user=world.dee, program=world.program)

    def end():
        try:
            membership.end_membership(held, by=sol, now=world.now)
        except ValidationError as error:
            return " ".join(error.messages)
        return "ended"

    said = while_held(lambda: closing.close_account(sol, by=world.dee, now=world.now), end, lambda: None)
    assert "only State administrator" in said


@pytest.mark.django_db(transaction=True)
def test_two_who_give_somebody_the_same_role_at_once_give_it_once(world):
    def give():
        return membership.give_role(world.oak, world.nia, Role.PRACTITIONER, by=world.ana, now=world.now)

    one, other = at_once(give, give)
    assert one == other
    assert Activity.objects.filter(verb="joined", person=world.nia).count() == 1


def test_who_may_only_look_now_is_among_those_whose_work_is_handed_over(world, bos_work, sign_in):
    membership.change_role(Membership.objects.get(user=world.bo), Role.OBSERVER, by=world.ana, now=world.now)
    page = sign_in(world.ana).get(ELM)
    assert page.context["roster"].left_over == [(world.bo, 2)]


def test_a_job_that_the_project_team_does_stays_with_it_when_only_its_phone_is_saved(world, sign_in):
    duties.set_duty(world.elm, "coach", team=True, by=world.ana, now=world.now)
    client, address = sign_in(world.ana), ELM.replace("people/", "jobs/coach/")
    form = client.get(ELM).text.split('id="job-coach"')[1].split("</form>")[0]
    assert re.search(r'name="team"[^>]* checked', form)
    client.post(address, {"holder": "", "name": "", "phone": "231-555-0142", "team": "on"})
    held = Duty.objects.get(site=world.elm, key="coach")
    assert (held.team, held.phone) == (True, "231-555-0142")
    client.post(address, {"holder": world.bo.pk, "name": "", "phone": "", "team": "on"})
    held.refresh_from_db()
    assert (held.team, held.user) == (False, world.bo)
    assert 'name="team"' not in client.get(PROJECT).text
