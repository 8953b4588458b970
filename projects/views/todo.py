"""The first page after signing in: what there is to do."""

from dataclasses import replace
from functools import partial

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from projects.beginning import first_thing
from projects.forms.item import DoneForm
from projects.forms.todo import TodoFilter
from projects.todo import read_todo
from projects.views.answers import just_did


@require_safe
@signed_in
def todo(request):
    """Show the one next thing, then what is late, due this week, next, and waiting; filtered by the address."""
    now, form = timezone.now(), TodoFilter(request.GET)
    asked = form.asked
    if asked.group and request.htmx.target == f"{asked.group}-rows":  # a folded group of the whole list is unfolded
        asked = replace(asked, inside=True)
    todo = read_todo(request.scopes, now=now, asked=asked)
    for group in todo.groups:
        group.url = form.query(list=group.key)
        group.following_url = form.query(list=group.key, after=group.following) if group.following else ""
    context = {
        "todo": todo,
        "asked": asked,
        "bar": form.bar(todo),
        "chips": form.chips(todo),
        "all_url": form.query(list=""),
        "clear_url": form.query(project="", site=""),
        "form": DoneForm(),
        "first_thing": partial(first_thing, request.scopes),
        "quiet_until": quiet_until(todo) if not asked.group else None,
        "here": address_of(request),
        "did": just_did(request, today=timezone.localdate(now)),
    }
    if asked.inside:
        here = f"{request.path}{form.query(list='')}".removesuffix("?")
        groups = todo.groups[:1] or [None]
        return render(request, "projects/_todo_rows.html", {**context, "here": here, "group": groups[0]})
    return render(request, "projects/todo.html", context)


def address_of(request):
    """Return the address of the list as it is filtered, without the act that the last form was redirected with."""
    asked = request.GET.copy()
    asked.pop("did", None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def quiet_until(todo):
    """Return the last day until which nothing but the next thing is due, None where something is."""
    first = todo.groups[0] if todo.groups else None
    return todo.horizon if first and first.folded else None
