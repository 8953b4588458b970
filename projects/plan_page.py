"""What a plan's pages show, read in a fixed number of statements. Reads only; the day comes in with `today`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from projects import history
from projects.access import Right, can
from projects.models import (
    FINISHED,
    Attachment,
    Barrier,
    Contact,
    Duty,
    Note,
    Plan,
    PlanItem,
    PlanStep,
    Scopes,
    Site,
    SiteStatus,
)
from projects.reading import read_items
from projects.rows import Names, Row, Viewer, row_base, row_of
from roadmap import road
from roadmap.models import Phase
from roadmap.templatetags.milepost import due

SOON = dt.timedelta(days=30)  # a step with something due so soon is shown open
LATELY = 6
COMING = 4
NOTES = 5


@dataclass(frozen=True)
class BarrierView:
    """An open barrier as this person may see it: the fact always, the words only where they may be read."""

    barrier: Barrier
    text: str
    days: int

    @property
    def resolve_url(self) -> str:
        return self.barrier.plan.url("barrier_resolve", pk=self.barrier.pk)


@dataclass(frozen=True)
class StepView:
    """A step with its rows. `open` says whether the page shows them unfolded."""

    step: PlanStep
    rows: list[Row]
    today: dt.date
    barriers: list[BarrierView] = field(default_factory=list)
    open: bool = False
    url: str = ""
    late: bool = False  # where the plan is active, something due has passed
    waiting_for: str = ""  # what the step's first open item waits for, where nothing in it can be late

    @property
    def phase_name(self) -> str:
        """The name of its phase in plain words."""
        return str(Phase(self.step.phase).plain_name)

    @property
    def keys(self) -> list[str]:
        """The step's own key and those of its items, as history names them."""
        return [self.step.key, *(row.item.key for row in self.rows)]


@dataclass(frozen=True)
class PhaseView:
    """A stretch of the plan: its steps and how many milestones are reached."""

    phase: Phase
    steps: list[StepView]
    reached: int
    total: int
    current: bool

    @property
    def behind(self) -> list[StepView]:
        """The steps that are done and have nothing to show: they are folded together."""
        return [step for step in self.steps if step.step.is_done and not step.open]

    @property
    def ahead(self) -> list[StepView]:
        """The other steps: to be done, or with something in the way."""
        return [step for step in self.steps if not step.step.is_done or step.open]


@dataclass(frozen=True)
class PlanView:
    """A plan's rows with what is drawn from them: the road, the next box, the phases."""

    plan: Plan
    today: dt.date
    viewer: Viewer
    phases: list[PhaseView]
    duties: Mapping[str, Duty]
    next: Row | None

    @property
    def stretches(self) -> list[road.Stretch]:
        """The road as the strip draws it."""
        return stretches_of(self.phases)

    @property
    def next_sign(self) -> dict[str, str] | None:
        """What stands under the road at the next milepost; nothing where nobody walks on."""
        return sign_of(self.next, self.plan) if self.plan.walks_on else None

    def step(self, key: str) -> StepView | None:
        """Return the step with that key, None where the plan has none."""
        return next((found for phase in self.phases for found in phase.steps if found.step.key == key), None)

    def row(self, pk: int) -> Row | None:
        """Return the row of the item with that id, None where the plan has none."""
        return next((row for step in self.steps for row in step.rows if row.item.pk == pk), None)

    def steps_of(self, pks: Collection[int]) -> list[StepView]:
        """Return the steps that hold any of the items with those ids."""
        return [step for step in self.steps if any(row.item.pk in pks for row in step.rows)]

    def around(self, key: str) -> tuple[StepView | None, StepView | None]:
        """Return the steps before and after the one with that key."""
        steps = self.steps
        at = next((at for at, step in enumerate(steps) if step.step.key == key), 0)
        return (steps[at - 1] if at else None, steps[at + 1] if at + 1 < len(steps) else None)

    @property
    def steps(self) -> list[StepView]:
        return [step for phase in self.phases for step in phase.steps]

    @property
    def finished(self) -> bool:
        return self.plan.current_phase == FINISHED


def viewer_of(scopes: Scopes, plan: Plan) -> Viewer:
    """Return what the person may do at the plan, for its rows and templates."""
    return Viewer(
        user_id=scopes.user_id,
        can_record=can(scopes, Right.RECORD, plan),
        can_schedule=can(scopes, Right.SCHEDULE, plan),
        can_assign=can(scopes, Right.ASSIGN, plan),
        can_tailor=can(scopes, Right.TAILOR, plan),
        can_set_up=can(scopes, Right.SET_UP, plan),
        can_record_many=can(scopes, Right.RECORD_MANY, plan),
        can_board=can(scopes, Right.BOARD, plan.project),
        reads_all=can(scopes, Right.READ_ALL_NOTES, plan),
        at_one_site=scopes.at_one_site,
    )


def read_duties(plan: Plan) -> dict[str, Duty]:
    """Read who holds which job at a plan: the site's own holder, else the project's. One statement."""
    held = Duty.objects.held().filter(Q(site=plan.site_id, site__isnull=False) | Q(project=plan.project_id))
    return {duty.key: duty for duty in sorted(held.select_related("user"), key=lambda duty: duty.site_id is not None)}


def read_coach(plan: Plan) -> Duty | None:
    """Read whom the people of a site can call: its own coach, else the project's. None for a team's plan."""
    return read_duties(plan).get("coach") if plan.site_id else None


def read_barriers(plan: Plan, viewer: Viewer, *, today: dt.date) -> dict[int, list[BarrierView]]:
    """Read the open barriers of a plan by step id; words that the person may not read are left out."""
    found: dict[int, list[BarrierView]] = defaultdict(list)
    for barrier in plan.barriers.open().select_related("by"):
        may_read = viewer.reads_all or barrier.shared_with_state or barrier.by_id == viewer.user_id
        found[barrier.plan_step_id].append(
            BarrierView(barrier, barrier.text if may_read else "", (today - barrier.since).days)
        )
    return found


def readable_notes(plan: Plan, viewer: Viewer) -> QuerySet[Note]:
    """Return the notes of a plan that the person may read: all, or the shared ones and their own; newest first.

    Each comes with its `files`, for whoever may read a note may open what came with it.
    """
    notes = plan.notes.select_related("author", "edited_by", "plan_step__step", "plan_item__item")
    notes = notes.prefetch_related(Prefetch("attachments", Attachment.objects.kept(), to_attr="files"))
    return notes if viewer.reads_all else notes.filter(Q(shared_with_state=True) | Q(author=viewer.user_id))


def readable_files(plan: Plan, viewer: Viewer, *, removed: bool = False) -> QuerySet[Attachment]:
    """Return the files of a plan that the person may open, newest first: by the same rule as notes.

    What came with a note they may open where they may read the note, whoever added it.
    """
    files = plan.attachments.all() if removed else plan.attachments.kept()
    files = files.select_related("added_by", "plan_item__item")
    if viewer.reads_all:
        return files
    own = Q(note=None) & (Q(shared_with_state=True) | Q(added_by=viewer.user_id))
    return files.filter(own | Q(note__in=readable_notes(plan, viewer).values("pk")))


def read_contact(site: Site) -> Contact | None:
    """Read the newest contact with a site."""
    return site.contacts.select_related("by").first()


def read_coming(plan: Plan) -> list[PlanItem]:
    """Read what the project team does next for its sites: open milestones of its plan that wait for nothing."""
    return list(
        PlanItem.objects.open()
        .filter(plan__project=plan.project_id, plan__site=None, kind="milestone", waiting_for="", due_on__isnull=False)
        .select_related("item", "assignee")
        .order_by("due_on", "position")[:COMING]
    )


def read_lately(plan: Plan, *, today: dt.date) -> list[history.Line]:
    """Read the newest lines of a plan's history."""
    return history.lines_of(history.rows_of_plan(plan)[:LATELY], today=today)


def read_status(site: Site) -> SiteStatus | None:
    """Read since when and why a site has the status it has."""
    return site.statuses.filter(status=site.status).select_related("by").first()


def read_view(plan: Plan, *, viewer: Viewer, today: dt.date, page: str) -> PlanView:
    """Read a plan for a page that shows its rows: steps, items, open barriers and jobs, in three statements."""
    return view_of(
        plan,
        read_items(plan.items.filter(removed=False), {plan.pk: plan}),
        viewer=viewer,
        today=today,
        duties=read_duties(plan),
        barriers=read_barriers(plan, viewer, today=today),
        page=page,
    )


def view_of(
    plan: Plan,
    items: Iterable[PlanItem],
    *,
    viewer: Viewer,
    today: dt.date,
    duties: dict[str, Duty] | None = None,
    barriers: dict[int, list[BarrierView]] | None = None,
    page: str = "plan",
    only_steps: Collection[int] | None = None,
) -> PlanView:
    """Arrange a plan's items for its page. Touches no database; takes items as `read_items` or a ledger gives them.

    With `only_steps` (ids) the other steps are left out, for an answer that mends a part of the page.
    """
    everything = [item for item in items if not item.removed]
    names, base, walking = Names.of(everything, plan, duties or {}), row_base(plan), plan.walks_on
    rows: dict[int, list[Row]] = defaultdict(list)
    following = None
    for item in everything:
        is_next = item.pk == plan.next_milestone_id
        if only_steps is not None and item.plan_step_id not in only_steps and not is_next:
            continue
        row = row_of(item, plan, viewer=viewer, names=names, today=today, page=page, base=base)
        following = row if is_next else following
        if is_next and not walking:
            row = replace(row, state=road.AHEAD)
        if only_steps is None or item.plan_step_id in only_steps:
            rows[item.plan_step_id].append(row)
    steps = sorted((own[0].item.plan_step for own in rows.values()), key=lambda step: step.position)
    phases = []
    for phase in Phase:
        own_steps = [
            step_view(step, rows[step.pk], plan, today=today, barriers=(barriers or {}).get(step.pk, []))
            for step in steps
            if step.phase == phase
        ]
        if own_steps:
            reached, total = plan.phase_counts.get(phase.value, [0, 0])
            phases.append(PhaseView(phase, own_steps, reached, total, current=plan.current_phase == phase))
    return PlanView(plan, today, viewer, phases, duties or {}, following)


def step_view(step: PlanStep, rows: list[Row], plan: Plan, *, today: dt.date, barriers: list[BarrierView]) -> StepView:
    """Return a step for the page: open where there is something to do now, folded where it is done or far off."""
    late = plan.can_be_late and step.due_on is not None and step.due_on < today
    soon = step.due_on is not None and step.due_on <= today + SOON
    begun = bool(step.done) and not step.is_done
    next_here = any(row.item.pk == plan.next_milestone_id for row in rows)
    for one in barriers:
        one.barrier.plan_step = step
    waiting = next((row.waiting_for for row in rows if row.waiting_for), "") if step.due_on is None else ""
    return StepView(
        step,
        rows,
        today,
        barriers,
        open=next_here or bool(barriers) or (not step.is_done and bool(step.applicable) and (late or soon or begun)),
        url=plan.url("plan_step", step=step.key),
        late=late and not step.is_done,
        waiting_for=waiting,
    )


def stretches_of(phases: list[PhaseView]) -> list[road.Stretch]:
    """Return the road's stretches with a milepost for each milestone."""
    return [
        road.Stretch(
            phase=phase.phase.value,
            plain_name=str(phase.phase.plain_name),
            name=str(phase.phase.label),
            reached=phase.reached,
            total=phase.total,
            mileposts=[
                road.Milepost(row.item.text, row.state, url=f"#item-{row.item.pk}")
                for step in phase.steps
                for row in step.rows
                if row.item.is_milestone
            ],
        )
        for phase in phases
    ]


def sign_of(row: Row | None, plan: Plan) -> dict[str, str] | None:
    """Return what stands under the road: the next milestone's name, where it is and when it is due."""
    if row is None:
        return None
    item = row.item
    if row.waiting_for:
        when = _("waiting for: %(what)s") % {"what": row.waiting_for}
    else:
        when = _("due %(when)s") % {"when": due(item.due_on, row.today)} if item.due_on and not row.is_late else ""
        when = due(item.due_on, row.today) if row.is_late and plan.can_be_late else when
    return {"name": item.text, "url": f"#item-{item.pk}", "when": when}
