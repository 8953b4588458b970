"""What a round of double coding came to: figures, and the places where coders differ. Reads.

A closed round keeps in `result` what was coded, never a word of it: `coders` and `codes` (ids), for each code that was
used the `rows` of decisions, a decision a coder, with how often each occurs; the `overall` figures; and for each of its
`texts` the transcript's id and revision, who was `through`, its `units` (lists of [start, end]) and its `codings`
([coder, code, start, end]). So figures stay as they were when codings are settled, names replaced, or words gone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from interviews.asking import asked_in
from interviews.kappa import Figure, Row, Table, cohens_kappa, krippendorffs_alpha, percent_agreement, table_of
from interviews.models import AgreementRound, Coding, Transcript
from interviews.positions import Shift
from interviews.units import Places, Span, Unit, joined, units_of, whole

Result = dict[str, Any]
Text = dict[str, Any]
CHARACTER = AgreementRound.Unit.CHARACTER


# ---- what is kept


def taken_down(found: AgreementRound, transcripts: Iterable[Transcript]) -> Result:
    """Return what stands coded by a round's coders in its transcripts, as it is kept when the round is closed."""
    coders = list(found.coders.values_list("pk", flat=True))
    through: dict[int, list[int]] = defaultdict(list)
    for transcript, coder in found.completions.order_by("coder").values_list("transcript", "coder"):
        through[transcript].append(coder)
    codings: dict[int, list[list[int]]] = defaultdict(list)
    rows = Coding.objects.there().filter(transcript__in=found.transcripts.all(), coder__in=coders)
    for transcript, *coding in rows.order_by("pk").values_list("transcript", "coder", "code", "start", "end"):
        codings[transcript].append(coding)
    texts: list[Text] = [
        {
            "transcript": one.pk,
            "revision": one.revision,
            "through": through[one.pk],
            "units": [[list(piece) for piece in unit] for unit in cut(one, found.unit)],
            "codings": codings[one.pk],
        }
        for one in transcripts
    ]
    in_use = list(found.study.codes.in_use().values_list("pk", flat=True))
    result: Result = {"unit": str(found.unit), "coders": coders, "codes": in_use, "texts": texts}
    decided = decisions(result)
    result["rows"] = [[code, [[list(row), times] for row, times in rows.items()]] for code, rows in decided.items()]
    result["units"] = sum(size_of(result, text) for text in texts if len(text["through"]) > 1)
    return {**result, "overall": as_kept(figures_of(result))}


def cut(transcript: Transcript, unit: str) -> list[Unit]:
    """Return the units of a transcript; none where it cannot be cut so. Answers go by the questions of its guide."""
    guide = transcript.interview.guide if unit == AgreementRound.Unit.ANSWER else None
    asked = asked_in(transcript.text, transcript.turns, guide.questions.all()) if guide else {}
    return units_of(unit, transcript.text, transcript.turns, asked)


def as_kept(figures: Figures) -> dict[str, Any]:
    """Return the overall figures as they are kept for the list of rounds."""
    alpha, percent = figures.alpha, figures.percent
    why = alpha.why.value if alpha.why else None
    return {"alpha": alpha.value, "why": why, "percent": percent.value, "units": figures.units}


def shifted(result: Result, transcript: Transcript, shift: Shift) -> Result:
    """Return what is kept after the text of a transcript changed: its places moved as codings are."""
    return {**result, "texts": [moved(text, transcript, shift) for text in result["texts"]]}


def moved(text: Text, transcript: Transcript, shift: Shift) -> Text:
    if text["transcript"] != transcript.pk:
        return text
    units = [[list(shift.span(*piece)) for piece in unit] for unit in text["units"]]
    codings = [[coder, code, *shift.span(start, end)] for coder, code, start, end in text["codings"]]
    return {**text, "revision": transcript.revision, "units": units, "codings": codings}


# ---- figures


@dataclass(frozen=True)
class Pair:
    """Two coders (ids) and one code: how often both, one or none of them used it."""

    first: int
    second: int
    table: Table
    kappa: Figure


@dataclass(frozen=True)
class OfCode:
    """The figures of one code (its id), over all coders and for each two of them."""

    code: int
    alpha: Figure
    percent: Figure
    pairs: list[Pair]


@dataclass(frozen=True)
class Figures:
    """A round's figures. Overall each code that somebody used is one decision, yes or no, at each unit."""

    alpha: Figure
    percent: Figure
    units: int
    codes: list[OfCode]
    unused: list[int]


def figures_of(result: Result) -> Figures:
    """Return the figures of what was coded."""
    decided = {code: Counter({tuple(row): times for row, times in rows}) for code, rows in result["rows"]}
    together: Counter[Row] = Counter()
    for rows in decided.values():
        together.update(rows)
    codes = [of_code(code, rows, result["coders"]) for code, rows in decided.items()]
    unused = [code for code in result["codes"] if code not in decided]
    return Figures(krippendorffs_alpha(together), percent_agreement(together), result["units"], codes, unused)


def of_code(code: int, rows: Counter[Row], coders: list[int]) -> OfCode:
    pairs = []
    for first, second in combinations(range(len(coders)), 2):
        table = table_of(rows, first, second)
        pairs.append(Pair(coders[first], coders[second], table, cohens_kappa(table)))
    return OfCode(code, krippendorffs_alpha(rows), percent_agreement(rows), pairs)


def size_of(result: Result, text: Text) -> int:
    """Return how many units a text has."""
    if result["unit"] == CHARACTER:
        return sum(end - start for unit in text["units"] for start, end in unit)
    return len(text["units"])


def decisions(result: Result) -> dict[int, Counter[Row]]:
    """Return for each code that somebody used how often each row of decisions occurs, a decision a coder.

    A coder who was not through with an interview decided nothing there.
    """
    used: dict[int, list[tuple[Text, Counter[tuple[int, ...]]]]] = defaultdict(list)
    for text in result["texts"]:
        for code, sets in (by_character if result["unit"] == CHARACTER else by_unit)(text).items():
            used[code].append((text, sets))
    decided = {}
    for code in sorted(used):
        rows: Counter[Row] = Counter()
        seen = {text["transcript"]: sets for text, sets in used[code]}
        for text in result["texts"]:
            left = size_of(result, text)
            for users, times in seen.get(text["transcript"], {}).items():
                rows[row_of(result, text, users)] += times
                left -= times
            rows[row_of(result, text, ())] += left
        decided[code] = rows
    return decided


def row_of(result: Result, text: Text, users: Iterable[int]) -> Row:
    return tuple(coder in users if coder in text["through"] else None for coder in result["coders"])


def counted_codings(text: Text) -> dict[int, list[tuple[int, int, int]]]:
    """Return the codings that count, those of coders who were through, by code: coder, start, end."""
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for coder, code, start, end in text["codings"]:
        if coder in text["through"]:
            found[code].append((coder, start, end))
    return found


def by_unit(text: Text) -> dict[int, Counter[tuple[int, ...]]]:
    """Return for each code in how many units which coders used it, where anybody did."""
    return {
        code: Counter(tuple(sorted(users)) for users in units.values()) for code, units in touched_units(text).items()
    }


def touched_units(text: Text) -> dict[int, dict[int, set[int]]]:
    """Return who used each code at which units (their numbers)."""
    places = Places(text["units"])
    used: dict[int, dict[int, set[int]]] = {}
    for code, codings in counted_codings(text).items():
        units: dict[int, set[int]] = defaultdict(set)
        for coder, start, end in codings:
            for _start, _end, number in places.touched(start, end):
                units[number].add(coder)
        if units:
            used[code] = units
    return used


def by_character(text: Text) -> dict[int, Counter[tuple[int, ...]]]:
    """Return for each code at how many characters which coders used it, where anybody did. Counted by spans."""
    found = {}
    for code, spans in covered(text).items():
        counted: Counter[tuple[int, ...]] = Counter()
        for start, end, users in overlaid(spans):
            counted[users] += end - start
        found[code] = counted
    return found


def covered(text: Text) -> dict[int, dict[int, list[Span]]]:
    """Return which spans each coder covered with each code, of the characters that count."""
    places = Places(text["units"])
    used: dict[int, dict[int, list[Span]]] = {}
    for code, codings in counted_codings(text).items():
        spans: dict[int, list[Span]] = defaultdict(list)
        for coder, start, end in codings:
            inside = places.touched(start, end)
            spans[coder] += [(max(start, first), min(end, last)) for first, last, _number in inside]
        if any(spans.values()):
            used[code] = {coder: joined(each) for coder, each in spans.items() if each}
    return used


def overlaid(spans: dict[int, list[Span]]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Yield the stretches within which the same coders cover the text, where anybody does."""
    changes: dict[int, Counter[int]] = defaultdict(Counter)
    for coder, each in spans.items():
        for start, end in each:
            changes[start][coder] += 1
            changes[end][coder] -= 1
    here: Counter[int] = Counter()
    for at, until in pairwise(sorted(changes)):
        here.update(changes[at])
        if users := tuple(sorted(coder for coder, times in here.items() if times)):
            yield at, until, users


# ---- where coders differ


@dataclass(frozen=True)
class Difference:
    """A place in a transcript that some coders (ids) gave a code and others did not, with what the former marked."""

    transcript: int
    revision: int
    start: int
    end: int
    code: int
    users: tuple[int, ...]
    others: tuple[int, ...]
    marked: tuple[tuple[int, int, int], ...]  # coder, start, end

    @property
    def place(self) -> tuple[int, int, int, int]:
        """What a settlement of it is found by."""
        return self.transcript, self.code, self.start, self.end


def differences(result: Result) -> list[Difference]:
    """Return the places where coders differ, in the order of the texts; codes at one place stand together."""
    found = []
    for text in result["texts"]:
        if len(text["through"]) > 1:
            here = character_places(text) if result["unit"] == CHARACTER else unit_places(text)
            found += sorted(here, key=lambda one: (one.start, one.end, one.code))
    return found


def unit_places(text: Text) -> Iterator[Difference]:
    codings = counted_codings(text)
    for code, units in touched_units(text).items():
        for number, users in units.items():
            if len(users) < len(text["through"]):
                yield difference(text, code, text["units"][number], users, codings[code])


def character_places(text: Text) -> Iterator[Difference]:
    """Yield the passages of a code, those that overlap taken as one, where coders did not mark the same words."""
    codings, everybody = counted_codings(text), tuple(sorted(text["through"]))
    for code, spans in covered(text).items():
        uneven = [(start, end) for start, end, users in overlaid(spans) if users != everybody]
        for passage in joined(span for each in spans.values() for span in each):
            if any(passage[0] <= start < passage[1] for start, _end in uneven):
                users = {coder for coder, each in spans.items() if any(overlap(passage, one) for one in each)}
                yield difference(text, code, [passage], users, codings[code])


def difference(
    text: Text, code: int, unit: Unit, users: set[int], codings: Iterable[tuple[int, int, int]]
) -> Difference:
    marked = tuple(one for one in codings if any(overlap(one[1:], piece) for piece in unit))
    others = tuple(coder for coder in text["through"] if coder not in users)
    return Difference(text["transcript"], text["revision"], *whole(unit), code, tuple(sorted(users)), others, marked)


def overlap(one: Iterable[int], other: Iterable[int]) -> bool:
    (start, end), (first, last) = one, other
    return start < last and first < end
