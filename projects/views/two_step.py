"""Signing in in two steps where a role asks for it."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from projects import two_step as rule


@require_safe
@signed_in
def two_step(request):
    """Say why a second step is needed, and where to set it up; whoever has one goes on to their work."""
    if not request.scopes.owes_second_step:
        return redirect("home")
    return render(request, "projects/two_step.html", {"reasons": rule.asking(request.user)})


class RemovePasskey(RemoveWebAuthnView):
    """allauth's page, which does not ask by itself whether a passkey may go."""

    def form_valid(self, form):
        if not get_adapter().can_delete_authenticator(self.object):
            form.add_error(None, get_adapter().error_messages["cannot_delete_authenticator"])
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return super().form_valid(form)


remove_passkey = RemovePasskey.as_view()
