"""People of a program, project or site: who they are, inviting, roles, jobs, and handing work on."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects import assigning, duties, handing_over, inviting, membership
from projects import people as roster
from projects.access import Right, can, roles_to_give, target_view
from projects.forms.people import DutyForm, EverythingForm, HandOverForm, InviteForm, RoleForm
from projects.models import Invitation, Membership, Program, Site


@require_safe
@target_view(Right.PEOPLE)
def people(request, target):
    """Show who belongs here and which jobs they hold; to leads also who is invited."""
    return page(request, target)


@require_POST
@target_view(Right.INVITE)
def invite(request, target):
    """Invite an address to a role, never above one's own."""
    form = InviteForm(request.POST, roles=roles_to_give(request.scopes, target), jobs=jobs(target))
    if form.is_valid():
        try:
            inviting.invite(target, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("duty" if error.code == "duty" else "email", error)
        else:
            messages.success(request, _("The invitation to %(email)s is on its way.") % form.cleaned_data)
            return back(target)
    return page(request, target, invite_form=form, status=422)


@require_POST
@target_view(Right.INVITE)
def role(request, target, pk):
    """Change the role that somebody holds here."""
    held = held_membership(request, target, pk)
    form = RoleForm(request.POST, roles=roles_to_give(request.scopes, target))
    if not form.is_valid():
        return page(request, target, said=_("Choose a role from the list."), status=422)
    return tried(
        request, target, membership.change_role, held, form.cleaned_data["role"], said=_("The role is changed.")
    )


@require_POST
@target_view(Right.INVITE)
def end(request, target, pk):
    """End a role that somebody holds here."""
    held = held_membership(request, target, pk)
    said = _("%(name)s no longer belongs here. What they did stays in the history.") % {"name": held.user}
    return tried(request, target, membership.end_membership, held, said=said)


@require_POST
@target_view(Right.INVITE)
def invitation_again(request, target, pk):
    """Send an open invitation again, with a new link."""
    found = open_invitation(request, target, pk)
    said = _("A new link is on its way to %(email)s. Older links no longer work.") % {"email": found.email}
    return tried(request, target, inviting.send_again, found, said=said)


@require_POST
@target_view(Right.INVITE)
def invitation_revoke(request, target, pk):
    """Take back an open invitation."""
    found = open_invitation(request, target, pk)
    said = _("The invitation to %(email)s is taken back. Its link no longer works.") % {"email": found.email}
    return tried(request, target, inviting.revoke, found, said=said)


@require_POST
@target_view(Right.INVITE)
def duty(request, target, key):
    """Say who holds a job here; its open items follow. Whoever saves second is told who has it by now."""
    if key not in inviting.roles_at(target):
        return page(request, target, said=_("The Roadmap does not name this job."), status=422)
    form = DutyForm(request.POST, target=target)
    if not form.is_valid():
        said = _("Choose a person from the list, or write a name of at most 120 characters.")
        return page(request, target, said=said, typed=key, status=422)
    try:
        duties.set_duty(target, key, by=request.user, now=timezone.now(), **form.cleaned_data)
    except duties.StaleJobs as stale:
        said = _("While you had this page open, somebody else said who does this: %(who)s. Yours is not saved yet.")
        said %= {"who": stale.now[key].words or _("no one")}
        return page(request, target, said=said, typed=key, status=409)
    except ValidationError as error:
        return page(request, target, said=" ".join(error.messages), typed=key, status=422)
    messages.success(request, _("Saved."))
    return back(target)


@require_POST
@target_view(Right.ASSIGN)
def hand_over(request, target):
    """Give the open items of somebody who has left to somebody who is here."""
    givers = [user for user, _count in assigning.left_behind(membership.plans_of(target))]
    if not givers:
        return page(request, target, said=_("There is nothing left to hand over."), status=422)
    form = HandOverForm(request.POST, target=target, givers=givers)
    if not form.is_valid():
        return page(request, target, said=_("Choose somebody from the list."), status=422)
    giver, taker = form.cleaned_data["giver"], form.cleaned_data["taker"]
    try:
        count, batch = membership.hand_over(target, giver, taker, by=request.user, now=timezone.now())
    except ValidationError as error:
        return page(request, target, said=" ".join(error.messages), status=422)
    if not count:
        messages.info(request, _("Nothing was left to hand over."))
        return back(target)
    return redirect("projects:assign_done", project=getattr(target, "project", target).slug, batch=batch)


@require_POST
@target_view(Right.INVITE)
def hand_everything(request, target, pk):
    """Hand all that somebody has here to somebody else, and end their role where they leave."""
    giver = held_membership(request, target, pk).user
    form = EverythingForm(request.POST, target=target, giver=giver)
    if not form.is_valid():
        return page(request, target, said=_("Choose somebody else from the list."), status=422)
    said = form.cleaned_data
    try:
        done = handing_over.hand_everything(target, giver, by=request.user, now=timezone.now(), **said)
    except ValidationError as error:
        return page(request, target, said=" ".join(error.messages), status=422)
    words = _("%(taker)s has it now. Open items: %(items)s, jobs: %(jobs)s, calls to make: %(calls)s.")
    if isinstance(target, Site):
        words += " " + _("“The story so far” on the site’s page tells what a new person needs to know.")
    words = words % {"taker": said["taker"], "items": done.items, "jobs": done.jobs, "calls": done.calls}
    messages.success(request, words)
    return back(target)


def tried(request, target, verb, *args, said, **kwargs):
    """Carry out a verb and go back to the page, or show there in words why it cannot be done."""
    try:
        verb(*args, by=request.user, now=timezone.now(), **kwargs)
    except ValidationError as error:
        return page(request, target, said=" ".join(error.messages), status=422)
    messages.success(request, said)
    return back(target)


def held_membership(request, target, pk):
    """Return a current membership of the target that the person may change; 403 for a role above the own."""
    rows = Membership.objects.current().filter(**membership.held_on(target))
    held = get_object_or_404(rows.select_related("user"), pk=pk)
    setattr(held, target._meta.model_name, target)
    require_to_give(request, target, held.role)
    return held


def open_invitation(request, target, pk):
    rows = Invitation.objects.open().filter(**membership.held_on(target)).select_related("invited_by")
    found = get_object_or_404(rows, pk=pk)
    setattr(found, target._meta.model_name, target)
    require_to_give(request, target, found.role)
    return found


def require_to_give(request, target, role):
    """Refuse to touch a role that the person could not give."""
    if role not in roles_to_give(request.scopes, target):
        raise PermissionDenied(_("Only a State administrator can change this role."))


def jobs(target):
    return [] if isinstance(target, Program) else roster.jobs_at(target)


def back(target):
    return redirect(membership.address(target, "people"))


def said_of(request, job, typed, *, told):
    """Return what the form of a job holds: who has it, or what was typed where that could not be saved.

    Who was `told` who has it by now has seen that; who was not is told when they save again.
    """
    held = duties.holder_of(job.duty)
    if job.key == typed:
        sent = {name: request.POST.get(name, "") for name in ("holder", "name", "phone", "team", "seen")}
        return sent | {"open": True} | ({"seen": held.code} if told else {})
    holder = str(held.user.pk) if held.user else ""
    return {"holder": holder, "name": held.name, "phone": held.phone, "team": held.team, "seen": held.code}


def page(request, target, *, invite_form=None, said="", typed="", status=200):
    """Show the page of people; `said` is what could not be done, `typed` the key of the job of which that was said."""
    now = timezone.now()
    may_invite = can(request.scopes, Right.INVITE, target)
    found = roster.roster_of(target, invitations=may_invite)
    roles = roles_to_give(request.scopes, target)
    context = {
        "target": target,
        "program": membership.program_of(target),
        "project": getattr(target, "project", None if isinstance(target, Program) else target),
        "site": target if target._meta.model_name == "site" else None,
        "home": membership.home_of(target),
        "here": membership.address(target, "people"),
        "roster": found,
        "jobs": [(job, said_of(request, job, typed, told=status == 409)) for job in found.jobs],
        "roles": roles,
        "may_invite": may_invite,
        "may_reset": can(request.scopes, Right.RESET_SIGN_IN, target),
        "runs_program": can(request.scopes, Right.RUN_PROGRAM, membership.program_of(target)),
        "form": (invite_form or InviteForm(roles=roles, jobs=found.jobs)) if may_invite else None,
        "candidates": roster.candidates(target) if may_invite and found.jobs else [],
        "takers": roster.takers(target) if may_invite and found.jobs else [],
        "said": said,
        "now": now,
        "today": membership.program_of(target).today(now),
    }
    return render(request, "projects/people.html", context, status=status)
