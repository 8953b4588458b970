"""Who does what: at one site, and over all sites of a project."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from projects import duties, who
from projects.access import Right, project_view, site_view
from projects.forms.jobs import SiteJobsForm


@require_http_methods(["GET", "HEAD", "POST"])
@site_view(Right.INVITE)
def site_jobs(request, site):
    """Ask for every job of the Roadmap who does it at a site; save all answers together."""
    form = SiteJobsForm(request.POST or None, site=site, jobs=who.site_jobs(site))
    if request.method == "POST" and form.is_valid():
        try:
            duties.set_duties(site, form.holders(), seen=form.seen(), by=request.user, now=timezone.now())
        except duties.StaleJobs as stale:
            again = SiteJobsForm(form.with_news(stale.now), site=site, jobs=who.site_jobs(site))
            return site_jobs_page(request, site, again, status=409, stale=stale)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved. Work that is given to a job goes to whoever has it."))
            return redirect(site.plan.get_absolute_url())
    return site_jobs_page(request, site, form, status=422 if form.errors else 200)


def site_jobs_page(request, site, form, *, status, stale=None):
    """Show the form; where somebody else has said who does what meanwhile, with what stands now."""
    project = site.project
    names = {one.job.key: one.job.name for one in form.jobs}
    news = [(names[key], holder.words) for key, holder in stale.now.items()] if stale else []
    context = {"program": project.program, "project": project, "site": site, "form": form}
    context |= {"stale": stale, "news": news}
    return render(request, "projects/site_jobs.html", context, status=status)


@require_safe
@project_view(Right.ASSIGN)
def project_jobs(request, project):
    """Show which jobs have nobody at which site, and how much each person has to do."""
    today = project.program.today(timezone.now())
    context = {
        "program": project.program,
        "project": project,
        "today": today,
        "gaps": who.gaps_in(project),
        "loads": who.loads_in(project, today),
    }
    return render(request, "projects/project_jobs.html", context)
