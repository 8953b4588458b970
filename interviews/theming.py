"""Themes: beginning one, changing it, and gathering codes and passages into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.codebook import locked_study
from interviews.models import Coding, Study, Theme
from interviews.studying import record

EDITABLE = ("name", "meaning")


@transaction.atomic
def begin_theme(study: Study, *, name: str, meaning: str = "", by: User, now: dt.datetime) -> Theme:
    """Begin a theme, at the end of the study's list. Raises ValidationError for a name that is empty or taken."""
    locked_study(study)
    check_name(study, name)
    last = study.themes.aggregate(last=Max("position"))["last"] or 0
    words = {"name": name.strip(), "meaning": meaning.strip()}
    theme = Theme.objects.create(study=study, position=last + 1, created_by=by, created_at=now, **words)
    record("theme_begun", study, by=by, now=now, target=theme, label=theme.name)
    return theme


def check_name(study: Study, name: str, *, but: Theme | None = None) -> None:
    """Raise ValidationError for a name that is empty, or that another theme of the study has."""
    if not name.strip():
        raise ValidationError(_("A theme needs a name."), code="name")
    same = study.themes.filter(name__iexact=name.strip()).exclude(pk=but.pk if but else None)
    if same.exists():
        raise ValidationError(_("There is a theme “%(name)s” already.") % {"name": name.strip()}, code="name")


def locked(theme: Theme) -> Theme:
    """Return a theme as it is now, its study locked first so that two people do not change its themes at once."""
    locked_study(theme.study)
    return Theme.objects.select_related("study__program").get(pk=theme.pk)


@transaction.atomic
def change_theme(theme: Theme, *, revision: int, by: User, now: dt.datetime, **fields: Any) -> Theme:
    """Change a theme's name or meaning. The same again changes nothing.

    Raises ValidationError for a name that is taken, and, with the code "stale", where somebody else changed the theme
    since `revision`.
    """
    found = locked(theme)
    said = {name: value.strip() for name, value in fields.items() if name in EDITABLE}
    changes = {name: [getattr(found, name), value] for name, value in said.items() if getattr(found, name) != value}
    if not changes:
        return found
    if found.revision != revision:
        raise ValidationError(
            _("Somebody changed this theme meanwhile. Their words are above, yours are below."), "stale"
        )
    check_name(found.study, said.get("name", found.name), but=found)
    for name, (_before, value) in changes.items():
        setattr(found, name, value)
    found.revision += 1
    found.save(update_fields=[*changes, "revision"])
    record("theme_changed", found.study, by=by, now=now, target=found, label=found.name, changes=changes)
    return found


@transaction.atomic
def gather(theme: Theme, *, codes: Iterable[int] = (), codings: Iterable[int] = (), by: User, now: dt.datetime) -> int:
    """Take codes and single passages (by id) into a theme; return how many are new in it.

    What is of another study, retired or taken away is left out, as if it did not exist.
    """
    found = locked(theme)
    new_codes = found.study.codes.in_use().filter(pk__in=list(codes)).exclude(themes=found)
    there = Coding.objects.there().filter(code__study=found.study, pk__in=list(codings)).exclude(themes=found)
    taken = [*new_codes], [*there]
    found.codes.add(*taken[0])
    found.codings.add(*taken[1])
    count = len(taken[0]) + len(taken[1])
    if count:
        changes = {"codes": [None, len(taken[0])], "codings": [None, len(taken[1])]}
        record("theme_gathered", found.study, by=by, now=now, target=found, label=found.name, changes=changes)
    return count


@transaction.atomic
def let_go(theme: Theme, *, codes: Iterable[int] = (), codings: Iterable[int] = (), by: User, now: dt.datetime) -> int:
    """Let codes and single passages (by id) go out of a theme; return how many those were."""
    found = locked(theme)
    gone = [*found.codes.filter(pk__in=list(codes))], [*found.codings.filter(pk__in=list(codings))]
    found.codes.remove(*gone[0])
    found.codings.remove(*gone[1])
    count = len(gone[0]) + len(gone[1])
    if count:
        changes = {"taken_out": [count, None]}
        record("theme_let_go", found.study, by=by, now=now, target=found, label=found.name, changes=changes)
    return count


@transaction.atomic
def choose_codes(theme: Theme, codes: Iterable[int], *, by: User, now: dt.datetime) -> None:
    """Let exactly these codes (by id) of the codebook be the theme's; those that are retired stay as they are."""
    wanted, has = set(codes), set(theme.codes.in_use().values_list("pk", flat=True))
    gather(theme, codes=wanted - has, by=by, now=now)
    let_go(theme, codes=has - wanted, by=by, now=now)


@transaction.atomic
def remove_theme(theme: Theme, *, by: User, now: dt.datetime) -> None:
    """Remove a theme that holds nothing. Raises ValidationError while it has codes, passages, memos or findings."""
    found = locked(theme)
    holds = {
        _("findings"): found.findings,
        _("codes"): found.codes,
        _("passages"): found.codings,
        _("memos"): found.memos,
    }
    if left := [str(name) for name, things in holds.items() if things.exists()]:
        raise ValidationError(_("This theme still has %(what)s. Let them go first.") % {"what": ", ".join(left)})
    record("theme_removed", found.study, by=by, now=now, target=found, label=found.name)
    found.delete()


def codings_of(theme: Theme) -> QuerySet[Coding]:
    """Return what is coded with a theme's codes, and the single passages that were put into it."""
    own = Q(code__in=theme.codes.values("pk")) | Q(pk__in=theme.codings.values("pk"))
    return Coding.objects.there().filter(own)
