"""How static files are stored: under names that change with what is in them, so that browsers keep them for good."""

from typing import ClassVar

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage, which also puts in the name with its hash where one of our scripts takes in another.

    Only names with hashes are kept (WHITENOISE_KEEP_ONLY_HASHED_FILES). Django's own switch for it looks at every
    script that is installed, and stops at one of django-htmx that takes in what is not there.
    """

    patterns: ClassVar = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((r"""(?P<matched>from "(?P<url>\./[^"]+)")""", 'from "%(url)s"'),)),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.urls: dict[tuple[str, bool, bool], str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Return the address of a file. Every page asks for the same dozen, so each is worked out once a process."""
        asked = name, force, settings.DEBUG
        if asked not in self.urls:
            self.urls[asked] = super().url(name, force)
        return self.urls[asked]
