"""Measure taking in a table of many sites: `python -m tests.scale.spreadsheets [sites]`, and with `milestones` after it
one of what so many sites have reached. The environment says which database (see seed.py).

Makes a project of the demo's program without sites, looks at a table, has it taken in as the worker does, and prints
how long each took, how much memory the process had at most, and what a page would have shown. It judges nothing.
"""

from __future__ import annotations

import csv
import io
import resource
import sys
import time

import django

SITES = 2000


def table_of(sites: int, day: str) -> str:
    """Return the CSV of that many sites, in four settings and 40 organizations, a champion for each."""
    from roadmap.models import Setting

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["name", "organization", "setting", "county", "start date", "champion e-mail"])
    known = Setting.values[:4]
    for number in range(sites):
        setting = known[number % len(known)]
        where = [f"System {number % 40}", setting, "Kent", day, f"champion{number}@clinic.example"]
        writer.writerow([f"Site {number:05}", *where])
    return out.getvalue()


def highest() -> int:
    """Return the most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(sites: int) -> None:
    from django.utils import timezone

    from accounts import once
    from projects import jobs
    from projects.models import Job, PlanItem
    from projects.tables import taking_in
    from projects.tables.sites import SitesTable
    from tests.scale.catch_up import project_of_many

    now = timezone.now()
    project = project_of_many(now, sites=0)
    text = table_of(sites, f"{project.program.today(now):%Y-%m-01}")
    before, began = highest(), time.perf_counter()
    lead = project.memberships.get().user
    table = SitesTable(project, by=lead, now=now)
    looked = taking_in.look(table, text)
    seconds = time.perf_counter() - began
    print(f"looked at {len(looked.new):,} rows in {seconds:.1f} s, {len(looked.faults)} faults")
    token = once.token(taking_in.purpose(project, table))
    job = taking_in.ask(table, text, name="sites.csv", digest=looked.digest, token=token)
    said: list[str] = []
    sign = jobs.Run.sign

    def noting(run: jobs.Run, done: int, total: int, words: str) -> None:
        sign(run, done, total, words)
        seen = Job.objects.using("default").values_list("done", "total", "words").get(pk=job.pk)
        said.append(f"{seen[0]:,} of {seen[1]:,} {seen[2]}")

    jobs.Run.sign = noting  # type: ignore[method-assign]
    began = time.perf_counter()
    jobs.run(job.pk)
    seconds = time.perf_counter() - began
    job.refresh_from_db()
    items = PlanItem.objects.filter(plan__project=project, plan__site__isnull=False).count()
    print(f"{job.state}: {sites:,} sites with {items:,} items in {seconds:.1f} s; {job.reason or job.result}")
    print(f"memory at most {highest()} MB, {before} MB before; a page showed: {' · '.join(said) or 'the checking'}")


def milestones(sites: int) -> None:
    """Measure a table of that many sites and 16 milestones, and taking back the first part of what it recorded."""
    from django.utils import timezone

    from accounts import once
    from projects import jobs
    from projects.models import Plan
    from projects.spreadsheets import lines
    from projects.tables import taking_in
    from projects.tables.milestones import MilestonesTable
    from projects.undoing import undo
    from tests.scale.catch_up import project_of_many

    now = timezone.now()
    project = project_of_many(now, sites=sites)
    said = {"by": project.memberships.get().user, "now": now}
    table, before = MilestonesTable(project, **said), highest()
    known = next(iter(table.known().values()))
    names = [name for name, key in table.key_of.items() if key in known][:16]
    rows = [[site, *[project.program.today(now)] * len(names)] for site in table.plan_of]
    text = "".join(lines(["site id", *names], rows))
    began = time.perf_counter()
    looked = taking_in.look(MilestonesTable(project, **said), text)
    seconds = time.perf_counter() - began
    print(f"looked at {len(looked.changes):,} cells in {seconds:.1f} s, {len(looked.faults)} faults; {highest()} MB")
    token = once.token(taking_in.purpose(project, table))
    job = taking_in.ask(table, text, name="milestones.csv", digest=looked.digest, token=token)
    began = time.perf_counter()
    jobs.run(job.pk)
    job.refresh_from_db()
    parts = job.result["acts"]
    print(f"{job.state} in {len(parts)} parts in {time.perf_counter() - began:.1f} s; {highest()} MB, {before} before")
    began = time.perf_counter()
    undo(parts[0][0], Plan.objects.filter(project=project), **said)
    print(f"the first taken back in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    django.setup()
    measure = milestones if sys.argv[2:] == ["milestones"] else main
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else SITES)
