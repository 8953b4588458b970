from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from outbox.kinds import register


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        register("invitation", "projects.inviting.compose", title=_("Invitations"), unsubscribable=False)
