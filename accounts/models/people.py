"""People: who signs in, where they live in time, how they like their screen."""

import zoneinfo
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NeverDeleted(Exception):
    """Somebody tried to delete a row that carries history."""


def validate_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a time zone. Write it like America/Detroit."),
            code="time_zone",
            params={"value": value},
        )


class LowerCaseEmailField(models.EmailField):
    """An address kept and looked up in lower case: people type their own address in many ways."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value.strip().lower() if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value.strip().lower() if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def delete(self) -> NoReturn:
        raise NeverDeleted("People are deactivated and anonymised, never deleted.")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person who may sign in; without a password only a reset or an invitation lets them in."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user: User = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make the person who creates programs and appoints their first administrators."""
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})


class User(AbstractBaseUser, PermissionsMixin):
    class Theme(models.TextChoices):
        SYSTEM = "", _("As my device has it")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = LowerCaseEmailField(
        _("E-mail"),
        unique=True,
        error_messages={"unique": _("Somebody with this e-mail address is already here.")},
    )
    name = models.CharField(_("Name"), max_length=150, blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True, validators=[validate_time_zone])
    theme = models.CharField(_("Colors"), max_length=5, blank=True, choices=Theme, default=Theme.SYSTEM)
    single_keys = models.BooleanField(_("Use single keys as shortcuts"), default=True)
    tour = models.CharField(max_length=20, blank=True, editable=False)  # how far they were shown around: config/tour.py
    is_active = models.BooleanField(_("May sign in"), default=True)
    is_staff = models.BooleanField(_("Edits the shared Roadmap"), default=False)
    date_joined = models.DateTimeField(_("Here since"), default=timezone.now, editable=False)
    anonymised_at = models.DateTimeField(_("Anonymised at"), null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name", "email")
        constraints = [
            # With unique=True on the field this makes addresses unique whatever their case.
            models.CheckConstraint(
                name="accounts_user_email_lower",
                condition=models.Q(email=Lower("email")),
                violation_error_message=_("Write the e-mail address in lower case."),
            ),
            models.CheckConstraint(
                name="accounts_user_anonymised_inactive",
                condition=models.Q(anonymised_at__isnull=True) | models.Q(is_active=False),
            ),
        ]

    def __str__(self) -> str:
        if self.anonymised_at:
            return str(_("Someone who has left"))
        return self.name or self.email

    @property
    def first_name(self) -> str:
        """Return what to greet this person with: the first word of the name, else of the address."""
        return str(self).split("@")[0].split()[0]

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """Return the zone this person's times are shown in and the digest's day is counted in."""
        return zoneinfo.ZoneInfo(self.time_zone or settings.TIME_ZONE)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.first_name

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NeverDeleted("People are deactivated and anonymised, never deleted.")
