"""Totals over a large program, counted beforehand by projects/tallying.py."""

from django.db import models

from projects.models.programs import Program


class Tally(models.Model):
    """What the State's dashboard counts over all sites of a program on a day. Only a cache: it can be lost."""

    program = models.OneToOneField(Program, models.CASCADE, related_name="tally")
    on = models.DateField()
    counted_at = models.DateTimeField()
    newest_activity = models.BigIntegerField(null=True, blank=True)  # the last act it knows of
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self):
        return f"{self.program}, {self.on}"
