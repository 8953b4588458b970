"""Writing the demo's study, with the verbs that people use."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml
from django.db import transaction

from accounts.models import User
from accounts.templatetags.people import PASSWORD
from interviews import (
    approving,
    codebook,
    coding,
    deidentifying,
    guiding,
    interviewing,
    recruiting,
    studying,
    transcribing,
)
from interviews.demo.agreement import code_twice
from interviews.demo.findings import conclude
from interviews.demo.framework import fill_framework
from interviews.models import Consent, Guide, Interview, Participant, Question, RoleGroup, Study, Transcript
from projects.models import Membership, Program, Project, Role, Site
from roadmap.models import Construct

STUDY = Path(__file__).parent / "study.yaml"
DAY = dt.timedelta(days=1)
RESEARCHERS = {"researcher": "Ria Castellan", "researcher2": "Tomas Ek"}
# Who was heard in each of the six projects, in the order in which the projects began: role groups, as words.
HEARD = (
    "pi staff staff partner partner partner",
    "pi staff staff partner partner",
    "pi staff partner partner",
    "pi staff staff partner partner",
    "pi staff partner partner",
    "staff partner",
)
STATE = 2  # participants of the State, who belong to no project
SUMMED_UP = 24  # of the 28 interviews; the others are held and wait
TRANSCRIBED, CLEARED = 20, 18  # have a transcript; have one that names nobody
Scope = Consent.Scope


class StudySeeder:
    """Writes one made-up study into a program. The same seed and day give the same rows."""

    def __init__(self, program: Program, *, now: dt.datetime, seed: int):
        self.program, self.now = program, now
        self.today = program.today(now)
        self.rng = Random(seed)  # noqa: S311 - nothing here is a secret
        self.told = yaml.safe_load(STUDY.read_text(encoding="utf-8"))
        self.constructs = {one.key: one for one in Construct.objects.all()}

    @transaction.atomic
    def write(self) -> Study:
        """Write the study: who is in it, its guide, whom it heard and what they said."""
        owner, second = (self.researcher(key, name) for key, name in RESEARCHERS.items())
        admin = Membership.objects.filter(program=self.program, role=Role.ADMINISTRATOR).select_related("user").first()
        begun = self.now - 240 * DAY
        decision = {"purpose": "research", "decision": "exempt", "number": "DEMO-0001 (made up)"}
        approving.switch_on(self.program, by=admin.user if admin else owner, now=begun, **decision)
        by: dict[str, Any] = {"by": owner, "now": begun}
        study = studying.begin_study(self.program, name=self.told["name"], aim=self.told["aim"], **by)
        studying.take_in(study, email=second.email, owner=False, **by)
        guide = self.guide_of(study, by)
        codebook.begin_from_cfir(study, **by)
        helped = self.told["helps"]
        helps = codebook.add_code(study, name=helped["name"], definition=helped["means"], **by)
        self.codes = {code.construct.key: code for code in study.codes.exclude(construct=None)} | {"": helps}
        self.coders = (owner, second)
        people = self.participants_of(study, by)
        wanted = {(one.project_id, one.role_group): 0 for one in people}
        for one in people:
            wanted[one.project_id, one.role_group] += 1
        studying.set_targets(study, wanted, **by)
        for number, participant in enumerate(people):
            self.hear(study, guide, participant, number, interviewer=second if number % 3 == 2 else owner)
        code_twice(study, self.coders, rng=self.rng, now=self.now)
        fill_framework(study, self.codes, self.coders, now=self.now - 20 * DAY)
        self.plan_next(study, guide, owner)
        conclude(study, by=owner, now=self.now)
        return study

    def researcher(self, key: str, name: str) -> User:
        fields = {"name": name, "time_zone": self.program.time_zone}
        person = User.objects.create_user(
            email=f"{key}@demo.example", password=PASSWORD if key == "researcher" else None, **fields
        )
        Membership.objects.create(user=person, role=Role.RESEARCHER, program=self.program)
        return person

    def guide_of(self, study: Study, by: dict[str, Any]) -> Guide:
        guide = guiding.write_guide(study, title=self.told["guide_title"], text=self.told["guide"], **by)
        for question in guide.questions.all():
            tie = self.told["ties"][question.short]
            constructs = [self.constructs[key] for key in tie["constructs"]]
            guiding.tie(question, steps=tie["steps"], constructs=constructs, **by)
        return guide

    def participants_of(self, study: Study, by: dict[str, Any]) -> list[Participant]:
        projects = Project.objects.filter(program=self.program).order_by("pk").prefetch_related("sites__place")
        heard = [
            (group, project) for project, groups in zip(projects, HEARD, strict=False) for group in groups.split()
        ] + [(RoleGroup.STATE.value, None)] * STATE
        people = []
        for number, (group, project) in enumerate(heard, start=1):
            sites = list(project.sites.all()) if project and group == RoleGroup.PARTNER else []
            site = self.rng.choice(sites) if sites else None
            where = {"project": project, "site": site, "setting": site.place.setting if site else ""}
            people.append(self.listed(study, f"P{number:02}", group, where, by))
        return people

    def listed(
        self, study: Study, pseudonym: str, group: str, where: dict[str, Any], by: dict[str, Any]
    ) -> Participant:
        fields = {"role_group": group, "state": Participant.State.ASKED, "contact": {}, **where}
        return recruiting.list_participant(study, pseudonym=pseudonym, **fields, **by)

    def hear(self, study: Study, guide: Guide, participant: Participant, number: int, *, interviewer: User) -> None:
        """Record consent, the interview, and its summaries, some days after the one before."""
        day = self.today - (200 - number * 6) * DAY
        at = self.now - (200 - number * 6) * DAY
        by: dict[str, Any] = {"by": interviewer, "now": at}
        scope = Scope.NO_QUOTES if number % 9 == 4 else Scope.ROLE_ONLY if number % 4 == 1 else Scope.QUOTE
        recruiting.record_consent(participant, form_version="2", given_on=day - 3 * DAY, scope=scope, **by)
        participant.refresh_from_db()
        mode = self.rng.choice(Interview.Mode.values)
        interview = interviewing.plan_interview(
            study, participant, guide, interviewer=interviewer, mode=mode, planned_for=at, **by
        )
        minutes = self.rng.randint(28, 64)
        interviewing.hold(interview, held_on=day, minutes=minutes, notes="", **by)
        told = self.told_by(participant, guide)
        if number < SUMMED_UP:
            for question, said in told:
                self.sum_up(interview, question, said, scope, by)
        if number < TRANSCRIBED:
            self.transcribe(interview, told, cleared=number < CLEARED, by=by)

    def told_by(self, participant: Participant, guide: Guide) -> list[tuple[Question, dict[str, Any]]]:
        """Choose what a participant says to each question; not everything is asked of everybody."""
        told = []
        for question in guide.questions.all():
            answers = self.told["answers"][question.short]
            fitting = [one for one in answers if participant.role_group in one["groups"].split()]
            if fitting and self.rng.random() > 0.1:
                told.append((question, self.rng.choice(fitting)))
        return told

    def transcribe(
        self, interview: Interview, told: list[tuple[Question, dict[str, Any]]], *, cleared: bool, by: dict[str, Any]
    ) -> None:
        """Bring in the transcript of an interview; a cleared one has its names replaced."""
        who = interview.participant.pseudonym
        sites = list(Site.objects.filter(project=interview.participant.project_id)) or list(Site.objects.all()[:1])
        lines = ["Interviewer: Thank you for your time. Everything in this interview is made up."]
        for question, said in told:
            names = {
                "site": self.rng.choice(sites).name,
                "colleague": self.rng.choice(self.told["colleagues"]),
                "day": f"{self.today - self.rng.randint(250, 600) * DAY:%B %-d, %Y}",
            }
            lines += [f"Interviewer: {question.text}", f"{who}: {said['spoken'].format(**names)}"]
        data = "\n".join([*lines, "Interviewer: Thank you."]).encode()
        original = transcribing.choose_file(interview, name=f"{who}.txt", data=data, **by)
        transcript = transcribing.save_transcript(interview, sha256=original.sha256, names={}, **by)
        # A round's share is drawn by GUIDs: with these the demo is the same wherever and whenever it is made.
        transcript.guid = uuid5(NAMESPACE_URL, f"milepost demo {who}")
        transcript.save(update_fields=["guid"])
        if cleared:
            for name in ["", *self.told["colleagues"]]:  # what Milepost knows, then whom it does not
                transcript = self.replace_names(transcript, name, by)
            deidentifying.say_cleared(transcript, cleared=True, revision=transcript.revision, **by)
            for _question, said in told:
                self.code(transcript, said, by["now"])

    def code(self, transcript: Transcript, said: dict[str, Any], now: dt.datetime) -> None:
        """Code what is quoted of an answer with its barriers, or with what helped, by one or both coders."""
        words = said.get("quote", "")
        start = transcript.text.find(words) if words else -1
        if start < 0:  # not quoted, or a name in it was replaced
            return
        coders = self.coders if self.rng.random() < 0.3 else [self.rng.choice(self.coders)]
        place = {"start": start, "end": start + len(words), "revision": transcript.revision}
        for coder in coders:
            for key in said.get("barriers", [""]):
                coding.apply_code(transcript, self.codes[key].pk, **place, by=coder, now=now)

    def replace_names(self, transcript: Transcript, name: str, by: dict[str, Any]) -> Transcript:
        picks = [
            deidentifying.Pick(place.start, place.end, group.kind, group.placeholder, group.fresh)
            for group in deidentifying.suggestions(transcript, transcript.interview.study, also=name)
            for place in group.places
            if group.sure
        ]
        return deidentifying.replace(transcript, picks, revision=transcript.revision, **by) if picks else transcript

    def sum_up(
        self, interview: Interview, question: Question, said: dict[str, Any], scope: str, by: dict[str, Any]
    ) -> None:
        quote = said.get("quote", "") if scope != Scope.NO_QUOTES else ""
        interviewing.sum_up(interview, question, text=said["summary"], quote=quote, revision=0, **by)
        if "barriers" in said:
            constructs = [self.constructs[key] for key in said["barriers"]]
            interviewing.name_barriers(interview, question, constructs=constructs, **by)

    def plan_next(self, study: Study, guide: Guide, owner: User) -> None:
        """Put one more participant on the list, who is to be heard the day after tomorrow."""
        by: dict[str, Any] = {"by": owner, "now": self.now}
        where = {"project": None, "site": None, "setting": ""}
        participant = self.listed(study, "P29", RoleGroup.STATE, where, by)
        interviewing.plan_interview(
            study,
            participant,
            guide,
            interviewer=owner,
            mode="video",
            planned_for=self.now.replace(hour=15, minute=0, second=0, microsecond=0) + 2 * DAY,
            **by,
        )
