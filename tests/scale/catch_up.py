"""Measure catching up: `python -m tests.scale.catch_up`. The environment says which database (see seed.py).

Makes a project of 100 sites that are setting up, starts gunicorn as `load` does, opens the grid of one phase's
milestones (at least 16), previews a full grid and records it. Prints medians; it judges nothing.
"""

from __future__ import annotations

import http.client
import os
import re
import statistics
import time
from urllib.parse import urlencode

import django

SITES, TIMES = 100, 60
PHASE = "implementation"


def project_of_many(now, *, sites=SITES):
    """Make a project of the demo's program with its lead and sites that are setting up; return it."""
    from accounts.models import User
    from projects import planning
    from projects.models import Program
    from roadmap.models import RoadmapVersion, Setting

    program = Program.objects.get(slug="demo")
    lead = User.objects.get(email="lead@demo.example")
    day = program.today(now)
    project = planning.create_project(
        program=program,
        by=lead,
        now=now,
        lead=lead,
        name=f"Measured {now:%H%M%S}",
        ebi_name="Measured",
        version=RoadmapVersion.objects.published().filter(roadmap__key="general").latest("number"),
        starts_on=day.replace(year=day.year - 1),
    )
    rows = [
        planning.NewSite(f"System {number // 8}", f"Site {number:03}", Setting.FQHC, "26081", day.replace(day=1))
        for number in range(sites)
    ]
    planning.add_sites(project, rows, by=lead, now=now)
    return project


def taken(connection: http.client.HTTPConnection, path: str, cookie: str, posted: dict | None = None):
    """Ask once; return how many milliseconds it took, the status and the answer."""
    headers = {"Cookie": cookie, "Host": "127.0.0.1"}
    body = None
    if posted is not None:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": cookie.rpartition("=")[2]}
        body = urlencode(posted)
    began = time.perf_counter()
    connection.request("POST" if body is not None else "GET", path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    return (time.perf_counter() - began) * 1000, answer.status, text


def by_turns(connection: http.client.HTTPConnection, pages: dict[str, str], cookie: str) -> None:
    """Ask for each page in turn, so that what else the machine does weighs on all alike; print the median of each."""
    times: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(TIMES):
        for name, address in pages.items():
            times[name].append(taken(connection, address, cookie)[0])
    middle = {name: statistics.median(took[TIMES // 5 :]) for name, took in times.items()}
    for name, took in middle.items():
        print(f"| {name} | {took:.1f} | {took / middle['only authenticates']:.1f} |", flush=True)


def statements(project, day) -> list[int]:
    """Return how many statements it takes to record one cell at each site, and then all that are left of the phase."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from accounts.models import User
    from projects import catch_up_grid, undoing
    from projects.catching_up import Cell, record_many
    from projects.day_cells import NOT_DONE, on_day
    from projects.models import Plan
    from tests.statements import NOT_COUNTED

    lead = User.objects.get(email="lead@demo.example")
    keys = [column.key for column in catch_up_grid.columns_of(project, [], PHASE)]
    plans = list(Plan.objects.filter(project=project, site__isnull=False).values_list("pk", flat=True)[:4])
    found = []
    for chosen in (keys[:1], keys):
        cells = [Cell(pk, key, on_day(day), NOT_DONE) for pk in plans for key in chosen]
        with CaptureQueriesContext(connection) as captured:
            told = record_many(project, cells, by=lead, now=timezone.now())
        found.append(sum(not query["sql"].startswith(NOT_COUNTED) for query in captured))
        undoing.undo(told.batch, Plan.objects.all(), by=lead, now=timezone.now())
    return found


def main() -> None:
    """Make the project, start the server, measure, stop the server."""
    from django.db import connection as database
    from django.utils import timezone

    from tests.scale.load import Page, cookies_of, measure, served

    now = timezone.now()
    project = project_of_many(now)
    day = project.program.today(now)
    path = f"/projects/{project.slug}/catch-up/"
    cookie = cookies_of({"lead"})["lead"]
    pages = {
        "only authenticates": "/bare/",
        "a page of words": "/accessibility/",
        "the grid": f"{path}?columns={PHASE}",
    }
    with served() as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        print(f"{database.vendor}, one request at a time")
        print("| what | median ms | times *only authenticates* |\n|---|---|---|")
        by_turns(connection, pages, cookie)
        _took, _status, page = taken(connection, pages["the grid"], cookie)
        cells = re.findall(r'<input name="(\d+:[^"]+:)" value=""', page)
        typed = "\n".join(f"{name}\t{day:%m/%d/%Y}" for name in cells)
        took, status, page = taken(connection, path, cookie, {"typed": typed, "stage": "preview", "columns": PHASE})
        print(f"| preview of {len(cells):,} cells ({status}) | {took:.0f} | |")
        token = re.search(r'name="token" value="([^"]+)"', page)[1]
        took, status, page = taken(connection, path, cookie, {"typed": typed, "stage": "apply", "token": token})
        print(f"| recording them ({status}) | {took:.0f} | |")
        by_turns(connection, pages, cookie)
        print("| four at a time | requests/s | p50 ms | p95 ms | KB | status |\n|---|---|---|---|---|---|")
        for name, address in pages.items():
            print(measure(port, Page(name, "lead", [address]), cookie), flush=True)
    print(f"Statements for 4 sites, one cell each and all cells: {statements(project_of_many(timezone.now()), day)}")
    print(f"Load of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.scale.settings"
    django.setup()
    main()
