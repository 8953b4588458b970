"""Many sites at once, for tests about lists: made by the batch, active since a day, counted like any other."""

import datetime as dt

from projects import planning
from projects.ledger import Ledger
from projects.models import Plan, Site
from tests.cast import new_site


def add_active_sites(world, number, *, project=None, prefix="Site", since=None, **fields):
    """Add so many active sites to a project (Ana's where none is given) and return them by name."""
    names = [f"{prefix} {count:03}" for count in range(1, number + 1)]
    rows = [new_site(name, **fields) for name in names]
    sites = planning.add_sites(project or world.project, rows, by=world.ana, now=world.now)
    activate(world, sites, since=since)
    return sites


def activate(world, sites, *, since=None):
    """Let sites be active since a day (the world's Monday where None) and write their counters."""
    Site.objects.filter(pk__in=[site.pk for site in sites]).update(status=Site.Status.ACTIVE)
    plans = Plan.objects.filter(site__in=sites)
    plans.update(active=True, activated_on=since or dt.date(2026, 1, 5))
    recount_all(world, plans)


def recount_all(world, plans):
    """Write the counters of plans anew, as a verb on them would."""
    with Ledger.open(list(plans.values_list("pk", flat=True)), by=world.ana, now=world.now):
        pass
