"""The Roadmap as one project team or one site walks it: plans, their steps and their items, with counters."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models.fittings import Fitting
from projects.models.programs import Program, Project, Site
from roadmap.models import Item, Phase, RoadmapVersion, Step

FINISHED = "finished"  # Plan.current_phase once every gate is passed
GUIDANCE = ("why", "how", "tips", "resources", "source")  # of a Step: left out where only its name is shown
PHASE_CHOICES = [*Phase.choices, (FINISHED, _("Finished"))]


class Plan(models.Model):
    """A published version of the Roadmap, pinned, as a site or (site null) a project team walks it.

    The counters are absolute values stored by projects/ledger.py from its recount; lists and dashboards read this one
    row. `last_progress_at` is a recorded fact, not a counter: the last tick, milestone, note or contact at the site,
    or the day it went on after a rest. `duty_open_since` is kept by projects/duties.py, from the jobs of which somebody
    said that no one has them.
    """

    site = models.OneToOneField(Site, models.CASCADE, null=True, blank=True, related_name="plan")
    project = models.ForeignKey(Project, models.CASCADE, related_name="plans")
    program = models.ForeignKey(Program, models.CASCADE, related_name="plans")
    version = models.ForeignKey(RoadmapVersion, models.PROTECT, related_name="plans")
    starts_on = models.DateField(_("starts on"))
    active = models.BooleanField(_("active"), default=False)
    activated_on = models.DateField(_("started on"), null=True, blank=True)  # the day Start was pressed

    done = models.PositiveIntegerField(default=0)
    applicable = models.PositiveIntegerField(default=0)
    milestones_reached = models.PositiveIntegerField(default=0)
    milestones = models.PositiveIntegerField(default=0)
    phase_counts = models.JSONField(default=dict)  # {phase: [milestones reached, applicable milestones]}
    next_due_on = models.DateField(null=True, blank=True)  # earliest open item that is not waiting
    current_phase = models.CharField(max_length=20, choices=PHASE_CHOICES, blank=True)  # blank for a team's plan
    next_milestone = models.ForeignKey("PlanItem", models.SET_NULL, null=True, blank=True, related_name="+")
    next_milestone_due_on = models.DateField(null=True, blank=True)  # the site is late when this is past
    next_gate_due_on = models.DateField(null=True, blank=True)
    blocked_since = models.DateField(null=True, blank=True)
    last_progress_at = models.DateTimeField(null=True, blank=True)
    duty_open_since = models.DateField(null=True, blank=True)  # since when a job at the site has nobody
    needs_help_from = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(site__isnull=True), name="projects_plan_one_a_team")
        ]
        indexes = [
            models.Index(fields=["program", "needs_help_from"], name="projects_plan_needs_help"),
            models.Index(fields=["project", "next_milestone_due_on"], name="projects_plan_next_due"),
        ]

    def __str__(self):
        return str(self.site or self.project)

    def get_absolute_url(self):
        return self.url("team_plan" if self.is_team else "site_plan")

    @property
    def is_team(self):
        """Whether this is the project team's plan (it has no phases and no site)."""
        return self.site_id is None

    @property
    def walks_on(self):
        """Whether there is a next milestone to point at: not when paused, stopped or at the end of the road."""
        if self.is_team:
            return True
        return self.current_phase != FINISHED and self.site.status in Site.AT_WORK

    @property
    def can_be_late(self):
        """Whether its dates can pass: it has begun and, at a site, neither rests nor is over."""
        return self.active and (self.is_team or self.site.status == Site.Status.ACTIVE)

    def url(self, name, **kwargs):
        """Return the address of a page or action of this plan, by its name in projects/urls.py."""
        kwargs["project"] = self.project.slug
        if not self.is_team:
            kwargs["site"] = self.site.slug
        return reverse(f"projects:{name}", kwargs=kwargs)


class PlanStep(models.Model):
    """A step in a plan: the Roadmap's, or (step null) the site's own."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="steps")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="plan_steps")
    key = models.SlugField(_("key"), db_index=False)  # always asked for with its plan
    phase = models.CharField(_("phase"), max_length=20, choices=Phase.choices)
    position = models.PositiveIntegerField(_("position"))
    own_name = models.CharField(_("own name"), max_length=120, blank=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    done = models.PositiveIntegerField(default=0)
    applicable = models.PositiveIntegerField(default=0)
    milestones_reached = models.PositiveIntegerField(default=0)
    milestones = models.PositiveIntegerField(default=0)
    due_on = models.DateField(null=True, blank=True)  # earliest open item that is not waiting
    started_on = models.DateField(null=True, blank=True)  # first item done
    done_on = models.DateField(null=True, blank=True)  # set while the step is done
    is_done = models.BooleanField(default=False)
    blocked_since = models.DateField(null=True, blank=True)  # derived from open Barriers that say stuck

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="projects_planstep_key")]

    def __str__(self):
        return self.name

    @property
    def name(self):
        """The step's name: the site's own wording where there is one."""
        return self.own_name or (self.step.name if self.step_id else self.key)


class PlanItemQuerySet(models.QuerySet):
    def counted(self):
        """Return the items that stand in their plan: applicable and not removed."""
        return self.filter(applicable=True, removed=False)

    def open(self):
        """Return the counted items that are not done."""
        return self.counted().filter(done_at__isnull=True)

    def waiting(self):
        return self.open().exclude(waiting_for="")

    def due_by(self, day):
        """Return the open items that are due on or before that day and do not wait for anything."""
        return self.open().filter(waiting_for="", due_on__lte=day)

    def with_text(self):
        """Join what an item needs to show itself: its Roadmap row, its step and who it is assigned to.

        The step's guidance is left out: it is long, it would come once for each item, and only its own page shows it.
        """
        guidance = [f"plan_step__step__{name}" for name in GUIDANCE]
        return self.select_related("item", "plan_step__step", "assignee").defer(*guidance)


class PlanItem(models.Model):
    """A milestone or action in a plan. Its text is the Roadmap's; `own_text` only where a site changed it.

    Done means `done_at` is set. `done_on` is when it happened: a day, the first of a month (precision "month"), or
    unknown (null), and is never filled in. `due_on` and `waiting_for` are derived by projects/dates.py unless
    `by_hand`.
    """

    class Precision(models.TextChoices):
        DAY = "day", _("day")
        MONTH = "month", _("month only")
        UNKNOWN = "unknown", _("date unknown")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items")
    plan_step = models.ForeignKey(PlanStep, models.CASCADE, related_name="items")
    program = models.ForeignKey(Program, models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="plan_items")
    key = models.SlugField(_("key"), db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Item.Kind.choices)
    position = models.PositiveIntegerField(_("position"))
    own_text = models.CharField(_("own wording"), max_length=300, blank=True)
    applicable = models.BooleanField(_("applies here"), default=True)
    not_applicable_reason = models.CharField(_("why it does not apply"), max_length=300, blank=True)
    not_applicable_on = models.DateField(_("does not apply since"), null=True, blank=True)
    removed = models.BooleanField(default=False)

    baseline_due_on = models.DateField(_("first planned for"), null=True, blank=True)  # written once, at Start
    due_on = models.DateField(_("due"), null=True, blank=True)
    by_hand = models.BooleanField(_("date set by hand"), default=False)
    shift_days = models.IntegerField(_("moved by days"), default=0)
    anchor_keys = models.JSONField(default=list, blank=True)
    offset_days = models.IntegerField(null=True, blank=True)
    leads_to = models.SlugField(blank=True, db_index=False)  # an action's milestone, by key: it is due with it
    waiting_for = models.SlugField(_("waiting for"), blank=True)  # key of the milestone not yet reached

    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    assigned_duty = models.SlugField(_("assigned to the job"), blank=True)  # follows whoever holds it
    assigned_at = models.DateTimeField(null=True, blank=True)

    done_on = models.DateField(_("happened on"), null=True, blank=True)
    done_precision = models.CharField(max_length=7, choices=Precision.choices, default=Precision.DAY)
    recorded_on = models.DateField(_("recorded on"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    on_behalf_of = models.ForeignKey(Site, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="projects_planitem_key"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(done_on__lte=F("recorded_on")),
                name="projects_planitem_not_in_future",
                violation_error_message=_("A milestone cannot be reached in the future."),
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_on__isnull=True, recorded_on__isnull=True)
                | Q(done_at__isnull=False, recorded_on__isnull=False),
                name="projects_planitem_done_is_recorded",
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "due_on"],
                condition=Q(done_at__isnull=True, applicable=True, removed=False),
                name="projects_planitem_assignee",
            ),
            models.Index(
                fields=["plan", "due_on"],
                condition=Q(done_at__isnull=True, applicable=True, removed=False),
                name="projects_planitem_open",
            ),
            models.Index(
                fields=["key", "done_on"],
                condition=Q(kind="milestone", done_at__isnull=False),
                name="projects_planitem_reached",
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def text(self):
        """What to do or what happens: the site's own wording where there is one."""
        return self.own_text or (self.item.text if self.item_id else self.key)

    @property
    def is_done(self):
        return self.done_at is not None

    @property
    def is_counted(self):
        return self.applicable and not self.removed

    @property
    def is_open(self):
        return self.is_counted and not self.is_done

    @property
    def is_milestone(self):
        return self.kind == Item.Kind.MILESTONE

    @property
    def is_gate(self):
        return bool(self.item_id and self.item.gate)

    @property
    def differences(self):
        """How it differs from the Roadmap's row, as kinds of Fitting. What only waits for the site's end does not."""
        if not self.applicable:
            return [Fitting.Kind.ASIDE] if self.not_applicable_on else []
        found = [] if self.item_id else [Fitting.Kind.OWN]
        if self.item_id and self.own_text:
            found.append(Fitting.Kind.WORDS)
        if self.item_id and self.shift_days and not self.by_hand:
            found.append(Fitting.Kind.MOVED)
        return found

    def is_late(self, on):
        """Return whether the item is open, waits for nothing and was due before that day."""
        return self.is_open and not self.waiting_for and self.due_on is not None and self.due_on < on
