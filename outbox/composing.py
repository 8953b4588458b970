"""Making a message from the templates of its kind."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from outbox import kinds, links
from outbox.kinds import Message
from outbox.models import Delivery


def compose_from(template: str, *, subject: str, delivery: Delivery, context: dict[str, Any]) -> Message:
    """Render `<template>.txt` and `<template>.html`, which extend email/base.txt and email/base.html.

    Both get what the bases need: `base_url`, `person`, `preferences_url` and, for a kind that may be turned off,
    `unsubscribe_url` and `kind_title`.
    """
    kind = kinds.get(delivery.kind)
    context = {
        "subject": subject,
        "base_url": settings.BASE_URL,
        "person": delivery.person,
        "demo": settings.DEMO,
        "kind_title": kind.title,
        **context,
    }
    if delivery.person and kind.unsubscribable:
        context["unsubscribe_url"] = links.unsubscribe(delivery.person, delivery.kind)
        context["preferences_url"] = links.absolute(reverse("outbox:preferences"))
    text = render_to_string(f"{template}.txt", context)
    return Message(subject, text.strip() + "\n", render_to_string(f"{template}.html", context))
