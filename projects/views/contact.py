"""Keeping when somebody spoke with a site."""

from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from projects import contacts, plan_page
from projects.access import Right, plan_view
from projects.forms.contact import ContactForm
from projects.views.answers import back, page_of

EARLIER = 100  # calls and visits that are listed, the newest first


@require_http_methods(["GET", "POST"])
@plan_view(Right.RECORD)
def contact_log(request, plan):
    """Keep a call, visit or message, and when to look again."""
    now = timezone.now()
    today = plan.program.today(now)
    form = ContactForm(request.POST or None, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        try:
            contacts.log_contact(plan.site, by=request.user, now=now, **form.cleaned_data)
            return back(request, plan)
        except ValidationError as error:
            form.add_error(None if hasattr(error, "error_dict") else "on", error)
    back_to = [{"name": "next", "value": request.POST.get("next") or request.GET.get("next", "")}]
    context = {**page_of(plan), "form": form, "today": today, "url": request.path, "back_to": back_to}
    context |= {
        "viewer": plan_page.viewer_of(request.scopes, plan),
        "earlier": plan.site.contacts.select_related("by")[:EARLIER],
    }
    return render(request, "projects/contact_log.html", context, status=422 if form.errors else 200)
