"""The widths and color schemes in which every screen must hold."""

LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]


def in_look(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)


def fits(page):
    """Return whether nothing makes the page wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
