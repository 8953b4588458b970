"""Long pieces of work: asked for in one transaction, done by a worker, with progress that a page shows meanwhile.

As with deliveries (outbox/delivering.py) the row is what counts: a worker claims it by one conditional UPDATE with a
lease, a nudge may be lost, and what a dead worker left is begun anew once its lease is over. A job ends in the same
transaction as what it writes, so that it is done once however often it is begun.
"""

from __future__ import annotations

import functools
import logging
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from outbox.queueing import tell_worker
from projects.job_kinds import work_of
from projects.models import Job, JobPart, Program

logger = logging.getLogger(__name__)

State = Job.State
LEASE = timedelta(minutes=5)  # renewed with each sign of progress
MAX_ATTEMPTS = 3
PIECE = 1024 * 1024  # bytes of a file in one row
EVERY = 0.4  # seconds between two signs of progress
KEPT = timedelta(days=7)  # how long a file waits that nobody went on with


class Lost(Exception):
    """The job is not ours any more: our lease ran out and another worker has it."""


# ---- asking for it


@transaction.atomic
def queue(
    kind: str,
    program: Program,
    *,
    key: str = "",
    data: dict[str, Any] | None = None,
    file: File | None = None,
    follows: Job | None = None,
    by: User,
    now: datetime,
) -> Job:
    """Ask for a job. `file` is kept with it, piece by piece; with `follows` it takes over the file of that job.

    Raises LookupError for a kind that nobody registered, IntegrityError where another job follows that one already.
    """
    work_of(kind)
    about = follows or Job()
    job = Job.objects.create(
        kind=kind,
        program=program,
        key=key,
        by=by,
        follows=follows,
        data=data or {},
        file_name=short_name(file.name or "") if file else about.file_name,
        file_size=file.size if file else about.file_size,
        created_at=now,
    )
    if file:
        file.seek(0)
        for number, content in enumerate(iter(lambda: file.read(PIECE), b"")):
            JobPart.objects.create(job=job, number=number, content=content)
    elif follows:
        JobPart.objects.filter(job=follows).update(job=job)
    transaction.on_commit(functools.partial(nudge, job.pk))
    return job


def short_name(name: str) -> str:
    """Return the last part of a file's name, as somebody may call their file anything."""
    return PurePosixPath(name.replace("\\", "/")).name[-200:]


def nudge(pk: int) -> None:
    """Tell a worker that a job waits. A nudge may be lost: `run_due_jobs` looks every minute anyway."""
    tell_worker("projects.tasks.run_job", pk)


# ---- doing it


class Run:
    """One worker's attempt at a job: what it works on, and how it says how far it is."""

    def __init__(self, job: Job):
        self.job = job
        self.said_at = 0.0

    def progress(self, done: int, total: int, words: str, *, lease: timedelta = LEASE) -> None:
        """Say how far the work has come, and keep the job for another while. Outside any transaction.

        Written at most every 0.4 seconds, so call it as often as you like. `lease` is longer before a transaction in
        which nothing can be said, and as long as that may take at most. Raises Lost.
        """
        moment = time.monotonic()
        if done < total and moment - self.said_at < EVERY:
            return
        self.said_at = moment
        self.write(done=done, total=total, words=words[:200], lease_until=timezone.now() + lease)

    def sign(self, done: int, total: int, words: str) -> None:
        """Say how far the work has come from inside the transaction in which it is written, where that can be seen.

        PostgreSQL takes it over a second connection; where there is none to be had, the work goes on all the same.
        SQLite has one writer at a time: the page keeps the last words.
        """
        moment = time.monotonic()
        if connection.vendor != "postgresql" or moment - self.said_at < EVERY:
            return
        self.said_at = moment
        beside = connection.copy()
        try:
            with beside.cursor() as cursor:
                cursor.execute(
                    "UPDATE projects_job SET done = %s, total = %s, words = %s, lease_until = %s "
                    "WHERE id = %s AND claim = %s AND state = %s",
                    [done, total, words[:200], timezone.now() + LEASE, self.job.pk, self.job.claim, State.RUNNING],
                )
        except OperationalError:
            logger.warning("job %s: could not say that it is at %s of %s", self.job.pk, done, total)
        finally:
            beside.close()

    def finish(self, result: dict[str, Any]) -> None:
        """End the job, in the caller's transaction. Raises Lost, so that what was written is rolled back."""
        ended = {"state": State.DONE, "ended_at": timezone.now(), "lease_until": None}
        self.write(**ended, result=result, words="", reason="")

    def refuse(self, reason: str) -> None:
        """End the job because it cannot be done, and forget its file."""
        with transaction.atomic():
            ended = {"state": State.FAILED, "ended_at": timezone.now(), "lease_until": None}
            self.write(**ended, reason=reason, words="")
            self.job.parts.all().delete()

    def write(self, **fields: Any) -> None:
        """Write to the job's row, only where it is still ours; raises Lost where it is not."""
        ours = Job.objects.filter(pk=self.job.pk, claim=self.job.claim, state=State.RUNNING)
        if not ours.update(**fields):
            raise Lost(self.job.pk)
        for name, value in fields.items():
            setattr(self.job, name, value)

    @contextmanager
    def file(self) -> Iterator[IO[bytes]]:
        """Give the job's file as one on this machine's disk, open for reading; it is gone afterwards."""
        with tempfile.TemporaryFile() as whole:
            for content in self.job.parts.values_list("content", flat=True).iterator(chunk_size=1):
                whole.write(content)
            whole.seek(0)
            yield whole


def run(pk: int, *, now: datetime | None = None) -> str | None:
    """Do a job if it waits and nobody else has it; return the state it is left in, or None when it is not to be had.

    Must not be called inside a transaction. What it raises but ValidationError is a fault of ours: the job goes back to
    those that wait, and is given up after three attempts.
    """
    job = claim(pk, now=now or timezone.now())
    if job is None:
        return None
    attempt, ended = Run(job), False
    try:
        try:
            work_of(job.kind)(attempt)
        except ValidationError as error:
            attempt.refuse("\n".join(error.messages))
        ended = True
    except Lost:
        logger.warning("job %s: the lease ran out before it was done", pk)
        return None
    finally:
        if not ended:
            give_back(job)
    logger.info("job %s of kind %s: %s", pk, job.kind, job.state)
    return job.state


def claim(pk: int, *, now: datetime) -> Job | None:
    """Take a job for ourselves by one conditional UPDATE; return it, or None when it is not to be had."""
    token = uuid.uuid4()
    with transaction.atomic(durable=True):
        taken = (
            Job.objects.claimable(now)
            .filter(pk=pk, attempts__lt=MAX_ATTEMPTS)
            .update(state=State.RUNNING, claim=token, lease_until=now + LEASE, attempts=F("attempts") + 1, done=0)
        )
    if not taken:
        return None
    return Job.objects.select_related("program", "by").get(pk=pk, claim=token)


def give_back(job: Job) -> None:
    """Let a job wait again that we could not go on with, where it is still ours."""
    ours = Job.objects.filter(pk=job.pk, claim=job.claim, state=State.RUNNING)
    ours.update(state=State.WAITING, lease_until=None, words="")


# ---- looking after them


def run_due(*, now: datetime) -> int:
    """Nudge a worker for each job that waits or was left behind, and give up the hopeless; return how many wait."""
    doomed = Job.objects.claimable(now).filter(attempts__gte=MAX_ATTEMPTS)
    JobPart.objects.filter(job__in=doomed).delete()
    reason = _("It was begun three times and never came to its end. Tell whoever runs this installation.")
    doomed.update(state=State.FAILED, ended_at=now, lease_until=None, reason=reason, words="")
    waiting = list(Job.objects.claimable(now).order_by("created_at").values_list("pk", flat=True)[:100])
    for pk in waiting:
        nudge(pk)
    return len(waiting)


def forget_files(*, now: datetime) -> int:
    """Forget the files of jobs that ended a week ago and that nobody went on with, and what was seen in them.

    Returns how many pieces went.
    """
    return forget(Job.objects.filter(ended_at__lt=now - KEPT))


def forget_waiting(program: Program, *, key: str) -> None:
    """Forget the files of what was looked at and not gone on with, and what was seen in them, about one thing."""
    forget(Job.objects.filter(program=program, key=key, ended_at__isnull=False))


@transaction.atomic
def forget(ended: QuerySet[Job]) -> int:
    """Forget the files of jobs that have ended, and what was seen in them; return how many pieces went."""
    waiting = list(ended.filter(parts__isnull=False).distinct().values_list("pk", flat=True))
    Job.objects.filter(pk__in=waiting).update(result={})
    return JobPart.objects.filter(job__in=waiting).delete()[0]
