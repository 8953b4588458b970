"""The codebook: beginning it, and changing it with everything coded following."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.filling import give_cells
from interviews.memos import hand_over
from interviews.models import Code, Coding, Evidence, Study
from interviews.outline import outline
from interviews.reading.codes import WORDS, read_codes
from interviews.studying import record
from roadmap.models import Construct, Step

COLOURS = range(1, 9)
MARKS = Code.Mark.values
MOST_CODES = 1000
Changes = dict[str, list[Any]]
EDITABLE = ("name", *WORDS, "colour", "mark", "folder")


@dataclass(frozen=True)
class Row:
    """A code in its tree: how deep it stands, and how often it is applied in how many interviews."""

    code: Code
    depth: int
    codings: int
    interviews: int


def tree(study: Study, *, reader: User | None = None, retired: bool = False) -> list[Row]:
    """Return the codes of a study from top to bottom, each below its parent, in two statements.

    Counted are the codings that `reader` may see, where one is given.
    """
    codes = study.codes.all() if retired else study.codes.in_use()
    codings = Coding.objects.there().filter(code__study=study)
    codings = codings.visible_to_coder(reader) if reader else codings
    counted = codings.values_list("code").annotate(times=Count("pk"))
    counts = {code: (times, talks) for code, times, talks in counted.annotate(talks=Count("transcript", distinct=True))}
    rows = outline(codes.select_related("merged_into"))
    return [Row(code, depth, *counts.get(code.pk, (0, 0))) for code, depth in rows]


def locked_study(study: Study) -> Study:
    """Return a study, locked so that two people do not change its codebook at the same moment."""
    return Study.objects.select_for_update(no_key=True).get(pk=study.pk)


def code_of(study: Study, pk: int) -> Code:
    """Lock and return a code of a study that can be worked with: nobody retires what is being put to a passage.

    Raises Code.DoesNotExist, ValidationError for a retired one.
    """
    code = study.codes.select_related("study__program").select_for_update(of=("self",), no_key=True).get(pk=pk)
    if code.retired_at:
        raise ValidationError(_("“%(code)s” is retired. Take it back into the codebook first.") % {"code": code})
    return code


def holds_others(code: Code) -> str:
    """Say why no passage can have a code."""
    return _("“%(code)s” only holds other codes together. Choose one of them.") % {"code": code}


@transaction.atomic
def add_code(study: Study, *, name: str, parent: Code | None = None, by: User, now: dt.datetime, **words: Any) -> Code:
    """Add a code below another or on top. Raises ValidationError for a name that is taken there, or too many codes."""
    locked_study(study)
    parent = parent and code_of(study, parent.pk)
    check_name(study, name, parent)
    check_size(study.codes.in_use().count() + 1)
    code = make_code(study, name=name, parent=parent, by=by, now=now, **words)
    record("code_added", study, by=by, now=now, target=code, label=code.name)
    return code


def code_named(study: Study, name: str) -> Code | None:
    """Lock a codebook and return the code that a name means to somebody who codes: that on top, or the only one."""
    locked_study(study)
    named = list(study.codes.in_use().filter(folder=False, name__iexact=name.strip()))
    on_top = [code for code in named if code.parent_id is None]
    return on_top[0] if on_top else named[0] if len(named) == 1 else None


def make_code(study: Study, *, name: str, parent: Code | None, by: User, now: dt.datetime, **words: Any) -> Code:
    """Write a code at the end of its level, with the colour of its parent or one of its own, and a mark of its own."""
    level = study.codes.filter(parent=parent)
    position = (level.aggregate(last=Max("position"))["last"] or 0) + 1
    colour = parent.colour if parent else COLOURS[(position - 1) % len(COLOURS)]
    look = {"colour": colour, "mark": MARKS[(position - 1) % len(MARKS)]}
    fields = {**look, **words, "position": position, "created_by": by, "created_at": now}
    return Code.objects.create(study=study, name=name.strip(), parent=parent, **fields)


def check_size(codes: int) -> None:
    """Raise ValidationError for more codes in use than a codebook can hold."""
    if codes > MOST_CODES:
        raise ValidationError(_("A codebook has at most %(most)s codes.") % {"most": MOST_CODES})


def check_name(study: Study, name: str, parent: Code | None, *, but: Code | None = None) -> None:
    """Raise ValidationError for a name that is empty, or that a code of the same level has."""
    if not name.strip():
        raise ValidationError(_("A code needs a name."), code="name")
    same = study.codes.in_use().filter(parent=parent, name__iexact=name.strip())
    if same.exclude(pk=but.pk if but else None).exists():
        raise ValidationError(_("There is a code “%(name)s” here already.") % {"name": name.strip()}, code="name")


@transaction.atomic
def change_code(code: Code, *, revision: int, by: User, now: dt.datetime, **fields: Any) -> Code:
    """Change a code's name, words, colour or mark. The same again changes nothing.

    Raises ValidationError for a name that is taken, for a code of passages that is only to hold others, and where
    somebody else changed it since `revision`.
    """
    locked_study(code.study)
    found = code_of(code.study, code.pk)
    changes: Changes = {name: [getattr(found, name), value] for name, value in fields.items() if name in EDITABLE}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return found
    if found.revision != revision:
        raise ValidationError(_("Somebody changed this code meanwhile. Look at it again; your words are below."))
    if "name" in changes:
        check_name(code.study, fields["name"], found.parent, but=found)
    if fields.get("folder") and found.codings.there().exists():
        raise ValidationError(_("Passages have this code. Give them another before it only holds codes together."))
    for name, (_before, value) in changes.items():
        setattr(found, name, value)
    found.revision += 1
    found.save(update_fields=[*changes, "revision"])
    if "examples" in changes:  # what people said is not written where nothing can be removed
        changes["examples"] = [None, None]
    record("code_changed", code.study, by=by, now=now, target=found, label=found.name, changes=changes)
    return found


@transaction.atomic
def move_code(code: Code, parent: Code | None, *, by: User, now: dt.datetime) -> Code:
    """Put a code, with all below it, under another or on top.

    Raises ValidationError for one below itself, and for a retired code.
    """
    locked_study(code.study)
    found = code_of(code.study, code.pk)
    if parent and parent.study_id == found.study_id:
        parent = code_of(code.study, parent.pk)  # as it stands now: somebody may have put it below this one
    if parent and (parent.study_id != found.study_id or found.pk in {one.pk for one in ancestors(parent)}):
        raise ValidationError(_("A code cannot stand below itself."), code="parent")
    if found.parent_id == (parent.pk if parent else None):
        return found
    check_name(code.study, found.name, parent, but=found)
    changes = {"parent": [str(found.parent or ""), str(parent or "")]}
    found.parent = parent
    found.position = (found.study.codes.filter(parent=parent).aggregate(last=Max("position"))["last"] or 0) + 1
    found.save(update_fields=["parent", "position"])
    record("code_moved", code.study, by=by, now=now, target=found, label=found.name, changes=changes)
    return found


def ancestors(code: Code) -> list[Code]:
    """Return a code and those above it, nearest first."""
    line: list[Code] = []
    one: Code | None = code
    while one is not None and one not in line:
        line.append(one)
        one = one.parent
    return line


@transaction.atomic
def merge_codes(code: Code, into: Code, *, by: User, now: dt.datetime) -> int:
    """Give all that is coded or summed up with one code to another, and what is below it; the first is retired.

    Returns how many codings moved. What the same person coded with both at the same place stays once. Raises
    ValidationError for a code with itself or with one below it, and for passages that would get a code which only holds
    others together.
    """
    locked_study(code.study)
    found, target = code_of(code.study, code.pk), code_of(code.study, into.pk)
    if found.pk in {one.pk for one in ancestors(target)}:
        raise ValidationError(_("Choose a code that does not stand below this one."), code="into")
    if target.folder and found.codings.there().exists():
        raise ValidationError(holds_others(target), code="into")
    moved = give_codings(found.codings.all(), target, now=now)
    give_cells(found, target, by=by, now=now)
    for child in found.children.in_use():
        check_name(code.study, child.name, target)
    found.children.update(parent=target)
    for theme in found.themes.all():
        theme.codes.remove(found)
        theme.codes.add(target)
    hand_over(found.memos.all(), target, now=now)
    found.retired_at, found.merged_into = now, target
    found.save(update_fields=["retired_at", "merged_into"])
    changes: Changes = {"merged_into": [None, target.name], "codings": [None, moved]}
    record("code_merged", code.study, by=by, now=now, target=found, label=found.name, changes=changes)
    return moved


def give_codings(codings: Iterable[Coding], target: Code, *, now: dt.datetime) -> int:
    """Give codings to another code; those that the code has already at that place by that person are taken away."""
    rows = Coding.objects.there().filter(code=target)
    has = {tuple(place): pk for pk, *place in rows.values_list("pk", "transcript_id", "coder_id", "start", "end")}
    moved, given = 0, list(codings)
    for one in given:
        place = (one.transcript_id, one.coder_id, one.start, one.end)
        if one.removed_at is None and place in has:
            one.removed_at = now
            stand_in(one, has[place], now=now)
        elif one.removed_at is None:
            has[place] = one.pk
            one.code = target
            moved += 1
        one.changed_at = now
    Coding.objects.bulk_update(given, ["code", "removed_at", "changed_at"], batch_size=200)
    return moved


def stand_in(gone: Coding, kept: int, *, now: dt.datetime) -> None:
    """Let a coding (by id) take the place of one that goes, in themes, behind findings and under memos."""
    for theme in gone.themes.all():
        theme.codings.remove(gone)
        theme.codings.add(kept)
    quoting = list(gone.evidence.filter(quoted=True).values_list("finding", flat=True))
    gone.evidence.exclude(finding__evidence__coding=kept).update(coding=kept)
    Evidence.objects.filter(coding=kept, finding__in=quoting).update(quoted=True)
    hand_over(gone.memos.all(), Coding(pk=kept), now=now)


@transaction.atomic
def split_code(code: Code, codings: Iterable[int], *, name: str, by: User, now: dt.datetime) -> Code:
    """Make a code beside another and give it some of its codings (by id). Raises ValidationError for none of them."""
    locked_study(code.study)
    found = code_of(code.study, code.pk)
    chosen = list(found.codings.there().filter(pk__in=list(codings)))
    if not chosen:
        raise ValidationError(_("Choose at least one passage that the new code is to have."), code="codings")
    check_name(code.study, name, found.parent)
    made = make_code(code.study, name=name, parent=found.parent, by=by, now=now)
    give_codings(chosen, made, now=now)
    changes: Changes = {"split_off": [None, made.name], "codings": [None, len(chosen)]}
    record("code_split", code.study, by=by, now=now, target=found, label=found.name, changes=changes)
    return made


@transaction.atomic
def retire_code(code: Code, *, by: User, now: dt.datetime) -> None:
    """Take a code out of use; what is coded with it stays. Raises ValidationError while codes stand below it."""
    locked_study(code.study)
    found = code_of(code.study, code.pk)
    if found.children.in_use().exists():
        raise ValidationError(_("Codes stand below this one. Move or retire them first."))
    found.retired_at = now
    found.save(update_fields=["retired_at"])
    record("code_retired", code.study, by=by, now=now, target=found, label=found.name)


@transaction.atomic
def take_back(code: Code, *, by: User, now: dt.datetime) -> None:
    """Take a retired code into use again. Raises ValidationError for one that was merged, and for a name now taken."""
    locked_study(code.study)
    found = Code.objects.select_related("parent").get(pk=code.pk)
    if found.merged_into_id:
        raise ValidationError(_("This code was merged: what was coded with it has another code now."))
    if found.retired_at is None:
        return
    parent = found.parent if found.parent and not found.parent.retired_at else None
    check_name(code.study, found.name, parent, but=found)
    found.retired_at, found.parent = None, parent
    found.save(update_fields=["retired_at", "parent"])
    record("code_taken_back", code.study, by=by, now=now, target=found, label=found.name)


# ---- beginning a codebook


@transaction.atomic
def begin_from_cfir(study: Study, *, by: User, now: dt.datetime) -> int:
    """Make a code of each CFIR 2.0 domain, and below it one of each construct; return how many. Once, to begin."""
    check_empty(study)
    made: dict[str, Code] = {}
    for construct in Construct.objects.all():
        domain = construct.domain
        if domain not in made:
            made[domain] = make_code(study, name=domain, parent=None, by=by, now=now)
        upper = made.get(f"construct {construct.parent_id}", made[domain])
        code = make_code(
            study, name=construct.name, parent=upper, by=by, now=now, definition=construct.meaning, construct=construct
        )
        made[f"construct {construct.pk}"] = code
    record("codebook_begun", study, by=by, now=now, label="CFIR 2.0")
    return len(made)


@transaction.atomic
def begin_from_roadmap(study: Study, *, by: User, now: dt.datetime) -> int:
    """Make a code of each phase of the program's Roadmap and below it one of each step; return how many."""
    check_empty(study)
    steps = Step.objects.filter(version__roadmap=study.program.roadmap_id, version__status="published")
    newest = steps.aggregate(last=Max("version__number"))["last"]
    made: dict[str, Code] = {}
    for step in steps.filter(version__number=newest).order_by("position"):
        if step.phase not in made:
            made[step.phase] = make_code(study, name=str(step.get_phase_display()), parent=None, by=by, now=now)
        made[step.key] = make_code(study, name=step.name, parent=made[step.phase], by=by, now=now, step_key=step.key)
    record("codebook_begun", study, by=by, now=now, label="Roadmap")
    return len(made)


def check_empty(study: Study) -> None:
    """Raise ValidationError where a study has codes: a codebook is begun once."""
    locked_study(study)
    if study.codes.exists():
        raise ValidationError(_("This codebook has been begun. Add codes to it, or take them from a file."))


@transaction.atomic
def take_file(study: Study, data: bytes, *, by: User, now: dt.datetime) -> int:
    """Add the codes of a CSV file with columns name, parent, definition, use when, do not use when, examples.

    Codes that are there by the same name at the same place are left as they are. Returns how many were added. Raises
    ValidationError that names each row that is wrong; then nothing is added.
    """
    rows = read_codes(data, most=MOST_CODES)
    locked_study(study)
    known = {(code.parent_id, code.name.casefold()): code for code in study.codes.in_use()}
    by_name: dict[str, Code] = {code.name.casefold(): code for code in reversed(list(known.values()))}
    added = 0
    for _number, row in rows:
        parent = by_name.get(row["parent"].casefold()) if row["parent"] else None
        place = (parent.pk if parent else None, row["name"].casefold())
        if place not in known:
            words = {name: row[name] for name in WORDS}
            known[place] = make_code(study, name=row["name"], parent=parent, by=by, now=now, **words)
            added += 1
        by_name[row["name"].casefold()] = known[place]
    check_size(len(known))
    record("codebook_file_taken", study, by=by, now=now, changes={"codes": [None, added]})
    return added
