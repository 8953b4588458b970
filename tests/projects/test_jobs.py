"""Long pieces of work: done once, whoever dies on the way; refused in words; their files kept no longer than needed."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from projects import job_kinds, jobs
from projects.models import Job, JobPart, Region
from tests.together import at_once

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def write(attempt):
    """A piece of work that writes a row and says how long its file is."""
    attempt.progress(1, 2, "1 of 2 pages")
    with attempt.file() as file:
        length = len(file.read())
    with transaction.atomic():
        Region.objects.create(program=attempt.job.program, name="Written by a job")
        attempt.finish({"length": length})


def refuse(attempt):
    raise ValidationError(["Row 3 has no name.", "Row 4 has no name."])


def break_down(attempt):
    raise ZeroDivisionError


def lose(attempt):
    """Write, but only after another worker has taken the job over."""
    with transaction.atomic():
        Region.objects.create(program=attempt.job.program, name="Written by a job")
        Job.objects.filter(pk=attempt.job.pk).update(claim="00000000-0000-0000-0000-000000000000")
        attempt.finish({})


WORKS = {"write": write, "refuse": refuse, "break": break_down, "lose": lose}


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setattr(job_kinds, "_works", dict(WORKS))


@pytest.fixture
def asked(world):
    def ask(kind="write", **fields):
        return jobs.queue(kind, world.program, by=world.dee, now=world.now, **fields)

    return ask


def state_of(job):
    job.refresh_from_db()
    return job.state


def test_a_job_is_done_and_its_result_stays(asked, world):
    file = SimpleUploadedFile("C:\\mine\\big.bin", b"x" * (jobs.PIECE + 5))
    job = asked(file=file, key="a-study", data={"a": 1})
    assert (job.file_name, job.file_size, job.parts.count()) == ("big.bin", jobs.PIECE + 5, 2)
    assert jobs.run(job.pk, now=world.now) == "done"
    assert state_of(job) == "done"
    assert job.result == {"length": jobs.PIECE + 5}
    assert (job.lease_until, job.words, job.attempts) == (None, "", 1)
    assert jobs.run(job.pk, now=world.now) is None
    assert Region.objects.count() == 1


def test_a_worker_is_told_once_the_row_is_there(asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = asked(file=SimpleUploadedFile("small.txt", b"words"))
    assert state_of(job) == "done"


def test_progress_is_written_with_the_lease_and_not_too_often(asked, world):
    job = asked()
    attempt = jobs.Run(jobs.claim(job.pk, now=world.now))
    for done in range(1, 100):
        attempt.progress(done, 100, f"{done} of 100 interviews")
    job.refresh_from_db()
    assert (job.done, job.total, job.words) == (1, 100, "1 of 100 interviews")
    assert job.lease_until > world.now + jobs.LEASE
    attempt.progress(100, 100, "100 of 100 interviews")
    job.refresh_from_db()
    assert job.done == 100


def test_what_cannot_be_done_is_said_in_words_and_the_file_goes(asked, world):
    job = asked("refuse", file=SimpleUploadedFile("rows.csv", b"words"))
    assert jobs.run(job.pk, now=world.now) == "failed"
    assert state_of(job) == "failed"
    assert job.reason == "Row 3 has no name.\nRow 4 has no name."
    assert not JobPart.objects.exists()


def test_a_fault_of_ours_is_tried_three_times_and_then_given_up(asked, world):
    job = asked("break", file=SimpleUploadedFile("rows.csv", b"words"))
    for _each in range(jobs.MAX_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            jobs.run(job.pk, now=world.now)
        assert state_of(job) == "waiting"
    assert jobs.run(job.pk, now=world.now) is None
    assert jobs.run_due(now=world.now) == 0
    assert state_of(job) == "failed"
    assert "three times" in job.reason
    assert not JobPart.objects.exists()


def test_what_a_dead_worker_left_is_begun_anew_when_its_lease_is_over(asked, world):
    job = asked()
    assert jobs.claim(job.pk, now=world.now)  # and nothing was heard of that worker again
    assert jobs.run(job.pk, now=world.now) is None
    assert jobs.run_due(now=world.now) == 0
    assert jobs.run_due(now=world.now + jobs.LEASE) == 1  # which tells a worker
    assert state_of(job) == "done"
    assert job.attempts == 2
    assert Region.objects.count() == 1


def test_who_lost_the_lease_writes_nothing(asked, world):
    job = asked("lose")
    assert jobs.run(job.pk, now=world.now) is None
    assert not Region.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_take_one_job(asked, world, monkeypatch):
    monkeypatch.setattr(jobs, "nudge", lambda pk: None)
    job = asked()
    said = at_once(*[lambda: jobs.run(job.pk, now=world.now)] * 2)
    assert sorted(said, key=str) == [None, "done"]
    assert Region.objects.count() == 1


def test_a_job_takes_over_the_file_of_the_one_it_follows_once(asked, world):
    look = asked(file=SimpleUploadedFile("talks.qdpx", b"words"))
    jobs.run(look.pk, now=world.now)
    apply = asked(follows=look)
    assert (apply.file_name, apply.parts.count(), look.parts.count()) == ("talks.qdpx", 1, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        asked(follows=look)


def test_files_that_nobody_went_on_with_are_forgotten_after_a_week(asked, world):
    look = asked(file=SimpleUploadedFile("talks.qdpx", b"words"))
    asked(file=SimpleUploadedFile("waits.qdpx", b"words"))
    jobs.run(look.pk, now=world.now)
    ended = Job.objects.get(pk=look.pk).ended_at
    assert jobs.forget_files(now=ended + 6 * DAY) == 0
    assert jobs.forget_files(now=ended + 8 * DAY) == 1
    assert JobPart.objects.count() == 1  # of the one that waits


def test_what_was_seen_in_a_forgotten_file_is_forgotten_with_it(asked, world):
    look = asked(file=SimpleUploadedFile("talks.qdpx", b"words"))
    jobs.run(look.pk, now=world.now)
    Job.objects.filter(pk=look.pk).update(result={"report": {"faults": ["what somebody said"]}})
    jobs.forget_files(now=Job.objects.get(pk=look.pk).ended_at + 8 * DAY)
    assert Job.objects.get(pk=look.pk).result == {}


def test_a_kind_that_nobody_knows_is_not_queued(asked):
    with pytest.raises(LookupError):
        asked("other")


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_by_others_while_the_work_is_being_written_where_the_database_can(asked, world, monkeypatch):
    seen = []

    def work(attempt):
        attempt.progress(0, 1, "Checking")
        attempt.said_at = 0.0  # as if that was a while ago
        with transaction.atomic():
            Region.objects.create(program=world.program, name="Half done")
            attempt.sign(400, 2000, "Making plans")
            beside = connection.copy()
            with beside.cursor() as cursor:
                cursor.execute("SELECT done, total, words FROM projects_job WHERE id = %s", [attempt.job.pk])
                seen.extend(cursor.fetchall())
                cursor.execute("SELECT count(*) FROM projects_region")
                seen.extend(cursor.fetchall())
            beside.close()
            attempt.finish({})

    monkeypatch.setitem(job_kinds._works, "write", work)
    assert state_of(asked("write")) == Job.State.DONE
    said = (400, 2000, "Making plans") if connection.vendor == "postgresql" else (0, 1, "Checking")
    assert seen == [said, (0,)]


@pytest.mark.django_db(transaction=True)
def test_where_there_is_no_connection_left_to_say_how_far_it_is_the_work_goes_on(asked, monkeypatch):
    def work(attempt):
        with transaction.atomic():
            Region.objects.create(program=attempt.job.program, name="Written by a job")
            monkeypatch.setitem(connection.settings_dict, "PORT", "1")  # of connections that are opened from now on
            attempt.sign(400, 2000, "Making plans")
            attempt.finish({})

    monkeypatch.setitem(job_kinds._works, "write", work)
    job = asked("write")
    assert (state_of(job), job.attempts) == (Job.State.DONE, 1)
