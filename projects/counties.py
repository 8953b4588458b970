"""Finding a county as people write it: by FIPS code or by name, within a state."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _

from projects.models import County

STATES = {
    "AL": "Alabama",
    "AK": "Alaska",
    "AS": "American Samoa",
    "AZ": "Arizona",
    "AR": "Arkansas",
    "CA": "California",
    "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware",
    "DC": "District of Columbia",
    "FL": "Florida",
    "GA": "Georgia",
    "GU": "Guam",
    "HI": "Hawaii",
    "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "KY": "Kentucky",
    "LA": "Louisiana",
    "ME": "Maine",
    "MD": "Maryland",
    "MA": "Massachusetts",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MS": "Mississippi",
    "MO": "Missouri",
    "MT": "Montana",
    "NE": "Nebraska",
    "NV": "Nevada",
    "NH": "New Hampshire",
    "NJ": "New Jersey",
    "NM": "New Mexico",
    "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota",
    "MP": "Northern Mariana Islands",
    "OH": "Ohio",
    "OK": "Oklahoma",
    "OR": "Oregon",
    "PA": "Pennsylvania",
    "PR": "Puerto Rico",
    "RI": "Rhode Island",
    "SC": "South Carolina",
    "SD": "South Dakota",
    "TN": "Tennessee",
    "TX": "Texas",
    "UT": "Utah",
    "VT": "Vermont",
    "VI": "Virgin Islands",
    "VA": "Virginia",
    "WA": "Washington",
    "WV": "West Virginia",
    "WI": "Wisconsin",
    "WY": "Wyoming",
}
# What a county is called by law; people leave it out. Longer ones first, since one may end in another.
KINDS = [
    "city and borough",
    "planning region",
    "census area",
    "municipality",
    "municipio",
    "district",
    "borough",
    "county",
    "parish",
    "island",
    "city",
    "co",
]
SAINTS = {"saint": "st", "sainte": "ste"}


class NoCounty(ValueError):
    """No county is meant by that text, or more than one; the message says so and what to write."""


class Counties:
    """The counties of one state, ready to be found. Reads them in one statement."""

    def __init__(self, state: str, rows: Iterable[County] | None = None):
        self.state = state
        found = list(County.objects.filter(state=state)) if rows is None else list(rows)
        self.by_fips = {county.fips: county for county in found}
        self.by_name = {squeezed(words(county.name)): county for county in found}
        self.by_stem: dict[str, list[County]] = defaultdict(list)
        for county in found:
            self.by_stem[squeezed(stem(words(county.name)))].append(county)

    @property
    def state_name(self) -> str:
        return STATES.get(self.state, self.state)

    def find(self, text: str) -> County:
        """Return the county meant by a FIPS code (also without leading zeros) or a name; raises NoCounty."""
        text = text.strip()
        return self._by_code(text) if re.fullmatch(r"\d{1,5}(\.0)?", text) else self._by_name(text)

    def _by_code(self, text: str) -> County:
        code = text.removesuffix(".0")
        prefix = next(iter(self.by_fips), "00")[:2]
        fips = code.zfill(5) if len(code) > 3 else prefix + code.zfill(3)
        if fips in self.by_fips:
            return self.by_fips[fips]
        raise NoCounty(
            _("“%(text)s” is not the FIPS code of a county in %(state)s.") % {"text": text, "state": self.state_name}
        )

    def _by_name(self, text: str) -> County:
        said = words(re.sub(rf",\s*({self.state}|{re.escape(self.state_name)})\.?$", "", text, flags=re.IGNORECASE))
        if county := self.by_name.get(squeezed(said)):
            return county
        # "Baltimore" may be the county or the city, and "Baltimore County" only the one: it was found above.
        meant = self.by_stem.get(squeezed(said)) or self.by_stem.get(squeezed(stem(said)), [])
        if len(meant) == 1:
            return meant[0]
        if meant:
            names = _(" or ").join(county.name for county in meant)
            raise NoCounty(_("“%(text)s” can be %(names)s. Write which.") % {"text": text, "names": names})
        message = _("“%(text)s” is not a county in %(state)s.") % {"text": text, "state": self.state_name}
        if close := get_close_matches(squeezed(stem(said)), self.by_stem, n=1, cutoff=0.7):
            name = self.by_stem[close[0]][0].name.removesuffix(" County")
            message += " " + _("Did you mean %(name)s?") % {"name": name}
        raise NoCounty(message)


def words(name: str) -> list[str]:
    """Return a name's words in lower case without accents and punctuation, "Saint" as "st"."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(char))
    found = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", plain))
    return [SAINTS.get(word, word) for word in found]


def stem(said: list[str]) -> list[str]:
    """Return the words without the legal description at their end ("County", "Parish" …)."""
    for kind in KINDS:
        ending = kind.split()
        if len(said) > len(ending) and said[-len(ending) :] == ending:
            return said[: -len(ending)]
    return said


def squeezed(said: list[str]) -> str:
    """Return the words as one, since "De Kalb" and "DeKalb" are the same."""
    return "".join(said)
