"""The codings of a study as a table: a row for each, its words where they may leave. Reads.

The names of the columns are the same in every language, so that a file can come in again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.exchange.leaving import WHY, Leaving, blind_to, coder_names, leaving, left_out
from interviews.models import Code, Coding, Memo, Study

COLUMNS = (
    "participant",
    "role group",
    "project",
    "site",
    "interview date",
    "code",
    "code path",
    "coder",
    "words",
    "start",
    "end",
    "memo",
    "created (UTC)",
    "words left out because",
    "transcript id",
    "coding id",
)
BETWEEN = " › "  # the names of a code's path
AT_ONCE = 500  # rows that are held in memory


def coding_rows(study: Study, *, reader: User, named: bool = False) -> Iterator[list[Any]]:
    """Yield a row of COLUMNS for each coding the reader may see, by interview and place, in six statements.

    Coders go by number unless `named`. Positions count Unicode code points from 0; the end is behind the last. Where a
    text still names somebody, memos about it stay here too.
    """
    texts = {one.transcript.pk: one for one in leaving(study)}
    names, paths, memos = coder_names(study, named=named), code_paths(study.codes.all()), memos_of(study)
    rows = Coding.objects.there().visible_to_coder(reader).filter(transcript__interview__study=study)
    rows = rows.annotate(words=Substr("transcript__text", F("start") + 1, F("end") - F("start")))
    place = ("transcript__interview__participant__pseudonym", "transcript__interview__held_on", "transcript")
    for one in rows.order_by(*place, "start", "-end", "code__position", "pk").iterator(chunk_size=AT_ONCE):
        if text := texts.get(one.transcript_id):
            said = "" if text.kept == "names" else "\n".join(memo_words(memos[one.pk], one.coder_id, names))
            yield coding_row(one, text, paths[one.code_id], names[one.coder_id], said)


def coding_row(coding: Coding, text: Leaving, path: list[str], coder: str, memo: str) -> list[Any]:
    """Return one row; `coding` carries its `words`."""
    return [
        text.participant.pseudonym,
        text.participant.get_role_group_display(),
        text.project,
        text.site,
        text.interview.held_on,
        path[-1],
        BETWEEN.join(path),
        coder,
        "" if text.kept else coding.words,  # type: ignore[attr-defined]  # annotated above
        coding.start,
        coding.end,
        memo,
        coding.created_at.astimezone(dt.UTC),
        str(WHY[text.kept]) if text.kept else "",
        str(text.transcript.guid),
        str(coding.guid),
    ]


def code_paths(codes: Iterable[Code]) -> dict[int, list[str]]:
    """Return the names from the top of the codebook down to each code, by the code's id."""
    by_id = {code.pk: code for code in codes}
    paths: dict[int, list[str]] = {}
    for code in by_id.values():
        line: list[str] = []
        one: Code | None = code
        while one is not None and len(line) <= len(by_id):
            line.insert(0, one.name)
            one = by_id.get(one.parent_id or 0)
        paths[code.pk] = line
    return paths


def memos_of(study: Study) -> dict[int | None, list[Memo]]:
    """Return the memos about codings, oldest first, by the coding's id."""
    found: dict[int | None, list[Memo]] = defaultdict(list)
    for memo in Memo.objects.filter(study=study, coding__isnull=False):
        found[memo.coding_id].append(memo)
    return found


def memo_words(memos: Iterable[Memo], coder: int, names: dict[int, str]) -> list[str]:
    """Return the words of memos about a coding; one that somebody else than the coder wrote says who that was."""
    return [memo.text if memo.coder_id == coder else f"{names[memo.coder_id]}: {memo.text}" for memo in memos]


def about_rows(study: Study, *, reader: User, today: dt.date) -> list[list[str]]:
    """Return what somebody who opens the file without Milepost must know of it."""
    out = [_("Words of %(which)s") % {"which": line} for line in left_out(leaving(study))]
    return [
        [_("Codings of the study “%(study)s”, %(day)s.") % {"study": study.name, "day": today.isoformat()}],
        [_("Start and end count Unicode code points from 0 in the whole transcript; the end is behind the last.")],
        [_("Of people who are quoted by role group only, project and site are left out.")],
        *[[_("Left out: %(what)s.") % {"what": line}] for line in [*out, *blind_to(study, reader)]],
    ]
