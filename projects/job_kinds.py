"""The kinds of long work Milepost does. Each app registers its own in its AppConfig.ready()."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:  # AppConfigs import this module before there are models
    from projects.jobs import Run

Work = Callable[["Run"], None]
_works: dict[str, Work | str] = {}


def register(kind: str, work: Work | str) -> None:
    """Make a kind of job known, with the function that does it; it may be given as a dotted path.

    It calls `run.finish(…)` in the transaction in which it writes, and raises ValidationError in words where the job
    cannot be done.
    """
    _works[kind] = work


def work_of(kind: str) -> Work:
    """Return the function that does a kind of job. Raises LookupError for one that nobody registered."""
    work = _works[kind]
    found: Work = import_string(work) if isinstance(work, str) else work
    return found
