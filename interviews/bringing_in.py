"""Bringing a file of another program into a study: it is looked at first, then taken in, whole or not at all.

Both are jobs (projects/jobs.py). Reading, checking and placing happen before the first row is locked; what is written
then is written in one transaction, together with the end of the job.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import once
from accounts.models import User
from interviews.access import is_on
from interviews.exchange import parts
from interviews.exchange.coded_tables import OpenedTable, placed, table_with_faults
from interviews.exchange.intake import Coders, Intake, Variables
from interviews.exchange.intake_codes import Codebook, Themes
from interviews.exchange.intake_memos import Memos
from interviews.exchange.intake_people import Choices, People, words_of_variables
from interviews.exchange.intake_texts import Texts
from interviews.exchange.kinds import READERS, kind_of
from interviews.exchange.preparing import Spool, prepared
from interviews.exchange.pseudonyms import names_nobody
from interviews.exchange.remarks import Report
from interviews.models import Study
from interviews.studying import record
from projects import jobs
from projects.jobs import Run
from projects.models import Job, JobPart

LOOK, BRING = "look_at_file", "bring_in_file"
PURPOSE = "bring-in"
WRITING = dt.timedelta(seconds=10)  # for a text at most: eighty times what one with 300 codings takes


def ask_to_look(study: Study, file: File, *, by: User, now: dt.datetime) -> Job:
    """Have a file looked at. Raises ValidationError for one that is of no kind we read, or too large."""
    kind_of(file)
    return jobs.queue(LOOK, study.program, key=study.slug, file=file, by=by, now=now)


@transaction.atomic
def ask_to_bring(look: Job, choices: Choices, *, token: str, by: User, now: dt.datetime) -> Job:
    """Have the file of a look taken in, once. What was seen in it is forgotten then: the report of the intake stays.

    Raises once.Spent for a form that was sent before, once.Invalid for a token that is not ours, ValidationError where
    the look has not ended well, or its file is not kept any more.
    """
    once.spend(token, purpose=PURPOSE, by=by)
    found = Job.objects.select_for_update(of=("self",), no_key=True).select_related("program").get(pk=look.pk)
    if found.kind != LOOK or found.state != Job.State.DONE or not found.parts.exists():
        raise ValidationError(_("This file is not kept any more. Choose it again."))
    data = {**asdict(choices), "role_variable": str(choices.role_variable or "")}
    job = jobs.queue(BRING, found.program, key=found.key, data=data, follows=found, by=by, now=now)
    found.result = {}
    found.save(update_fields=["result"])
    return job


@transaction.atomic
def drop(look: Job) -> None:
    """Forget a file that was looked at, and what was seen in it."""
    found = Job.objects.select_for_update(no_key=True).get(pk=look.pk)
    if found.kind == LOOK and found.has_ended:
        found.parts.all().delete()
        found.result = {}
        found.save(update_fields=["result"])


def jobs_of(study: Study) -> QuerySet[Job]:
    """Return the looks at files and the intakes of a study, newest first."""
    return Job.objects.filter(program=study.program_id, key=study.slug, kind__in=(LOOK, BRING))


def to_be_shown(study: Study) -> QuerySet[Job]:
    """Return what was brought in, what is being worked at, and files that were looked at and wait for a decision."""
    waits = Q(kind=LOOK) & (Q(ended_at=None) | Exists(JobPart.objects.filter(job=OuterRef("pk"))))
    return jobs_of(study).filter(Q(kind=BRING) | waits).select_related("by")


# ---- what a worker does


def look(run: Run) -> None:
    """Say what a file would bring, how it departs from its format, and what of it cannot be kept."""
    study, report = study_of(run.job), Report()
    with opened(run, study, report) as (kind, project, spool):
        intake = Intake(study, by=run.job.by, now=timezone.now(), dry=True, report=report)
        result = taken(intake, project, spool, Choices(), progress=run.progress)
        result |= {"kind": kind, "variables": words_of_variables(project)}
    run.finish(result)


def bring(run: Run) -> None:
    """Take a file in: everything is read first, then written at once."""
    study, report, now = study_of(run.job), Report(), timezone.now()
    data = run.job.data
    variable = UUID(data["role_variable"]) if data.get("role_variable") else None
    choices = Choices(data.get("role_group", ""), variable, bool(data.get("cleared")))
    with opened(run, study, report) as (kind, project, spool):
        if report.blocked:
            raise ValidationError(_("Rows of this table must be mended first. Look at it again."))
        lease = jobs.LEASE + WRITING * spool.count
        run.progress(spool.count, spool.count, _("Writing it down"), lease=lease)
        with transaction.atomic():
            lock(study)
            check_still_owner(study, run.job.by)
            intake = Intake(study, by=run.job.by, now=now, dry=False, report=report)
            result = taken(intake, project, spool, choices) | {"kind": kind}
            changes = {one["what"]: [None, one["new"]] for one in result["counts"] if one["new"]}
            record("study_brought_in", study, by=run.job.by, now=now, changes=changes)
            run.job.parts.all().delete()
            run.finish(result)


def study_of(job: Job) -> Study:
    return Study.objects.select_related("program__interview_approval").get(program=job.program_id, slug=job.key)


@contextmanager
def opened(run: Run, study: Study, report: Report) -> Iterator[tuple[str, parts.Project, Spool]]:
    """Give the kind of a job's file, its project, and its texts made ready, with progress meanwhile."""
    run.progress(0, 1, _("Reading the file"))
    with run.file() as file:
        kind = kind_of(file)
        with READERS[kind].opens(file, report) as found:
            places = READERS[kind].places
            read = places(found, study, run.job.by, report) if places else found
            with prepared(read, report, run.progress) as spool:
                yield kind, read.project, spool


def table_of(look: Job) -> tuple[str, list[list[str]]]:
    """Return of which kind (csv or xlsx) the table of a look is, and its rows, the header first. Reads.

    A column more, errors, says what is wrong in each row.

    Raises ValidationError for a file that is no table, or is not kept any more.
    """
    study, report = study_of(look), Report()
    if look.kind != LOOK or not look.parts.exists():
        raise ValidationError(_("This file is not kept any more. Choose it again."))
    with Run(look).file() as file, READERS[kind := kind_of(file)].opens(file, report) as found:
        placed(found, study, look.by, report)
        if not isinstance(found, OpenedTable):
            raise ValidationError(_("This file is no table."))
        return kind, table_with_faults(found, report.faults)


def lock(study: Study) -> None:
    """Lock the people of a study, then the study: in the order in which others do, so that nobody waits in a ring."""
    list(study.participants.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)


def check_still_owner(study: Study, person: User) -> None:
    """Raise ValidationError where somebody may not bring anything in any more, since they asked for it."""
    if not study.members.active().filter(user=person, owner=True).exists() or not is_on(study.program):
        raise ValidationError(_("Only owners of the study can bring files in, while interviews are switched on."))


def taken(
    intake: Intake, project: parts.Project, spool: Spool, choices: Choices, *, progress: Any = None
) -> dict[str, Any]:
    """Match a project with the study and write what is new; return what a page says of it.

    Raises ValidationError for what a study cannot take.
    """
    coders = Coders(intake, project.users)
    codebook = Codebook(intake, project.codes, used=spool.codes)
    variables = Variables(intake, project.variables)
    people = People(intake, project, variables, choices, texts=spool.names)
    memos = Memos(intake, project.notes, coders)
    texts = Texts(intake, people=people, codebook=codebook, coders=coders, variables=variables, memos=memos)
    for number, ready in enumerate(spool):
        if progress:
            progress(number, spool.count, _("Comparing text %(n)s of %(all)s") % {"n": number + 1, "all": spool.count})
        texts.take(ready)
    themes = Themes(intake, project.sets, codebook)
    for places in (codebook.notes, themes.notes):
        for guid, about in places.items():
            memos.at([guid], about)
    memos.finish(project)
    intake.report.rename(unnamed(project, spool, people))
    if not intake.dry:
        intake.report.faults = []  # they hold words of interviews, and what came in is kept for good
    return {
        "name": project.name,
        "origin": project.origin,
        "counts": intake.counts,
        "new": sum(intake.new.values()),
        "texts": intake.new["interviews"],
        "without_role": people.without_role,
        "cleared": choices.cleared,
        "report": intake.report.data,
    }


def unnamed(project: parts.Project, spool: Spool, people: People) -> dict[str, str]:
    """Return what stands in reports for names of texts and cases that may tell who somebody is."""
    names = dict(people.aliases)
    if not people.trusted:
        for number, name in enumerate([*spool.names, *(case.name for case in project.cases)], start=1):
            if name and name not in names and not names_nobody(name):
                names[name] = _("text or case %(n)s") % {"n": number}
    return names
