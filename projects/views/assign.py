"""Giving work to people and changing dates: one item or step, or many steps at many sites; and taking an item."""

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import once
from accounts.models import Activity, User
from projects import assigning, history
from projects.access import Right, plan_view, project_view, require
from projects.choosing import Choice
from projects.forms.assign import ActForm, ManyForm, PlaceFilter, offered_plans
from projects.forms.item import DoneForm
from projects.models import PlanItem
from projects.views.answers import answer, back, refuse

LINES = 400  # of a preview; beyond that it counts


@require_POST
@plan_view(Right.RECORD)
def item_take(request, plan, pk):
    """Take an item that nobody has; with take=0 give one's own back."""
    giving_back, now = request.POST.get("take") == "0", timezone.now()
    verb = assigning.give_back if giving_back else assigning.take
    try:
        taken = verb(plan, pk, by=request.user, now=now)
    except PlanItem.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        form = DoneForm({})
        form.add_error(None, error)
        return refuse(request, plan, pk, form)
    said = _("Nobody has this now: %(what)s") if giving_back else _("Yours now: %(what)s")
    return answer(request, plan, taken, said=said, now=now)


@require_http_methods(["GET", "POST"])
@plan_view(Right.ASSIGN)
def item_assign(request, plan, pk):
    """Give one item to a person or a job, or change when it is due."""
    item = get_object_or_404(plan.items.with_text(), pk=pk)
    item.plan = plan
    return one(request, plan, Choice(items=frozenset({item.pk})), what=item.text, item=item, pk=item.pk)


@require_http_methods(["GET", "POST"])
@plan_view(Right.ASSIGN)
def step_assign(request, plan, step):
    """Give a whole step's open items to a person or a job, or change when they are due."""
    found = get_object_or_404(plan.steps.select_related("step", "assignee"), key=step)
    return one(request, plan, Choice(steps=frozenset({found.key})), what=found.name, step=found)


def one(request, plan, choice, *, what, pk=None, **more):
    """Show the form for one item or step; on POST do it and go back to where the person came from."""
    form = ActForm(request.POST or None, people=assigning.people_of(plan), version=plan.version)
    if request.method == "POST" and form.is_valid():
        if form.changes_dates:
            require(request.scopes, Right.SCHEDULE, plan)
        outcome = form.carry_out([plan.pk], choice, by=request.user, now=timezone.now())
        if outcome:
            return back(request, plan, pk=pk, batch=outcome.batch if outcome.changes else "")
    context = {
        "plan": plan,
        "program": plan.program,
        "project": plan.project,
        "form": form,
        "what": what,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "today": plan.program.today(timezone.now()),
        "roles": plan.version.roles.values(),
        **more,
    }
    return render(request, "projects/assign_one.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@project_view(Right.ASSIGN)
def assign(request, project):
    """Choose steps, sites and what is to happen; show what would come of it; then do it once."""
    form, context = many(request, project)
    if request.method != "POST" or request.POST.get("stage") == "edit" or not form.is_valid():
        status = 422 if request.method == "POST" and request.POST.get("stage") != "edit" else 200
        return render(request, "projects/assign.html", context, status=status)
    if form.changes_dates:
        require(request.scopes, Right.SCHEDULE, project)
    if request.POST.get("stage") == "apply":
        return apply(request, project, form, context)
    return preview(request, project, form, context)


def many(request, project):
    """Return the form over the project's sites and what its page shows."""
    plans, left = offered_plans(project), assigning.left_behind(project.plans.all())
    places, shown = PlaceFilter(request.GET, plans=plans), set(request.POST.getlist("shown"))
    offered = [plan for plan in plans if str(plan.pk) in shown] if shown else places.found
    initial = {"held_by": request.GET.get("held_by", ""), "act": "who"}
    form = ManyForm(
        request.POST if request.method == "POST" else None,
        project=project,
        plans=plans,
        offered=offered,
        left=[user for user, _count in left],
        initial=initial,
    )
    return form, {
        "project": project,
        "program": project.program,
        "form": form,
        "places": places,
        "plans": plans,
        "left": left,
        "today": project.program.today(timezone.now()),
    }


def preview(request, project, form, context, *, status=200, note=""):
    """Show what would come of it, with a token by which it is done once."""
    outcome = form.carry_out(form.plan_ids, form.choice, by=request.user, now=timezone.now(), dry_run=True)
    if outcome is None:
        return render(request, "projects/assign.html", context, status=422)
    more = {
        "outcome": outcome,
        "detailed": outcome.changes <= LINES,
        "token": once.token(purpose(project)),
        "note": note,
    }
    return render(request, "projects/assign_preview.html", {**context, **more}, status=status)


def apply(request, project, form, context):
    """Do it, unless this very preview was applied before; a page that is too old shows its preview again."""
    try:
        how = {"by": request.user, "now": timezone.now()}
        outcome = once.carry_out(request, purpose(project), lambda: form.carry_out(form.plan_ids, form.choice, **how))
    except once.Spent:
        return render(request, "projects/assign_spent.html", context, status=409)
    except once.Invalid:
        return preview(request, project, form, context, status=422, note=once.TOO_OLD)
    if outcome is None:
        return render(request, "projects/assign.html", context, status=422)
    if not outcome.changes:
        return redirect("projects:assign", project=project.slug)
    return redirect("projects:assign_done", project=project.slug, batch=outcome.batch)


def purpose(project):
    return f"assign:{project.pk}"


@require_safe
@project_view(Right.ASSIGN)
def assign_done(request, project, batch):
    """Say what an act changed at how many sites, and offer to undo it."""
    rows = Activity.objects.filter(batch=batch, project_id=project.pk, actor=request.user)
    first = rows.exclude(verb="undone").order_by("pk").select_related("person").first()
    if first is None:
        raise Http404
    done = rows.filter(target_type=PlanItem._meta.label_lower, verb=first.verb)
    counts = done.aggregate(items=Count("target_id", distinct=True), plans=Count("plan_id", distinct=True))
    owners = done.values("for_label", "person").annotate(items=Count("target_id", distinct=True))
    people = User.objects.in_bulk({owner["person"] for owner in owners} - {None})
    for owner in owners:
        named = Activity(for_label=owner["for_label"], person=people.get(owner["person"]))
        owner["name"] = history.for_whom(named)
    context = {
        "project": project,
        "program": project.program,
        "first": first,
        "batch": batch,
        "owners": sorted(owners, key=lambda owner: (-owner["items"], owner["name"])),
        **counts,
    }
    return render(request, "projects/assign_done.html", context)
