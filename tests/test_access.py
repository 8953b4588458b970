"""Every address, asked for by everybody, on objects of their own, of a sister site, of another project and program.

`WHO` says by hand what each right means to whom at each place; `OPENS` says what a page answers to those who may open
it. An address that stands in neither fails, and so does a view without a mark.
"""

import datetime as dt
import uuid

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts import once
from accounts.models import Activity
from interviews import approving
from outbox import links
from outbox.models import Delivery
from projects import attaching, barriers, file_contents, inviting, notes, planning
from projects.access import Right
from projects.models import Fitting, Invitation, Membership, Merger, Plan, PlanItem, Role, Scopes
from projects.tables import taking_in
from projects.tables.sites import SitesTable
from tests.cast import join, new_site, person

pytestmark = pytest.mark.django_db

PEOPLE = "anon nia bo vi ana cy dee ed".split()
IN, OK = "in", "ok"  # "in": sent to sign in; "ok": as OPENS says

# place and right: what anon, nia, bo, vi, ana, cy, dee and ed get
V, R = "VIEW", "RECORD"
LEADS = ("RECORD_MANY", "ASSIGN", "SET_UP", "INVITE", "SCHEDULE", "TAILOR")
WHO = {
    ("program", V): "in 404 404 404 404 404 ok 404",
    ("program", "DASHBOARD"): "in 404 404 404 404 404 ok ok",
    ("project", V): "in 404 ok ok ok 404 ok 404",
    ("project", "BOARD"): "in 404 403 ok ok 404 ok 404",
    ("team", V): "in 404 ok ok ok 404 ok 404",
    ("team", R): "in 404 403 403 ok 404 ok 404",
    ("own", V): "in 404 ok ok ok 404 ok 404",
    ("own", R): "in 404 ok 403 ok 404 ok 404",
    ("sister", V): "in 404 404 ok ok 404 ok 404",
    ("sister", R): "in 404 404 403 ok 404 ok 404",
    ("other", V): "in 404 404 404 404 ok ok 404",
    ("other", R): "in 404 404 404 404 ok ok 404",
    ("foreign", V): "in 404 404 404 404 404 404 ok",
    ("foreign", R): "in 404 404 404 404 404 404 ok",
}
for right in ("RUN_PROGRAM", "CREATE_PROJECT", "STUDY", *LEADS):
    WHO["program", right] = WHO["program", V]
for right in LEADS:
    WHO["project", right] = WHO["team", right] = WHO["own", right] = "in 404 403 403 ok 404 ok 404"
    WHO["sister", right] = "in 404 404 403 ok 404 ok 404"
    WHO["other", right] = WHO["other", R]
    WHO["foreign", right] = WHO["foreign", R]

WHO["program", "RESET_SIGN_IN"] = WHO["program", V]
WHO["project", "RESET_SIGN_IN"] = WHO["own", "RESET_SIGN_IN"] = "in 404 403 403 403 404 ok 404"
WHO["sister", "RESET_SIGN_IN"] = "in 404 404 403 403 404 ok 404"
WHO["other", "RESET_SIGN_IN"] = "in 404 404 404 404 403 ok 404"
WHO["foreign", "RESET_SIGN_IN"] = WHO["foreign", R]

WHO["program", "PEOPLE"] = WHO["program", V]
WHO["project", "PEOPLE"] = "in 404 403 ok ok 404 ok 404"
WHO["own", "PEOPLE"] = "in 404 ok ok ok 404 ok 404"
WHO["sister", "PEOPLE"] = WHO["sister", V]
WHO["other", "PEOPLE"] = WHO["other", V]
WHO["foreign", "PEOPLE"] = WHO["foreign", V]

# What an address answers, by method, to somebody who may open it and posts nothing in particular.
GET, POST = {"GET": 200}, {"POST": 302}
FORM = {"GET": 200, "POST": 422}
POST_ON_PAGE = {"GET": 200, "POST": 302}
SENT_ON = {"GET": 302, "POST": 302}
OPENS = {
    "projects:todo": GET,
    "projects:two_step": {"GET": 302},  # nobody in the cast owes a second step; the page is tested in test_two_step
    "projects:project_list": GET,
    "projects:program_list": FORM,
    "projects:dashboard": GET,
    "projects:dashboard_csv": GET,
    "projects:program": GET,
    "projects:program_settings": FORM,
    "projects:project_new": FORM,
    "projects:project": GET,
    "projects:project_settings": FORM,
    "projects:board": GET,
    "projects:board_csv": GET,
    "projects:assign": FORM,
    "projects:assign_done": {"GET": 404},  # somebody else's act; one's own is tested in test_assign
    "projects:places": GET,
    "projects:places_merge": SENT_ON,
    "projects:merger_undo": POST,
    "projects:organizations": GET,
    "projects:fittings": GET,
    "projects:fitted": {"GET": 404},  # somebody else's act; one's own is tested in test_fit_views
    "projects:fitting_end": POST,
    "projects:catch_up": FORM,
    "projects:record": FORM,
    "projects:recorded": {"GET": 404},  # somebody else's act; one's own is tested in test_catch_up
    "projects:site_new": FORM,
    "projects:sites_start": FORM,
    "projects:spreadsheets": GET,
    "projects:table": FORM,
    "projects:table_columns": {"POST": 422},
    "projects:table_apply": {"POST": 422},
    "projects:table_to_mend": {"POST": 422},
    "projects:table_out": GET,
    "projects:table_begin": GET,
    "projects:table_job": GET,
    "projects:site_start": {"GET": 200, "POST": 302},
    "projects:site_settings": FORM,
    "projects:site_jobs": POST_ON_PAGE,
    "projects:project_jobs": GET,
    "projects:site_pause": FORM,
    "projects:site_stop": FORM,
    "projects:site_finish": FORM,
    "projects:site_resume": FORM,
    "projects:people": GET,
    "projects:invite": {"POST": 422},
    "projects:account": FORM,
    "projects:role": {"POST": 422},
    "projects:end": POST,
    "projects:second_step_reset": FORM,
    "projects:hand_over": {"POST": 422},
    "projects:hand_everything": {"POST": 422},
    "projects:invitation_again": POST,
    "projects:invitation_revoke": POST,
    "projects:duty": POST,
    "projects:site_plan": GET,
    "projects:paper": GET,
    "projects:team_plan": GET,
    "projects:site_meeting": GET,
    "projects:plan_paper": GET,
    "projects:site_story": GET,
    "projects:contact_log": FORM,
    "projects:plan_step": GET,
    "projects:barrier_report": FORM,
    "projects:barrier_resolve": {"GET": 200, "POST": 302},
    "projects:barrier_reopen": POST,
    "projects:item": GET,
    "projects:item_done": POST,
    "projects:item_open": POST,
    "projects:item_applies": {"POST": 422},
    "projects:item_take": POST,
    "projects:item_fit": FORM,
    "projects:item_same": FORM,
    "projects:step_own": FORM,
    "projects:item_assign": {"GET": 200, "POST": 422},
    "projects:step_assign": {"GET": 200, "POST": 422},
    "projects:note_list": GET,
    "projects:note_write": FORM,
    "projects:note_edit": FORM,
    "projects:file_add": FORM,
    "projects:file_download": GET,
    "projects:file_remove": POST,
    "projects:plan_history": GET,
    "projects:undo": POST,
    "projects:invitation": {"GET": 200, "POST": 422},
    "projects:invitation_new_link": FORM,
    "interviews:mine": GET,
    "interviews:calendar_new": POST,
    "interviews:calendar": {"GET": 404},  # an address that is none; a real one is tested in test_calendars
    "interviews:studies": GET,
    "interviews:switch_on": {"POST": 422},
    "interviews:switch_off": POST,
    "interviews:study_new": FORM,
    "interviews:owner_new": FORM,
    "interviews:owned": GET,
    "interviews:study": GET,
    "interviews:study_change": FORM,
    "interviews:members": FORM,
    "interviews:member_end": POST,
    "interviews:targets": POST_ON_PAGE,
    "interviews:history": GET,
    "interviews:guide_write": FORM,
    "interviews:guide": GET,
    "interviews:question_tie": POST_ON_PAGE,
    "interviews:part_tie": POST_ON_PAGE,
    "interviews:participant_list": GET,
    "interviews:participant_new": FORM,
    "interviews:participant": FORM,
    "interviews:consent": {"POST": 422},
    "interviews:withdraw": POST_ON_PAGE,
    "interviews:interview_list": FORM,
    "interviews:interview": POST_ON_PAGE,
    "interviews:interview_plan": FORM,
    "interviews:cancel": POST,
    "interviews:summary_barriers": POST_ON_PAGE,
    "interviews:transcript": FORM,
    "interviews:transcript_preview": SENT_ON,
    "interviews:transcript_drop": POST,
    "interviews:transcript_remove": POST_ON_PAGE,
    "interviews:original": {"GET": 404},  # no transcript there; handing one out is tested in test_transcript_views
    "interviews:codebook": FORM,
    "interviews:codebook_begin": {"POST": 422},
    "interviews:code": FORM,
    "interviews:code_move": POST,
    "interviews:code_merge": {"POST": 422},
    "interviews:code_split": {"POST": 422},
    "interviews:code_retire": POST,
    "interviews:coding_new": {"POST": 404},  # these need a transcript; tested in test_coding_views
    "interviews:codings_since": {"GET": 404},
    "interviews:coding": {"GET": 404, "POST": 404},
    "interviews:coding_away": {"POST": 404},
    "interviews:search": GET,
    "interviews:search_code": {"POST": 422},
    "interviews:search_undo": POST,
    "interviews:answers": GET,
    "interviews:interview_memo": POST,
    "interviews:code_memo": POST,
    "interviews:names": {"GET": 404, "POST": 404},  # no transcript there; tested in test_names_views
    "interviews:put_back": {"POST": 404},
    "interviews:cleared": {"POST": 404},
    "interviews:key_csv": GET,
    "interviews:protection": POST_ON_PAGE,
    "interviews:destroy": POST_ON_PAGE,
    "interviews:exchange": GET,
    "interviews:exchange_look": {"POST": 422},
    "interviews:exchange_job": GET,
    "interviews:exchange_bring": {"POST": 422},
    "interviews:exchange_drop": POST,
    "interviews:project_out": {"GET": 200, "POST": 200},
    "interviews:codebook_qdc": GET,
    "interviews:beside_json": GET,
    "interviews:codings_csv": GET,
    "interviews:codings_xlsx": GET,
    "interviews:codebook_docx": GET,
    "interviews:table_back": {"GET": 404},  # no table there; tested in test_taguette_in
    "interviews:transcripts_html": GET,
    "interviews:transcripts_docx": GET,
    "interviews:coded_html": {"GET": 404},  # no transcript there; tested in test_downloads
    "interviews:coded_docx": {"GET": 404},
    "interviews:matrix": GET,
    "interviews:matrix_csv": GET,
    "interviews:matrix_xlsx": GET,
    "interviews:counts": GET,
    "interviews:counts_csv": GET,
    "interviews:counts_xlsx": GET,
    "interviews:co_occurrence": GET,
    "interviews:co_occurrence_csv": GET,
    "interviews:co_occurrence_xlsx": GET,
    "interviews:framework": GET,
    "interviews:framework_xlsx": GET,
    "interviews:framework_cell": FORM,
    "interviews:passages": GET,
    "interviews:saturation": GET,
    "interviews:saturation_csv": GET,
    "interviews:agreement": GET,
    "interviews:agreement_new": FORM,
    "interviews:agreement_round": GET,
    "interviews:agreement_csv": {"GET": 404},  # these need a closed round; tested in test_agreement_views
    "interviews:agreement_through": {"POST": 404},
    "interviews:differences": {"GET": 404},
    "interviews:settle": {"POST": 404},
    "interviews:unsettle": {"POST": 404},
    "interviews:agreement_close": POST_ON_PAGE,
    "interviews:agreement_drop": POST,
    "interviews:findings": GET,
    "interviews:theme_new": {"POST": 422},
    "interviews:theme": FORM,
    "interviews:theme_codes": POST_ON_PAGE,
    "interviews:theme_let_go": POST,
    "interviews:theme_memo": POST,
    "interviews:theme_remove": POST,
    "interviews:coding_leads": {"GET": 404, "POST": 404},  # needs a transcript; tested in test_finding_views
    "interviews:finding_new": FORM,
    "interviews:finding": GET,
    "interviews:finding_edit": FORM,
    "interviews:finding_barriers": FORM,  # it is published, so it does not change
    "interviews:finding_strategies": FORM,
    "interviews:finding_evidence": FORM,
    "interviews:evidence_theme": POST,
    "interviews:evidence_away": POST,
    "interviews:finding_quotes": {"POST": 422},
    "interviews:finding_tie": {"POST": 422},
    "interviews:finding_untie": POST,
    "interviews:finding_publish": POST,
    "interviews:finding_take_back": POST,
    "interviews:finding_remove": POST,
    "interviews:step_findings": GET,
    "interviews:proposals": GET,  # for those who edit the Roadmap; tested in test_proposal_views
    "interviews:proposal_decide": {"POST": 404},
    "roadmap:guide": GET,
    "roadmap:guide_step": GET,
    "roadmap:glossary": GET,
    "roadmap:paper": GET,
    "styleguide": GET,
    "accessibility": GET,
    "home": GET,
    "tour": POST,
    "healthz": GET,
    "readyz": {"GET": 503},
    "accounts:profile": FORM,
    "accounts:devices": POST_ON_PAGE,
    "outbox:preferences": FORM,
    "outbox:address": FORM,
    "outbox:address_confirm": {"GET": 404, "POST": 404},
    "outbox:unsubscribe": GET,
    "outbox:sent": {"GET": 404},  # only in a demo
    "outbox:message": {"GET": 404},
}


def addresses(patterns=None, prefix="", namespace=""):
    """Yield (name, route, view) of every address but the admin's and allauth's, which have tests of their own."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin" and not route.startswith("accounts/"):  # allauth's, tests/accounts/
                yield from addresses(entry.url_patterns, route, entry.namespace or namespace)
        elif isinstance(entry, URLPattern) and not route.startswith("accounts/"):
            yield (f"{namespace}:{entry.name}" if namespace else entry.name), route, entry.callback


ADDRESSES = list(addresses())
SCOPED = [
    (name, route, view.action) for name, route, view in ADDRESSES if isinstance(getattr(view, "action", 0), Right)
]
DASHBOARD = {"projects:dashboard", "projects:dashboard_csv"}


@pytest.fixture
def objects(world):
    """What the addresses name at each place: own and sister site, the team, another project's and a foreign site."""
    [world.foreign_site] = planning.add_sites(
        world.foreign_project, [new_site("Foreign Clinic")], by=world.ed, now=world.now
    )
    sites = {"own": world.elm, "sister": world.oak, "other": world.other_site, "foreign": world.foreign_site}
    places = {"project": placed(world, world.project), "program": placed(world, world.program)}
    for place, site in sites.items():
        places[place] = placed(world, site)
    places["team"] = {**places["project"], **in_plan(world, world.team_plan)}
    places["project"]["step"] = places["team"]["step"]  # of the Roadmap, whatever the plan
    approving.switch_on(world.program, purpose="quality", by=world.dee, now=world.now)
    return places


def placed(world, target):
    """Return the parts of addresses at a program, a project or a site, with somebody who belongs and is invited."""
    kind = target._meta.model_name
    member = join(person(f"Mo{kind}{target.pk} Ito"), Role.OBSERVER, target)
    invitation = Invitation.objects.create(
        email=f"new{target.pk}@{kind}.example.org", role=Role.OBSERVER, invited_by=world.dee, **{kind: target}
    )
    parts = {"membership": member.pk, "invitation": invitation.pk, "key": "coach", "table": "sites", "ending": "csv"}
    parts["paper"] = "job-duties"
    if kind == "program":
        ownerless = target.studies.create(name="Left", slug=f"left-{target.pk}", aim="To hear.", created_by=world.dee)
        return {**parts, "program": target.slug, "merger": merger_at(world, target), "study": ownerless.slug}
    project = target.project if kind == "site" else target
    parts |= {"project": project.slug, "batch": batch_at(world, project), "fitting": fitting_at(world, project)}
    parts["table job"] = table_job_at(world, project)
    return {**parts, "site": target.slug, **in_plan(world, target.plan)} if kind == "site" else parts


def in_plan(world, plan):
    """Return the parts of addresses in a plan: a step, an item, a barrier, a note and a file."""
    by = {"by": world.dee, "now": world.now}
    step = plan.steps.first()
    item = plan.items.filter(applicable=True).first()
    plan.items.filter(pk=item.pk).update(own_text="Our words.")
    return {
        "step": step.key,
        "item": item.pk,
        "kind": "words",  # what is different with the item
        "barrier": barriers.report_barrier(plan, step.pk, text="In the way.", stuck=True, shared=False, **by).pk,
        "file": attaching.attach(plan, [file_contents.checked("a.txt", b"A file.")], shared=True, **by)[0].pk,
        "note": notes.write_note(plan, text="A note.", shared=True, **by).pk,
    }


def batch_at(world, project):
    batch = uuid.uuid4()
    plan = project.plans.get(site=None)
    Activity.record(
        verb="assigned",
        actor=world.bo,
        at=world.now,
        on=world.now.date(),
        target=plan,
        batch=batch,
        program_id=project.program_id,
        project_id=project.pk,
        plan_id=plan.pk,
        label="x",
    )
    return batch


def table_job_at(world, project):
    table = SitesTable(project, by=world.bo, now=world.now)
    token = once.token(taking_in.purpose(project, table))
    return taking_in.ask(table, "name", name="", digest="", token=token).pk


def fitting_at(world, project):
    kept = {"kind": "aside", "step_key": "x", "key": "x", "what": "x", "batch": uuid.uuid4()}
    return Fitting.objects.create(project=project, made_by=world.bo, made_at=world.now, **kept).pk


def merger_at(world, program):
    gone = program.organizations.create(name="Entered twice")
    gone.merged_into = program.organizations.create(name="Entered")
    gone.save()
    return Merger.objects.create(program=program, organization=gone, at=world.now, by=world.dee).pk


PK = {  # which object an id in an address means
    "jobs": "table job",
    "items": "item",
    "barriers": "barrier",
    "notes": "note",
    "files": "file",
    "people": "membership",
    "invitations": "invitation",
    "fitted": "fitting",
    "places": "merger",
}


def address_of(route, parts):
    """Fill in a route, such as projects/<slug:project>/board/, with the parts at a place."""
    filled = []
    pieces = route.split("/")
    for before, piece in zip(["", *pieces], pieces, strict=False):
        if piece.startswith("<"):
            name = piece.strip("<>").split(":")[1]
            piece = str(parts[PK[before] if name == "pk" else name])
        filled.append(piece)
    return "/" + "/".join(filled)


def places_of(route):
    """Return at which places a route has objects."""
    if "<slug:site>" in route:
        return ["own", "sister", "other", "foreign"]
    if "/plan/" in route:
        return ["team"]
    return ["project"] if "<slug:project>" in route else ["program"]


def asked(client, method, address):
    """Ask and undo whatever that did, so that everybody meets the same world."""
    with transaction.atomic():
        response = client.generic(
            method, address, b"csrfmiddlewaretoken=x", content_type="application/x-www-form-urlencoded"
        )
        if response.streaming:
            b"".join(response)  # a download is read to its end, as a browser does; then its file is closed
        transaction.set_rollback(True)
    return response


def answer(response):
    """Return a status, or "in" for being sent to sign in."""
    if response.status_code == 302 and "/accounts/login/" in response["Location"]:
        return IN
    return str(response.status_code)


def enter(client, world, name):
    client.logout()
    if name != "anon":
        client.force_login(getattr(world, name), backend="allauth.account.auth_backends.AuthenticationBackend")


def test_every_address_is_known_and_every_view_says_who_may_open_it():
    ours = {name for name, _, _ in ADDRESSES}
    assert ours == set(OPENS), "an address is missing in OPENS, or one there is gone"
    unmarked = [name for name, _, view in ADDRESSES if not hasattr(view, "action")]
    assert unmarked == []


@pytest.mark.parametrize("name", PEOPLE)
def test_each_person_gets_what_the_table_says_at_every_scoped_address(client, world, objects, name):
    enter(client, world, name)
    wrong = []
    for url, route, right in SCOPED:
        for place in places_of(route) if url not in DASHBOARD else ["program"]:
            expected = WHO[place, right.name].split()[PEOPLE.index(name)]
            address = address_of(route, objects[place])
            for method, status in OPENS[url].items():
                said = answer(asked(client, method, address))
                # what a page answers to its people may depend on the object; that it opens does not
                if said != (str(status) if expected == OK else expected):
                    wrong.append(f"{method} {address} ({right.name} at {place}): {said}, not {expected} {status}")
    assert not wrong, "\n".join(wrong)


def test_a_method_that_a_page_does_not_have_is_refused(client, world, objects):
    enter(client, world, "dee")
    wrong = []
    for url, route, _ in SCOPED:
        place = places_of(route)[0]
        for method in {"GET", "POST", "PUT", "DELETE"} - set(OPENS[url]):
            said = answer(asked(client, method, address_of(route, objects[place])))
            if said != "405":
                wrong.append(f"{method} {url}: {said}")
    assert not wrong, "\n".join(wrong)


OPEN_TO_ALL = {  # for everybody, signed in or not: parts of the address
    "roadmap:guide": {},
    "roadmap:guide_step": {"step": "leaders"},
    "roadmap:glossary": {},
    "styleguide": {},
    "accessibility": {},
    "healthz": {},
    "readyz": {},
    "projects:invitation_new_link": {},
    "projects:invitation": {"signed": "invitation"},
    "outbox:unsubscribe": {"signed": "unsubscribe"},
    "interviews:calendar": {"token": "nonsense"},
}
OWN = [
    "projects:todo",
    "projects:two_step",
    "projects:project_list",
    "interviews:mine",
    "interviews:calendar_new",
    "accounts:profile",
    "accounts:devices",
    "outbox:preferences",
    "outbox:address",
    "tour",
]


@pytest.mark.parametrize("name", PEOPLE)
def test_open_pages_are_open_and_own_pages_need_signing_in(client, world, name):
    enter(client, world, name)
    invitation = Invitation.objects.create(
        email="new@example.org",
        role=Role.OBSERVER,
        invited_by=world.dee,
        site=world.elm,
        expires_at=timezone.now() + dt.timedelta(days=9),
    )
    signed = {"invitation": inviting.link_of(invitation).rstrip("/").split("/")[-1]}
    signed["unsubscribe"] = links.unsubscribe(world.bo, "digest_site").rstrip("/").split("/")[-1]
    routes = {url: route for url, route, _ in ADDRESSES}
    for url, parts in OPEN_TO_ALL.items():
        parts = {key: signed.get(value, value) for key, value in parts.items()}
        assert answer(asked(client, "GET", address_of(routes[url], parts))) == str(OPENS[url]["GET"]), url
    for url in OWN:
        for method, status in OPENS[url].items():
            expected = IN if name == "anon" else str(status)
            assert answer(asked(client, method, "/" + routes[url])) == expected, (method, url)


def test_programs_are_made_by_superusers_only(client, world):
    for name in PEOPLE:
        enter(client, world, name)
        expected = IN if name == "anon" else "404"
        assert answer(asked(client, "GET", "/programs/")) == expected
        assert answer(asked(client, "POST", "/programs/")) == expected
    root = person("Root Root", is_superuser=True)
    client.force_login(root, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert answer(asked(client, "GET", "/programs/")) == "200"
    assert not Scopes.read(root).any


def test_the_dashboard_is_offered_to_those_who_may_open_it(client, world):
    join(world.nia, Role.RESEARCHER, world.program)
    for name in PEOPLE[1:]:
        enter(client, world, name)
        offered = 'href="/dashboard/"' in client.get("/todo/").content.decode()
        assert offered == (client.get("/dashboard/").status_code == 200), name


def test_the_admin_is_for_staff(client, world):
    for name in PEOPLE:
        enter(client, world, name)
        assert asked(client, "GET", "/admin/").status_code == 302


# ---- ids in a POST that lie outside what the person may change


def snapshot():
    """Return all rows that a posted id could reach, as text."""
    return {
        model: sorted(map(str, model._default_manager.order_by().values_list()))
        for model in (Plan, PlanItem, Membership, Invitation, Delivery, Activity)
    }


def test_foreign_ids_in_posted_fields_change_nothing(client, world, objects):
    """Ana posts ids of sites, plans, items and people of other projects into every form that takes ids."""
    enter(client, world, "ana")
    project = f"/projects/{world.project.slug}"
    elm, own = f"{project}/sites/{world.elm.slug}", objects["own"]
    strange = {"site": world.other_site.pk, "plan": world.other_site.plan.pk, "person": world.ed.pk}
    item = world.other_site.plan.items.first().pk
    posts = [
        (f"{project}/assign/", {"sites": strange["site"], "steps": "leaders", "what": "assign", "person": world.bo.pk}),
        (
            f"{project}/assign/",
            {"sites": world.elm.pk, "steps": "leaders", "what": "assign", "person": strange["person"]},
        ),
        (f"{project}/sites/start/", {"sites": strange["site"]}),
        (f"{project}/catch-up/", {f"{strange['plan']}:interest:": "x", "stage": "apply"}),
        (f"{project}/record/", {"what": "interest", "on": "x", "plans": strange["plan"], "stage": "apply"}),
        (f"{elm}/items/{own['item']}/assign/", {"to": f"person:{strange['person']}", "person": strange["person"]}),
        (f"{elm}/items/{item}/assign/", {"to": f"person:{world.bo.pk}", "person": world.bo.pk}),
        (f"{elm}/items/{item}/done/", {}),
        (f"{elm}/items/{item}/open/", {}),
        (f"{elm}/items/{item}/take/", {}),
        (f"{elm}/items/{item}/applies/", {"applicable": "0", "reason": "x"}),
        (f"{elm}/barriers/{objects['other']['barrier']}/solved/", {}),
        (f"{elm}/notes/{objects['other']['note']}/", {"text": "x", "revision": 1}),
        (f"{elm}/people/{objects['other']['membership']}/end/", {}),
        (f"{elm}/people/{objects['other']['membership']}/role/", {"role": "lead"}),
        (f"{elm}/people/hand-over/", {"giver": strange["person"], "taker": world.bo.pk}),
        (f"{elm}/people/hand-over/", {"giver": world.bo.pk, "taker": strange["person"]}),
        (f"{elm}/invitations/{objects['other']['invitation']}/again/", {}),
        (f"{elm}/invitations/{objects['other']['invitation']}/revoke/", {}),
        (f"{elm}/jobs/coach/", {"holder": strange["person"]}),
        (f"{elm}/jobs/", {"who-site_champion": strange["person"]}),
        (f"/undo/{objects['other']['batch']}/", {}),
    ]
    before = snapshot()
    for address, data in posts:
        response = client.post(address, data)
        assert response.status_code in (302, 404, 422), address
        assert snapshot() == before, address


@pytest.fixture(autouse=True)
def real_step(request, db):
    """The guide's own page needs the real Roadmap."""
    if "open_pages" in request.node.name:
        call_command("load_roadmap", verbosity=0)
