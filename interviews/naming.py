"""Whom Milepost knows by name in a study's program, and who of them is named in some words. Reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from interviews.finding import Known, find, of_person, of_place
from interviews.models import Alias, Contact, Study
from interviews.models.participants import MARKS, RoleGroup
from projects.models import Duty, Membership, Organization, Project, Site

Kind = Alias.Kind


def names_known(study: Study) -> list[Known]:
    """Return the names that Milepost knows in a study's program: participants, people, sites, projects."""
    program = study.program_id
    known: list[Known] = []
    for contact in Contact.objects.filter(participant__study=study).exclude(name="").select_related("participant"):
        group = RoleGroup(contact.participant.role_group)
        label = "Staff" if group == RoleGroup.STAFF else MARKS[group]
        known += of_person(Kind.PARTICIPANT, contact.name, label)
    below = Membership.objects.filter(program=program) | Membership.objects.filter(project__program=program)
    below |= Membership.objects.filter(site__project__program=program)
    people = set(below.values_list("user__name", flat=True))
    duties = Duty.objects.filter(project__program=program) | Duty.objects.filter(site__project__program=program)
    people |= set(duties.values_list("name", flat=True))
    for name in sorted(people - {""}):
        known += of_person(Kind.PERSON, name)
    sites = Site.objects.filter(project__program=program)
    for kind, names in (
        (Kind.SITE, {name for both in sites.values_list("name", "place__name") for name in both}),
        (Kind.ORGANIZATION, Organization.objects.filter(program=program).values_list("name", flat=True)),
        (Kind.PROJECT, Project.objects.filter(program=program).values_list("name", flat=True)),
    ):
        for name in names:
            known += of_place(kind, name)
    known += [Known(row.kind, row.words, row.words) for row in study.aliases.exclude(words="")]
    return known


def named_in(study: Study, text: str, *, but: Collection[str] = ()) -> list[str]:
    """Return the words of a text that could tell who somebody is, each once; ordinary words are left out.

    `but`: kinds that do no harm where the text is read.
    """
    found = find(text, names_known(study)) if text.strip() else []
    return list(dict.fromkeys(one.words for one in found if one.sure and one.kind not in but))


def listed(words: Iterable[str]) -> str:
    """Return words as a message shows them: in quotes, one after another."""
    return ", ".join(f"“{one}”" for one in words)


def names_told(study: Study, *texts: str) -> str:
    """Return the names in texts that site teams are to read, in quotes; "" where they name nobody.

    Projects and dates may stand there: site teams know what they work on, and neither tells who said something.
    """
    return listed(named_in(study, "\n".join(texts), but={Kind.PROJECT, Kind.DATE}))


def caution(study: Study, text: str) -> str:
    """Say whom words that everybody in a study reads, and takes out in files, name; "" where they name nobody."""
    named = listed(named_in(study, text))
    said = _("Everybody in the study reads what you wrote, and it names %(words)s. Leave out what is not needed.")
    return said % {"words": named} if named else ""


def why_named(study: Study, quote: str) -> str:
    """Say which words keep a quote from leaving the study, and what to do; "" where it names nobody."""
    named = listed(named_in(study, quote))
    said = _("A quote names nobody: write a placeholder such as [Site A] for %(words)s.")
    return said % {"words": named} if named else ""
