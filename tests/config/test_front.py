import gzip

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client
from django.urls import path

from accounts.access import public
from config import urls
from projects import planning
from projects.models import PlanItem, Role
from tests.cast import join, person

WENT_WRONG = {"bad": SuspiciousOperation, "denied": PermissionDenied, "broken": ZeroDivisionError}


@public
def go_wrong(request, how):
    raise WENT_WRONG[how]


urlpatterns = [*urls.urlpatterns, path("wrong/<how>/", go_wrong)]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture
def nia(db):
    return person("Nia Nowhere")


@pytest.mark.django_db
def test_a_newcomer_is_told_what_milepost_is_and_where_to_begin(client):
    response = client.get("/")
    page = response.content.decode()
    assert response.status_code == 200
    assert 'href="/accounts/login/"' in page
    assert 'href="/roadmap/"' in page


@pytest.mark.django_db
def test_somebody_signed_in_goes_straight_to_their_to_do_list(client, nia):
    client.force_login(nia)
    assert client.get("/")["Location"] == "/todo/"


@pytest.mark.django_db
def test_who_comes_for_the_dashboard_alone_goes_straight_to_it(world, sign_in):
    dee = sign_in(world.dee)
    assert dee.get("/")["Location"] == "/dashboard/"
    PlanItem.objects.filter(pk=world.plan.items.get(key="meet").pk).update(assignee=world.dee)
    assert dee.get("/")["Location"] == "/todo/", "work of one's own comes first"
    assert sign_in(world.ana).get("/")["Location"] == "/todo/"
    assert sign_in(world.bo).get("/")["Location"] == "/todo/"


@pytest.mark.django_db
def test_who_leads_a_project_too_goes_to_the_to_do_list(world, sign_in):
    join(world.dee, Role.LEAD, world.project)
    assert sign_in(world.dee).get("/")["Location"] == "/todo/"


@pytest.mark.django_db
def test_a_program_without_projects_begins_on_the_to_do_list(world, sign_in):
    shared = {"roadmap": world.program.roadmap, "by": world.dee, "now": world.now}
    program = planning.create_program(name="New Program", slug="new", **shared)
    join(world.nia, Role.ADMINISTRATOR, program)
    assert sign_in(world.nia).get("/")["Location"] == "/todo/"


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status"),
    [("/wrong/bad/", 400), ("/wrong/denied/", 403), ("/no/such/page", 404), ("/wrong/broken/", 500)],
)
def test_a_page_about_what_went_wrong_shows_the_id_the_log_knows(nia, caplog, address, status):
    client = Client(raise_request_exception=False)
    client.force_login(nia)
    caplog.set_level("INFO")
    response = client.get(address)
    logged = [record.msg["request_id"] for record in caplog.records if isinstance(record.msg, dict)]
    assert response.status_code == status
    assert logged
    assert logged[0] in response.content.decode()


@pytest.mark.django_db
def test_who_loads_a_refused_form_anew_is_led_back_to_it(world, sign_in):
    client = sign_in(world.ana)
    response = client.get("/tour/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert "Nothing of that form is saved yet." in response.text
    assert client.put("/tour/").content == b""


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_the_page_for_what_broke_asks_nothing_of_the_database(django_assert_num_queries):
    client = Client(raise_request_exception=False)
    with django_assert_num_queries(0):
        response = client.get("/wrong/broken/")
    assert response.status_code == 500


@pytest.mark.django_db
def test_pages_travel_small_to_those_who_can_unpack_them(client):
    plain, packed = client.get("/roadmap/"), client.get("/roadmap/", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "The Implementation Roadmap" in gzip.decompress(packed.content).decode()
