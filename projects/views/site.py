"""Sites: adding one, changing one, and letting them start."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from projects import amending, founding, overview, planning, who
from projects.access import Right, project_view, site_view
from projects.forms.site import SiteForm, SiteSettingsForm, StartForm
from projects.models import Site

GET_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_POST)
@project_view(Right.SET_UP)
def site_new(request, project):
    """Add one site, with its champion where known."""
    form = SiteForm(request.POST or None, project=project)
    if request.method == "POST" and form.is_valid():
        row, email = form.new_site(), form.cleaned_data["email"]
        try:
            site = founding.found_site(project, row, email=email, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(site)s is there and setting up.") % {"site": site})
            return redirect("projects:site_start", project=project.slug, site=site.slug)
    context = {"program": project.program, "project": project, "form": form}
    return render(request, "projects/site_new.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
@site_view(Right.SET_UP)
def site_settings(request, site):
    """Change a site's name and the day it counts from."""
    shown = Site.objects.select_related("project__program").get(pk=site.pk)  # while the form holds other values
    form = SiteSettingsForm(request.POST or None, instance=site, initial={"starts_on": site.plan.starts_on})
    if request.method == "POST" and form.is_valid():
        amending.change_site(site, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(site.plan.get_absolute_url())
    context = {"program": shown.project.program, "project": shown.project, "site": shown, "form": form}
    return render(request, "projects/site_settings.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
@site_view(Right.SET_UP)
def site_start(request, site):
    """Ask whether a site may start, saying what that brings; then start it."""
    now = timezone.now()
    said = ""
    if request.method == "POST":
        try:
            planning.start_site(site, by=request.user, now=now)
        except ValidationError as error:
            said = " ".join(error.messages)
        else:
            messages.success(request, _("%(site)s has started.") % {"site": site})
            return redirect(site.plan.get_absolute_url())
    project, today = site.project, site.project.program.today(now)
    context = {"program": project.program, "project": project, "site": site, "today": today, "said": said}
    context["ahead"] = overview.ahead_of(site.plan, today)
    context["open_jobs"] = [one.job.name for one in who.site_jobs(site) if not one.job.held]
    return render(request, "projects/site_start.html", context, status=422 if said else 200)


@require_http_methods(GET_POST)
@project_view(Right.SET_UP)
def sites_start(request, project):
    """Let the chosen sites among those that are setting up start together."""
    now = timezone.now()
    waiting = overview.setting_up(project)
    form = StartForm(request.POST if request.method == "POST" else None, waiting=waiting)
    if request.method == "POST" and form.is_valid():
        sites = [plan.site for plan in form.cleaned_data["plans"]]
        try:
            count = planning.start_sites(sites, by=request.user, now=now)
        except ValidationError as error:
            form.add_error("plans", error)
        else:
            said = ngettext("%(count)s site has started.", "%(count)s sites have started.", count)
            messages.success(request, said % {"count": count})
            return redirect("projects:project", project=project.slug)
    chosen = set(request.POST.getlist("plans"))
    context = {"program": project.program, "project": project, "waiting": waiting, "form": form, "chosen": chosen}
    context["today"] = today = project.program.today(now)
    context["ahead"] = overview.ahead_of_many(project, waiting, today)
    bad = request.method == "POST"
    return render(request, "projects/sites_start.html", context, status=422 if bad else 200)
