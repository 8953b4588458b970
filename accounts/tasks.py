from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import once, sessions


@shared_task
def sweep() -> None:
    """Forget the form tokens and sessions that nobody can use any more."""
    now = timezone.now()
    once.sweep(now=now)
    Session.objects.filter(expire_date__lt=now).delete()
    sessions.sweep()
