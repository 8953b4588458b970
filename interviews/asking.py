"""Where a question of the guide is asked in a transcript, and what is said to it. Pure: it is found when it is read.

Interviewers say a question in their own way. A turn asks a question where it holds nearly all of its words, close
together and in their order; or the short name that somebody gave it, word for word. Of several it is the nearest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from interviews.guiding import shortened
from interviews.models import Question
from interviews.reading.turns import asks
from interviews.reading.words import plain_words

NEARLY = 0.75  # the share of a question's words that must be there
AROUND = 4  # words that may stand between them, besides as many as the question has


def asked_in(text: str, turns: Sequence[Sequence[Any]], questions: Iterable[Question]) -> dict[int, Question]:
    """Return the numbers of the turns in which questions are asked, each with its question.

    Where somebody goes by a name of those who ask, only their turns count.
    """
    known = [(question, plain_words(question.text), given_name(question)) for question in questions]
    askers = [number for number, turn in enumerate(turns) if asks(turn[3])]
    found: dict[int, Question] = {}
    for number in askers or range(len(turns)):
        said = plain_words(text[turns[number][1] : turns[number][2]])
        scores = [(likeness(words, name, said), -place) for place, (_one, words, name) in enumerate(known)]
        best, place = max(scores, default=(0.0, 0))
        if best >= NEARLY:
            found[number] = known[-place][0]
    return found


def given_name(question: Question) -> list[str]:
    """Return the words of a short name that somebody gave a question; none where it is its beginning, or one word."""
    words = plain_words(question.short)
    return words if len(words) > 1 and question.short not in (question.text, shortened(question.text)) else []


def likeness(words: Sequence[str], name: Sequence[str], said: Sequence[str]) -> float:
    """Return which share of a question's words is said, in order and close together; 0 where they are far apart."""
    if name and stand_together(name, said):
        return 1.0
    wanted = set(words)
    if not wanted or len(wanted & set(said)) < NEARLY * len(wanted):  # most turns are told so, and quickly
        return 0.0
    blocks = SequenceMatcher(None, words, said, autojunk=False).get_matching_blocks()[:-1]
    length = blocks[-1].b + blocks[-1].size - blocks[0].b
    if length > 2 * len(words) + AROUND or (len(words) < 3 and len(said) > len(words) + AROUND):
        return 0.0
    return sum(block.size for block in blocks) / len(words)


def stand_together(words: Sequence[str], said: Sequence[str]) -> bool:
    count = len(words)
    return any(list(said[at : at + count]) == list(words) for at in range(len(said) - count + 1))


@dataclass(frozen=True)
class Answer:
    """A stretch of a transcript that belongs to a question: the turn that asks it, and those up to the next one."""

    first: int
    last: int  # behind the last turn


def answers_to(key: str, asked: Mapping[int, Question], turns: int) -> list[Answer]:
    """Return the stretches of a transcript of so many turns that belong to a question, by its key."""
    begins = [*sorted(asked), turns]
    return [Answer(number, begins[place + 1]) for place, number in enumerate(begins[:-1]) if asked[number].key == key]
