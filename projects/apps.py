from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from outbox.kinds import register
from projects import job_kinds


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        register("invitation", "projects.inviting.compose", title=_("Invitations"), unsubscribable=False)
        register(
            "appointed", "projects.inviting.compose_appointed", title=_("Roles you are given"), unsubscribable=False
        )
        register(
            "second_step_reset",
            "projects.second_step_reset.compose",
            title=_("How you sign in"),
            unsubscribable=False,
        )
        register("mention", "projects.mentioning.compose", title=_("Notes that name you"), unsubscribable=True)
        register(
            "digest_site",
            "projects.reminders.compose_site_digest",
            title=_("What is next at your site"),
            unsubscribable=True,
        )
        register(
            "digest_lead",
            "projects.reminders.compose_lead_digest",
            title=_("What is next at the sites you lead"),
            unsubscribable=True,
        )
        job_kinds.register("take_in_table", "projects.tables.taking_in.take_in")
