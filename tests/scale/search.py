"""Measure the search over 1,000 transcripts: `python -m tests.scale.search`. The environment says which database.

Makes a study of 1,000 transcripts of 20,000 characters each, starts gunicorn as `load` does, and asks for words from
rare to everywhere, one request at a time. Prints medians beside a view that only finds out who is signed in.
"""

from __future__ import annotations

import http.client
import os
import statistics
import time
from random import Random
from urllib.parse import quote

import django

TRANSCRIPTS, CHARACTERS, TIMES = 1000, 20_000, 40
RARE, SOME = "lighthouse", "ferry"  # said once in all, and in every fiftieth transcript
NAME = "A thousand interviews"
ASKED = {
    "a word said once": RARE,
    "a word of every fiftieth transcript": SOME,
    "two words": f"{SOME} nurse",
    "a phrase": f'"the {SOME} was slow"',
    "the beginning of a word": "light",
    "a word nobody said": "zeppelin",
    "a word said everywhere": "the",
    "a phrase said everywhere": '"of the"',
}


def many_transcripts():
    """Make the study, or take the one that was made before; return it."""
    from django.utils import timezone

    from accounts.models import User
    from interviews import guiding, studying
    from interviews.models import Interview, Participant, SearchedTurn, Study, Transcript
    from interviews.reading.turns import Turn, laid_out
    from interviews.searching import rows_of
    from tests.scale.transcripts import sentences

    owner, now = User.objects.get(email="researcher@demo.example"), timezone.now()
    if made := Study.objects.filter(name=NAME).first():
        return made
    by = {"by": owner, "now": now}
    program = Study.objects.filter(members__user=owner).first().program
    study = studying.begin_study(program, name=NAME, aim="To measure.", **by)
    guide = guiding.write_guide(study, title="Guide", text="What got in the way?", **by)
    rng = Random(1000)
    for number in range(TRANSCRIPTS):
        who = Participant.objects.create(study=study, pseudonym=f"P{number:04}", role_group="staff")
        talk = Interview.objects.create(
            study=study, participant=who, guide=guide, interviewer=owner, held_on=now.date(), created_at=now
        )
        turns, length = [], 0
        while length < CHARACTERS:
            said = sentences(rng, rng.randint(100, 700))
            if not turns and number % 50 == 0:
                said += f" We took the {SOME}. And the {SOME} was slow."
            if not turns and number == TRANSCRIPTS // 2:
                said += f" There is a {RARE}."
            turns.append(Turn("P" if len(turns) % 2 else "Interviewer", None, said))
            length += len(said)
        text, placed = laid_out(turns)
        places = [[one.start, one.words, one.end, one.speaker, one.seconds] for one in placed]
        made = Transcript.objects.create(
            interview=talk, text=text, turns=places, saved_by=owner, cleared_at=now, cleared_by=owner
        )
        SearchedTurn.objects.bulk_create(rows_of(made))
    return study


def medians(port: int, pages: dict[str, str], cookie: str) -> dict[str, tuple[float, int, float]]:
    """Return of each page the median in ms, its status, and its size in KB.

    All are asked for by turns, so that what else the machine does costs each of them the same.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times: dict[str, list[float]] = {name: [] for name in pages}
    answers = {}
    for _ in range(TIMES):
        for name, path in pages.items():
            began = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answers[name] = answer.status, len(answer.read()) / 1024
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: (statistics.median(took[5:]), *answers[name]) for name, took in times.items()}


def main() -> None:
    """Make the study, start the server, ask, print the table, stop the server."""
    from django.db import connection

    from interviews.models import SearchedTurn, Transcript
    from tests.scale.load import cookies_of, served

    study = many_transcripts()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    cookie = cookies_of({"researcher"})["researcher"]
    url = f"/studies/{study.slug}/search/"
    pages = {"only authenticates": "/bare/", "a page of words": "/accessibility/", "the search, nothing asked": url}
    pages |= {name: f"{url}?q={quote(asked)}" for name, asked in ASKED.items()}
    transcripts = Transcript.objects.filter(interview__study=study).count()
    print(f"{transcripts:,} transcripts, {SearchedTurn.objects.count():,} turns, {connection.vendor}")
    print("| page | median ms | times *only authenticates* | times *a page of words* | KB | status |")
    print("|---|---|---|---|---|---|")
    with served() as port:
        found = medians(port, pages, cookie)
    bare, frame = found["only authenticates"][0], found["a page of words"][0]
    for name, (took, status, size) in found.items():
        print(f"| {name} | {took:.1f} | {took / bare:.1f} | {took / frame:.1f} | {size:.0f} | {status} |")
    print(f"Load of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.scale.settings"
    django.setup()
    main()
