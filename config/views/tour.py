"""Going on with the tour, leaving it, and beginning it again."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import signed_in
from config.tour import begin_again, go_on, skip, standing_of


@require_POST
@signed_in
def tour(request):
    """Take the person to the next stop, back to the one they are at, or out of the tour."""
    act = request.POST.get("act", "next")
    if act == "skip":
        skip(request.user)
        messages.info(request, _("No more tour. Your profile shows it again whenever you like."))
        return redirect("projects:todo")
    if act == "again":
        return redirect(begin_again(request.user, request.scopes) or "projects:todo")
    standing = standing_of(request.user, request.scopes)
    if act == "back" and standing:
        return redirect(standing.stop.address(request.scopes) or "projects:todo")
    address = go_on(request.user, request.scopes)
    if address is None and standing:
        messages.success(request, _("That was the tour. Your profile shows it again whenever you like."))
    return redirect(address or "projects:todo")
