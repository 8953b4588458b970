"""Reading pages in tests."""

from html.parser import HTMLParser


class Texts(HTMLParser):
    """Collects the text of each element of a class, and which tags there are."""

    def __init__(self, name):
        super().__init__()
        self.name, self.tags, self.found, self.within = name, set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if self.within:
            self.within.append(tag)
        elif self.name in (dict(attrs).get("class") or "").split():
            self.within, _none = [tag], self.found.append("")

    def handle_endtag(self, tag):
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data):
        if self.within:
            self.found[-1] += data
