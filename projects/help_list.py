"""The sites that need help: why, in words, what is in the way, whom to call and who looks at it again. Reads only."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, CharField, DateField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from projects.analytics import needs_help, with_words
from projects.help_rules import LATE, STUCK, Reason, reasons_of
from projects.models import Barrier, Contact, Duty, Plan, PlanStep, Program
from roadmap.templatetags.milepost import short_day

COACH, CHAMPION = "coach", "site_champion"


@dataclass
class HelpCard:
    """A site that needs help, worded for components/help_card.html."""

    plan: Any  # a Plan as worded_plans gives it, with look_again_on and look_again_by
    on: dt.date
    reasons: tuple[Reason, ...]
    stuck_at: PlanStep | None = None
    in_the_way: str = ""  # only words that the reader may see
    coach: Duty | None = None
    champion: Duty | None = None
    back_to: str = ""  # the page to which a logged contact leads back; "" for readers who cannot log one

    @property
    def url(self) -> str:
        return self.plan.get_absolute_url()

    @property
    def where(self) -> str:
        return f"{self.plan.project.name}, {self.plan.site.place.county.name}"

    @property
    def reason(self) -> str:
        """The weightiest reason, such as "Quiet for 41 days."."""
        return self.worded(self.reasons[0])[0]

    @property
    def why(self) -> str:
        """What the weightiest reason is about, and the others as sentences of their own."""
        others = [" ".join(self.worded(reason)) for reason in self.reasons[1:]]
        return " ".join([self.worded(self.reasons[0])[1], *others]).strip()

    def worded(self, reason: Reason) -> tuple[str, str]:
        """Return a reason and what it is about, together one sentence."""
        if reason.kind == LATE and self.plan.next_milestone:
            return f"{reason.sentence}:", f"{self.plan.next_milestone.text.rstrip('.')}."
        if reason.kind == STUCK and self.stuck_at:
            place = _("at “%(step)s”.") % {"step": self.stuck_at.name}
            return reason.sentence, f"{place} {self.in_the_way}".strip()
        return f"{reason.sentence}.", ""

    @property
    def detail(self) -> str:
        """When the late milestone was due, the last contact, who looks again, and who knows the site."""
        site, said = self.plan.site, []
        if any(reason.kind == LATE for reason in self.reasons):
            said.append(_("Was due %(day)s.") % {"day": short_day(self.plan.next_milestone_due_on, self.on)})
        if site.last_contact_on:
            said.append(_("Last contact %(day)s.") % {"day": short_day(site.last_contact_on, self.on)})
        else:
            said.append(_("No contact on record."))
        if self.looked_at_later:
            words = _("Look again on %(day)s (%(who)s).") if self.plan.look_again_by else _("Look again on %(day)s.")
            day = short_day(self.plan.look_again_on, self.on)
            said.append(words % {"day": day, "who": self.plan.look_again_by})
        said += [self.who_it_is(duty) for duty in (self.champion, self.coach) if duty and duty is not self.to_call]
        return " ".join(said)

    @staticmethod
    def who_it_is(duty: Duty) -> str:
        words = _("Champion: %(who)s.") if duty.key == CHAMPION else _("Coach: %(who)s.")
        return words % {"who": duty.holder}

    @property
    def to_call(self) -> Duty | None:
        """Whose number is known: the site's champion, else the coach."""
        return next((duty for duty in (self.champion, self.coach) if duty and duty.phone), None)

    @property
    def looked_at_later(self) -> bool:
        """Whether somebody has said on which day, today or later, they look at the site again."""
        return self.plan.look_again_on is not None and self.plan.look_again_on >= self.on

    @property
    def next(self) -> list[dict[str, str]]:
        """What to do next: call somebody whose number is known, see what is in the way, write down the contact."""
        steps = []
        if self.to_call:
            phone = self.to_call.phone
            number = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
            words = _("Call %(who)s, %(phone)s") % {"who": self.to_call.holder, "phone": unbroken(phone)}
            steps.append({"url": f"tel:{number}", "words": words})
        if self.stuck_at:
            url = self.plan.url("plan_step", step=self.stuck_at.key)
            steps.append({"url": url, "words": _("See the step")})
        if self.back_to:
            url = self.plan.url("contact_log")
            steps.append({"url": f"{url}?{urlencode({'next': self.back_to})}", "words": _("Log a contact")})
        return steps


def unbroken(phone: str) -> str:
    """Return a number that stays on one line: with hyphens and spaces at which no line ends."""
    return phone.replace("-", "\N{NON-BREAKING HYPHEN}").replace(" ", "\N{NO-BREAK SPACE}")


def ids_of_helped(plans: QuerySet[Plan], program: Program, on: dt.date, *, limit: int) -> list[int]:
    """Return the plans whose sites need help, the longest first, those that somebody looks at later after the others.

    One statement. Later is what the newest contact says; its day is kept on the site.
    """
    later = Contact.objects.filter(site__project__program=program, next_on__gt=on, on=F("site__last_contact_on"))
    put_off = Case(When(site__in=later.values("site"), then=Value(1)), default=Value(0))
    found = plans.filter(needs_help(program, on)).order_by(put_off, "needs_help_from", "site__name", "pk")
    return list(found.values_list("pk", flat=True)[:limit])


def worded_plans(ids: Iterable[int]) -> dict[int, Any]:
    """Return plans by id with the words of a row and of a card, and who looks at the site again; one statement."""
    newest = Contact.objects.filter(site=OuterRef("site")).order_by("-on", "-pk")
    return (
        with_words(Plan.objects.all())
        .annotate(
            look_again_on=Subquery(newest.values("next_on")[:1], output_field=DateField()),
            look_again_by=Subquery(
                newest.values(who=Coalesce("next_by__name", "by__name"))[:1], output_field=CharField()
            ),
        )
        .in_bulk(list(ids))
    )


def help_cards(plans: Iterable[Plan], on: dt.date, *, reads_all: bool, back_to: str = "") -> list[HelpCard]:
    """Return a card for each of some worded plans; two statements.

    `reads_all` says that the reader may see barriers that are not shared with the State. A plan that needs no help any
    more, because something was recorded in between, has no card. `back_to` is the page of a reader who logs contacts.
    """
    cards = {plan.pk: HelpCard(plan, on, reasons_of(plan, on), back_to=back_to) for plan in plans}
    cards = {pk: card for pk, card in cards.items() if card.reasons}
    if cards:
        add_barriers(cards, reads_all=reads_all)
        add_duties(cards)
    return list(cards.values())


def add_barriers(cards: dict[int, HelpCard], *, reads_all: bool) -> None:
    """Say at which step each site has been stuck the longest, and in its own words where the reader may see them."""
    rows = Barrier.objects.open().filter(plan__in=list(cards), stuck=True).select_related("plan_step__step")
    for barrier in rows.order_by("-since", "-pk"):
        card = cards[barrier.plan_id]
        card.stuck_at = barrier.plan_step
        card.in_the_way = barrier.text if reads_all or barrier.shared_with_state else ""


def add_duties(cards: dict[int, HelpCard]) -> None:
    """Name each site's coach, or its project's, and its champion; nobody whose account is closed."""
    by_site = {card.plan.site_id: card for card in cards.values()}
    by_project: dict[int | None, list[HelpCard]] = defaultdict(list)
    for card in cards.values():
        by_project[card.plan.project_id].append(card)
    at = Q(site__in=list(by_site)) | Q(project__in=list(by_project))
    held = Duty.objects.held().filter(at, key__in=[COACH, CHAMPION], team=False).exclude(user__is_active=False)
    for duty in held.select_related("user").order_by("pk"):
        if duty.key == CHAMPION and duty.site_id:
            by_site[duty.site_id].champion = duty
        elif duty.key == COACH:
            for card in [by_site[duty.site_id]] if duty.site_id else by_project[duty.project_id]:
                if card.coach is None or duty.site_id:
                    card.coach = duty
