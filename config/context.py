"""What the frame of every page needs to know: where a person can go, whether this is a demo, which colours."""

from functools import cache, partial

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from config.tour import LANDINGS, standing_of
from projects.access import comes_for_studies, sees_dashboard

SECTIONS = {
    "todo": "/todo/",
    "projects": ("/projects/", "/programs/"),
    "dashboard": "/dashboard/",
    "studies": "/studies/",
    "roadmap": "/roadmap/",
}


def page(request):
    """Give templates `nav`, `tour` and `signed_in` (read only where the frame is drawn), `demo`, `theme` and `keys`."""
    user = getattr(request, "user", None)
    return {
        "nav": cache(partial(navigation, request)),  # drawn at the top and at the bottom
        "tour": partial(tour_at, request),
        "signed_in": partial(sign_in_at, request),
        "demo": settings.DEMO,
        "theme": getattr(user, "theme", ""),
        "keys": "on" if getattr(user, "single_keys", True) else "off",
    }


def sign_in_at(request):
    """Return what tells this sign-in from every other, also from one elsewhere, and opens none; "" for nobody."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    return salted_hmac("signed in", request.session.session_key or "").hexdigest()[:16]


def tour_at(request):
    """Return the stop of the tour to show: this page's, or where one lands how to go on; None elsewhere."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.resolver_match is None or request.method != "GET":
        return None
    standing = standing_of(user, request.scopes)
    if standing is None:
        return None
    here = request.resolver_match.view_name == standing.stop.view
    return {"standing": standing, "here": here} if here or request.resolver_match.view_name in LANDINGS else None


def navigation(request):
    """Return the places this person can go to, the current one marked."""
    user = getattr(request, "user", None)
    places = []
    if user is not None and user.is_authenticated:
        places.append(place(request, "todo", _("To do"), reverse("projects:todo"), "list-check"))
        places.append(place(request, "projects", _("Projects"), reverse("projects:project_list"), "building"))
        if sees_dashboard(request.scopes):
            places.append(place(request, "dashboard", _("Dashboard"), reverse("projects:dashboard"), "bar-chart"))
        if comes_for_studies(request.scopes):
            places.append(place(request, "studies", _("Studies"), reverse("interviews:mine"), "chat-left-text"))
    places.append(place(request, "roadmap", _("Roadmap"), reverse("roadmap:guide"), "signpost-split"))
    return places


def place(request, section, name, url, icon):
    return {"name": name, "url": url, "icon": icon, "current": request.path.startswith(SECTIONS[section])}
