"""Themes gather codes and passages; findings say in a sentence what was learned, and what it means for the Roadmap."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.codes import Code, Coding
from interviews.models.interviews import Summary
from interviews.models.studies import Study
from roadmap.models import Construct, Strategy


class Theme(models.Model):
    """What codes and passages have in common. `revision` rises with each change."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="themes")
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=160)
    meaning = models.TextField(_("what it says"), max_length=4000, blank=True)
    position = models.PositiveIntegerField(default=0)
    codes = models.ManyToManyField(Code, verbose_name=_("codes"), blank=True, related_name="themes")
    codings = models.ManyToManyField(Coding, verbose_name=_("passages"), blank=True, related_name="themes")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "guid"], name="interviews_theme_guid"),
            models.UniqueConstraint("study", Lower("name"), name="interviews_theme_name"),
        ]

    def __str__(self):
        return self.name


class FindingQuerySet(models.QuerySet):
    def published(self):
        """Return the findings that stand at steps of the Roadmap."""
        return self.filter(published_at__isnull=False)


class Finding(models.Model):
    """One thing a study found, in one sentence. Site teams see it once it is published. `revision` rises with changes.

    Strength is never kept: it is counted from its evidence.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="findings")
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, related_name="findings")
    sentence = models.CharField(_("what was found, in one sentence"), max_length=400)
    constructs = models.ManyToManyField(Construct, verbose_name=_("barriers"), blank=True, related_name="findings")
    strategies = models.ManyToManyField(Strategy, verbose_name=_("strategies"), blank=True, related_name="findings")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self):
        return self.sentence


class EvidenceQuerySet(models.QuerySet):
    def there(self):
        """Leave out passages whose coding was taken away, and summaries that were emptied."""
        return self.filter(coding__removed_at=None).exclude(summary__text="", summary__quote="")

    def with_person(self):
        """Say of each, as `person`, the id of the participant who said it."""
        talks = ("coding__transcript__interview__participant", "summary__interview__participant")
        return self.annotate(person=Coalesce(*talks))


class Evidence(models.Model):
    """A passage or summary that a finding rests on; `quoted` ones stand at the step, if consent allows."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="evidence")
    coding = models.ForeignKey(Coding, models.CASCADE, null=True, blank=True, related_name="evidence")
    summary = models.ForeignKey(Summary, models.CASCADE, null=True, blank=True, related_name="evidence")
    quoted = models.BooleanField(_("quote it"), default=False)
    position = models.PositiveIntegerField(default=0)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(coding__isnull=False, summary=None) | Q(coding=None, summary__isnull=False),
                name="interviews_evidence_is_one_thing",
            ),
            models.UniqueConstraint(fields=["finding", "coding"], name="interviews_evidence_coding_once"),
            models.UniqueConstraint(fields=["finding", "summary"], name="interviews_evidence_summary_once"),
        ]

    def __str__(self):
        return f"{self.finding}: {self.coding or self.summary}"


class FindingStep(models.Model):
    """What a finding means for one step of the Roadmap: how it stands to the guidance, or what it proposes."""

    class Stance(models.TextChoices):
        SUPPORTS = "supports", _("Supports the guidance")
        CONTRASTS = "contrasts", _("Contrasts with the guidance")
        EXTENDS = "extends", _("Extends the guidance")
        PROPOSES = "proposes", _("Proposes something new")

    class Proposal(models.TextChoices):
        STEP = "step", _("a new step")
        MILESTONE = "milestone", _("a new milestone")
        ACTION = "action", _("a new action")

    class State(models.TextChoices):
        OPEN = "open", _("Not decided yet")
        TAKEN = "taken", _("Taken into the draft")
        DECLINED = "declined", _("Not taken")

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="steps")
    step_key = models.SlugField(_("step of the Roadmap"), max_length=80)
    stance = models.CharField(_("it"), max_length=10, choices=Stance)
    proposal = models.CharField(_("what is proposed"), max_length=10, choices=Proposal, blank=True)
    text = models.CharField(_("its words"), max_length=300, blank=True)
    state = models.CharField(_("decision"), max_length=10, choices=State, default=State.OPEN)
    reply = models.CharField(_("why"), max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "step_key", "stance", "proposal", "text"], name="interviews_findingstep_once"
            ),
            models.CheckConstraint(
                condition=(Q(stance="proposes") & ~Q(proposal="") & ~Q(text=""))
                | (~Q(stance="proposes") & Q(proposal="", text="", state="open")),
                name="interviews_findingstep_proposal_has_words",
            ),
        ]

    def __str__(self):
        return f"{self.finding}: {self.step_key}"
