"""Rounds of double coding as their pages show them: how far they are, and their figures by name. Reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from interviews.kappa import Figure, Why
from interviews.models import AgreementRound, Code, Coder, Coding, Completion, Settlement, Study, Transcript
from interviews.outline import outline
from interviews.rounds import Figures, OfCode, Pair, differences, figures_of

UNIT_NAMES = {
    "sentence": gettext_lazy("sentences"),
    "paragraph": gettext_lazy("paragraphs"),
    "answer": gettext_lazy("answers"),
    "character": gettext_lazy("characters"),
}
UNITS = {  # what each choice of a unit means for the figures
    "sentence": gettext_lazy(
        "Sentences: strict. A passage that one of you began a sentence earlier counts as a difference there."
    ),
    "paragraph": gettext_lazy(
        "Paragraphs (what one person says at a time): the usual choice. Where in the paragraph a passage begins does "
        "not matter, so that you compare what you saw and not how you drew with the mouse."
    ),
    "answer": gettext_lazy(
        "Answers (all that is said to one question of the guide, over several turns): mild. Fits when you want to know "
        "whether a person spoke of something at all. Needs transcripts in which the guide's questions are recognised."
    ),
    "character": gettext_lazy(
        "Characters: strictest. Each character is compared, so long passages weigh more and every difference of a "
        "few words counts. Fits when the exact words matter."
    ),
}


# ---- the list of rounds


@dataclass(frozen=True)
class Listed:
    """A round in the list; its figures where it is closed."""

    round: AgreementRound
    coders: list[Coder]
    interviews: int
    through: int
    alpha: Figure | None
    percent: float | None

    @property
    def unit_name(self) -> str:
        return str(UNIT_NAMES[self.round.unit])

    @property
    def expected(self) -> int:
        """How often somebody has to say that they are through."""
        return self.interviews * len(self.coders)


def rounds_of(study: Study) -> list[Listed]:
    """Return the rounds of a study, the newest first, in two statements however many there are."""
    rows = study.agreement_rounds.defer("result").annotate(
        overall=F("result__overall"),
        interviews=Count("transcripts", distinct=True),
        through=Count("completions", distinct=True),
    )
    return [listed(one) for one in rows.prefetch_related("coders__user").order_by("-opened_at", "-pk")]


def listed(found: Any) -> Listed:
    kept = found.overall
    alpha = Figure(kept["alpha"], kept["units"], Why(kept["why"]) if kept["why"] else None) if kept else None
    percent = kept["percent"] if kept else None
    return Listed(found, list(found.coders.all()), found.interviews, found.through, alpha, percent)


# ---- a round


@dataclass(frozen=True)
class Progress:
    """An open round: for each interview who is through with it, in the order of the coders."""

    coders: list[tuple[Coder, int]]
    rows: list[tuple[Transcript, list[tuple[Coder, Completion | None]]]]
    earlier: int  # codings that stood there before the round was opened

    @property
    def names(self) -> str:
        return get_text_list([str(coder) for coder, _done in self.coders], _("and"))

    @property
    def unfinished(self) -> list[tuple[Coder, int]]:
        """Who is not through with how many interviews."""
        return [(coder, len(self.rows) - done) for coder, done in self.coders if done < len(self.rows)]


def progress_of(found: AgreementRound) -> Progress:
    """Return how far the coders of an open round are, in four statements."""
    coders = list(found.coders.select_related("user"))
    done = {(one.transcript_id, one.coder_id): one for one in found.completions.all()}
    transcripts = texts_of(found)
    rows = [(text, [(coder, done.get((text.pk, coder.pk))) for coder in coders]) for text in transcripts]
    counts = Counter(coder for _text, coder in done)
    earlier = Coding.objects.there().filter(transcript__in=transcripts, coder__in=coders)
    earlier = earlier.filter(created_at__lt=found.opened_at)
    return Progress([(coder, counts[coder.pk]) for coder in coders], rows, earlier.count())


def texts_of(found: AgreementRound) -> list[Transcript]:
    """Return the transcripts of a round without their texts, by pseudonym."""
    rows = found.transcripts.select_related("interview__participant").defer("text", "turns", "masks")
    return list(rows.order_by("interview__participant__pseudonym", "pk"))


def coded_blind(transcript: Transcript, person: User) -> AgreementRound | None:
    """Return the open round in which a person codes a transcript blind; `through` says whether they are done there."""
    found = AgreementRound.objects.filter(closed_at=None, transcripts=transcript, coders__user=person)
    done = Completion.objects.filter(round=OuterRef("pk"), transcript=transcript, coder__user=person)
    return found.defer("result").annotate(through=Exists(done)).first()


@dataclass(frozen=True)
class CodeRow:
    """A code with its figures, its coders by name, and at how many places they differ."""

    code: Code
    figures: OfCode
    pairs: list[tuple[Coder, Coder, Pair]]
    places: int
    settled: int

    @property
    def only(self) -> Coder | None:
        """Who alone used it, of two."""
        if len(self.pairs) != 1 or self.pairs[0][2].table.both:
            return None
        first, second, pair = self.pairs[0]
        return second if not pair.table.first else first if not pair.table.second else None


@dataclass(frozen=True)
class Compared:
    """A closed round: its figures, a row for each code that was used, and at how many places coders differ."""

    figures: Figures
    coders: list[Coder]
    rows: list[CodeRow]  # those with most places first, then in the order of the codebook
    unused: list[Code]
    places: int
    settled: int
    gone: int  # interviews whose words are not there any more

    @property
    def many(self) -> bool:
        """Whether more than two coded, so that a code has several pairs."""
        return len(self.coders) > 2


def compared(found: AgreementRound) -> Compared:
    """Return what a closed round came to, in four statements."""
    result = found.result or {}
    figures = figures_of(result)
    coders = {coder.pk: coder for coder in found.coders.select_related("user")}
    codes = {code.pk: code for code, _depth in outline(found.study.codes.all())}
    settled = {place_of(one) for one in found.settlements.all()}
    places = [one.place for one in differences(result)]
    differ, done = Counter(place[1] for place in places), Counter(place[1] for place in places if place in settled)
    rows = [
        CodeRow(
            codes[one.code],
            one,
            [(coders[pair.first], coders[pair.second], pair) for pair in one.pairs],
            differ[one.code],
            done[one.code],
        )
        for one in figures.codes
        if one.code in codes
    ]
    order, unused = list(codes), set(figures.unused)
    left = set(found.transcripts.values_list("pk", flat=True))
    return Compared(
        figures,
        [coders[pk] for pk in result["coders"]],
        sorted(rows, key=lambda row: (-row.places, order.index(row.code.pk))),
        [code for pk, code in codes.items() if pk in unused],
        len(places),
        sum(done.values()),
        sum(text["transcript"] not in left for text in result["texts"]),
    )


def place_of(settled: Settlement) -> tuple[int, int, int, int]:
    return settled.transcript_id, settled.code_id, settled.start, settled.end


def file_header() -> list[Any]:
    return [
        _("Code"),
        _("First coder"),
        _("Second coder"),
        _("Units"),
        _("Both"),
        _("Only the first"),
        _("Only the second"),
        _("Neither"),
        _("Agreement, percent"),
        _("Cohen's kappa"),
        _("Why kappa is not defined"),
        _("Krippendorff's alpha, all coders"),
        _("Why alpha is not defined"),
    ]


def file_rows(found: Compared) -> Iterator[list[Any]]:
    """Yield a row for each code and two coders, figures to four places."""
    for row in found.rows:
        alpha = row.figures.alpha
        for first, second, pair in row.pairs:
            table = pair.table
            counts = [table.units, table.both, table.first, table.second, table.neither]
            percent = rounded(table.percent.value, 100)
            kappa = [rounded(pair.kappa.value), reason(pair.kappa)]
            yield [row.code, first, second, *counts, percent, *kappa, rounded(alpha.value), reason(alpha)]


def rounded(value: float | None, times: int = 1) -> float | None:
    return None if value is None else round(value * times, 4)


def reason(figure: Figure) -> str:
    return figure.why.words if figure.why else ""


# ---- the chart


WIDTH, HEIGHT, TOP, LEFT, BOTTOM = 700, 200, 24, 50, 26


@dataclass(frozen=True)
class Point:
    """A round in the chart."""

    day: str
    x: float
    y: float
    value: float
    said: str

    @property
    def far(self) -> int:
        """How far from the point its value is written: above it, below where it is near the top."""
        return 22 if self.value > 0.8 else -12


@dataclass(frozen=True)
class Drawn:
    """The chart in its own units: points, the line through them, and the numbers at its side."""

    points: list[Point]
    line: str
    scale: list[tuple[float, float]]
    said: str
    reading: str
    columns: list[dict[str, Any]]
    rows: list[list[dict[str, Any]]]


def drawn(rounds: Iterable[Listed]) -> Drawn | None:
    """Lay out alpha of the closed rounds, the oldest first; None for fewer than two that have one."""
    closed = sorted((one for one in rounds if one.alpha), key=lambda one: (one.round.closed_at, one.round.pk))
    told = [
        (number, one, one.alpha.value)
        for number, one in enumerate(closed, 1)
        if one.alpha and one.alpha.value is not None
    ]
    if len(told) < 2:
        return None
    lowest = min(0.0, *(value for _number, _one, value in told))
    height = HEIGHT - BOTTOM - TOP
    room = (WIDTH - LEFT) / len(closed)

    def y_of(value: float) -> float:
        return round(TOP + (1 - value) / (1 - lowest) * height, 1)

    points = [
        Point(
            day_of(one, "j M"), round(LEFT + (number - 0.5) * room, 1), y_of(value), value, f"{one.round}: {value:.2f}"
        )
        for number, one, value in told
    ]
    line = " ".join(f"{point.x},{point.y}" for point in points)
    scale = [(value, y_of(value)) for value in sorted({0.0, 0.5, 1.0, round(lowest, 1)})]
    said = _("A point for each closed round, the oldest on the left; higher is more agreement.")
    columns: list[dict[str, Any]] = [{"words": words} for words in (_("Round"), _("Compared"))]
    columns += [{"words": words, "num": True} for words in (_("Units"), _("Agreement"), _("Alpha"))]
    return Drawn(points, line, scale, said, reading_of(told), columns, [table_row(one) for one in closed])


def table_row(one: Listed) -> list[dict[str, Any]]:
    """Return a closed round as a row of the chart's table."""
    alpha, percent = one.alpha, one.percent
    value = "" if alpha is None else alpha.why.words if alpha.why else f"{alpha.value:.2f}"
    share = "" if percent is None else f"{percent:.0%}"
    cells = [one.round.name, one.unit_name, alpha and alpha.units, share, value]
    return [{"words": words, "num": number > 1} for number, words in enumerate(cells)]


def day_of(one: Listed, form: str) -> str:
    """Return when a round was closed, in the viewer's zone."""
    return date_format(timezone.localtime(one.round.closed_at), form)


def reading_of(told: list[tuple[int, Listed, float]]) -> str:
    """Say in a sentence how agreement went from the first to the last round."""
    (_first, one, before), (_last, other, after) = told[0], told[-1]
    days = [day_of(each, "j M Y") for each in (one, other)]
    said = {"before": f"{before:.2f}", "after": f"{after:.2f}", "then": days[0], "since": days[1]}
    if round(after, 2) > round(before, 2):
        return _("Alpha rose from %(before)s (%(then)s) to %(after)s (%(since)s).") % said
    if round(after, 2) < round(before, 2):
        return _("Alpha fell from %(before)s (%(then)s) to %(after)s (%(since)s).") % said
    return _("Alpha was %(before)s on %(then)s and is the same on %(since)s.") % said
