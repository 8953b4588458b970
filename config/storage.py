"""How static files are stored: under names that change with what is in them, so that browsers keep them for good."""

from typing import ClassVar

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
