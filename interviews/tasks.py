"""What the worker does for interviews: three lines around a verb."""

from celery import shared_task
from django.utils import timezone

from interviews import deidentifying


@shared_task
def destroy_due() -> None:
    deidentifying.destroy_due(now=timezone.now())
