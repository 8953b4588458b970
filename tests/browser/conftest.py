import pytest
from django.conf import settings


@pytest.fixture
def visit(page, live_server, client, world):
    """Give a function that opens an address as somebody, signed in."""

    def open_as(person, path):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
        page.context.add_cookies([{**cookie, "url": live_server.url}])
        page.goto(live_server.url + path)
        return page

    return open_as
