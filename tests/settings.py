"""The settings of the tests: Milepost's own, read from an environment made for tests, and what only tests need.

MILEPOST_TEST_DB chooses the database: sqlite (a file, as in an embedded installation) or postgres. The server is
started by the first process; xdist's workers find its address in the environment they inherit.
"""

import atexit
import os
import shutil
import tempfile

from tests import servers

TEST_DB = os.environ.setdefault("MILEPOST_TEST_DB", "sqlite")
scratch = tempfile.mkdtemp(prefix="milepost-tests-")
atexit.register(shutil.rmtree, scratch, ignore_errors=True)

for name in (
    "BASE_URL",
    "EMAIL_URL",
    "CACHE_URL",
    "DATABASE_URL",
    "DEBUG",
    "BEHIND_PROXY",
    "DEFAULT_FROM_EMAIL",
    "TIME_ZONE",
    # so that no test keeps a file where real ones lie
    *[name for name in os.environ if name.startswith("EVIDENCE_")],
):
    os.environ.pop(name, None)
os.environ |= {
    "VAR_DIR": scratch,
    "DEMO": "off",
    "SECRET_KEY": "for-tests-only",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "CELERY_BROKER_URL": "memory://",
    # Playwright's loop runs in the test's own thread, and Django would take every query there for a mistake.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}
if TEST_DB == "postgres":
    os.environ["DATABASE_URL"] = servers.postgres_url()

from config.settings import *  # noqa: E402, F403 - the environment must be set before the settings read it

if TEST_DB == "sqlite":
    # A file and not memory, so that locks behave as they do in an embedded installation.
    DATABASES["default"]["TEST"] = {"NAME": f"{scratch}/test.sqlite3"}  # noqa: F405 - from config.settings
    DATABASES["default"]["OPTIONS"]["init_command"] = (  # noqa: F405 - from config.settings
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    )
else:
    DATABASES["default"]["TEST"] = {"NAME": "test_milepost"}  # noqa: F405 - from config.settings
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405 - from config.settings

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Another dictionary, for the installation's own is what tests/config/test_storage.py is about.
STORAGES = STORAGES | {  # noqa: F405 - from config.settings
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
ACCOUNT_RATE_LIMITS = False
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
