"""The widths and color schemes in which every screen must hold.

What a screen looks like does not depend on the database, so the run on SQLite takes one half of the looks and the run
on PostgreSQL the other: `make test` sees all four, each once. Each half has both widths and both schemes.
"""

from tests.settings import TEST_DB

HALVES = {
    "sqlite": [(360, "light"), (1280, "dark")],
    "postgres": [(360, "dark"), (1280, "light")],
}
LOOKS = HALVES[TEST_DB]


def in_look(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    # Without motion, so that axe does not measure colors half way from one scheme to the other.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


def fits(page):
    """Return whether nothing makes the page wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
