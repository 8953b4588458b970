from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.access import signed_in
from accounts.forms import ProfileForm
from accounts.models import User
from accounts.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def profile(request: SignedInRequest) -> HttpResponse:
    """Let people change what is theirs: name, phone, time zone, colors, keys."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST":
        if form.is_valid():
            form.instance.save(update_fields=form.changed_data)
            messages.success(request, _("Your profile is saved."))
            return redirect("accounts:profile")
        return render(request, "accounts/profile.html", {"form": form}, status=422)
    return render(request, "accounts/profile.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def devices(request: SignedInRequest) -> HttpResponse:
    """Show where the person is signed in, and sign them out at one other device or at all others."""
    if request.method == "POST":
        asked = request.POST.get("device", "")
        only = int(asked) if asked.isdecimal() and len(asked) < 19 else None
        if asked and only is None:
            only = -1  # no device has this number
        count = sessions.end(request.user, only=only, besides=request.session.session_key or "")
        said = ngettext("You are signed out at %(n)s device.", "You are signed out at %(n)s devices.", count)
        messages.success(request, said % {"n": count} if count else _("You are signed in nowhere else."))
        return redirect("accounts:devices")
    found = sessions.devices_of(request, request.user, now=timezone.now())
    return render(request, "accounts/devices.html", {"devices": found})
