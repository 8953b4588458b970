"""Two steps where a role asks for them: who is asked, what is open meanwhile, and what a program says about it."""

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.utils import timezone

from accounts.models import Activity
from projects import inviting, two_step
from projects.models import Program, Role, Scopes
from projects.models.programs import two_step_default
from tests.cast import PASSWORD, join, person, second_step

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "over-the-hills-and-far"
SETTINGS = "/programs/michigan/settings/"
SAID = {
    "name": "Michigan",
    "time_zone": "America/Detroit",
    "fiscal_year_starts": 10,
    "late_days": 7,
    "stuck_days": 7,
    "quiet_days": 30,
    "duty_days": 14,
}


def lose_second_step(user):
    Authenticator.objects.filter(user=user).delete()


def ask_of(program, *roles):
    Program.objects.filter(pk=program.pk).update(two_step_roles=list(roles))


def code_for(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def prove_again(client, path):
    """Open a page that asks for the password once more, and give it; return the page."""
    return client.post(client.get(path)["Location"], {"password": PASSWORD}, follow=True)


def test_administrators_are_asked_unless_it_is_a_demo(world, settings):
    assert Program.objects.get(pk=world.program.pk).two_step_roles == ["administrator"]
    settings.DEMO = True
    assert two_step_default() == []


def test_an_administrator_without_a_second_step_is_led_to_set_one_up(world, sign_in):
    lose_second_step(world.dee)
    client = sign_in(world.dee)
    for address in ("/todo/", "/dashboard/", "/programs/michigan/", SETTINGS):
        assert client.get(address).headers.get("Location") == "/two-steps/", address
    assert client.post(SETTINGS, SAID)["Location"] == "/two-steps/"
    page = client.get("/two-steps/")
    assert page.status_code == 200
    assert "Michigan Program asks for it from everybody in this role: State administrator." in page.content.decode()


@pytest.mark.parametrize("asked", ["/dashboard/?program=michigan", "/programs/michigan/people/"])
def test_afterwards_a_person_comes_to_the_page_they_had_asked_for(world, sign_in, asked):
    lose_second_step(world.dee)
    client = sign_in(world.dee)
    client.get("/todo/")
    client.get(asked)
    client.get("/todo/", headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{asked}"})
    second_step(world.dee)
    assert client.get("/two-steps/")["Location"] == asked
    assert client.get("/two-steps/")["Location"] == "/"  # only once


def test_a_form_that_was_sent_leads_back_to_where_it_stood(world, sign_in):
    lose_second_step(world.dee)
    client = sign_in(world.dee)
    led = client.post(SETTINGS, SAID, headers={"Referer": f"http://testserver{SETTINGS}?from=mail"}, follow=True)
    assert 'data-signed-in=""' in led.content.decode(), "what was typed stays kept: keep-typed.js"
    second_step(world.dee)
    assert client.get("/two-steps/")["Location"] == f"{SETTINGS}?from=mail"


def test_an_answer_to_htmx_leads_the_whole_page_there(world, sign_in):
    lose_second_step(world.dee)
    answer = sign_in(world.dee).get("/todo/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/two-steps/")


def test_meanwhile_profile_public_pages_and_the_setup_itself_are_open(world, sign_in):
    lose_second_step(world.dee)
    client = sign_in(world.dee)
    for address in ("/profile/", "/roadmap/words/", "/accessibility/", "/accounts/2fa/", "/accounts/password/change/"):
        assert client.get(address).status_code == 200, address
    assert client.post("/accounts/logout/")["Location"] == "/"


@pytest.mark.parametrize("who", ["bo", "ana", "vi"])
def test_each_role_is_asked_wherever_in_the_program_it_is_held(world, sign_in, who):
    user = getattr(world, who)
    role = user.memberships.get().role
    assert sign_in(user).get("/todo/").status_code == 200
    ask_of(world.program, role)
    assert sign_in(user).get("/todo/")["Location"] == "/two-steps/"
    second_step(user)
    assert sign_in(user).get("/todo/").status_code == 200
    assert sign_in(user).get("/two-steps/")["Location"] == "/todo/"


def test_what_one_program_asks_for_does_not_concern_the_people_of_another(world):
    ask_of(world.other_program, *Role.values)
    ask_of(world.program)
    lose_second_step(world.dee)
    assert not Scopes.read(world.dee).owes_second_step


def test_a_role_that_has_ended_asks_for_nothing(world):
    lose_second_step(world.dee)
    world.dee.memberships.update(ended_at=world.now)
    assert not Scopes.read(world.dee).owes_second_step


def test_recovery_codes_alone_are_no_second_step(world):
    lose_second_step(world.dee)
    Authenticator.objects.create(user=world.dee, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert Scopes.read(world.dee).owes_second_step


@pytest.mark.parametrize("fields", [{"is_staff": True}, {"is_superuser": True}])
def test_staff_are_asked_too_where_the_installation_says_so(world, settings, fields):
    root = person("Root", **fields)
    lose_second_step(root)
    assert Scopes.read(root).owes_second_step
    assert two_step.asking(root) == ["You look after this installation of Milepost."]
    settings.TWO_STEP_FOR_STAFF = False
    assert not Scopes.read(root).owes_second_step


def test_the_rule_costs_no_statement_more(world, django_assert_num_queries):
    for role in (Role.LEAD, Role.RESEARCHER):
        join(world.dee, role, world.project)
    with django_assert_num_queries(1):
        assert Scopes.read(world.dee).has_second_step
    with django_assert_num_queries(1):
        assert not Scopes.read(world.bo).has_second_step


def test_the_settings_say_whom_it_concerns_before_anything_is_changed(world, sign_in, django_assert_num_queries):
    second_step(world.ana)
    page = sign_in(world.dee).get(SETTINGS).content.decode()
    assert "No second step yet: Bo Lindqvist." in page
    by_role = {one.role: (one.people, one.without) for one in two_step.concerned(world.program)}
    assert by_role[Role.LEAD] == (2, [world.cy])
    assert by_role[Role.ADMINISTRATOR] == (1, [])
    with django_assert_num_queries(2):
        two_step.concerned(world.program)


def test_an_administrator_says_for_which_roles_and_it_is_recorded(world, sign_in):
    answer = sign_in(world.dee).post(SETTINGS, {**SAID, "two_step_roles": ["administrator", "lead"]})
    assert answer.status_code == 302
    assert Program.objects.get(pk=world.program.pk).two_step_roles == ["administrator", "lead"]
    changes = Activity.objects.get(verb="program_changed").changes
    assert changes["two_step_roles"] == [["administrator"], ["administrator", "lead"]]


def test_a_role_that_is_none_is_refused(world, sign_in):
    answer = sign_in(world.dee).post(SETTINGS, {**SAID, "two_step_roles": ["king"]})
    assert answer.status_code == 422
    assert Program.objects.get(pk=world.program.pk).two_step_roles == ["administrator"]


def test_the_last_second_step_stays_while_a_role_asks_for_it(world, client):
    client.post("/accounts/login/", {"login": world.ana.email, "password": PASSWORD})
    second_step(world.ana)
    ask_of(world.program, Role.LEAD)
    prove_again(client, "/accounts/2fa/totp/deactivate/")
    said = client.post("/accounts/2fa/totp/deactivate/")
    assert "Your role asks for two steps, and this is the only one you have." in said.content.decode()
    assert Authenticator.objects.filter(user=world.ana).exists()
    ask_of(world.program)
    client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=world.ana).exists()


def passkey(user, name="Work laptop"):
    """Put a passkey there as if its device had made it."""
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": {}}
    )


def test_a_passkey_counts_and_the_last_one_stays_while_a_role_asks_for_it(world, client):
    client.post("/accounts/login/", {"login": world.ana.email, "password": PASSWORD})
    first, second = passkey(world.ana), passkey(world.ana, "My phone")
    ask_of(world.program, Role.LEAD)
    assert client.get("/todo/").status_code == 200
    away = f"/accounts/2fa/webauthn/keys/{first.pk}/remove/"
    assert "Work laptop" in prove_again(client, away).content.decode()
    client.post(away)
    refused = client.post(f"/accounts/2fa/webauthn/keys/{second.pk}/remove/")
    assert refused.status_code == 422
    assert "Add another one first." in refused.content.decode()
    assert list(Authenticator.objects.filter(user=world.ana)) == [second]


def test_nobody_touches_the_passkey_of_somebody_else(world, client):
    client.post("/accounts/login/", {"login": world.ana.email, "password": PASSWORD})
    foreign = passkey(world.bo)
    prove_again(client, "/accounts/2fa/webauthn/add/")
    for what in ("edit", "remove"):
        assert client.post(f"/accounts/2fa/webauthn/keys/{foreign.pk}/{what}/", {"name": "x"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.wrap().name == "Work laptop"


@pytest.mark.parametrize("credential", ["", "nonsense", "[]", "{}", '{"id": 1}', '{"response": {}}'])
def test_what_is_no_passkey_is_refused_in_words(world, client, credential):
    client.post("/accounts/login/", {"login": world.ana.email, "password": PASSWORD})
    prove_again(client, "/accounts/2fa/webauthn/add/")
    answer = client.post("/accounts/2fa/webauthn/add/", {"name": "x", "credential": credential})
    assert answer.context["form"].errors
    assert not Authenticator.objects.filter(user=world.ana).exists()
    client.post("/accounts/logout/")
    client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
    assert "_auth_user_id" not in client.session


def test_a_new_password_by_mail_does_not_pass_by_the_second_step(world, client):
    token = user_pk_to_url_str(world.dee) + "-" + default_token_generator.make_token(world.dee)
    form = client.get(f"/accounts/password/reset/key/{token}/", follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert "_auth_user_id" not in client.session
    answer = client.post("/accounts/login/", {"login": world.dee.email, "password": NEW_PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session


def test_an_invitation_does_not_sign_in_who_has_an_account(world, client):
    asked = inviting.invite(world.project, email=world.dee.email, role=Role.OBSERVER, by=world.ana, now=timezone.now())
    client.post(inviting.link_of(asked), {"name": "Dee", "password": NEW_PASSWORD})
    assert "_auth_user_id" not in client.session
    world.dee.refresh_from_db()
    assert world.dee.check_password(PASSWORD)


def test_from_the_first_sign_in_an_administrator_gets_to_work_in_two_steps(world, client):
    lose_second_step(world.dee)
    signed_in = client.post("/accounts/login/", {"login": world.dee.email, "password": PASSWORD}, follow=True)
    assert signed_in.request["PATH_INFO"] == "/two-steps/"
    page = prove_again(client, "/accounts/2fa/totp/activate/")
    codes = client.post("/accounts/2fa/totp/activate/", {"code": code_for(page.context["form"].secret)}, follow=True)
    assert codes.request["PATH_INFO"] == "/accounts/2fa/recovery-codes/"
    assert 'href="/two-steps/"' in codes.content.decode()
    assert client.get("/two-steps/")["Location"] == "/dashboard/"
    client.post("/accounts/logout/")
    assert client.post("/accounts/login/", {"login": world.dee.email, "password": PASSWORD})["Location"] == (
        "/accounts/2fa/authenticate/"
    )
    assert client.get("/todo/").status_code == 302  # the password alone opens nothing
