"""The Celery application. Start it with `manage.py up`, or `celery -A config worker` in a real installation."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Each worker and beat would repeat Django's checks at its start; `manage.py check` and the tests have made them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

# kombu refuses a dotted class path in a broker URL, so the file broker is known by a name.
TRANSPORT_ALIASES["safefs"] = "config.broker:Transport"

app = Celery("milepost")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
