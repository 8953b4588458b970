from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from outbox.kinds import register


class InterviewsConfig(AppConfig):
    name = "interviews"
    verbose_name = _("Interviews")

    def ready(self) -> None:
        register(
            "interview", "interviews.reminding.compose", title=_("Interviews you are to hold"), unsubscribable=True
        )
