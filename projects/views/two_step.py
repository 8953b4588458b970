"""Signing in in two steps where a role asks for it."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import signed_in
from projects import second_step_reset
from projects import two_step as rule
from projects.access import Right, target_view
from projects.forms.people import ResetForm
from projects.membership import address, program_of
from projects.middleware import ASKED_FOR
from projects.views import people


@require_safe
@signed_in
def two_step(request):
    """Say why a second step is needed, and where to set it up; whoever has one goes on to where they wanted to go."""
    if not request.scopes.owes_second_step:
        asked = request.session.pop(ASKED_FOR, "")
        return redirect(asked if url_has_allowed_host_and_scheme(asked, None) else "home")
    return render(request, "projects/two_step.html", {"reasons": rule.asking(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@target_view(Right.RESET_SIGN_IN)
def reset(request, target, pk):
    """Let an administrator take away the second step of somebody who lost phone and passkey, and say why."""
    held = people.held_membership(request, target, pk)
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_step_reset.reset_second_step(held, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(name)s can sign in with the password alone now.") % {"name": held.user})
            return people.back(target)
    why_not = second_step_reset.obstacle(held, by=request.user)
    context = {"target": target, "held": held, "form": form, "why_not": why_not}
    context |= {"people_url": address(target, "people"), "program": program_of(target)}
    status = 422 if request.method == "POST" else 200
    return render(request, "projects/second_step_reset.html", context, status=status)


class RemovePasskey(RemoveWebAuthnView):
    """allauth's page, which does not ask by itself whether a passkey may go."""

    def form_valid(self, form):
        if not get_adapter().can_delete_authenticator(self.object):
            form.add_error(None, get_adapter().error_messages["cannot_delete_authenticator"])
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return super().form_valid(form)


remove_passkey = RemovePasskey.as_view()
