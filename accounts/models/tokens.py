from django.conf import settings
from django.db import models
from django.utils import timezone


class UsedToken(models.Model):
    """A once-only form token that was spent. Its row makes the second sending of a form do nothing."""

    nonce = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    used_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.nonce[:8]}"
