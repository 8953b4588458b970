from uuid import UUID

import nh3
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import public, signed_in
from accounts.models import User
from accounts.requests import SignedInRequest
from outbox import kinds, links, readdressing
from outbox import preferences as wishes
from outbox.forms import AddressForm, PreferencesForm
from outbox.models import Delivery, DeliveryQuerySet

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def preferences(request: SignedInRequest) -> HttpResponse:
    """Let people say on which days, from which hour and about what they want to hear."""
    form = PreferencesForm(request.POST or None, instance=wishes.of(request.user))
    if request.method == "POST":
        if form.is_valid():
            wishes.choose(request.user, **form.wishes())
            messages.success(request, _("Saved. It holds from the next mail on."))
            return redirect("outbox:preferences")
        return render(request, "outbox/preferences.html", {"form": form}, status=422)
    return render(request, "outbox/preferences.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@signed_in
def address(request: SignedInRequest) -> HttpResponse:
    """Ask for another address to sign in with; it counts once its mail was answered."""
    form = AddressForm(request.POST or None, person=request.user)
    if request.method == "POST":
        if over_limit(request):
            return render(request, "429.html", status=429)
        if form.is_valid():
            new = form.cleaned_data["email"]
            readdressing.ask(request.user, new, now=timezone.now())
            messages.success(
                request, _("We wrote to %s. Open the link in that mail; until then nothing changes.") % new
            )
            return redirect("accounts:profile")
        return render(request, "outbox/address.html", {"form": form}, status=422)
    return render(request, "outbox/address.html", {"form": form})


def over_limit(request: SignedInRequest) -> bool:
    """Say whether this person tried too often; without it the form could be used to guess the password."""
    return not ratelimit.consume(request, action="manage_email", user=request.user)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address_confirm(request: HttpRequest, signed: str) -> HttpResponse:
    """Confirm a new address with a button; people open the mail on another device, so no sign-in is asked for."""
    is_post = request.method == "POST"
    try:
        person, new = (readdressing.confirm(signed, now=timezone.now()), "") if is_post else readdressing.read(signed)
    except readdressing.Stale:
        return render(request, "outbox/address_stale.html", status=404)
    is_done = is_post or person.email == new
    return render(request, "outbox/address_confirm.html", {"is_done": is_done, "address": new or person.email})


@csrf_exempt  # mail programs post here without a cookie (RFC 8058); the signed address is the proof
@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, signed: str) -> HttpResponse:
    """Turn one kind of mail off, or on again, for the person a mail was sent to. Looking changes nothing."""
    try:
        person_id, kind = links.read_unsubscribe(signed)
    except links.Broken:
        return render(request, "outbox/unsubscribe_broken.html", status=404)
    person = get_object_or_404(User, pk=person_id, is_active=True)
    context = {"title_of_kind": kinds.title_of(kind), "address": person.email, "posted": request.method == "POST"}
    if request.method == "POST":
        wishes.turn(person, kind, on=request.POST.get("again") == "1", by=None)
    context["is_off"] = wishes.is_off(person, kind)
    return render(request, "outbox/unsubscribe.html", context)


@require_safe
@signed_in
def sent(request: SignedInRequest) -> HttpResponse:
    """List what was sent in a demo: but of what opens an account only the own."""
    before = request.GET.get("before", "")
    found = visible_messages(request).newest_first().select_related("person").defer("text", "html", "data")
    if is_paged := before.isdecimal():
        found = found.filter(pk__lt=before)
    deliveries = list(found[: PAGE + 1])
    context = {
        "rows": [row_of(delivery) for delivery in deliveries[:PAGE]],
        "older": f"?before={deliveries[PAGE - 1].pk}" if len(deliveries) > PAGE else "",
        "newest": request.path if is_paged else "",
    }
    return render(request, "outbox/sent.html", context)


def row_of(delivery: Delivery) -> dict[str, object]:
    """Return a message as the list shows it; why is said only where it was not sent."""
    why = "" if delivery.state in {Delivery.State.SENT, Delivery.State.EMPTY} else delivery.outcome
    return {"delivery": delivery, "title": kinds.title_of(delivery.kind), "why": why}


@require_safe
@signed_in
def message(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show one message of a demo as text, and its HTML without what could do harm."""
    delivery = get_object_or_404(visible_messages(request).select_related("person"), uuid=uuid)
    context = {"delivery": delivery, "title_of_kind": kinds.title_of(delivery.kind), "html": readable(delivery.html)}
    return render(request, "outbox/message.html", context)


def readable(html: str) -> str:
    """Return a mail's HTML without what could do harm; its styles go too, our policy would not apply them."""
    return nh3.clean(html, clean_content_tags={"script", "style", "title"})


def visible_messages(request: SignedInRequest) -> DeliveryQuerySet:
    """Return the messages this person may read; outside a demo the outbox has no pages."""
    if not settings.DEMO:
        raise Http404
    return Delivery.objects.visible_to(request.user)
