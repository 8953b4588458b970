"""A site's status: pausing, stopping, closing it, and letting it go on."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from projects import pausing
from projects.access import Right, site_view
from projects.forms.status import ResumeForm, StatusForm, StopForm
from projects.reading import read_items

GET_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_POST)
@site_view(Right.SET_UP)
def site_pause(request, site):
    """Pause a site, with a day and a reason."""
    form = StatusForm(request.POST or None, today=today_of(site))
    if carried_out(request, form, pausing.pause_site, site):
        messages.success(request, _("%(site)s is paused. Nobody is reminded until it goes on.") % {"site": site})
        return redirect(site.plan.get_absolute_url())
    return answer(request, "projects/site_pause.html", site, form)


@require_http_methods(GET_POST)
@site_view(Right.SET_UP)
def site_finish(request, site):
    """Close a site as finished."""
    form = StatusForm(request.POST or None, today=today_of(site))
    if carried_out(request, form, pausing.finish_site, site):
        messages.success(request, _("%(site)s is finished.") % {"site": site})
        return redirect(site.plan.get_absolute_url())
    return answer(request, "projects/site_finish.html", site, form)


@require_http_methods(GET_POST)
@site_view(Right.SET_UP)
def site_stop(request, site):
    """Stop a site, walking through what the Roadmap asks of one that stops."""
    items = pausing.exit_items(read_items(site.plan.items.filter(item__on_exit=True), {site.plan.pk: whole(site)}))
    form = StopForm(
        request.POST or None,
        today=today_of(site),
        items=sorted((item for item in items if not item.is_done), key=lambda item: item.is_milestone),
    )
    if carried_out(request, form, pausing.stop_site, site, done=()):
        messages.success(request, _("%(site)s has stopped. What it did stays here.") % {"site": site})
        return redirect(site.plan.get_absolute_url())
    return answer(request, "projects/site_stop.html", site, form)


@require_http_methods(GET_POST)
@site_view(Right.SET_UP)
def site_resume(request, site):
    """Let a site go on, saying first what becomes of its dates; “Look” shows it for another day."""
    form, act = ResumeForm(request.POST or None, today=today_of(site)), pausing.resume_site
    if "look" not in request.POST and (done := carried_out(request, form, act, site)):
        n = len(done.moves)
        moved = (
            ngettext("%(n)s date has moved.", "%(n)s dates have moved.", n) % {"n": n} if n else _("No date has moved.")
        )
        messages.success(request, _("%(site)s goes on. %(moved)s") % {"site": site, "moved": moved})
        return redirect(site.plan.get_absolute_url())
    shown = {"on": today_of(site), "move_dates": True}
    if form.is_bound and form.is_valid():
        shown = form.cleaned_data
    try:
        look = act(site, by=request.user, now=timezone.now(), dry_run=True, **shown)
    except ValidationError as error:
        look = None
        if not form.errors:
            form.add_error(None, error) if form.is_bound else messages.error(request, " ".join(error.messages))
    return answer(request, "projects/site_resume.html", site, form, look=look)


def carried_out(request, form, act, site, **unless_asked):
    """Do what a posted form asks for; return what came of it (True for nothing), False where it stays to be mended."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        return act(site, by=request.user, now=timezone.now(), **{**unless_asked, **form.cleaned_data}) or True
    except ValidationError as error:
        form.add_error(None, error)
        return False


def answer(request, template, site, form, **more):
    project = site.project
    context = {"program": project.program, "project": project, "site": site, "form": form, **more}
    context["status"] = pausing.newest(site)
    return render(request, template, context, status=422 if form.errors else 200)


def whole(site):
    """Return a site's plan with what its items are read by."""
    site.plan.site, site.plan.project, site.plan.program = site, site.project, site.project.program
    return site.plan


def today_of(site):
    return site.project.program.today(timezone.now())
