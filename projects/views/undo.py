"""Taking back the last act."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.access import signed_in
from accounts.models import Activity
from projects import undoing
from projects.access import can
from projects.models import Plan
from projects.views.answers import safe_next


@require_POST
@signed_in
def undo(request, batch):
    """Take back an act of one's own, whole, at the plans where the person may still do it."""
    try:
        restored = undoing.undo(batch, changeable(request, batch), by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said(restored))
    if request.htmx:
        return HttpResponseClientRefresh()
    return HttpResponseRedirect(safe_next(request, reverse("projects:todo")))


def changeable(request, batch):
    """Return the plans an act of this person touched and at which they may still do what it did."""
    rows = list(Activity.objects.filter(batch=batch, actor=request.user, plan_id__isnull=False))
    plans = Plan.objects.select_related("site__project", "project").in_bulk({row.plan_id for row in rows})
    rights = undoing.rights_needed(rows)
    refused = {
        row.plan_id
        for row, right in zip(rows, rights, strict=True)
        if not can(request.scopes, right, plans[row.plan_id])
    }
    return Plan.objects.filter(pk__in=plans.keys() - refused)


def said(restored):
    """Say what was taken back: the one item by its name, or all."""
    if len(restored) == 1:
        return _("Taken back: %(what)s") % {"what": restored[0].text}
    return _("All of it is taken back.")
