"""Measure what interviews cost on their way in and out: `python -m tests.scale.exchange [interviews] [codings]`.

Makes a project as another program writes it (60,000 characters and 300 codings an interview, CRLF, two coders), has it
looked at, brought into a new study and handed out again as the worker and the page do, each in a process of its own.
Prints seconds and memory: the process at most (maximum resident set), and how much more Python held at most than before
(tracemalloc, in a second run, as it slows everything down). The environment says which database; take a new one.
"""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from uuid import UUID, uuid5

import django

CHARACTERS = 60_000
CODES = 40
HERE = UUID("00000000-0000-4000-8000-000000000001")
NAMESPACE = "urn:QDA-XML:project:1.0"


def guid(name: str) -> str:
    return str(uuid5(HERE, name))


def talk_of(number: int) -> str:
    """Return a talk of about 60,000 characters in which every turn is another."""
    lines, length = [], 0
    while length < CHARACTERS:
        turn = len(lines)
        speaker = "Interviewer" if turn % 2 == 0 else f"P{number:02}"
        lines.append(
            f"{speaker}: In talk {number}, turn {turn}, somebody said what made the work easier, and what not."
        )
        length += len(lines[-1]) + 2
    return "\r\n".join(lines)


def project(interviews: int, codings: int) -> bytes:
    """Return the archive: its positions count a line end once, its selections are named after their words."""
    users = "".join(f'<User guid="{guid(name)}" name="{name}"/>' for name in ("First", "Second"))
    codes = "".join(f'<Code guid="{guid(f"code {n}")}" name="Code {n}" isCodable="true"/>' for n in range(CODES))
    numbers, made = range(1, interviews + 1), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("project.qde", "w") as out:
            out.write(f'<Project name="Large" origin="Other" xmlns="{NAMESPACE}"><Users>{users}</Users>'.encode())
            out.write(f"<CodeBook><Codes>{codes}</Codes></CodeBook><Sources>".encode())
            for number in numbers:
                out.write(source_of(number, codings).encode())
            out.write(b"</Sources></Project>")
        for number in numbers:
            archive.writestr(f"sources/{guid(f'talk {number}')}.txt", talk_of(number).encode())
    return made.getvalue()


def source_of(number: int, codings: int) -> str:
    plain, one = talk_of(number).replace("\r\n", "\n"), guid(f"talk {number}")
    passages = "".join(passage(plain, number, at, at * (len(plain) // (codings + 1))) for at in range(codings))
    path = f"internal://{one}.txt"
    return f'<TextSource guid="{one}" name="Interview {number}" plainTextPath="{path}">{passages}</TextSource>'


def passage(plain: str, number: int, at: int, near: int) -> str:
    """Return a coded passage of some forty characters that begins near a place."""
    start = plain.index(" ", near) + 1
    end = plain.index(" ", start + 40)
    key, coder = f"{number} {at}", guid(("First", "Second")[at % 2])
    name = " ".join(plain[start:end].split())
    return (
        f'<PlainTextSelection guid="{guid("s" + key)}" name="{name}" startPosition="{start}" endPosition="{end}">'
        f'<Coding guid="{guid("c" + key)}" creatingUser="{coder}" creationDateTime="2026-01-05T10:00:00Z">'
        f'<CodeRef targetGUID="{guid(f"code {at % CODES}")}"/></Coding></PlainTextSelection>'
    )


# ---- what is measured


def ask(path: str) -> int:
    """Ask for a look at a file in a new study; return the job's id."""
    from django.core.files import File
    from django.core.management import call_command
    from django.utils import timezone

    from accounts.models import User
    from interviews import bringing_in, studying
    from interviews.models import Study
    from projects.models import Program

    call_command("migrate", verbosity=0)
    call_command("load_roadmap", verbosity=0)
    if not Program.objects.exists():
        call_command("demo", sites=2)
        call_command("demo_study")
    by = {"by": User.objects.get(email="researcher@demo.example"), "now": timezone.now()}
    study = studying.begin_study(Study.objects.all()[0].program, name="Large", aim="To measure.", **by)
    with open(path, "rb") as file:
        return bringing_in.ask_to_look(study, File(file, name="large.qdpx"), **by).pk


def run(pk: int) -> int:
    """Do a job as the worker does; return its id."""
    from projects import jobs

    assert jobs.run(pk) == "done"
    return pk


def bring(pk: int) -> int:
    """Ask for the intake of a file that was looked at, and do it; return the job's id."""
    from django.utils import timezone

    from accounts import once
    from interviews import bringing_in
    from interviews.exchange.intake_people import Choices
    from projects.models import Job

    look = Job.objects.get(pk=pk)
    choices = Choices(role_group="staff", cleared=True)
    token = once.token(bringing_in.PURPOSE)
    return run(bringing_in.ask_to_bring(look, choices, token=token, by=look.by, now=timezone.now()).pk)


def hand_out(pk: int) -> int:
    """Hand out the study of a job; return the job's id."""
    from django.utils import timezone

    from interviews import bringing_in, handing_out
    from interviews.exchange.outgoing import Wishes
    from projects.models import Job

    job = Job.objects.select_related("program").get(pk=pk)
    with tempfile.TemporaryFile() as file:
        handing_out.hand_out(bringing_in.study_of(job), Wishes(), file, by=job.by, now=timezone.now())
    return pk


STEPS: dict[str, Callable] = {"ask": ask, "look": run, "bring": bring, "out": hand_out}


def measured(step: str, about: str, *, traced: bool) -> None:
    """Do one step in this process and print what it cost, as JSON."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if traced:
        tracemalloc.start()
    began = time.perf_counter()
    found = STEPS[step](about if step == "ask" else int(about))
    seconds = time.perf_counter() - began
    peak = tracemalloc.get_traced_memory()[1] if traced else 0
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"job": found, "seconds": seconds, "peak": peak, "before": before, "after": after}))


def in_process(step: str, about: str | int, *, traced: bool) -> dict:
    command = [sys.executable, "-m", "tests.scale.exchange", step, str(about), "traced" if traced else "plain"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main(interviews: int, codings: int) -> None:
    data = project(interviews, codings)
    print(f"{interviews} interviews, {codings} codings each: {len(data) / 1e6:.1f} MB packed")
    for traced in (False, True):
        with tempfile.NamedTemporaryFile(suffix=".qdpx") as file:
            file.write(data)
            file.flush()
            pk = in_process("ask", file.name, traced=False)["job"]
        for step in ("look", "bring", "out"):
            said = in_process(step, pk, traced=traced)
            pk = said["job"]
            if traced:
                print(f"{step:6} Python held at most {said['peak'] / 1e6:.0f} MB more than before")
            else:
                print(
                    f"{step:6} {said['seconds']:.1f} s, process {said['before'] // 1024} to {said['after'] // 1024} MB"
                )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    if len(sys.argv) > 3:
        measured(sys.argv[1], sys.argv[2], traced=sys.argv[3] == "traced")
    else:
        main(*[int(one) for one in [*sys.argv[1:], "50", "300"][:2]])
