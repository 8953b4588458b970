"""What is known of participants and interviews beyond Milepost's own fields, as other programs call it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interviews.models.interviews import Interview
from interviews.models.participants import Participant
from interviews.models.studies import Study


class Variable(models.Model):
    """A property that came in with a file, such as "Years in the job". Kinds are those of REFI-QDA."""

    class Kind(models.TextChoices):
        TEXT = "Text", _("text")
        BOOLEAN = "Boolean", _("yes or no")
        INTEGER = "Integer", _("whole number")
        FLOAT = "Float", _("number")
        DATE = "Date", _("date")
        DATE_TIME = "DateTime", _("date and time")

    study = models.ForeignKey(Study, models.CASCADE, related_name="variables")
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["study", "guid"], name="interviews_variable_guid")]

    def __str__(self):
        return self.name


class VariableValue(models.Model):
    """The value of a variable for one participant or one interview, in the words of the file."""

    variable = models.ForeignKey(Variable, models.CASCADE, related_name="values")
    participant = models.ForeignKey(Participant, models.CASCADE, null=True, blank=True, related_name="values")
    interview = models.ForeignKey(Interview, models.CASCADE, null=True, blank=True, related_name="values")
    value = models.TextField(_("value"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(participant__isnull=False, interview=None) | Q(participant=None, interview__isnull=False),
                name="interviews_variablevalue_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["variable", "participant"], name="interviews_variablevalue_participant_once"
            ),
            models.UniqueConstraint(fields=["variable", "interview"], name="interviews_variablevalue_interview_once"),
        ]

    def __str__(self):
        return self.value
