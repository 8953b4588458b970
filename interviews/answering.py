"""What was said to one question of the guide in all interviews, and which questions one transcript has. Reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from interviews.asking import answers_to, asked_in
from interviews.models import Interview, Question, Study, Transcript
from interviews.reading.turns import clock


@dataclass(frozen=True)
class Spoken:
    """A turn of an answer: who says what, when, and where the words stand in the transcript."""

    number: int
    start: int
    end: int
    speaker: str
    clock: str
    text: str
    asks: bool  # it is where the question is asked

    @property
    def place(self) -> str:
        return f"{self.start}-{self.end}"


@dataclass
class Told:
    """What one interview said to a question: stretches of turns, none where it was not recognised there."""

    interview: Interview
    in_guide: bool  # the guide of the interview has this question
    stretches: list[list[Spoken]] = field(default_factory=list)


class Guides:
    """The questions of a study's guides. An interview that follows none is read along the newest."""

    def __init__(self, study: Study):
        self.newest: int | None = None
        self.questions: dict[int | None, list[Question]] = defaultdict(list)
        for question in Question.objects.filter(guide__study=study).order_by("-guide__number", "position"):
            self.newest = self.newest or question.guide_id
            self.questions[question.guide_id].append(question)

    def of(self, interview: Interview) -> list[Question]:
        return self.questions[interview.guide_id or self.newest]


def told(transcripts: Iterable[Transcript], question: Question, guides: Guides) -> list[Told]:
    """Return what transcripts, which come with interview and participant, say to a question, by its key."""
    found = []
    for transcript in transcripts:
        questions = guides.of(transcript.interview)
        one = Told(transcript.interview, any(each.key == question.key for each in questions))
        asked = asked_in(transcript.text, transcript.turns, questions) if one.in_guide else {}
        for answer in answers_to(question.key, asked, len(transcript.turns)):
            numbers = range(answer.first, answer.last)
            one.stretches.append([spoken(transcript, number, answer.first) for number in numbers])
        found.append(one)
    return found


def spoken(transcript: Transcript, number: int, first: int) -> Spoken:
    _label, start, end, speaker, seconds = transcript.turns[number]
    return Spoken(number, start, end, speaker, clock(seconds), transcript.text[start:end], number == first)


def places_of(questions: Iterable[Question], asked: dict[int, Question]) -> list[tuple[Question, int | None]]:
    """Return the questions of a guide, each with the first turn that asks it, None where none was recognised."""
    first: dict[str, int] = {}
    for number in sorted(asked, reverse=True):
        first[asked[number].key] = number
    return [(question, first.get(question.key)) for question in questions]
