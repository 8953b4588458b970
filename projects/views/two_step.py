"""Signing in in two steps where a role asks for it."""

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
