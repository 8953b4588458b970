from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class RoadmapConfig(AppConfig):
    name = "roadmap"

    def ready(self):
        """Guard published versions after every migrate (guards.py says why). Models are ready only from here on."""
        from . import guards  # imported here because guards needs the models, which Django loads after this module

        pre_migrate.connect(guards.remove_before_migrate, sender=self)
        post_migrate.connect(guards.install_after_migrate, sender=self)
