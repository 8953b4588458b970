"""Who codes and writes memos in a study: people here, and names that came in with a file."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interviews.models.studies import Study


class Coder(models.Model):
    """Somebody whose codings stand in a study. One brought in from another program may have no account here."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="coders")
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "guid"], name="interviews_coder_guid"),
            models.UniqueConstraint(fields=["study", "user"], name="interviews_coder_once"),
            models.CheckConstraint(condition=Q(user__isnull=False) | ~Q(name=""), name="interviews_coder_is_somebody"),
        ]

    def __str__(self):
        return str(self.user) if self.user_id else self.name

    @property
    def first_name(self):
        """What stands beside a code in the margin."""
        return self.user.first_name if self.user_id else self.name.split()[0]
