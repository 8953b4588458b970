from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Wires the apps together and holds the pages and commands that span several of them."""

    name = "config"
