"""Whatever is recorded at plans, sites, projects and programs has its sentence in history."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import Activity
from projects import history, inviting
from projects.models import Program, Project, Role, Site

WHOSE = {"_changed": [model._meta.model_name for model in (Program, Project, Site)]}
FEWEST = 30  # found when this was written; fewer means that the search no longer sees them


def texts(node: ast.expr, assigned: dict[str, ast.expr]) -> Iterator[str]:
    """Yield the words that an expression can be: a text, one of two, or what a name was set to before."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body, assigned)
        yield from texts(node.orelse, assigned)
    elif isinstance(node, ast.Name) and node.id in assigned:
        yield from texts(assigned[node.id], {})
    elif isinstance(node, ast.JoinedStr):
        ending = node.values[-1].value
        yield from (f"{name}{ending}" for name in WHOSE[ending])


def verb_of(call: ast.Call) -> ast.expr | None:
    """Return what a call records as a verb: verb=…, or the first argument of the functions that record."""
    if named := [keyword.value for keyword in call.keywords if keyword.arg == "verb"]:
        return named[0]
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return call.args[0] if called in {"note", "record", "reschedule"} and call.args else None


def recorded_verbs() -> set[str]:
    """Return every verb that the code of projects records, read from its source."""
    found = set()
    for path in (Path(settings.BASE_DIR) / "projects").rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            inside = list(ast.walk(function))
            assigned = {
                node.targets[0].id: node.value
                for node in inside
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
            for call in inside:
                if isinstance(call, ast.Call) and (verb := verb_of(call)):
                    found.update(texts(verb, assigned))
    return found


def test_every_recorded_verb_has_its_sentence():
    verbs = recorded_verbs()
    assert len(verbs) >= FEWEST
    assert verbs - set(history.SENTENCES) == set()


@pytest.mark.django_db
def test_history_of_an_invitation_names_the_role_and_never_the_address(world):
    now = timezone.now()
    asked = inviting.invite(world.elm, email="pat@example.org", role=Role.PRACTITIONER, by=world.ana, now=now)
    inviting.send_again(asked, by=world.ana, now=now)
    inviting.revoke(asked, by=world.ana, now=now)
    rows = list(Activity.objects.filter(target_id=asked.pk, target_type="projects.invitation").order_by("pk"))
    assert [row.label for row in rows] == ["Site team member"] * 3
    assert not any("pat@" in str(row.__dict__) for row in rows)
    assert [history.line_of(row, today=now.date()).sentence for row in rows] == [
        "Ana Brandt invited somebody as <strong>Site team member</strong>",
        "Ana Brandt sent the invitation as <strong>Site team member</strong> again",
        "Ana Brandt took back an invitation as <strong>Site team member</strong>",
    ]
