from django.apps import AppConfig
from django.core.checks import register

from config.checks import check_sqlite


class ConfigConfig(AppConfig):
    """Wires the apps together and holds the pages and commands that span several of them."""

    name = "config"

    def ready(self) -> None:
        register(check_sqlite)
