"""Milestones of the sites' own in the catch-up grid, in recording for many and in the table of milestones."""

import csv
import datetime as dt
import html
import io
import re

import pytest
from django.urls import reverse

from accounts import once
from projects import checking, jobs, own_rows, planning, progress, tailoring
from projects.models import Fitting, Job, PlanItem
from projects.tables import taking_in
from projects.tables.milestones import MilestonesTable
from tests.cast import new_site
from tests.projects.many import add_active_sites
from tests.projects.test_catch_up import fields, grid, record, type_in
from tests.projects.test_record import apply as apply_event
from tests.statements import counted

pytestmark = pytest.mark.django_db
MAY_20 = dt.datetime(2026, 5, 20, 15, tzinfo=dt.UTC)
TABLE = "/projects/collaborative-care/spreadsheets/milestones/"
TO_DO = "This does not apply here. Leave the cell empty, or add it or bring it back on the site’s plan first."
VOTE, SPACE = "The county board votes yes", "Room for the care manager found"


@pytest.fixture(autouse=True)
def later(time_machine, world):
    time_machine.move_to(MAY_20, tick=False)
    world.now = MAY_20


@pytest.fixture
def own(world):
    """Return a function that adds a milestone of their own to sites, as a lead does, and gives back its key."""

    def add(*sites, text=VOTE, step="leaders", kind="milestone", **more):
        change = tailoring.Change(Fitting.Kind.OWN, step=step, item_kind=kind, text=text)
        plans = [site.plan.pk for site in sites]
        outcome = tailoring.fit(plans, change, by=world.ana, now=world.now, **more)
        return outcome.changing[0].lines[0].item.key

    return add


@pytest.fixture
def url(world):
    return reverse("projects:catch_up", args=[world.project.slug])


@pytest.fixture
def ana(sign_in, world):
    return sign_in(world.ana)


@pytest.fixture
def look(world):
    return lambda text: taking_in.look(MilestonesTable(world.project, by=world.ana, now=world.now), text)


def heads(page):
    """Return the heads of the columns, each in its words, with "our own" where it says so."""
    row = page.text.partition("<thead>")[2].partition("</thead>")[0].rpartition("<tr>")[2]
    found = [re.sub(r"<[^>]+>", " ", one) for one in re.findall(r"<th[^>]*>(.*?)</th>", row)]
    return [html.unescape(" ".join(one.split())) for one in found][1:]


def done(site, key):
    row = PlanItem.objects.get(plan__site=site, key=key)
    return row.done_on, row.done_precision, row.is_done


def state():
    return list(PlanItem.objects.order_by("pk").values_list("pk", "done_on", "done_precision", "done_at", "due_on"))


def handed_out(client):
    return list(csv.reader(io.StringIO(b"".join(client.get(f"{TABLE}out/csv/")).decode("utf-8-sig"))))


def as_csv(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def take_in(world, look, text):
    """Have a table taken in that was looked at; return the Job."""
    table = MilestonesTable(world.project, by=world.ana, now=world.now)
    token = once.token(taking_in.purpose(world.project, table))
    job = taking_in.ask(table, text, name="", digest=look(text).digest, token=token)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.reason
    return job


# Which rows they are


def test_a_row_has_one_key_at_all_sites_and_is_shared_by_those_that_have_it(world, own):
    vote, space = own(world.elm, world.oak), own(world.elm, text=SPACE, step="launch")
    found = own_rows.milestones_of(world.project)
    assert [(row.key, row.text, row.alone) for row in found] == [(vote, VOTE, None), (space, SPACE, world.plan.pk)]
    assert own_rows.milestones_of(world.other_project) == []


def test_what_sites_to_come_begin_with_is_shared_while_one_site_has_it(world, own):
    own(world.elm, keep_for="")
    assert [row.alone for row in own_rows.milestones_of(world.project)] == [None]
    Fitting.objects.all().end(by=world.ana, at=world.now)
    assert [row.alone for row in own_rows.milestones_of(world.project)] == [world.plan.pk]


def test_what_is_taken_out_or_does_not_apply_anywhere_is_no_milestone_any_more(world, own):
    key = own(world.elm, world.oak)
    by = {"by": world.ana, "now": world.now}
    tailoring.fit([world.oak.plan.pk], tailoring.Change(Fitting.Kind.TAKEN_OUT, key), **by)
    assert [row.alone for row in own_rows.milestones_of(world.project)] == [world.plan.pk]
    item = world.plan.items.get(key=key)
    tailoring.set_applicable(world.plan, item.pk, False, reason="The board is gone.", **by)
    assert own_rows.milestones_of(world.project) == []


def test_it_is_called_as_most_sites_call_it(world, own):
    [ash] = add_active_sites(world, 1)
    key = own(world.elm, world.oak, ash)
    words = tailoring.Change(Fitting.Kind.WORDS, key, text="The council votes yes")
    tailoring.fit([world.plan.pk], words, by=world.ana, now=world.now)
    assert [row.text for row in own_rows.milestones_of(world.project)] == [VOTE]


def test_words_of_a_roadmaps_milestone_or_of_two_own_ones_are_told_apart(world, own):
    sites = (world.elm, world.oak)
    own(*sites, text="Written Agreement signed")
    own(*sites, text="signed", step="plan")
    keys = [own(*sites, step="launch"), own(*sites, step="launch")]
    assert [row.text for row in own_rows.milestones_of(world.project)] == [
        "Own: Written Agreement signed",
        "Own: signed",
        *(f"{key}: {VOTE}" for key in keys),
    ]


# The grid


def test_what_sites_share_is_a_column_after_the_roadmaps_of_its_phase(world, own, ana, url):
    [ash] = planning.add_sites(world.project, [new_site("Ash Clinic")], by=world.ana, now=world.now)
    key = own(world.elm, world.oak)
    page = grid(ana, url)
    names = heads(page)
    assert names[names.index("Written plan approved") + 1 :][:2] == [f"{VOTE} our own", "Everyone trained"]
    assert "Only at this site" not in names
    sent, cells = fields(page)
    assert key in sent["heads"].split()
    assert {pk for pk, at in cells if at == key} == {world.plan.pk, world.oak.plan.pk}
    assert (ash.plan.pk, key) not in cells


def test_what_each_of_many_sites_has_alone_adds_one_column_for_all_of_them(world, own, ana, url):
    sites = add_active_sites(world, 12)
    before = len(heads(grid(ana, url)))
    keys = [own(site, text=f"Only here {number}") for number, site in enumerate(sites)]
    keys.append(own(sites[0], text=SPACE, step="launch"))
    page = grid(ana, url)
    assert len(heads(page)) == before + 1
    assert heads(page)[-1] == "Only at this site"
    assert page.text.count("<tr>") == 2 + 12 + 2
    cells = fields(page)[1]
    assert [key for _pk, key in cells if key.startswith("own-")] == [keys[0], keys[-1], *keys[1:-1]]
    page = grid(ana, url, q="Elm")
    assert len(heads(page)) == before


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        ("headlines", set()),
        ("own", {0, 1, 2}),
        ("pre_implementation", {0}),
        ("step-launch", {1, 2}),
        ("all", {0, 1, 2}),
    ],
)
def test_they_are_chosen_by_phase_and_step_and_alone(world, own, ana, url, columns, shown):
    keys = [own(world.elm, world.oak), own(world.elm, world.oak, step="launch"), own(world.elm, step="launch")]
    page = ana.get(url, {"sites": "all", "columns": columns})
    found = {key for _pk, key in fields(page)[1]}
    assert found & set(keys) == {keys[number] for number in shown}
    assert columns != "own" or found == set(keys)


def test_without_own_milestones_none_can_be_asked_for(world, ana, url):
    assert "Our own milestones" not in grid(ana, url).text


def test_an_own_milestone_of_25_sites_is_recorded_at_once_and_taken_back_as_one(world, own, ana, url):
    sites = add_active_sites(world, 23)
    key, alone = own(world.elm, world.oak, *sites), own(world.elm, text=SPACE)
    before = state()
    values = {(site, key): "2/3/2026" for site in (world.elm, world.oak, *sites)}
    answer = record(ana, url, {**values, (world.elm, alone): "Mar 2026"})
    assert all(done(site, key) == (dt.date(2026, 2, 3), "day", True) for site in (world.elm, world.oak, *sites))
    assert done(world.elm, alone) == (dt.date(2026, 3, 1), "month", True)
    row = PlanItem.objects.get(plan__site=world.oak, key=key)
    assert (row.done_by, row.on_behalf_of) == (world.ana, world.oak)
    page = ana.get(answer.url)
    assert "26 changes, at 25 sites" in page.text
    assert list(checking.differences()) == []
    batch = re.search(r"/undo/([0-9a-f-]{36})/", page.text)[1]
    ana.post(reverse("projects:undo", args=[batch]), {"next": url})
    assert state() == before
    assert list(checking.differences()) == []


def test_what_was_recorded_stands_in_the_cells_in_a_form_that_is_sent_again_and_changes_nothing(world, own, ana, url):
    keys = [own(world.elm, world.oak), own(world.elm, text=SPACE)]
    record(ana, url, {(world.elm, key): "x" for key in keys})
    sent, cells = fields(grid(ana, url))
    assert [sent[cells[world.plan.pk, key]] for key in keys] == ["done", "done"]
    assert ana.post(url, {**sent, "stage": "preview"}).status_code == 422


def test_from_the_preview_one_goes_back_and_an_own_cell_that_is_wrong_is_marked(world, own, ana, url):
    key = own(world.elm, text=SPACE)
    looked = ana.post(url, type_in(grid(ana, url), {(world.elm, key): "2/3/2026"}))
    sent, cells = fields(ana.post(url, {**fields(looked)[0], "stage": "edit", "columns": "headlines"}))
    assert sent[cells[world.plan.pk, key]] == "2/3/2026"
    page = ana.post(url, {**sent, cells[world.plan.pk, key]: "soon", "stage": "preview"})
    assert page.status_code == 422
    row = re.search(rf'<tr id="f{world.plan.pk}-{key}">(.*?)</tr>', page.text, re.S)[1]
    assert SPACE in row
    box = re.search(rf'<input name="{world.plan.pk}:{key}:"[^>]*>', page.text)[0]
    assert 'aria-invalid="true"' in box
    assert f'aria-labelledby="s{world.plan.pk} o{world.plan.pk}-{key}"' in box


def test_a_cell_of_what_another_site_has_alone_is_refused_in_words_and_can_be_emptied(world, own, ana, url):
    key, before = own(world.elm, text=SPACE), state()
    page = ana.post(url, {**type_in(grid(ana, url), {}), f"{world.oak.plan.pk}:{key}:": "x"})
    assert page.status_code == 422
    assert TO_DO in page.text
    row = re.search(rf'<tr id="f{world.oak.plan.pk}-{key}">(.*?)</tr>', page.text, re.S)[1]
    assert SPACE in row
    assert (world.oak.plan.pk, key) in fields(page)[1]
    assert state() == before


def test_a_row_that_was_taken_out_while_somebody_typed_is_left_out_and_said(world, own, ana, url):
    key = own(world.elm, text=SPACE)
    sent = type_in(grid(ana, url), {(world.elm, key): "x"})
    by = {"by": world.ana, "now": world.now}
    tailoring.fit([world.plan.pk], tailoring.Change(Fitting.Kind.TAKEN_OUT, key), **by)
    page = ana.post(url, sent)
    assert page.status_code == 422
    assert "1 cell was for a site or milestone that is not in this project any more." in page.text


def test_a_pasted_table_finds_own_milestones_by_their_words(world, own, ana, url):
    shared, alone = own(world.elm, world.oak), own(world.oak, text=SPACE)
    twin = own(world.elm, world.oak, text="Interest on record")
    block = f"\t{VOTE}\t{SPACE}\tInterest on record\tOwn: Interest on record\nOak Clinic\t2/3/2026\tx\tx\tMar 2026"
    looked = ana.post(url, {**type_in(grid(ana, url), {}), "block": block})
    assert "4 cells will be recorded" in looked.text
    ana.post(url, {**fields(looked)[0], "stage": "apply"})
    assert done(world.oak, shared) == (dt.date(2026, 2, 3), "day", True)
    assert done(world.oak, alone) == done(world.oak, "interest") == (None, "unknown", True)
    assert done(world.oak, twin) == (dt.date(2026, 3, 1), "month", True)


def test_a_block_by_order_does_not_reach_what_one_site_has_alone(world, own, ana, url):
    own(world.elm, text=SPACE)
    width = len(heads(grid(ana, url))) - 1
    page = ana.post(url, {**type_in(grid(ana, url), {}), "block": "\t" * width + "x"})
    assert page.status_code == 422
    assert "lies to the right of the last milestone" in page.text


def test_words_of_own_milestones_are_escaped(world, own, ana, url):
    own(world.elm, world.oak, text='<b>"Vote" & co</b>')
    own(world.elm, text="<i>alone</i>")
    page = grid(ana, url)
    assert "<b>" not in page.text.partition("<thead>")[2]
    assert "<i>" not in page.text.partition("<thead>")[2]
    assert "&lt;i&gt;alone&lt;/i&gt;" in page.text


@pytest.mark.parametrize(("sites", "rows"), [(2, 1), (30, 6)])
def test_the_grid_takes_as_many_statements_however_many_own_rows(world, own, ana, url, at_most, sites, rows):
    found = add_active_sites(world, sites)
    for number in range(rows):
        own(*found, text=f"Shared {number}")
        own(found[number % sites], text=f"Alone {number}")
    grid(ana, url)
    with at_most(8) as statements:
        grid(ana, url)
    assert len(statements) == 8


def test_looking_at_own_cells_takes_as_many_statements_however_many_there_are(world, own, ana, url):
    sites = add_active_sites(world, 12)
    keys = [own(*sites, text=f"Shared {number}") for number in range(4)]
    alone = {(site, own(site, text=f"Alone {site.pk}")): "x" for site in sites}
    page = grid(ana, url)

    def statements(values):
        with counted() as found:
            assert ana.post(url, type_in(page, values)).status_code == 200
        return len(found)

    few = statements({(sites[0], keys[0]): "x"})
    assert statements({**{(site, key): "x" for site in sites for key in keys}, **alone}) == few


# One event at many sites


def test_own_rows_that_sites_share_are_recorded_for_many(world, own, ana):
    url = reverse("projects:record", args=[world.project.slug])
    vote, ask = own(world.elm, world.oak), own(world.elm, world.oak, text="Ask the board", kind="action")
    alone = own(world.elm, text=SPACE)
    page = ana.get(url, {"step": "leaders"})
    assert f'value="{vote}"' in page.text
    assert page.text.count("our own") == 2
    assert alone not in page.text
    plans = [world.plan.pk, world.oak.plan.pk]
    apply_event(ana, url, {"what": [vote, ask], "plans": plans, "on": "2/3/2026", "stage": "preview"})
    for site in (world.elm, world.oak):
        assert done(site, vote) == done(site, ask) == (dt.date(2026, 2, 3), "day", True)


def test_a_site_without_the_own_row_is_told_and_left_out(world, own, ana):
    url = reverse("projects:record", args=[world.project.slug])
    [ash] = add_active_sites(world, 1)
    vote = own(world.elm, world.oak)
    asked = {"what": [vote], "plans": [ash.plan.pk], "on": "2/3/2026", "stage": "preview"}
    assert f"{VOTE}: does not apply here" in ana.post(url, asked).text


def test_an_own_milestone_is_recorded_once_for_an_organization(world, own, ana):
    vote = own(world.elm, world.oak)
    page = ana.get(reverse("projects:organizations", args=[world.project.slug]), {"milestone": vote})
    assert VOTE in page.text
    assert f"what={vote}&amp;plans={world.plan.pk}&amp;plans={world.oak.plan.pk}" in page.text


# The table


def test_the_table_has_a_column_for_what_sites_share_and_pairs_for_what_one_has_alone(world, own, ana):
    sites = add_active_sites(world, 3)
    before = len(handed_out(ana)[0])
    vote = own(world.elm, world.oak)
    space = own(world.elm, text=SPACE)
    own(world.elm, text="Alone too", step="launch")
    for number, site in enumerate(sites):
        own(site, text=f"Only here {number}")
    progress.set_done(world.plan, world.plan.items.get(key=space).pk, on=dt.date(2026, 2, 3), by=world.bo, now=MAY_20)
    progress.set_done(world.plan, world.plan.items.get(key=vote).pk, precision="unknown", by=world.bo, now=MAY_20)
    header, *rows = handed_out(ana)
    assert len(header) == before + 1 + 2 * 2
    assert header[-4:] == [
        "own milestone 1",
        "own milestone 1 reached",
        "own milestone 2",
        "own milestone 2 reached",
    ]
    elm, oak, one = (next(row for row in rows if row[1] == name) for name in ("Elm Clinic", "Oak Clinic", "Site 001"))
    at = header.index(VOTE)
    assert header[at - 1 : at + 2] == ["Written plan approved", VOTE, "Everyone trained"]
    assert (elm[at], oak[at], one[at]) == ("done", "", "does not apply")
    assert elm[-4:] == [SPACE, "2026-02-03", "Alone too", ""]
    assert oak[-4:] == ["", "", "", ""]
    assert one[-4:] == ["Only here 0", "", "", ""]


STRANGE = [
    "Written agreement signed",
    "signed",
    "Errors: none left",
    "Site",
    "Own milestone 1",
    "own milestone 1 reached",
    "=SUM(A1:A9)",
    "-5 percent; or, “better”",
    '\'tis "done"',
    "Twice said",
    "Twice said",
    "Own: signed",
    "x" * 300,
    "x" * 299 + "y",
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("shared", [True, False])
def test_own_milestones_of_any_words_go_out_and_come_back_unchanged(world, own, ana, kind, shared):
    sites = (world.elm, world.oak) if shared else (world.elm,)
    said = [
        {"on": dt.date(2026, 2, 3)},
        {"on": dt.date(2026, 3, 1), "precision": "month"},
        {"precision": "unknown"},
        {},
    ]
    for number, text in enumerate(STRANGE):
        key = own(*sites, text=text)
        if how := said[number % 4]:
            progress.set_done(world.plan, world.plan.items.get(key=key).pk, by=world.bo, now=MAY_20, **how)
    file = io.BytesIO(ana.get(f"{TABLE}out/{kind}/").getvalue())
    file.name = f"milestones.{kind}"
    page = ana.post(TABLE, {"file": file})
    looked = page.context["looked"]
    assert (looked.faults, looked.changes, looked.heads.unknown, looked.heads.twice) == ([], [], [], [])
    assert len(looked.heads.at) == len(looked.header)


@pytest.mark.parametrize("shared", [True, False])
def test_each_own_milestone_of_any_words_takes_back_what_was_written_into_its_cell(world, own, ana, look, shared):
    sites = (world.elm, world.oak) if shared else (world.elm,)
    keys = [own(*sites, text=text) for text in STRANGE]
    before = state()
    header, *rows = handed_out(ana)
    elm = next(row for row in rows if row[1] == "Elm Clinic")
    own_at = [at for at, name in enumerate(header) if at > 1 and elm[at] == ""]
    own_at = own_at[-len(keys) :] if not shared else [at for at in own_at if at not in roadmaps(header, world)]
    assert len(own_at) == len(keys)
    days = {at: dt.date(2026, 2, 1) + dt.timedelta(days=number) for number, at in enumerate(own_at)}
    for at, day in days.items():
        elm[at] = day.isoformat()
    text = as_csv([header, *rows])
    found = look(text)
    assert found.faults == []
    assert len(found.changes) == len(keys)
    job = take_in(world, look, text)
    recorded = {key: done(world.elm, key)[0] for key in keys}
    assert set(recorded.values()) == set(days.values())
    again = handed_out(ana)
    assert next(row for row in again[1:] if row[1] == "Elm Clinic") == elm
    assert look(text).brings == 0
    ana.post(reverse("projects:undo", args=[job.result["acts"][0][0]]), {"next": "/"})
    assert state() == before
    assert list(checking.differences()) == []


def roadmaps(header, world):
    """Return where the Roadmap's milestones stand in a header."""
    texts = set(world.version.items.values_list("text", flat=True))
    return {at for at, name in enumerate(header) if name in texts}


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        (["Something new", "x"], "own milestone 1", "Elm Clinic has no milestone of its own in these words."),
        (["Something new", ""], "own milestone 1", "Elm Clinic has no milestone of its own in these words."),
        (["", "x"], "own milestone 1", "Write which milestone of the site’s own this is."),
        ([SPACE, "soon"], "own milestone 1 reached", "“soon” cannot be read."),
        ([SPACE, "1/1/2030"], "own milestone 1 reached", "1 Jan 2030 is in the future."),
        ([SPACE, "does not apply"], "own milestone 1 reached", "It applies at this site."),
        ([SPACE, "x", SPACE, "x"], "own milestone 2", "This milestone stands twice in this row."),
    ],
)
def test_what_is_wrong_with_a_pair_is_said_in_words(world, own, look, cells, column, message):
    own(world.elm, text=SPACE)
    own(world.elm, text=VOTE)
    header = ["site", "own milestone 1", "own milestone 1 reached", "own milestone 2", "own milestone 2 reached"]
    [fault] = look(as_csv([header, ["Elm Clinic", *cells]])).faults
    assert (fault.row, fault.column) == (2, column)
    assert fault.message.startswith(message)


def test_a_file_from_before_a_milestone_was_shared_still_finds_it(world, own, ana, look):
    key = own(world.elm, text=SPACE)
    own(world.oak, text=VOTE)
    header, *rows = handed_out(ana)
    change = tailoring.Change(Fitting.Kind.OWN, key, "leaders", "milestone", SPACE)
    tailoring.fit([world.oak.plan.pk], change, by=world.ana, now=world.now)
    next(row for row in rows if row[1] == "Elm Clinic")[-1] = "2/3/2026"
    text = as_csv([header, *rows])
    take_in(world, look, text)
    assert done(world.elm, key) == (dt.date(2026, 2, 3), "day", True)


def test_a_shared_milestone_is_refused_where_a_site_does_not_have_it(world, own, look):
    [ash] = add_active_sites(world, 1)
    own(world.elm, world.oak)
    [fault] = look(f"site,{VOTE}\nElm Clinic,x\n{ash},x\n").faults
    assert (fault.row, fault.column) == (3, VOTE)
    assert fault.message == TO_DO
    assert look(f"site,{VOTE}\nElm Clinic,x\n{ash},does not apply\n").brings == 1


def test_a_shared_milestone_that_a_site_has_set_aside_is_refused_with_how_it_comes_back(world, own, ana, url, look):
    key = own(world.elm, world.oak)
    sent = type_in(grid(ana, url), {(world.oak, key): "x"})
    by = {"by": world.ana, "now": world.now}
    tailoring.set_applicable(world.oak.plan, world.oak.plan.items.get(key=key).pk, False, reason="No board here.", **by)
    assert TO_DO in ana.post(url, sent).text
    [fault] = look(f"site,{VOTE}\nOak Clinic,x\n").faults
    assert fault.message == TO_DO


def test_a_look_tells_an_own_milestone_from_the_roadmaps(world, own, look):
    own(world.elm, world.oak, text="Interest on record")
    changes = look("site,Interest on record,Own: Interest on record\nElm Clinic,x,x\n").changes
    assert sorted(change.field for change in changes) == ["Interest on record", "Own: Interest on record"]


def test_the_table_takes_as_many_statements_however_many_own_rows(world, own, look):
    def statements(text):
        with counted() as found:
            look(text)
        return len(found)

    header = ["site", VOTE, "own milestone 1", "own milestone 1 reached"]
    own(world.elm, world.oak)
    own(world.elm, text=SPACE)
    few = statements(as_csv([header, ["Elm Clinic", "x", SPACE, "x"]]))
    sites = add_active_sites(world, 10)
    own(*sites, text="Shared by ten")
    for site in sites:
        own(site, text=f"Alone {site}")
    rows = [[str(site), "", f"Alone {site}", "x", "x"] for site in sites]
    assert statements(as_csv([[*header, "Shared by ten"], *rows])) == few
