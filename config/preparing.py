"""Brings an installation to where this version of the code needs it. Done again, it changes nothing."""

import hashlib

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def prepare(say):
    """Bring the database, the Roadmap and the static files up to date, saying through `say` what takes a while."""
    say("Preparing the database …")
    call_command("migrate", verbosity=0, interactive=False, skip_checks=False)
    if settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
        call_command("createcachetable", verbosity=0)
    call_command("load_roadmap", verbosity=0)
    collect_static_files(say)


def collect_static_files(say):
    """Collect the static files under their hashed names when any of them changed since the last time."""
    stamp = settings.STATIC_ROOT.with_name(f"{settings.STATIC_ROOT.name}.sha256")
    now = fingerprint_of_static_files()
    if not settings.STATIC_ROOT.exists() or not stamp.exists() or stamp.read_text(encoding="utf-8") != now:
        say("Collecting the static files …")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(now, encoding="utf-8")


def fingerprint_of_static_files():
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            changed = storage.get_modified_time(path).timestamp()
            seen.update(f"{path}|{storage.size(path)}|{changed}\n".encode())
    return seen.hexdigest()
