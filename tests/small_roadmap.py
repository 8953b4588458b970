"""A Roadmap of four steps whose dates can be told by hand. The real one is loaded only by the tests that are about it.

Site milestones, in weeks after their anchors:
    interest   site_start +0        briefing  site_start +8      signed (headline)  briefing +26
    billing    signed +8, not for schools                        approved (gate)    latest of signed, interest +6
    trained    approved +4          served (headline)  trained +2     quality (gate)  served +39
    funded     grant_end -13        kept (gate)  quality +30
"""

from django.utils import timezone

from roadmap.models import Item, Phase, Roadmap, RoadmapVersion, Step, WorkedBy

CLINICS = {"settings": ["fqhc", "primary_care"]}
STEPS = [
    ("leaders", Phase.PRE_IMPLEMENTATION, "Win leader support", WorkedBy.SITE),
    ("plan", Phase.PRE_IMPLEMENTATION, "Tailor the plan", WorkedBy.SITE),
    ("launch", Phase.IMPLEMENTATION, "Start services, small first", WorkedBy.SITE),
    ("keep", Phase.SUSTAINABILITY, "Keep it strong", WorkedBy.SITE),
    ("team", Phase.PRE_IMPLEMENTATION, "Choose what to measure", WorkedBy.PROJECT),
]
MILESTONES = [  # step, key, text, anchors, weeks_to, more
    ("leaders", "interest", "Interest on record", ["site_start"], 0, {}),
    ("leaders", "briefing", "Leader briefing held", ["site_start"], 8, {"duty": "site_champion"}),
    ("leaders", "signed", "Written agreement signed", ["briefing"], 26, {"headline": True}),
    ("plan", "billing", "Billing test passed", ["signed"], 8, {"applies_to": CLINICS}),
    ("plan", "approved", "Written plan approved", ["signed", "interest"], 6, {"gate": True, "headline": True}),
    ("launch", "trained", "Everyone trained", ["approved"], 4, {}),
    ("launch", "served", "First person served", ["trained"], 2, {"headline": True}),
    ("launch", "quality", "Quality target met", ["served"], 39, {"gate": True, "headline": True}),
    ("keep", "funded", "Next 12 months funded", ["grant_end"], -13, {"headline": True}),
    ("keep", "kept", "Six-month check done", ["quality"], 30, {"gate": True}),
    ("keep", "exited", "Everyone handed over", [], None, {"on_exit": True}),
    ("team", "measures", "Short list of measures agreed", ["project_start"], 14, {"worked_by": WorkedBy.PROJECT}),
]
ACTIONS = [  # step, key, text, milestone, more
    ("leaders", "meet", "Meet with the top leader and the direct supervisors.", "briefing", {"minutes": 60}),
    ("leaders", "tell", "Tell front-line staff what leaders agreed to.", "briefing", {"duty": "site_champion"}),
    ("plan", "write", "Write the plan down.", "approved", {"minutes": 120}),
    ("launch", "train", "Train the first group.", "trained", {}),
    ("team", "pick", "Pick five to eight measures.", "measures", {"worked_by": WorkedBy.PROJECT}),
]
ROLES = [
    {"key": "site_champion", "name": "Site champion", "summary": "Speaks up for the new service each day."},
    {"key": "coach", "name": "Coach", "summary": "Helps sites solve problems."},
]


def make_small_roadmap(number=1, *, key="small", status=RoadmapVersion.Status.PUBLISHED):
    """Write the Roadmap as a draft and publish it, as the loader does; return the version."""
    roadmap, _ = Roadmap.objects.get_or_create(key=key, defaults={"name": "Small Roadmap"})
    version = RoadmapVersion.objects.create(
        roadmap=roadmap, number=number, title="Small Roadmap", meta={"roles": ROLES}
    )
    steps = {}
    for position, (step, phase, name, worked_by) in enumerate(STEPS, start=1):
        steps[step] = Step.objects.create(
            version=version,
            key=step,
            phase=phase,
            position=position,
            name=name,
            short_name=name[:40],
            worked_by=worked_by,
            why=f"Why {name.lower()} matters.",
            how=["Begin small."],
            source=["own"],
        )
    items = {}
    for position, (step, item, text, anchors, weeks, more) in enumerate(MILESTONES, start=1):
        items[item] = Item.objects.create(
            version=version,
            step=steps[step],
            key=item,
            kind=Item.Kind.MILESTONE,
            position=position * 10,
            text=text,
            anchors=anchors,
            weeks_from=weeks,
            weeks_to=weeks,
            source="own",
            **{"worked_by": WorkedBy.SITE, "evidence": "A dated note.", **more},
        )
    for position, (step, item, text, milestone, more) in enumerate(ACTIONS, start=1):
        Item.objects.create(
            version=version,
            step=steps[step],
            key=item,
            kind=Item.Kind.ACTION,
            position=position * 10 + 5,
            text=text,
            milestone=items[milestone],
            source="own",
            **{"worked_by": WorkedBy.SITE, **more},
        )
    if status != RoadmapVersion.Status.DRAFT:
        version.status, version.published_at = status, timezone.now()
        version.save(update_fields=["status", "published_at"])
    return version
