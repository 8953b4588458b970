"""Whether a program may interview at all, its studies, and who is in them."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models import Membership, Program


class Approval(models.Model):
    """An administrator's statement that interviews may be held in a program, and as what. Off until there is one."""

    class Purpose(models.TextChoices):
        QUALITY = "quality", _("Quality improvement")
        RESEARCH = "research", _("Research")

    class Decision(models.TextChoices):
        NOT_HUMAN_SUBJECTS = "not_human_subjects", _("Not human subjects research")
        EXEMPT = "exempt", _("Exempt")
        EXPEDITED = "expedited", _("Approved, expedited review")
        FULL = "full", _("Approved, full board")

    program = models.OneToOneField(Program, models.CASCADE, related_name="interview_approval")
    on = models.BooleanField(_("interviews are switched on"), default=False)
    purpose = models.CharField(_("they are"), max_length=10, choices=Purpose)
    decision = models.CharField(_("the IRB's decision"), max_length=20, choices=Decision, blank=True)
    number = models.CharField(_("its number"), max_length=60, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="research") | (~Q(decision="") & ~Q(number="")),
                name="interviews_approval_research_has_decision",
                violation_error_message=_("Research needs the IRB's decision and its number."),
            )
        ]

    def __str__(self):
        return f"{self.program}: {self.get_purpose_display()}"


class StudyQuerySet(models.QuerySet):
    def ownerless(self):
        """Return those of which everybody who owned them has left: no open account, or no role in the program."""
        return self.exclude(pk__in=StudyMember.objects.active().filter(owner=True).values("study"))

    def hanging_on(self, person):
        """Return those of a person that nobody else owns: without an open account of theirs they have no owner."""
        others = StudyMember.objects.active().filter(owner=True).exclude(user=person)
        own = StudyMember.objects.current().filter(owner=True, user=person)
        return self.filter(pk__in=own.values("study")).exclude(pk__in=others.values("study"))


class Study(models.Model):
    """A set of interviews with one aim in a program."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="studies")
    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(_("short name in addresses"), unique=True, max_length=60)
    aim = models.TextField(_("what you want to find out"), max_length=2000)
    open_text = models.BooleanField(
        _("everybody in the study may read and code transcripts before they are de-identified"), default=False
    )
    destroy_on = models.DateField(_("destroy the files and the key on"), null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = _("studies")

    def __str__(self):
        return self.name


class MemberQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at__isnull=True)

    def active(self):
        """Return those who can open the study: in it, with an open account, and with a role in its program.

        Whose last role in the program ends stays on the list of people until an owner takes them out, and opens nothing
        meanwhile: they could not be taken in either. What they did stays theirs.
        """
        held = Membership.objects.current().filter(user=OuterRef("user")).in_program(OuterRef("study__program"))
        return self.current().filter(Exists(held), user__is_active=True)


class StudyMember(models.Model):
    """Somebody who may read and record a study's interviews; an owner also says who may, and keeps the contacts."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="study_memberships")
    owner = models.BooleanField(_("owner"), default=False)
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "user"], condition=Q(ended_at__isnull=True), name="interviews_studymember_once"
            )
        ]

    def __str__(self):
        return f"{self.user}: {self.study}"
