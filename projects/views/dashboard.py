"""The State's dashboard: which sites need help, how far they have come, and all of them as a list or a file."""

from functools import wraps

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects import analytics, exports, help_list, help_rules, ordering, spreadsheets, tallying
from projects.access import Right, can, scoped
from projects.forms.dashboard import DashboardFilter
from projects.models import Program

PAGE = 50
CARDS, MORE_CARDS = 5, 50
HEADS = ("name", "project", "phase", "next", "help", "contact")


def find_chosen(scopes, program, **rest):
    """Find the program of that slug among those the person holds a role on; with none, the first with the right.

    `beside` is set to all of them where there are several to choose from.
    """
    programs = list(Program.objects.visible_to(scopes).select_related("tally"))
    named = [one for one in programs if not program or one.slug == program]
    if not named:
        raise Http404
    chosen = next((one for one in named if can(scopes, Right.DASHBOARD, one)), named[0])
    chosen.beside = programs if len(programs) > 1 else []
    return chosen, rest


def dashboard_view(view):
    """Open a view on the program that ?program= names, or on the person's first."""
    opened = scoped(Right.DASHBOARD, find_chosen)(view)

    @wraps(opened)
    def chosen(request):
        return opened(request, program=request.GET.get("program", ""))

    return chosen


def read_filter(request, program, on, options):
    """Return the filter and all sites of the program."""
    chosen = DashboardFilter(request.GET, options=options, program=program, on=on)
    return chosen, analytics.site_plans(program)


@require_safe
@dashboard_view
def dashboard(request, program):
    """Show which sites need help and why, the headline milestones, the totals and the sites that were asked for."""
    now = timezone.now()
    on = program.today(now)
    before = tallying.counted_before(program, now)
    options = before.options if before else analytics.options_of(program)
    chosen, everything = read_filter(request, program, on, options)
    context = counted(everything, chosen) if chosen.active else counted_whole(program, now, options, before)
    sees = {
        "reads_all": can(request.scopes, Right.READ_ALL_NOTES, program),
        "back_to": request.get_full_path() if can(request.scopes, Right.RECORD, program) else "",
    }
    context |= listed(everything, chosen, **sees) | {
        "program": program,
        "programs": program.beside,
        "chosen": chosen,
        "rules": help_rules.rules_in_words(program),
        "groups": chosen.groups(context["totals"]),
        "standings": chosen.standings(context["totals"]),
        "compared_with": analytics.since(on),
        "today": on,
        "now": now,
    }
    return render(request, "projects/dashboard.html", context)


def listed(everything, chosen, **sees):
    """Return the cards of those that need help and a page of the list, read together; `sees` is for help_cards."""
    program, on, plans = chosen.program, chosen.on, chosen.filter(everything)
    few = MORE_CARDS if chosen.active.get("state") == "help" else CARDS
    helped = help_list.ids_of_helped(plans, program, on, limit=few)
    page = ordering.page_of(plans.only("pk"), chosen.order, program, on, after=chosen.begins_after, size=PAGE)
    ids = [plan.pk for plan in page.rows]
    found = help_list.worded_plans({*helped, *ids})
    return {
        "cards": help_list.help_cards([found[pk] for pk in helped if pk in found], on, **sees),
        "heads": [chosen.head(name) for name in HEADS],
        "rows": [(found[pk], help_rules.standing_of(found[pk], on)) for pk in ids if pk in found],
        "page": page,
        "first_url": chosen.adding(),
        "next_url": f"{chosen.adding(after=page.next_after)}#sites",
    }


def counted(everything, chosen):
    """Return what the page counts. Each number leaves out the choice that its own link would change."""
    program, on, asked = chosen.program, chosen.on, chosen.conditions()
    before_milestone = chosen.conditions(but="milestone")
    counts = analytics.counts_of(
        everything, shown=asked, base=before_milestone, help=asked & analytics.needs_help(program, on)
    )
    return {
        "counts": counts,
        "totals": analytics.totals_of(chosen.filter(everything, but="state"), program, on),
        "headlines": analytics.headlines_of(everything.filter(before_milestone), on, sites=counts["base"]),
    }


def counted_whole(program, now, options, before):
    """Return what the page counts where nothing is left out: beforehand where the program is large."""
    whole = before or tallying.count_now(program, now, options)
    sites, needing = whole.totals.all.sites, whole.totals.all.states["help"]
    return {
        "counts": {"all": sites, "shown": sites, "base": sites, "help": needing},
        "totals": whole.totals,
        "headlines": whole.headlines,
        "counted_at": whole.at,
    }


@require_safe
@dashboard_view
def dashboard_csv(request, program):
    """Hand out the sites that were asked for, all of them, in the same order as the page."""
    on = program.today(timezone.now())
    chosen, everything = read_filter(request, program, on, analytics.options_of(program))
    ordered = ordering.in_order(analytics.with_words(chosen.filter(everything)), chosen.order, program, on)
    rows = exports.site_rows(ordered.iterator(chunk_size=2000), on)
    return spreadsheets.csv_response(f"sites-{program.slug}-{on.isoformat()}.csv", exports.SITE_HEADER, rows)
