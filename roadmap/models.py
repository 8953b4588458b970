"""The Roadmap itself: versions, their steps and items, what they rest on, and the field's vocabularies.

A published version never changes; roadmap/guards.py makes the database refuse it. Plans (projects/) point at
these rows and never copy their text.
"""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Phase(models.TextChoices):
    """The three stretches of the road, by their published names (Rusch 2021, abstract)."""

    PRE_IMPLEMENTATION = "pre_implementation", _("Pre-implementation")
    IMPLEMENTATION = "implementation", _("Implementation")
    SUSTAINABILITY = "sustainability", _("Sustainability")

    @property
    def plain_name(self):
        """The phase's name on screens, in words a newcomer understands."""
        return PLAIN_PHASE_NAMES[self]


PLAIN_PHASE_NAMES = {
    Phase.PRE_IMPLEMENTATION: _("Get ready"),
    Phase.IMPLEMENTATION: _("Do it"),
    Phase.SUSTAINABILITY: _("Keep it going"),
}


class Setting(models.TextChoices):
    """The kinds of place that steps and items may be for; a Place has one."""

    FQHC = "fqhc", _("Federally qualified health center")
    RURAL_HEALTH_CLINIC = "rural_health_clinic", _("Rural health clinic")
    PRIMARY_CARE = "primary_care", _("Primary care practice")
    HOSPITAL_CLINIC = "hospital_clinic", _("Hospital or hospital clinic")
    CMH_AGENCY = "cmh_agency", _("Community mental health agency")
    SUBSTANCE_USE_PROVIDER = "substance_use_provider", _("Substance use provider")
    SCHOOL = "school", _("School")
    SCHOOL_BASED_HEALTH_CENTER = "school_based_health_center", _("School-based health center")
    TRIBAL_HEALTH = "tribal_health", _("Tribal health center")
    LOCAL_HEALTH_DEPARTMENT = "local_health_department", _("Local health department")
    OTHER = "other", _("Other community setting")


class WorkedBy(models.TextChoices):
    """Whose plan a row stands in: the project team's one plan, or each site's own."""

    PROJECT = "project", _("Project team")
    SITE = "site", _("Each site")


class Roadmap(models.Model):
    """One line of guidance that is published in versions: the general Roadmap, or one derived from it for an EBI."""

    key = models.SlugField(_("key"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    summary = models.TextField(_("summary"), blank=True)
    derived_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="derived")
    applies_to = models.JSONField(_("applies to"), default=dict, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.name


class VersionQuerySet(models.QuerySet):
    def published(self):
        """Return the versions that new plans may be made from."""
        return self.filter(status=RoadmapVersion.Status.PUBLISHED)

    def newest_first(self):
        return self.order_by("roadmap_id", "-number")


class RoadmapVersion(models.Model):
    """A numbered state of a Roadmap: drafts are edited, published ones are pinned by plans, retired ones only read."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    roadmap = models.ForeignKey(Roadmap, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"), validators=[MinValueValidator(1)])
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    title = models.CharField(_("title"), max_length=200)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True)
    # {phase key: {"summary": …}}, and meta of the file: cautions, source tags, roles [{key, name, summary}],
    # anchors {key: meaning}, codes of a pack. Read as a whole, never queried by its parts.
    phases = models.JSONField(_("phases"), default=dict)
    meta = models.JSONField(_("about this version"), default=dict)

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "number"], name="roadmap_roadmapversion_number"),
            models.UniqueConstraint(
                fields=["roadmap"], condition=Q(status="draft"), name="roadmap_roadmapversion_one_draft"
            ),
        ]

    def __str__(self):
        return f"{self.title} {self.number}"

    @property
    def roles(self):
        """{duty key: {"key", "name", "summary"}} of the jobs this version names."""
        return {role["key"]: role for role in self.meta.get("roles", [])}


class Step(models.Model):
    """A step of a version, in one phase, with its guidance."""

    version = models.ForeignKey(RoadmapVersion, models.CASCADE, related_name="steps")
    key = models.SlugField(_("key"))
    phase = models.CharField(_("phase"), max_length=20, choices=Phase)
    position = models.PositiveIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40)
    published_name = models.CharField(_("name in the paper"), max_length=120, blank=True)
    worked_by = models.CharField(_("worked by"), max_length=10, choices=WorkedBy)
    why = models.TextField(_("why it matters"))
    how = models.JSONField(_("how it is done"), default=list)  # paragraphs
    tips = models.JSONField(_("tips"), default=list)  # paragraphs
    resources = models.JSONField(_("resources"), default=list)  # [{"title", "url"}]
    source = models.JSONField(_("source tags"), default=list)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="roadmap_step_key"),
            models.UniqueConstraint(fields=["version", "position"], name="roadmap_step_position"),
        ]

    def __str__(self):
        return self.name


class Item(models.Model):
    """A milestone (an observable event with a date) or an action (something to do on the way) of a step.

    Dates: a milestone is due between weeks_from and weeks_to weeks after the latest of its anchors; an action is
    due with the milestone it leads to. Anchors are `site_start`, `project_start`, `grant_end` or keys of milestones
    that the same plan holds.
    """

    class Kind(models.TextChoices):
        MILESTONE = "milestone", _("Milestone")
        ACTION = "action", _("Action")

    class Repeats(models.TextChoices):
        WEEKLY = "weekly", _("every week")
        MONTHLY = "monthly", _("every month")
        QUARTERLY = "quarterly", _("every quarter")
        YEARLY = "yearly", _("every year")

    version = models.ForeignKey(RoadmapVersion, models.CASCADE, related_name="items")
    step = models.ForeignKey(Step, models.CASCADE, related_name="items")
    key = models.SlugField(_("key"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    position = models.PositiveIntegerField(_("position"))  # within the version
    text = models.CharField(_("text"), max_length=300)  # a milestone's name, an action's sentence
    evidence = models.CharField(_("how you know"), max_length=300, blank=True)
    worked_by = models.CharField(_("worked by"), max_length=10, choices=WorkedBy)  # resolved, never blank
    applies_to = models.JSONField(
        _("applies to"), default=dict, blank=True
    )  # {"settings": […], "ebis": […]}; {} is all
    sic_stage = models.PositiveSmallIntegerField(_("SIC-informed stage"), null=True, blank=True)
    gate = models.BooleanField(_("opens the next phase"), default=False)
    headline = models.BooleanField(_("headline milestone"), default=False)
    on_exit = models.BooleanField(_("only when a site stops"), default=False)
    anchors = models.JSONField(_("anchors"), default=list, blank=True)
    weeks_from = models.SmallIntegerField(_("from week"), null=True, blank=True)
    weeks_to = models.SmallIntegerField(_("to week"), null=True, blank=True)
    milestone = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="actions")
    duty = models.SlugField(_("usually done by"), blank=True)  # a key of version.roles
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    template = models.CharField(_("template"), max_length=120, blank=True)
    repeats = models.CharField(_("repeats"), max_length=10, choices=Repeats.choices, blank=True)
    source = models.CharField(_("source tag"), max_length=20)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="roadmap_item_key"),
            models.CheckConstraint(
                condition=Q(gate=False) | Q(kind="milestone"), name="roadmap_item_gate_is_milestone"
            ),
            models.CheckConstraint(
                condition=Q(weeks_from__isnull=True) | Q(weeks_from__lte=F("weeks_to")),
                name="roadmap_item_weeks_in_order",
            ),
        ]
        indexes = [models.Index(fields=["version", "step", "position"], name="roadmap_item_in_step")]

    def __str__(self):
        return self.text

    def is_for(self, *, setting, ebi=""):
        """Return whether this row is for a place of that setting in a project of that EBI (keys; "" is any)."""
        settings, ebis = self.applies_to.get("settings", []), self.applies_to.get("ebis", [])
        return (not settings or not setting or setting in settings) and (not ebis or ebi in ebis)


class Citation(models.Model):
    """A publication or page that guidance rests on. An unknown DOI or year stays empty."""

    key = models.SlugField(_("key"), unique=True)
    ref = models.CharField(_("short reference"), max_length=200, unique=True)
    authors = models.CharField(_("authors"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=400, blank=True)
    published_in = models.CharField(_("published in"), max_length=300, blank=True)
    doi = models.CharField(_("DOI"), max_length=120, blank=True)
    url = models.URLField(_("address"), max_length=400, blank=True)
    secondary = models.BooleanField(_("seen only in a secondary text"), default=False)

    class Meta:
        ordering = ["ref"]

    def __str__(self):
        return self.ref


class StepCitation(models.Model):
    """What a source says about a step's guidance, and how it stands to it."""

    class Stance(models.TextChoices):
        SUPPORTS = "supports", _("Supports")
        CONTRASTS = "contrasts", _("Contrasts")
        MENTIONS = "mentions", _("Mentions")

    step = models.ForeignKey(Step, models.CASCADE, related_name="citations")
    citation = models.ForeignKey(Citation, models.PROTECT, related_name="uses")
    stance = models.CharField(_("stance"), max_length=10, choices=Stance.choices, default=Stance.MENTIONS)
    says = models.TextField(_("what it says"))
    verify = models.BooleanField(_("could not be checked well enough"), default=False)
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        ordering = ["position"]

    def __str__(self):
        return f"{self.citation} → {self.step}"


class Construct(models.Model):
    """A CFIR 2.0 construct or subconstruct (Damschroder 2022). Names are the framework's, meanings ours."""

    key = models.SlugField(_("key"), unique=True, max_length=80)
    name = models.CharField(_("name"), max_length=120)
    meaning = models.TextField(_("meaning"), blank=True)
    domain = models.CharField(_("domain"), max_length=60)
    subdomain = models.CharField(_("subdomain"), max_length=60, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="subconstructs")
    names_2009 = models.JSONField(_("names in the 2009 framework"), default=list, blank=True)
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        ordering = ["position"]

    def __str__(self):
        return self.name


class Strategy(models.Model):
    """One of the 73 ERIC strategies (Powell 2015), in its cluster (Waltz 2015). Names are ERIC's, meanings ours."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    name = models.CharField(_("name"), max_length=160, unique=True)
    meaning = models.TextField(_("meaning"), blank=True)
    cluster = models.CharField(_("cluster"), max_length=80)
    importance = models.DecimalField(_("importance"), max_digits=3, decimal_places=2, null=True, blank=True)
    feasibility = models.DecimalField(_("feasibility"), max_digits=3, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["number"]
        verbose_name_plural = _("strategies")

    def __str__(self):
        return self.name


class ConstructStrategy(models.Model):
    """The share of experts who would answer a barrier with a strategy (Waltz 2019): opinion, not proof."""

    construct = models.ForeignKey(Construct, models.CASCADE, related_name="endorsements")
    strategy = models.ForeignKey(Strategy, models.CASCADE, related_name="endorsements")
    percent = models.PositiveSmallIntegerField(_("percent"), null=True, blank=True)  # null: level 1 or 2, number unseen
    barrier_2009 = models.CharField(_("barrier's name in 2009"), max_length=120)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["construct", "strategy", "barrier_2009"], name="roadmap_constructstrategy_pair"
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__lte=100),
                name="roadmap_constructstrategy_percent",
            ),
        ]

    def __str__(self):
        return f"{self.construct}: {self.strategy} {self.percent}%"


class StepBarrier(models.Model):
    """What often gets in the way at a step, in plain words, with its CFIR construct."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="barriers")
    text = models.CharField(_("what gets in the way"), max_length=300)
    construct = models.ForeignKey(Construct, models.PROTECT, null=True, blank=True, related_name="step_barriers")
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        ordering = ["position"]

    def __str__(self):
        return self.text


class StepStrategy(models.Model):
    """An ERIC strategy that the guidance suggests at a step."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="strategies")
    strategy = models.ForeignKey(Strategy, models.PROTECT, related_name="step_uses")
    position = models.PositiveIntegerField(_("position"))

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["step", "strategy"], name="roadmap_stepstrategy_once")]

    def __str__(self):
        return str(self.strategy)
