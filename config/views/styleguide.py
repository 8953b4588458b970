"""Every component on one page, with made-up rows: for those who build screens, and for axe."""

import datetime as dt

from django import forms
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import public
from config.tour import Standing
from projects.models import Role
from roadmap.road import AHEAD, LATE, NEXT, NEXT_LATE, NOT_APPLICABLE, REACHED, Milepost, Stretch

TODAY = dt.date(2026, 11, 22)
LONG = (
    "Keweenaw-Ontonagon-Gogebic Intermediate School District Behavioral Health Partnership at the Lake Superior "
    "Community Learning Center"
)
FAULTS = [
    {"row": 14, "column": "county", "value": "Kentt", "message": "“Kentt” is not a county. Did you mean Kent?"},
    {"row": 150, "column": "name", "value": "", "message": "This cell is empty. The site's name."},
]
PHASES = (("pre_implementation", "Get ready"), ("implementation", "Do it"), ("sustainability", "Keep it going"))
STATES = (
    ("on_time", ""),
    ("due_soon", "due in 4 days"),
    ("late", "9 days late"),
    ("stuck", "stuck for 34 days"),
    ("quiet", "quiet for 41 days"),
    ("waiting", "waiting for: Agreement signed"),
    ("done", ""),
    ("setting_up", ""),
    ("active", ""),
    ("paused", ""),
    ("stopped", ""),
    ("finished", ""),
)
CELLS = (
    ("done", "done", "Elm Street, Win support: done", "Win support"),
    ("started", "3 of 4", "Elm Street, Agree and sign: 3 of 4", "Agree and sign"),
    ("open", "0 of 2", "Elm Street, Tailor the plan: 0 of 2", "Tailor the plan"),
    ("late", "9 days", "Elm Street, Set up tools: 9 days late", "Set up tools"),
    ("stuck", "stuck", "Elm Street, Start small: stuck", "Start small"),
    ("waiting", "waits", "Elm Street, Coach the team: waits", "Coach the team"),
    ("na", "–", "Elm Street, Find who pays: does not apply", "Find who pays"),
)
STEPS = (
    (
        "Find the need|Choose|Invite sites|Win support|Build the team|What to measure|Check readiness|Agree and sign|"
        "Find who pays|Tailor the plan",
        "Agree on the need, choose a program that fits, and write a plan each site can follow.",
    ),
    (
        "Get staff|Train|Set up tools|Start small|Coach the team|Watch and adapt",
        "Train people, start small, and get better week by week.",
    ),
    (
        "Show the value|Line up money|Hand over|Keep it strong",
        "Pay for it, own it, and keep it good after the grant ends.",
    ),
)


class SampleForm(forms.Form):
    """A form with one field of each look and two that need another look."""

    name = forms.CharField(label="Name of the site", help_text="As people there call it.")
    county = forms.CharField(label="County")
    setting = forms.ChoiceField(label="Setting", choices=[("fqhc", "Health center"), ("school", "School")])
    starts_on = forms.DateField(label="Start", widget=forms.DateInput(attrs={"type": "date"}))
    billed = forms.BooleanField(label="This site sends bills", required=False)

    def clean_county(self):
        raise forms.ValidationError("'Kentt' is not a county in Michigan. Did you mean Kent?")


def road_of(plan):
    """Return stretches from a string of letters a phase.

    r(eached), n(ext), a(head), l(ate), o (next and late), x (does not apply).
    """
    states = {"r": REACHED, "n": NEXT, "a": AHEAD, "l": LATE, "o": NEXT_LATE, "x": NOT_APPLICABLE}
    return [
        Stretch(
            phase,
            name,
            letters.count("r"),
            len(letters) - letters.count("x"),
            [Milepost(f"Milestone {at} of {name}", states[letter]) for at, letter in enumerate(letters, 1)],
        )
        for (phase, name), letters in zip(PHASES, plan, strict=True)
    ]


def guide():
    return [
        Stretch(
            phase,
            name,
            0,
            0,
            [Milepost(step, AHEAD, "#road", f"{len(step) % 3 + 2} milestones", len(step) % 3 + 2) for step in steps],
            summary=summary,
        )
        for (phase, name), (steps, summary) in zip(
            PHASES, ((names.split("|"), summary) for names, summary in STEPS), strict=True
        )
    ]


def table():
    return {
        "columns": [
            {"words": "Site", "url": "?sort=-site#tables", "sorted": "ascending"},
            {"words": "Next milestone"},
            {"words": "Last contact", "url": "?sort=contact#tables"},
            {"words": "Done", "num": True, "url": "?sort=done#tables"},
        ],
        "rows": [
            [
                {"words": site, "url": "#tables"},
                {"words": coming, "label": "Next"},
                {"words": contact, "label": "Last contact"},
                {"words": done, "label": "Done", "num": True},
            ]
            for site, coming, contact, done in (
                ("Pine Ridge Middle School", "Written plan approved", "Mon 12 Oct", "12 of 44"),
                (LONG, "Data agreement signed by every partner", "Tue 17 Nov", "13 of 44"),
                ("Riverbend Pediatrics", "Long-term owner named", "Wed 18 Nov", "38 of 41"),
            )
        ],
    }


def filters():
    return [
        {"name": "q", "label": "Find", "value": "", "choices": None},
        {"name": "project", "label": "Project", "value": "", "choices": [("", "All projects"), ("cocm", "CoCM")]},
        {"name": "phase", "label": "Phase", "value": "implementation", "choices": [("", "Any phase"), *PHASES]},
    ]


def evidence():
    return [
        {
            "stance": "Supports",
            "source": "Rusch 2021, abstract",
            "url": "https://pmc.ncbi.nlm.nih.gov/articles/PMC8180904",
            "says": "support from upper-level leaders was one of the keys to success.",
        },
        {"stance": "Contrasts", "source": "A made-up review", "says": "found no difference.", "verify": True},
        {"stance": "Our advice", "says": "The two-page agreement template."},
    ]


@require_safe
@public
def styleguide(request):
    """Show every component of the stylesheet on one page."""
    following = {"name": "Ready-to-start check passed", "url": "#road", "when": "due Fri 4 Dec, in 12 days"}
    context = {
        "today": TODAY,
        "long": LONG,
        "days": [TODAY + dt.timedelta(days=days) for days in (-40, -9, -1, 0, 1, 4, 12, 60, 300)],
        "faults": FAULTS,
        "coach": {"holder": "Jo Lindqvist", "phone": "231-555-0142"},
        "stop": Standing(Role.PRACTITIONER, 1),
        "phases": PHASES,
        "states": STATES,
        "cells": CELLS,
        "paragraphs": [
            "Ask for thirty minutes with the top leader and the direct supervisors together.",
            "If they hear it apart, they may hear two different plans.",
        ],
        "evidence": evidence(),
        "usual": road_of(("r" * 16 + "xr", "rrrrlrrn" + "a" * 11, "a" * 7)),
        "usual_next": following,
        "short": road_of(("rln", "", "a")),
        "late_road": road_of(("r" * 17, "r" * 10 + "xxr" + "r" * 8, "rrrrlo")),
        "long_next": {"name": LONG + " has signed the agreement", "url": "#road", "when": "9 days late"},
        "first_road": road_of(("n" + "a" * 29, "a" * 26, "a" * 12)),
        "guide": guide(),
        "tiny": {"pre_implementation": (17, 18), "implementation": (6, 19), "sustainability": (0, 7)},
        "table": table(),
        "filters": filters(),
        "chips": [{"words": "Phase: Do it", "url": "#filters"}],
        "tools": [{"words": "Save this view", "url": "#filters"}, {"words": "CSV", "url": "#filters"}],
        "help_links": [{"words": "Call sheet", "url": "#help"}, {"words": "Acknowledge", "url": "#help"}],
        "form": SampleForm({"name": LONG, "county": "Kentt", "setting": "school", "starts_on": "soon"}),
        "note": "**Called the clinic.** They moved the build:\n\n- IT is on the billing upgrade\n- back on *10 Dec*\n\n"
        "<script>alert(1)</script> [their page](javascript:alert(1)) [the plan](https://example.org/plan)",
    }
    return render(request, "styleguide.html", context)
