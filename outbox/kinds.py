"""The kinds of mail Milepost sends. Each app registers its own in its AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.module_loading import import_string

if TYPE_CHECKING:  # AppConfigs import this module before there are models
    from outbox.models import Delivery


class Unknown(LookupError):
    """Nobody registered this kind."""


@dataclass(frozen=True)
class Message:
    """What a person reads: composed when it is sent, so that it tells of the present."""

    subject: str
    text: str
    html: str = ""


Compose = Callable[["Delivery", datetime], Message | None]


@dataclass(frozen=True)
class Kind:
    name: str
    composer: Compose | str
    title: str | Promise
    unsubscribable: bool
    secret: bool

    def compose(self, delivery: "Delivery", now: datetime) -> Message | None:
        """Return the message as of now, or None when there is nothing to say."""
        composer = import_string(self.composer) if isinstance(self.composer, str) else self.composer
        message: Message | None = composer(delivery, now)
        return message


_registry: dict[str, Kind] = {}


def register(
    name: str, compose: Compose | str, *, title: str | Promise, unsubscribable: bool, secret: bool = False
) -> None:
    """Make a kind known.

    `compose(delivery, now)` returns a Message or None; it may be given as a dotted path. `title` is what people read
    where they turn it off. Security mail is not `unsubscribable`. The `data` of a `secret` kind is wiped as soon as
    its delivery is closed.
    """
    _registry[name] = Kind(name, compose, title, unsubscribable, secret)


def get(name: str) -> Kind:
    """Return a registered kind; raises Unknown."""
    try:
        return _registry[name]
    except KeyError as error:
        raise Unknown(name) from error


def title_of(name: str) -> str:
    """Return the words for a kind, also for one that is no longer registered."""
    return str(_registry[name].title) if name in _registry else name


def unsubscribable() -> list[Kind]:
    """Return the kinds a person may turn off, in the order they were registered."""
    return [kind for kind in _registry.values() if kind.unsubscribable]


def secret_names() -> list[str]:
    return [kind.name for kind in _registry.values() if kind.secret]
