from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from outbox.kinds import register


class OutboxConfig(AppConfig):
    name = "outbox"
    verbose_name = _("Messages")

    def ready(self) -> None:
        register(
            "account",
            "outbox.account_mail.compose",
            title=_("Mail about your account"),
            unsubscribable=False,
            secret=True,
        )
