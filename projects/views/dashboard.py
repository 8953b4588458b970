"""The State's dashboard: which sites need help, how far they have come, and all of them as a list or a file."""

from functools import wraps

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects import analytics, exports, help_list, help_rules, ordering, spreadsheets
from projects.access import Right, can, scoped
from projects.forms.dashboard import DashboardFilter
from projects.models import Program

PAGE = 100
CARDS, MORE_CARDS = 5, 50
HEADS = ("name", "project", "phase", "next", "help", "contact")


def find_chosen(scopes, program, **rest):
    """Find the program of that slug among those the person holds a role on; with none, the first with the right."""
    programs = list(Program.objects.visible_to(scopes))
    if program:
        programs = [one for one in programs if one.slug == program]
    if not programs:
        raise Http404
    return next((one for one in programs if can(scopes, Right.DASHBOARD, one)), programs[0]), rest


def dashboard_view(view):
    """Open a view on the program that ?program= names, or on the person's first."""
    opened = scoped(Right.DASHBOARD, find_chosen)(view)

    @wraps(opened)
    def chosen(request):
        return opened(request, program=request.GET.get("program", ""))

    return chosen


def read_filter(request, program, on):
    """Return the filter and all sites of the program."""
    options = analytics.options_of(program)
    chosen = DashboardFilter(request.GET, options=options, program=program, on=on)
    return chosen, analytics.site_plans(program)


@require_safe
@dashboard_view
def dashboard(request, program):
    """Show which sites need help and why, the headline milestones, the totals and the sites that were asked for."""
    now = timezone.now()
    on = program.today(now)
    chosen, everything = read_filter(request, program, on)
    page = ordering.page_of(chosen.filter(everything), chosen.order, program, on, after=chosen.begins_after, size=PAGE)
    context = {
        "program": program,
        "programs": Program.objects.visible_to(request.scopes) if len(request.scopes.programs) > 1 else [],
        "chosen": chosen,
        "heads": [chosen.head(name) for name in HEADS],
        "rows": [(plan, help_rules.standing_of(plan, on)) for plan in page.rows],
        "page": page,
        "first_url": chosen.adding(),
        "next_url": f"{chosen.adding(after=page.next_after)}#sites",
        "today": on,
        "now": now,
        **counted(everything, chosen),
        "cards": cards_of(everything, chosen, reads_all=can(request.scopes, Right.READ_ALL_NOTES, program)),
    }
    return render(request, "projects/dashboard.html", context)


def counted(everything, chosen):
    """Return what the page counts. Each number leaves out the choice that its own link would change."""
    program, on, asked = chosen.program, chosen.on, chosen.conditions()
    before_milestone = chosen.conditions(but="milestone")
    counts = analytics.counts_of(
        everything, shown=asked, base=before_milestone, help=asked & analytics.needs_help(program, on)
    )
    totals = analytics.totals_of(chosen.filter(everything, but="state"), program, on)
    return {
        "counts": counts,
        "totals": totals,
        "headlines": analytics.headlines_of(everything.filter(before_milestone), on, sites=counts["base"]),
        "compared_with": analytics.since(on),
        "groups": chosen.groups(totals),
        "standings": chosen.standings(totals),
        "rules": help_rules.rules_in_words(program),
    }


def cards_of(everything, chosen, *, reads_all):
    """Return the sites that need help among those asked for: the first few, or many where only they are asked for."""
    limit = MORE_CARDS if chosen.active.get("state") == "help" else CARDS
    plans = chosen.filter(everything)
    return help_list.help_cards(plans, chosen.program, chosen.on, limit=limit, reads_all=reads_all)


@require_safe
@dashboard_view
def dashboard_csv(request, program):
    """Hand out the sites that were asked for, all of them, in the same order as the page."""
    on = program.today(timezone.now())
    chosen, everything = read_filter(request, program, on)
    ordered = ordering.in_order(analytics.with_words(chosen.filter(everything)), chosen.order, program, on)
    rows = exports.site_rows(ordered.iterator(chunk_size=2000), on)
    return spreadsheets.csv_response(f"sites-{program.slug}-{on.isoformat()}.csv", exports.SITE_HEADER, rows)
