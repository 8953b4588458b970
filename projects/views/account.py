"""The account of somebody who has left, for the State administrator."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from projects import closing
from projects.access import Right, program_view
from projects.forms.account import CLOSE, FORGET, OPEN, AccountForm
from projects.models import Membership

ACTS = {
    CLOSE: (closing.close_account, gettext_lazy("The account is closed. Nobody can sign in with it.")),
    OPEN: (closing.open_account, gettext_lazy("The account is open again.")),
    FORGET: (closing.forget, gettext_lazy("Name, address and phone are forgotten. What was done stays.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@program_view(Right.RUN_PROGRAM)
def account(request, program, pk):
    """Show what hangs on somebody's account; close it, open it again, or forget who the person was."""
    rows = Membership.objects.in_program(program).select_related("user")
    person = get_object_or_404(rows, pk=pk).user
    refusal = closing.refusal(person, request.scopes)
    form = AccountForm(request.POST or None)
    if request.method == "POST":
        if refusal:
            raise PermissionDenied(refusal)
        if form.is_valid() and carried_out(request, form, person):
            return redirect("projects:account", program=program.slug, pk=pk)
    items, jobs = closing.open_work(person)
    context = {"program": program, "pk": pk, "person": person, "refusal": refusal, "form": form}
    context |= {"items": items, "jobs": jobs}
    return render(request, "projects/account.html", context, status=422 if request.method == "POST" else 200)


def carried_out(request, form, person):
    """Do what the form says; return whether it could be done, else the form says why not."""
    verb, said = ACTS[form.cleaned_data["act"]]
    try:
        changed = verb(person, by=request.user, now=timezone.now())
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, said if changed else _("Nothing changed: it is like this already."))
    return True
