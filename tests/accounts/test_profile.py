import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from accounts.middleware import HtmxRedirectMiddleware, TimeZoneMiddleware
from tests.cast import person

FORM = {"name": "Bo Lindqvist", "phone": "", "time_zone": "", "theme": "", "single_keys": "on"}


@pytest.fixture
def bo(db):
    return person("Bo Lindqvist")


def test_people_change_what_is_theirs(sign_in, bo):
    changed = {
        "name": "Bo L.",
        "phone": "616 555 0100",
        "time_zone": "America/Chicago",
        "theme": "dark",
        "email": "other@example.org",
        "is_staff": "on",
        "is_superuser": "on",
    }
    answer = sign_in(bo).post("/profile/", changed)
    assert answer["Location"] == "/profile/"
    bo.refresh_from_db()
    assert (bo.name, bo.phone, bo.time_zone, bo.theme, bo.single_keys) == (
        "Bo L.",
        "616 555 0100",
        "America/Chicago",
        "dark",
        False,
    )
    assert (bo.email, bo.is_staff, bo.is_superuser) == ("bo@example.org", False, False)


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("name", "x" * 151), ("time_zone", "Detroit"), ("theme", "pink")]
)
def test_a_wrong_entry_is_answered_422_and_not_saved(sign_in, bo, field, value):
    answer = sign_in(bo).post("/profile/", {**FORM, field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    bo.refresh_from_db()
    assert (bo.name, bo.time_zone, bo.theme) == ("Bo Lindqvist", "", "")


def test_a_name_with_markup_is_shown_as_it_was_typed(sign_in, bo):
    client = sign_in(bo)
    client.post("/profile/", {**FORM, "name": "<b>Bo</b>"})
    page = client.get("/profile/").content.decode()
    assert "&lt;b&gt;Bo&lt;/b&gt;" in page
    assert "<b>Bo</b>" not in page


def test_a_stranger_has_no_profile(client, db):
    assert client.get("/profile/")["Location"] == "/accounts/login/?next=/profile/"


def test_times_are_those_of_the_person_who_looks(bo, rf):
    def now_is_in(request):
        return HttpResponse(timezone.get_current_timezone_name())

    request = rf.get("/")
    request.user = bo
    assert TimeZoneMiddleware(now_is_in)(request).content == b"America/Detroit"
    bo.time_zone = "Pacific/Honolulu"
    assert TimeZoneMiddleware(now_is_in)(request).content == b"Pacific/Honolulu"
    assert timezone.get_current_timezone_name() == "America/Detroit"


def redirected(location, **headers):
    request = RequestFactory().post("/items/1/done/", headers=headers)
    request.htmx = HtmxDetails(request)
    answer = HttpResponse(status=302, headers={"Location": location})
    answer.set_cookie("sessionid", "kept")
    return HtmxRedirectMiddleware(lambda request: answer)(request)


def test_htmx_is_told_to_take_the_whole_page_along():
    answer = redirected("/projects/", **{"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/projects/")
    assert "Location" not in answer
    assert answer.cookies["sessionid"].value == "kept"


def test_after_a_sign_out_htmx_leads_back_to_the_page_people_were_on():
    answer = redirected(
        "/accounts/login/?next=/items/1/done/",
        **{"HX-Request": "true", "HX-Current-URL": "http://testserver/projects/x/?late=1"},
    )
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fprojects%2Fx%2F%3Flate%3D1"


def test_a_browser_is_redirected_as_ever():
    answer = redirected("/projects/")
    assert (answer.status_code, answer["Location"]) == (302, "/projects/")


def test_caches_tell_page_and_fragment_apart(client, db):
    assert {"HX-Request", "HX-Target"} <= set(client.get("/accounts/login/")["Vary"].split(", "))


def test_a_stranger_who_clicks_in_an_old_page_is_led_to_sign_in(client, db):
    answer = client.post("/profile/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/profile/"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/login/?next=%2Fprofile%2F")
