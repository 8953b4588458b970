"""Who belongs where, who holds which job, and who has been asked to join."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

INVITATION_DAYS = 14


class Role(models.TextChoices):
    """What a person is on a program, a project or a site. What a role may do is data in projects/access.py."""

    ADMINISTRATOR = "administrator", _("State administrator")
    LEAD = "lead", _("Project lead")
    PRACTITIONER = "practitioner", _("Site team member")
    RESEARCHER = "researcher", _("Researcher")
    OBSERVER = "observer", _("Can look")


def exactly_one(*names):
    """Return a condition that exactly one of the named foreign keys is set."""
    condition = Q()
    for chosen in names:
        condition |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return condition


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at__isnull=True)

    def in_program(self, program):
        """Return those on a program, its projects and its sites."""
        return self.filter(Q(program=program) | Q(project__program=program) | Q(site__project__program=program))


class Membership(models.Model):
    """A person's role on exactly one program, project or site. It ends, it is never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    program = models.ForeignKey("Program", models.CASCADE, null=True, blank=True, related_name="memberships")
    project = models.ForeignKey("Project", models.CASCADE, null=True, blank=True, related_name="memberships")
    site = models.ForeignKey("Site", models.CASCADE, null=True, blank=True, related_name="memberships")
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("program", "project", "site"), name="projects_membership_one_place"
            ),
            models.CheckConstraint(
                condition=~Q(role="administrator") | Q(program__isnull=False),
                name="projects_membership_administrator_of_program",
                violation_error_message=_("A State administrator belongs to a program."),
            ),
            *[
                models.UniqueConstraint(
                    fields=["user", "role", target],
                    condition=Q(ended_at__isnull=True, **{f"{target}__isnull": False}),
                    name=f"projects_membership_once_a_{target}",
                )
                for target in ("program", "project", "site")
            ],
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="projects_membership_current")
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()} · {self.target}"

    @property
    def target(self):
        """The program, project or site this role is on."""
        return self.program or self.project or self.site


class DutyQuerySet(models.QuerySet):
    def held(self):
        """Return the jobs that somebody holds: a person, a name, or the project's team."""
        return self.filter(Q(user__isnull=False) | ~Q(name="") | Q(team=True))

    def open(self):
        """Return the jobs of which somebody said that no one holds them yet."""
        return self.filter(user=None, name="", team=False)


class Duty(models.Model):
    """Who holds a job that the Roadmap names (champion, coach …) at a site or in a project, account or not.

    At a site it may also be the project's team, or no one yet: then `since_on` is the day from which nobody has it.
    Where a site has no row, nobody was asked so far.
    """

    key = models.SlugField(_("job"))  # a key of RoadmapVersion.roles
    site = models.ForeignKey("Site", models.CASCADE, null=True, blank=True, related_name="duties")
    project = models.ForeignKey("Project", models.CASCADE, null=True, blank=True, related_name="duties")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="duties")
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    team = models.BooleanField(_("the project's team does it"), default=False)
    since_on = models.DateField(_("since"))

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("duties")
        constraints = [
            models.CheckConstraint(condition=exactly_one("site", "project"), name="projects_duty_one_place"),
            models.CheckConstraint(
                condition=Q(team=True, site__isnull=False, user=None, name="")
                | (Q(team=False) & (Q(site__isnull=False) | Q(user__isnull=False) | ~Q(name=""))),
                name="projects_duty_one_holder",
                violation_error_message=_("Choose a person, or type a name, or choose the project's team."),
            ),
            models.UniqueConstraint(
                fields=["site", "key"], condition=Q(site__isnull=False), name="projects_duty_once_a_site"
            ),
            models.UniqueConstraint(
                fields=["project", "key"], condition=Q(project__isnull=False), name="projects_duty_once_a_project"
            ),
        ]

    def __str__(self):
        return f"{self.key}: {self.holder}"

    @property
    def target(self):
        """The site or project at which it is held."""
        return self.site or self.project

    @property
    def holder(self):
        """The name to show, whether or not the holder has an account; "" for no one yet."""
        if self.team:
            return str(_("the project team"))
        return str(self.user) if self.user_id else self.name


def invitation_expiry():
    return timezone.now() + timedelta(days=INVITATION_DAYS)


def invitation_nonce():
    return get_random_string(24)


class InvitationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)


class Invitation(models.Model):
    """An address asked to take a role. No GET consumes it; the invited address accepts by a POST within 14 days."""

    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    program = models.ForeignKey("Program", models.CASCADE, null=True, blank=True, related_name="invitations")
    project = models.ForeignKey("Project", models.CASCADE, null=True, blank=True, related_name="invitations")
    site = models.ForeignKey("Site", models.CASCADE, null=True, blank=True, related_name="invitations")
    duty = models.SlugField(_("job at the site"), blank=True)  # taken over with the membership, e.g. champion
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="invitations_sent")
    nonce = models.CharField(max_length=24, default=invitation_nonce)  # a new link makes older ones invalid
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=invitation_expiry)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("program", "project", "site"), name="projects_invitation_one_place"
            ),
            *[
                models.UniqueConstraint(
                    fields=["email", "role", target],
                    condition=Q(accepted_at__isnull=True, revoked_at__isnull=True, **{f"{target}__isnull": False}),
                    name=f"projects_invitation_open_once_a_{target}",
                )
                for target in ("program", "project", "site")
            ],
        ]

    def __str__(self):
        return f"{self.email}: {self.get_role_display()} · {self.target}"

    @property
    def target(self):
        """The program, project or site the role is on."""
        return self.program or self.project or self.site

    def is_valid_at(self, now):
        """Return whether the link can still be accepted at that moment."""
        return not self.accepted_at and not self.revoked_at and now < self.expires_at
