"""Taking a table in: it is looked at first, then taken in by a Job, whole or not at all.

Look and work are one path: the work looks once more, with the plans locked, and only goes on where the same would come
of it.
"""

from __future__ import annotations

import csv
import datetime as dt

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import once
from projects import jobs
from projects.access import can
from projects.jobs import Run
from projects.models import Job, Project, Scopes
from projects.table_files import Fault, read_rows
from projects.tables.heads import read_heads, remembered
from projects.tables.milestones import MilestonesTable
from projects.tables.people import PeopleTable
from projects.tables.sites import SitesTable
from projects.tables.table import CHANGED, Looked, Table, check_rows

KIND = "take_in_table"
TABLES: dict[str, type[Table]] = {table.key: table for table in (SitesTable, PeopleTable, MilestonesTable)}
WRITING = dt.timedelta(minutes=10)  # at most, for 2,000 sites: fifty times what they take
TOLD = 5  # faults that a job names


def purpose(project: Project, table: Table) -> str:
    return f"table:{project.pk}:{table.key}"


def look(table: Table, text: str) -> Looked:
    """Read a whole file and find what it would bring and everything that is wrong with it. Writes nothing.

    Where a heading is not known, no row is looked at: somebody has to say first what it stands for.
    """
    looked = Looked()
    try:
        looked.header, looked.rows = read_rows(text)
    except csv.Error:
        words = _("This is not a table. Save it as “CSV UTF-8” or .xlsx and choose that file.")
        looked.faults = [Fault(1, "", "", words)]
        return looked
    looked.heads = read_heads(looked.header, table.columns, remembered(table.project.program, table.key))
    if looked.heads.unknown and looked.rows:
        return looked
    check_rows(table, looked)
    if not looked.faults:
        table.read(looked)
    return looked


@transaction.atomic
def ask(table: Table, text: str, *, name: str, digest: str, token: str) -> Job:
    """Have a table taken in, once, of which somebody saw what it would bring (`digest`).

    Raises once.Spent for a form that was sent before, once.Invalid for a token that is not ours.
    """
    project = table.project
    once.spend(token, purpose=purpose(project, table), by=table.by)
    data = {"project": project.pk, "table": table.key, "digest": digest}
    file = ContentFile(text.encode(), name=name)
    return jobs.queue(KIND, project.program, key=key_of(project), data=data, file=file, by=table.by, now=table.now)


def asked_before(table: Table, *, digest: str) -> Job | None:
    """Return the job that the same person asked for with a form, of which only one thing could come."""
    own = jobs_of(table.project).filter(by=table.by, data__table=table.key, data__digest=digest)
    return own.order_by("pk").last()


def key_of(project: Project) -> str:
    return f"project-{project.pk}"


def jobs_of(project: Project) -> QuerySet[Job]:
    """Return the tables that were taken in, or are being so, of a project, newest first."""
    return Job.objects.filter(program=project.program_id, key=key_of(project), kind=KIND).select_related("by")


def take_in(run: Run) -> None:
    """Do the job: look once more, and write where it is in order and brings what was seen."""
    job = run.job
    project = Project.objects.select_related("program", "version").get(pk=job.data["project"])
    kind = TABLES[job.data["table"]]
    if not job.by.is_active or not can(Scopes.read(job.by), kind.right, project):
        raise ValidationError(_("Your role does not let you do this any more. Ask your project lead."))
    run.progress(0, 1, _("Checking the rows"), lease=WRITING)
    with run.file() as file:
        text = file.read().decode()
    found = kind(project, by=job.by, now=job.created_at)
    check_still(look(found, text), job.data["digest"])
    with transaction.atomic():
        found.lock()
        # Others may have changed something until the rows were ours.
        table = kind(project, by=job.by, now=job.created_at)
        looked = look(table, text)
        check_still(looked, job.data["digest"])
        result = {"new": len(looked.new), "changes": len(looked.changes), "invited": looked.invited}
        result |= table.write(looked, tell=run.sign)
        job.parts.all().delete()
        run.finish(result)


def check_still(looked: Looked, digest: str) -> None:
    """Raise ValidationError where a table would not bring any more what somebody saw."""
    if looked.faults:
        said = [f"{_('Row %(row)s') % {'row': fault.row}}, {fault.column}: {fault.message}" for fault in looked.faults]
        raise ValidationError([_("Something has changed since you looked at the table."), *said[:TOLD]])
    if looked.digest != digest:
        raise ValidationError(str(CHANGED))
