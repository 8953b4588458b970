"""An invitation's own page. Opening it changes nothing; the invited address accepts by pressing a button."""

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.access import public
from projects import inviting
from projects.forms.invitation import NewcomerForm, NewLinkForm
from projects.inviting import State
from projects.membership import home_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
STATUS = {State.USED: 410, State.REVOKED: 410, State.EXPIRED: 410, State.CLOSED: 410}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
@public
def invitation(request, signed):
    """Say who invites whom to what, and take the person in when they press the button."""
    now = timezone.now()
    try:
        found = inviting.standing_in(inviting.find(signed), now=now)
    except inviting.Broken:
        return new_link(request, status=404)
    state = inviting.state_of(found, request.user, now=now)
    form = NewcomerForm(request.POST or None, email=found.email) if state is State.NEWCOMER else None
    if request.method == "POST":
        joined = join(request, found, state, form, now=now)
        if joined:
            return joined
        state = inviting.state_of(found, request.user, now=now)
    return show(request, found, state, form, now=now)


def join(request, found, state, form, *, now):
    """Accept for whoever may, and go to where they belong now; return None where the page must say why not."""
    if state is State.MINE:
        return HttpResponseRedirect(home_of(found.target))
    try:
        if state is State.READY:
            inviting.accept(found, request.user, now=now)
        elif state is State.NEWCOMER and form.is_valid():
            user, _accepted = inviting.join_as_newcomer(found, now=now, **form.cleaned_data)
            sessions.begin(request, user, backend=BACKEND)
        else:
            return None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None
    messages.success(request, _("Welcome. You have joined %(what)s.") % {"what": found.target})
    return HttpResponseRedirect(home_of(found.target))


def show(request, found, state, form, *, now):
    """Show the invitation as it is to this person: 422 when they pressed and could not, 410 when it is over."""
    if state is State.EXPIRED and request.method != "POST":
        return new_link(request, found=found, status=410)
    asked = list(inviting.open_for(found.email, now=now)) if state not in STATUS else []
    context = {"invitation": found, "asked": asked, "state": state.value, "form": form, "here": request.path}
    status = STATUS.get(state, 422 if request.method == "POST" else 200)
    return render(request, "projects/invitation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@public
def invitation_new_link(request):
    """Send a new link to an address, if it is invited to something. The answer is the same either way.

    Limited like asking for a new password: by the address asked for and by where the question comes from.
    """
    form = NewLinkForm(request.POST or None)
    if request.method == "POST" and not ratelimit.consume(request, action="reset_password", key=form["email"].value()):
        return render(request, "429.html", status=429)
    if request.method == "POST" and form.is_valid():
        inviting.send_new_link(form.cleaned_data["email"], now=timezone.now())
        return render(request, "projects/invitation_sent.html", {"email": form.cleaned_data["email"]})
    return new_link(request, form=form, status=422 if form.is_bound else 200)


def new_link(request, *, found=None, form=None, status):
    """Offer a new link where the one that was opened is cut off, replaced or too old."""
    form = form or NewLinkForm(initial={"email": found.email if found else ""})
    context = {"invitation": found, "form": form}
    return render(request, "projects/invitation_new_link.html", context, status=status)
