from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from outbox.kinds import register
from projects import job_kinds


class InterviewsConfig(AppConfig):
    name = "interviews"
    verbose_name = _("Interviews")

    def ready(self) -> None:
        register(
            "interview", "interviews.reminding.compose", title=_("Interviews you are to hold"), unsubscribable=True
        )
        job_kinds.register("look_at_file", "interviews.bringing_in.look")
        job_kinds.register("bring_in_file", "interviews.bringing_in.bring")
