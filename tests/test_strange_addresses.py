"""What people or scanners put into an address is answered like what does not exist, never with an error page."""

import pytest

pytestmark = pytest.mark.django_db
PROJECT = "/projects/collaborative-care/"
STRANGE = ["%00", "a%00b~1", "~99999999999999999999999", "%F0%9F%98%80", "9" * 30, "%D9%A1", "-1", "'--"]
ADDRESSES = [
    *(f"/todo/?{name}=" for name in ("project", "site", "list", "after")),
    *(f"{PROJECT}?{name}=" for name in ("after",)),
    *(f"{PROJECT}board/?{name}=" for name in ("q", "county", "region", "phase", "state", "setting", "sort", "after")),
    *(f"/dashboard/?{name}=" for name in ("program", "q", "project", "county", "region", "milestone", "sort", "after")),
    *(f"/dashboard/export.csv?{name}=" for name in ("program", "q", "region", "sort")),
    *(f"{PROJECT}assign/?{name}=" for name in ("held_by", "setting", "phase")),
    *(f"{PROJECT}sites/elm-clinic/?{name}=" for name in ("did",)),
    *(f"{PROJECT}sites/elm-clinic/history/?{name}=" for name in ("step", "before")),
    *(f"/roadmap/?{name}=" for name in ("roadmap", "setting", "q")),
    *(f"/roadmap/search/?{name}=" for name in ("q", "roadmap")),
    "/invitations/{}/",
    "/unsubscribe/{}/",
    "/profile/address/{}/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_strange_address_is_no_error(world, sign_in, address):
    client = sign_in(world.dee)
    for strange in STRANGE:
        assert client.get(address.format(strange) if "{}" in address else address + strange).status_code in {
            200,
            302,
            404,
        }, strange
