"""What the worker does for projects: three lines around a verb."""

from celery import shared_task
from django.utils import timezone

from projects import attaching, digests, jobs, tallying


@shared_task
def write_digests() -> None:
    digests.write_digests(now=timezone.now())


@shared_task
def count_sites() -> None:
    tallying.count_stale(now=timezone.now())


@shared_task
def run_job(pk: int) -> None:
    jobs.run(pk)


@shared_task
def run_due_jobs() -> None:
    jobs.run_due(now=timezone.now())


@shared_task
def forget_job_files() -> None:
    jobs.forget_files(now=timezone.now())


@shared_task
def destroy_removed_files() -> None:
    attaching.destroy_removed(now=timezone.now())
