"""Programs, projects and sites, and in which state a site is."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.people import Role
from projects.models.places import Place
from roadmap.models import Roadmap, RoadmapVersion


def validate_time_zone(value):
    """Refuse a name that is not in the time zone database."""
    if value not in available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a time zone. An example: America/Detroit."), params={"value": value}
        )


def two_step_default():
    """Return the roles that sign in in two steps unless a program says otherwise; in a demo sign-in stays one step."""
    return [] if settings.DEMO else [Role.ADMINISTRATOR.value]


class ProgramQuerySet(models.QuerySet):
    def visible_to(self, scopes):
        """Return the programs on which the person holds a role."""
        return self.filter(pk__in=list(scopes.programs))

    def locked(self, pk):
        """Return a program as it is now; until the transaction ends nobody else adds places to it or makes them one."""
        return self.select_for_update(no_key=True).get(pk=pk)


class Program(models.Model):
    """A state's initiative: its projects, its people, its clock and the thresholds of "needs help"."""

    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(_("short name in addresses"), unique=True, max_length=60)
    state = models.CharField(_("state"), max_length=2, default="MI")  # postal code: where county names are looked up
    roadmap = models.ForeignKey(Roadmap, models.PROTECT, related_name="programs")
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="America/Detroit", validators=[validate_time_zone]
    )
    late_days = models.PositiveSmallIntegerField(_("days late before a site needs help"), default=7)
    stuck_days = models.PositiveSmallIntegerField(_("days stuck before a site needs help"), default=7)
    quiet_days = models.PositiveSmallIntegerField(
        _("days without news before a site is quiet"), default=30, validators=[MinValueValidator(1)]
    )
    duty_days = models.PositiveSmallIntegerField(_("days a job is open before a site needs help"), default=14)
    fiscal_year_starts = models.PositiveSmallIntegerField(
        _("month the fiscal year starts"), default=10, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    made_up = models.BooleanField(_("made up, for demonstration"), default=False)
    two_step_roles = models.JSONField(_("Who signs in in two steps"), default=two_step_default, blank=True)
    idle_minutes = models.PositiveSmallIntegerField(
        _("Sign people out when nothing happens for"), null=True, blank=True
    )

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def today(self, now: datetime):
        """Return the program's local day at that moment: the only clock by which anything is late."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def noon(self, day: date):
        """Return the middle of a day in the program's zone: the moment of what is known only by its day."""
        return datetime.combine(day, time(12), tzinfo=ZoneInfo(self.time_zone))


class ColumnName(models.Model):
    """Which column of a table a heading stands for in the files that people of a program send."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="column_names")
    table = models.SlugField(max_length=20)
    heading = models.CharField(max_length=160)  # without regard to case and spaces
    column = models.CharField(max_length=600, blank=True)  # blank: it is left out

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "table", "heading"], name="projects_column_name")]

    def __str__(self):
        return f"{self.heading} → {self.column}"


class ProjectQuerySet(models.QuerySet):
    def visible_to(self, scopes):
        """Return the projects a person may see: held, of a program held, or with a site held."""
        return self.filter(
            models.Q(pk__in=[*scopes.projects, *scopes.site_projects]) | models.Q(program__in=list(scopes.programs))
        )


class Project(models.Model):
    """One EBI being brought to its sites, along one published version of the Roadmap."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="projects")
    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(_("short name in addresses"), unique=True, max_length=60)
    ebi_name = models.CharField(_("evidence-based intervention"), max_length=160)
    ebi = models.SlugField(_("its key in the Roadmap"), blank=True)  # matches applies_to.ebis
    summary = models.TextField(_("what it is about"), blank=True)
    version = models.ForeignKey(RoadmapVersion, models.PROTECT, related_name="projects")
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("grant or contract ends on"), null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=models.F("starts_on")),
                name="projects_project_ends_after_start",
                violation_error_message=_("The project must end after it starts."),
            )
        ]

    def __str__(self):
        return self.name


class SiteQuerySet(models.QuerySet):
    def visible_to(self, scopes):
        """Return the sites a person may see: held, of a project held, or of a program held."""
        in_programs = Project.objects.filter(program__in=list(scopes.programs)).values("pk")
        return self.filter(
            models.Q(pk__in=list(scopes.sites))
            | models.Q(project__in=list(scopes.projects))
            | models.Q(project__in=in_programs)
        )

    def active(self):
        return self.filter(status=Site.Status.ACTIVE)

    def needs_help(self, on):
        """Return the active sites for which a help rule holds on that day (see projects/analytics.py)."""
        return self.active().filter(plan__needs_help_from__lte=on)


class Site(models.Model):
    """One place in one project. Its status is the cache of its newest SiteStatus."""

    class Status(models.TextChoices):
        SETTING_UP = "setting_up", _("Setting up")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped")
        FINISHED = "finished", _("Finished")

    AT_WORK: tuple[str, ...] = (Status.SETTING_UP, Status.ACTIVE)
    OVER: tuple[str, ...] = (Status.STOPPED, Status.FINISHED)

    project = models.ForeignKey(Project, models.PROTECT, related_name="sites")
    place = models.ForeignKey(Place, models.PROTECT, related_name="sites")
    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(_("short name in addresses"), max_length=80)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.SETTING_UP)
    last_contact_on = models.DateField(_("last contact"), null=True, blank=True)  # cache of the newest Contact

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["project", "slug"], name="projects_site_slug"),
            models.UniqueConstraint(
                fields=["project", "place"],
                name="projects_site_place_once",
                violation_error_message=_("This place is already a site of the project."),
            ),
        ]
        indexes = [models.Index(fields=["project", "status"], name="projects_site_status")]

    def __str__(self):
        return self.name


class SiteStatus(models.Model):
    """When a site took on a status, why, and who said so. Append-only."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="statuses")
    status = models.CharField(_("status"), max_length=12, choices=Site.Status.choices)
    from_on = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    lessons = models.TextField(_("lessons"), max_length=5000, blank=True)  # what one learned, when a site stops
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = _("site statuses")

    def __str__(self):
        return f"{self.site}: {self.get_status_display()}"
