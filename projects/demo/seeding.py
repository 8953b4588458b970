"""Writing the demo: people, projects, sites with their stories, and the history that would have come of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from random import Random

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Activity, User
from accounts.templatetags.people import PASSWORD
from outbox.models import ReminderPreference
from projects import dates, planning, tailoring, who
from projects.demo.evidence import add_evidence
from projects.demo.fitted import FITTED
from projects.demo.stories import (
    BEHIND_THE_SCENES,
    FIRST_NAMES,
    LAST_NAMES,
    PEOPLE,
    PROGRAM,
    PROJECTS,
    SOMETIME,
    DemoProject,
    Story,
)
from projects.demo.walking import DAY, walk
from projects.ledger import plain
from projects.models import (
    Barrier,
    Contact,
    County,
    Duty,
    Membership,
    Note,
    Plan,
    PlanItem,
    PlanStep,
    Program,
    Project,
    Region,
    Role,
    Site,
    SiteStatus,
)
from projects.recount import STEP_COUNTERS, recount
from roadmap.models import Roadmap, RoadmapVersion, Setting

UPPER_PENINSULA = "26003 26013 26033 26041 26043 26053 26061 26071 26083 26095 26097 26103 26109 26131 26153".split()
HELD_IN_PROJECT = {"project_lead", "coach"}
DONE_FIELDS = ["done_on", "recorded_on", "done_at", "done_by", "baseline_due_on"]
STEP_FIELDS = [*STEP_COUNTERS, "blocked_since"]
NAMED = sum(len(project.sites) for project in PROJECTS)


class Seeder:
    """Writes one made-up program. The same seed and day give the same rows."""

    def __init__(self, *, now: dt.datetime, seed: int):
        self.now = now
        self.rng = Random(seed)  # noqa: S311 - nothing here is a secret
        self.people: dict[str, User] = {}

    @transaction.atomic
    def write(self, *, sites: int) -> Program:
        """Write the program with that many sites: the named ones first, then made by chance after their likeness."""
        self.program = Program.objects.create(
            name=PROGRAM,
            slug="demo",
            state="MI",
            roadmap=Roadmap.objects.get(key="general"),
            made_up=True,
            two_step_roles=[],  # its passwords are public anyway; an administrator may try it in the settings
        )
        self.today = self.program.today(self.now)
        region = Region.objects.create(program=self.program, name="Upper Peninsula")
        region.counties.set(County.objects.filter(fips__in=UPPER_PENINSULA))
        self.write_people()
        extra = self.extra_stories(max(0, sites - NAMED))
        for number, told in enumerate(PROJECTS):
            stories = [*told.sites, *extra[number :: len(PROJECTS)]]
            self.write_project(told, stories[: max(0, sites)] if sites < NAMED else stories)
            sites = sites - len(told.sites) if sites < NAMED else sites
        first = Plan.objects.select_related("program").get(site__name=PROJECTS[0].sites[0].name)
        add_evidence(first, by=self.people["practitioner"], now=self.now)
        return self.program

    def write_people(self) -> None:
        for key, name in PEOPLE.items():
            self.people[key] = User.objects.create_user(
                email=f"{key}@demo.example",
                password=None if key in BEHIND_THE_SCENES else PASSWORD,
                name=name,
                time_zone=self.program.time_zone,
            )
        self.join(self.people["admin"], Role.ADMINISTRATOR, program=self.program)
        # The demo's people hear at any hour of every day, so that /outbox/ has something to show at once.
        ReminderPreference.objects.bulk_create(
            ReminderPreference(user=person, days=list(range(7)), hour=0) for person in self.people.values()
        )

    def join(self, user: User, role: Role, **target) -> None:
        Membership.objects.create(user=user, role=role, created_at=self.now - dt.timedelta(days=500), **target)

    def extra_stories(self, number: int) -> list[Story]:
        """Return stories of sites that only make the program large."""
        counties = list(County.objects.filter(state=self.program.state).values_list("fips", flat=True))
        settings = Setting.values
        kinds = [(0.5, 3, None), (0.6, 8, None), (0.7, 2, None), (0.5, 45, None), (1.2, 4, None), (0.4, 2, None)]
        stories = []
        for count in range(number):
            pace, silent, ends = self.rng.choice(kinds)
            stories.append(
                Story(
                    f"Sample Site {count + NAMED + 1:05}",
                    f"Sample Health System {count // 8 + 1}",
                    self.rng.choice(counties),
                    self.rng.choice(settings),
                    self.rng.randint(4, 76),
                    "by chance",
                    pace,
                    silent,
                    contact=self.rng.randint(1, 60),
                    ends=ends,
                )
            )
        return stories

    def write_project(self, told: DemoProject, stories: list[Story]) -> None:
        version = RoadmapVersion.objects.published().filter(roadmap__key=told.roadmap).latest("number")
        project = planning.create_project(
            program=self.program,
            by=self.people["admin"],
            now=self.now - dt.timedelta(weeks=told.weeks),
            lead=self.people[told.lead],
            name=told.name,
            slug=told.slug,
            ebi_name=told.ebi_name,
            version=version,
            starts_on=self.today - dt.timedelta(weeks=told.weeks),
            ends_on=self.today + dt.timedelta(weeks=told.weeks_left),
        )
        if told is PROJECTS[0]:
            self.join(self.people["observer"], Role.OBSERVER, project=project)
        lead = self.people[told.lead]
        Duty.objects.create(key="project_lead", project=project, user=lead, since_on=project.starts_on)
        Duty.objects.create(
            key="coach", project=project, name=told.coach[0], phone=told.coach[1], since_on=project.starts_on
        )
        self.write_team_history(project, told)
        if stories:
            self.write_sites(project, told, stories)

    def write_team_history(self, project: Project, told: DemoProject) -> None:
        plan = Plan.objects.select_related("project", "program").get(project=project, site=None)
        items = list(plan.items.with_text())
        steps = {item.plan_step_id: item.plan_step for item in items}
        for item in items:
            item.plan, item.plan_step = plan, steps[item.plan_step_id]
        team = Story(told.name, "", "", "", told.weeks, "the project team", pace=0.8)
        lead = self.people[told.lead]
        walk(plan, items, team, today=self.today, now=self.now, by=lead.pk, rng=self.rng)
        for item in items:
            item.assignee = lead
        self.settle(plan, items)
        PlanItem.objects.bulk_update(items, [*DONE_FIELDS, "due_on", "waiting_for", "assignee"], batch_size=40)
        PlanStep.objects.bulk_update(steps.values(), STEP_FIELDS, batch_size=60)
        plan.save()
        Activity.record_many(self.history(plan, items))

    def settle(self, plan: Plan, items: list[PlanItem]) -> None:
        dates.redate(items, dates.starts_of(plan))
        recount(plan, items)

    def write_sites(self, project: Project, told: DemoProject, stories: list[Story]) -> None:
        """Write the sites of a project with their plans, barriers, contacts, notes and history, by the batch."""
        lead = self.people[told.lead]
        rows = [self.row_of(story) for story in stories]
        told_of = {story.name: story for story in stories}
        people = User.objects.bulk_create([self.champion_of(story) for story in stories], batch_size=200)
        champions = {
            story.name: self.people.get(story.champion, person) for story, person in zip(stories, people, strict=True)
        }

        def prepare(plan: Plan, items: list[PlanItem]) -> None:
            story = told_of[plan.site.name]
            plan.site.status = self.status_of(story)
            if story.setting_up:
                return
            dates.redate(items, dates.starts_of(plan))
            planning.write_baseline(items)
            plan.active = True
            plan.activated_on = plan.starts_on + 3 * DAY
            champion = champions[plan.site.name]
            walk(plan, items, story, today=self.today, now=self.now, by=champion.pk, rng=self.rng)
            self.assign(items, champion)
            done = [item.done_at for item in items if item.done_at]
            plan.last_progress_at = max(done, default=None)
            for barrier in story.barriers:
                if barrier.solved is None:
                    step = next(item.plan_step for item in items if item.plan_step.key == barrier.step)
                    step.blocked_since = self.today - barrier.days * DAY

        started = self.now - dt.timedelta(weeks=max(story.weeks for story in stories))
        sites = planning.add_sites(project, rows, by=lead, now=started, prepare=prepare)
        self.write_around(sites, told_of, champions, told, lead)
        for setting, change, kept_for in FITTED:
            if alike := [site.plan.pk for site in sites if site.place.setting == setting]:
                tailoring.fit(alike, change, by=lead, now=self.now - 40 * DAY, keep_for=kept_for)

    def row_of(self, story: Story) -> planning.NewSite:
        return planning.NewSite(
            organization=story.organization,
            place=story.name,
            setting=story.setting,
            county_id=story.county,
            starts_on=self.today - dt.timedelta(weeks=story.weeks),
        )

    def champion_of(self, story: Story) -> User:
        first, last = self.rng.choice(FIRST_NAMES), self.rng.choice(LAST_NAMES)
        user = User(
            email=f"{first}.{last}.{slugify(story.name)}@demo.example".lower(),
            name=f"{first} {last}",
            time_zone=self.program.time_zone,
        )
        user.set_unusable_password()
        return user

    def status_of(self, story: Story) -> str:
        if story.setting_up:
            return Site.Status.SETTING_UP
        return story.ends[0] if story.ends else Site.Status.ACTIVE

    def assign(self, items: Iterable[PlanItem], champion: User) -> None:
        for item in items:
            if item.item.duty in ("site_champion", "site_leader", "") or self.rng.random() < 0.5:
                item.assignee = champion

    def history(self, plan: Plan, items: Iterable[PlanItem]) -> list[Activity]:
        return [
            Activity.of(
                verb="reached" if item.is_milestone else "done",
                actor=item.done_by,
                at=item.done_at,
                on=item.recorded_on,
                target=item,
                program_id=plan.program_id,
                project_id=plan.project_id,
                site_id=plan.site_id,
                plan_id=plan.pk,
                key=item.key,
                label=item.text,
                changes={"done_on": [None, plain(item.done_on)]},
            )
            for item in items
            if item.done_at
        ]

    def write_around(self, sites, told_of, champions, told: DemoProject, lead: User) -> None:
        """Write what stands beside the plans: memberships, duties, statuses, barriers, contacts, notes and history."""
        plans = {plan.site_id: plan for plan in Plan.objects.filter(site__in=sites).select_related("site")}
        steps = {
            (step.plan_id, step.key): step for step in PlanStep.objects.filter(plan__site__in=sites).only("plan", "key")
        }
        members, duties, statuses, barriers, contacts, notes, rows = [], [], [], [], [], [], []
        for site in sites:
            story, champion, plan = told_of[site.name], champions[site.name], plans[site.pk]
            members.append(Membership(user=champion, role=Role.PRACTITIONER, site=site))
            since = plan.starts_on
            duties.append(Duty(key="site_champion", site=site, user=champion, since_on=since))
            others = set(who.needed_at(plan)) - {"site_champion", *HELD_IN_PROJECT}
            if not story.setting_up:  # whose lead has not said yet who does what
                duties += [Duty(key=key, site=site, team=True, since_on=since) for key in sorted(others)]
            statuses += self.statuses_of(site, story, plan, lead)
            for barrier in story.barriers:
                barriers.append(self.barrier_of(barrier, steps[plan.pk, barrier.step], champion))
            if story.contact is not None:
                days = self.rng.randint(1, 20) if story.contact == SOMETIME else story.contact
                site.last_contact_on = self.today - days * DAY
                contacts.append(Contact(site=site, on=site.last_contact_on, by=lead, note="Call with the champion."))
            if story.note:
                notes.append(Note(plan=plan, text=story.note, author=champion, created_at=self.now - 6 * DAY))
        for model, objects in (
            (Membership, members),
            (Duty, duties),
            (SiteStatus, statuses),
            (Barrier, barriers),
            (Contact, contacts),
            (Note, notes),
        ):
            model.objects.bulk_create(objects, batch_size=500)
        Site.objects.bulk_update(sites, ["status", "last_contact_on"], batch_size=200)
        by_id = {plan.pk: plan for plan in plans.values()}
        done = PlanItem.objects.filter(plan__in=by_id, done_at__isnull=False).select_related("item", "done_by")
        for item in done.iterator(chunk_size=5000):
            rows += self.history(by_id[item.plan_id], [item])
        Activity.record_many(rows)

    def statuses_of(self, site, story: Story, plan: Plan, lead: User) -> list[SiteStatus]:
        found = []
        if not story.setting_up:
            found.append(SiteStatus(site=site, status=Site.Status.ACTIVE, from_on=plan.activated_on, by=lead))
        if story.ends:
            status, days, reason = story.ends
            found.append(SiteStatus(site=site, status=status, from_on=self.today - days * DAY, reason=reason, by=lead))
        return found

    def barrier_of(self, told, step: PlanStep, champion: User) -> Barrier:
        return Barrier(
            plan_step=step,
            plan_id=step.plan_id,
            text=told.text,
            shared_with_state=told.shared,
            since=self.today - told.days * DAY,
            by=champion,
            created_at=self.now - told.days * DAY,
            resolved_on=None if told.solved is None else self.today - told.solved * DAY,
            resolved_by=None if told.solved is None else champion,
        )
