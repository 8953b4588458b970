"""The framework matrix: what a participant, or a site, said to a code, summed up by a person."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.codes import Code
from interviews.models.participants import Participant
from interviews.models.studies import Study
from projects.models import Site


class FrameworkCell(models.Model):
    """A summary typed by a person, of what is coded with one code at one participant or site."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="framework_cells")
    code = models.ForeignKey(Code, models.PROTECT, related_name="framework_cells")
    participant = models.ForeignKey(Participant, models.CASCADE, null=True, blank=True, related_name="framework_cells")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("summary"), max_length=5000, blank=True)
    revision = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(participant__isnull=False, site=None) | Q(participant=None, site__isnull=False),
                name="interviews_frameworkcell_of_one_row",
            ),
            models.UniqueConstraint(fields=["code", "participant"], name="interviews_frameworkcell_participant_once"),
            models.UniqueConstraint(fields=["study", "code", "site"], name="interviews_frameworkcell_site_once"),
        ]

    def __str__(self):
        return self.text[:80]
