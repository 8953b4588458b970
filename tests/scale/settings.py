"""The installation's own settings with one page more: a view that only finds out who is signed in, to compare with."""

from config.settings import *  # noqa: F403 - everything as it is

ROOT_URLCONF = "tests.scale.urls"
