"""The record of who did what, when and for whom. It only ever grows."""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import NeverDeleted, User


class ActivityQuerySet(models.QuerySet["Activity"]):
    def of_plan(self, plan_id: int) -> "ActivityQuerySet":
        return self.filter(plan_id=plan_id)

    def of_project(self, project_id: int) -> "ActivityQuerySet":
        return self.filter(project_id=project_id)

    def of_program(self, program_id: int) -> "ActivityQuerySet":
        return self.filter(program_id=program_id)

    def newest_first(self) -> "ActivityQuerySet":
        return self.order_by("-at", "-pk")

    def update(self, **kwargs: Any) -> NoReturn:
        raise NeverDeleted("What happened is not rewritten.")

    def delete(self) -> NoReturn:
        raise NeverDeleted("What happened is not deleted.")


class Activity(models.Model):
    """One thing somebody did. Ids are plain numbers, so that every app may record without being imported."""

    at = models.DateTimeField(_("When"), default=timezone.now)
    on = models.DateField(_("On"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("Who"),
    )
    verb = models.SlugField(_("What"), max_length=50, db_index=False)
    program_id = models.BigIntegerField(null=True, blank=True)
    project_id = models.BigIntegerField(null=True, blank=True)
    site_id = models.BigIntegerField(null=True, blank=True)
    plan_id = models.BigIntegerField(null=True, blank=True)
    target_type = models.CharField(max_length=50, blank=True)
    target_id = models.BigIntegerField(null=True, blank=True)
    key = models.CharField(max_length=100, blank=True)
    label = models.TextField(blank=True)
    changes = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    batch = models.UUIDField(null=True, blank=True)
    for_label = models.CharField(_("For"), max_length=200, blank=True)
    # Whom it was about or for. A name is drawn from here and never kept as text: history cannot be made to forget it.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Person"),
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["plan_id", "-at"], name="accounts_activity_plan"),
            models.Index(fields=["project_id", "-at"], name="accounts_activity_project"),
            models.Index(fields=["program_id", "-at"], name="accounts_activity_program"),
            # what happened in a program and in none of its projects, such as in a study
            models.Index(
                fields=["program_id", "key", "-at"],
                name="accounts_activity_key",
                condition=models.Q(project_id__isnull=True),
            ),
            models.Index(fields=["batch"], name="accounts_activity_batch", condition=models.Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.label}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NeverDeleted("What happened is not rewritten.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NeverDeleted("What happened is not deleted.")

    @classmethod
    def of(
        cls,
        *,
        verb: str,
        actor: User | None,
        at: datetime.datetime | None = None,
        on: datetime.date | None = None,
        target: models.Model | None = None,
        program_id: int | None = None,
        project_id: int | None = None,
        site_id: int | None = None,
        plan_id: int | None = None,
        key: str = "",
        label: str = "",
        changes: dict[str, list[Any]] | None = None,
        batch: uuid.UUID | None = None,
        for_label: str = "",
        person: User | None = None,
    ) -> "Activity":
        """Return one unsaved entry, for `record_many`.

        `on` is the day it happened (default: the local day of `at`), `changes` is {field: [old, new]},
        `label` the text people read ("Agreement signed"), `for_label` on whose behalf, `batch` what was done
        in one go, `person` whom it was about or for: no name of a person with an account belongs into a label.
        """
        at = at or timezone.now()
        return cls(
            at=at,
            on=on or timezone.localdate(at),
            actor=actor,
            verb=verb,
            program_id=program_id,
            project_id=project_id,
            site_id=site_id,
            plan_id=plan_id,
            target_type=target._meta.label_lower if target is not None else "",
            target_id=target.pk if target is not None else None,
            key=key,
            label=label,
            changes=changes or {},
            batch=batch,
            for_label=for_label,
            person=person,
        )

    @classmethod
    def record(cls, *, verb: str, actor: User | None, **fields: Any) -> "Activity":
        """Write one entry in the caller's transaction; takes what `of` takes."""
        entry = cls.of(verb=verb, actor=actor, **fields)
        entry.save(force_insert=True)
        return entry

    @classmethod
    def record_many(cls, entries: Iterable["Activity"], *, batch_size: int = 1000) -> "list[Activity]":
        """Write many entries made by `of` with few statements."""
        return Activity.objects.bulk_create(list(entries), batch_size=batch_size)
