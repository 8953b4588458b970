"""The first page after signing in: what there is to do."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from projects.forms.item import DoneForm
from projects.forms.todo import TodoFilter
from projects.todo import read_todo


@require_safe
@signed_in
def todo(request):
    """Show the one next thing, then what is late, due this week, next, and waiting; filtered by the address."""
    now, form = timezone.now(), TodoFilter(request.GET)
    asked = form.asked
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
        "belongs": request.scopes.any,
        "quiet_until": quiet_until(todo) if not asked.group else None,
        "here": request.get_full_path(),
    }
    return render(request, "projects/todo.html", context)


def quiet_until(todo):
    """Return the last day until which nothing but the next thing is due, None where something is."""
    first = todo.groups[0] if todo.groups else None
    return todo.horizon if first and first.folded else None
