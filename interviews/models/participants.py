"""Who is interviewed: known by a pseudonym, with consent; how to reach them is kept apart."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.studies import Study
from projects.models import Project, Site
from roadmap.models import Setting


class RoleGroup(models.TextChoices):
    """The groups in which the paper reports who said something."""

    PI = "pi", _("Principal investigator")
    STAFF = "staff", _("Project staff")
    PARTNER = "partner", _("Community partner")
    STATE = "state", _("State")

    @property
    def mark(self):
        """The group as quotes are marked with it: "[PI]"."""
        return f"[{MARKS[self]}]"


MARKS = {RoleGroup.PI: "PI", RoleGroup.STAFF: "Project Staff", RoleGroup.PARTNER: "Partner", RoleGroup.STATE: "State"}


class Participant(models.Model):
    """Somebody to interview. The study's pages know the pseudonym only."""

    class State(models.TextChoices):
        LISTED = "listed", _("On the list")
        ASKED = "asked", _("Asked")
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    study = models.ForeignKey(Study, models.CASCADE, related_name="participants")
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    pseudonym = models.CharField(_("pseudonym"), max_length=40)
    role_group = models.CharField(_("role group"), max_length=10, choices=RoleGroup)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    setting = models.CharField(_("setting"), max_length=40, choices=Setting, blank=True)
    state = models.CharField(_("recruitment"), max_length=10, choices=State, default=State.LISTED)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pseudonym"]
        constraints = [
            models.UniqueConstraint(fields=["study", "guid"], name="interviews_participant_guid"),
            models.UniqueConstraint(
                fields=["study", "pseudonym"],
                name="interviews_participant_pseudonym",
                violation_error_message=_("Somebody in this study has this pseudonym already."),
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="interviews_participant_withdrawn",
            ),
        ]

    def __str__(self):
        return self.pseudonym

    @property
    def mark(self):
        return RoleGroup(self.role_group).mark


class Contact(models.Model):
    """How to reach a participant. Apart from all else, for the study's owners; removed on withdrawal."""

    participant = models.OneToOneField(Participant, models.CASCADE, related_name="contact")
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    def __str__(self):
        return self.name or self.email


class Consent(models.Model):
    """What a participant agreed to, on which version of the form. A newer one takes the place of an older one."""

    class Scope(models.TextChoices):
        QUOTE = "quote", _("Quotes may be used")
        ROLE_ONLY = "role_only", _("Quotes by role group only")
        NO_QUOTES = "no_quotes", _("No quotes")

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="consents")
    form_version = models.CharField(_("version of the form"), max_length=40)
    given_on = models.DateField(_("given on"))
    scope = models.CharField(_("scope"), max_length=10, choices=Scope)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-recorded_at", "-pk"]

    def __str__(self):
        return f"{self.participant}: {self.get_scope_display()}"


class Target(models.Model):
    """How many people of a role group a study wants to hear in a project (project null: in the whole program)."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="targets")
    project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, related_name="+")
    role_group = models.CharField(_("role group"), max_length=10, choices=RoleGroup)
    number = models.PositiveSmallIntegerField(_("number"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "project", "role_group"],
                condition=Q(project__isnull=False),
                name="interviews_target_once_a_project",
            ),
            models.UniqueConstraint(
                fields=["study", "role_group"], condition=Q(project__isnull=True), name="interviews_target_once_a_study"
            ),
        ]

    def __str__(self):
        return f"{self.get_role_group_display()}: {self.number}"
