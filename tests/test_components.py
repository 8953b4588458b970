"""What every page shares: dates in words, Markdown that cannot harm, icons, the road, the frame."""

import datetime as dt
import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone, translation

from config.views.styleguide import road_of
from projects.models import Role
from roadmap.road import PHASES
from roadmap.templatetags import milepost as tags
from tests.cast import join, person

TODAY = dt.date(2026, 11, 22)
STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"


def after(days):
    return TODAY + dt.timedelta(days=days)


def show(source, **context):
    return Template(source).render(Context(context))


# ---- dates


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (12, "Fri 4 Dec, in 12 days"),
        (1, "Mon 23 Nov, tomorrow"),
        (0, "Sun 22 Nov, today"),
        (-1, "1 day late"),
        (-9, "9 days late"),
        (60, "Thu 21 Jan 2027, in 8 weeks"),
        (300, "Sat 18 Sep 2027, in 10 months"),
    ],
)
def test_a_due_day_is_said_with_weekday_and_distance(days, words):
    assert tags.due(after(days), TODAY) == words


def test_no_due_day_says_nothing():
    assert tags.due(None, TODAY) == tags.day("") == tags.relative(None) == ""


@pytest.mark.parametrize(
    ("days", "words"), [(-1, "yesterday"), (-9, "9 days ago"), (-40, "5 weeks ago"), (800, "in 2 years")]
)
def test_how_far_a_day_is_stands_in_words(days, words):
    assert tags.relative(after(days), TODAY) == words


def test_a_moment_is_shown_on_the_day_it_was_for_the_reader():
    late_evening_in_detroit = dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)
    with timezone.override("America/Detroit"):
        assert tags.day(late_evening_in_detroit) == "Sun 22 Nov 2026"


@pytest.mark.parametrize(
    ("days", "classes"), [(-1, "due due-late"), (0, "due due-soon"), (7, "due due-soon"), (8, "due")]
)
def test_a_due_chip_looks_late_only_after_its_day(days, classes):
    assert tags.due_class(after(days), TODAY) == classes


@pytest.mark.parametrize(
    ("count", "words"), [(45, "45 minutes"), (60, "1 hour"), (90, "1 and a half hours"), (240, "4 hours"), (None, "")]
)
def test_a_duration_is_said_as_people_say_it(count, words):
    assert tags.minutes(count) == words


# ---- words from people


class Seen(HTMLParser):
    """Collects the elements of a page, each with its attributes."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "harmful",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html,boo)",
        "![x](https://example.org/pixel.png)",
        '<a href="https://example.org" onclick="x()">x</a>',
        "<style>body{display:none}</style>",
    ],
)
def test_markdown_lets_nothing_through_that_acts_or_loads(harmful):
    seen = Seen()
    seen.feed(str(tags.markdown(harmful)))
    for tag, attributes in seen.found:
        assert tag in tags.MARKDOWN_TAGS
        assert set(attributes) <= {"href", "rel"}
        assert attributes.get("href", "https:").startswith("https:")


def test_markdown_keeps_what_people_mean():
    html = str(tags.markdown("# Call\n**Moved** the build\n- one\n- two\n\n[plan](https://example.org/p)"))
    assert "<h4>Call</h4>" in html
    assert "<strong>Moved</strong>" in html
    assert html.count("<li>") == 2
    assert '<a href="https://example.org/p" rel="nofollow noopener">plan</a>' in html


# ---- icons and states


def test_an_icon_that_is_not_in_the_sprite_is_an_error():
    with pytest.raises(TemplateSyntaxError, match="no icon 'rocket'"):
        show('{% icon "rocket" %}')


def test_an_icon_alone_carries_its_words_and_one_beside_words_is_hidden_from_readers():
    assert 'aria-label="Find"' in show('{% icon "search" "Find" %}')
    assert 'aria-hidden="true"' in show('{% icon "search" %}')


def test_every_icon_that_a_template_names_is_in_the_sprite():
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= tags.icon_names()


@pytest.mark.parametrize("state", tags.STATUS)
def test_every_state_has_a_shape_and_words(state):
    html = show("{% status state %}", state=state)
    assert "<use " in html
    assert str(tags.status_words(state)) in html


# ---- the road


def test_the_strip_says_in_text_what_it_shows():
    html = show("{% road_strip stretches %}", stretches=road_of(("rrl", "na", "xa")))
    assert "<title>The road</title>" in html
    assert "Get ready: 2 of 3 milestones reached." in html
    assert "Next: Milestone 1 of Do it." in html
    assert "Late: Milestone 3 of Get ready." in html


def test_the_strip_escapes_names():
    following = {"name": "<b>bold</b>", "url": "/x/", "when": "today"}
    html = show("{% road_strip stretches next=following %}", stretches=road_of(("n", "", "")), following=following)
    assert "<b>bold</b>" not in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html


def test_the_tiny_road_says_its_numbers():
    html = show("{% road_tiny counts %}", counts={"pre_implementation": (17, 18)})
    assert 'aria-label="Get ready 17 of 18, do it 0 of 0, keep it going 0 of 0"' in html


def test_the_large_road_numbers_its_mileposts_through_and_links_them():
    stretches = road_of(("aa", "a", "a"))
    html = show("{% road_large stretches %}", stretches=stretches)
    assert re.findall(r'class="post" aria-hidden="true">(\d)', html) == ["1", "2", "3", "4"]
    assert [f'id="{phase}"' in html for phase in PHASES] == [True, True, True]


def test_numbers_in_drawings_have_a_point_whatever_the_language(settings):
    settings.LANGUAGE_CODE = "de"
    with_german = show("{{ part|percent_of:whole }} {{ x|svg }}", part=1, whole=3, x=12.5)
    assert with_german == "33.33 12.5"


# ---- forms


def test_a_form_in_an_include_with_only_still_carries_its_token():
    request = RequestFactory().get("/")
    template = '{% include "components/tick.html" with url="/x/" label="Do it" only %}'
    html = Template(template).render(Context({"request": request}))
    assert "csrfmiddlewaretoken" not in html  # a plain context has no request under `only` …
    from_page = Template(template).render(RequestContext(request))
    assert re.search(r'name="csrfmiddlewaretoken" value="\w{64}"', from_page)  # … a page's has


# ---- the frame


@pytest.mark.django_db
def test_the_styleguide_shows_every_component(client):
    text = client.get("/styleguide/").content.decode()
    sample = (TEMPLATES / "styleguide.html").read_text()
    by_tag = {"road.html", "road_large.html", "milepost.html"}
    for path in sorted((TEMPLATES / "components").glob("*.html")):
        inside = [
            other
            for other in (TEMPLATES / "components").glob("*.html")
            if f"components/{path.name}" in other.read_text()
        ]
        assert f"components/{path.name}" in sample or inside or path.name in by_tag or path.name == "mark.html", (
            path.name
        )
    assert "{#" not in text
    assert "{%" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/styleguide/", "/accounts/login/", "/accessibility/", "/nowhere/"])
def test_pages_need_no_inline_style_or_script(client, address):
    response = client.get(address)
    text = response.content.decode()
    assert " style=" not in text
    assert not re.search(r"\son\w+=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "<style" not in text
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_page_for_nothing_found_says_what_to_do(client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "We cannot find that page" in response.content.decode()


def test_the_page_for_our_own_fault_needs_nothing_around_it():
    html = show((TEMPLATES / "500.html").read_text(), error_id="a1b2")
    assert "<code>a1b2</code>" in html
    assert "{%" not in (TEMPLATES / "500.html").read_text().replace("{% if error_id %}", "").replace("{% endif %}", "")


@pytest.mark.django_db
def test_people_see_only_the_places_they_can_go(client, world, sign_in):
    assert places(client) == ["Roadmap"]
    assert places(sign_in(world.nia)) == ["To do", "Projects", "Roadmap"]
    assert places(sign_in(world.bo)) == ["To do", "Projects", "Roadmap"]
    ria = join(person("Ria Castellan"), Role.RESEARCHER, world.program).user
    assert places(sign_in(ria)) == ["To do", "Projects", "Studies", "Roadmap"]
    assert places(sign_in(world.dee)) == ["To do", "Projects", "Dashboard", "Roadmap"]


def places(client):
    html = client.get("/accessibility/").content.decode()
    head = html[html.index('class="site-nav"') : html.index('class="site-tools"')]
    return re.findall(r"<a [^>]*>([^<]+)</a>", head)


@pytest.mark.django_db
def test_a_chosen_theme_and_switched_off_keys_reach_the_page(client, world, sign_in):
    world.nia.theme, world.nia.single_keys = "dark", False
    world.nia.save(update_fields=["theme", "single_keys"])
    html = sign_in(world.nia).get("/accessibility/").content.decode()
    assert 'data-theme="dark"' in html
    assert 'data-keys="off"' in html


# ---- weight


def test_scripts_stay_small():
    for path in (STATIC / "js").glob("*.js"):
        assert len(path.read_text().splitlines()) < 80, path.name


ON_EVERY_PAGE = set(re.findall(r"js/([\w-]+\.js)", (TEMPLATES / "base.html").read_text(encoding="utf-8")))
# What a page loads beside that; the modules of coding come with the first of them.
ON_SOME_PAGE = {"passkeys": "passkeys.js", "autosave": "autosave.js", "catch-up": "catch-up.js", "coding": "coding*.js"}


def test_every_script_is_loaded_somewhere():
    on_some = {path.name for pattern in ON_SOME_PAGE.values() for path in (STATIC / "js").glob(pattern)}
    assert {path.name for path in (STATIC / "js").glob("*.js")} == ON_EVERY_PAGE | on_some


@pytest.mark.parametrize("page", ["any", *ON_SOME_PAGE])
def test_a_first_visit_stays_light(page):
    own = [path.name for path in (STATIC / "js").glob(ON_SOME_PAGE[page])] if page in ON_SOME_PAGE else []
    fetched = [
        "milepost.css",
        "vendor/bootstrap/bootstrap.min.css",
        "icons.svg",
        *(f"js/{name}" for name in [*ON_EVERY_PAGE, *own]),
    ]
    packed = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in fetched)
    font = (STATIC / "vendor/public-sans/public-sans-latin-wght-normal.woff2").stat().st_size
    htmx = 17_000
    assert packed + font + htmx < 110_000


def test_vendored_files_name_no_other_host():
    for path in Path(STATIC / "vendor").rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", path.read_text()), path.name


# ---- in a browser


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("address", ["/styleguide/", "/accounts/login/", "/nowhere/"])
def test_pages_are_accessible_and_fit_their_width(live_server, new_context, axe, scheme, width, address):
    page = new_context(color_scheme=scheme, viewport={"width": width, "height": 800}).new_page()
    page.goto(live_server.url + address)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_slash_finds_and_can_be_switched_off(live_server, page):
    page.goto(live_server.url + "/styleguide/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.evaluate("document.body.dataset.keys = 'off'; document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_typed_words_survive_a_sign_out_but_not_the_sign_out_button(live_server, page):
    page.goto(live_server.url + "/styleguide/")
    page.evaluate("document.body.dataset.signedIn = '1.5'")
    page.fill("#sample-note", "They moved the build.")
    page.evaluate("document.querySelector('#sample-note').form?.submit()")
    kept = page.evaluate("JSON.parse(sessionStorage.getItem('milepost:typed:sample')).text")
    assert kept == "They moved the build."
    page.evaluate(
        "const form = document.createElement('form'); form.dataset.signOut = '';"
        "document.body.append(form); form.addEventListener('submit', (event) => event.preventDefault());"
        "form.requestSubmit()"
    )
    assert page.evaluate("sessionStorage.getItem('milepost:typed:sample')") is None


@pytest.mark.parametrize(
    "tag",
    [
        '{% translate "Sunday" %}',
        "{% translate \"100% <b>of</b> it, 'quoted' & 5.0e3\" %}",
        "{% translate 'It is \"so\"' %}",
        '{% translate "may" context "abbr. month" %}',
        '{% translate "Sunday"|upper %}',
        '{% translate "Sunday" noop %}',
        "{% translate words %}",
        '{% translate "Sunday" as day %}[{{ day }}]',
    ],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_our_translate_says_what_that_of_django_says(tag, language):
    with translation.override(language):
        ours, theirs = (Template(load + tag).render(Context({"words": "Monday <"})) for load in ("", "{% load i18n %}"))
    assert ours == theirs
