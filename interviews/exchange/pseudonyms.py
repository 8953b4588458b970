"""Whether what a text is called can be a pseudonym, or may be somebody's name."""

from __future__ import annotations

import re

LONGEST = 40
WORD = re.compile(r"[^\W_]+")
NUMBERED = re.compile(r"([^\W\d_]{0,12})(\d{1,4})([a-z]?)", re.IGNORECASE)
ENDING = re.compile(r"\.(?:txt|docx?|rtf|pdf|md|mp3|mp4|m4a|wav|vtt|srt)$", re.IGNORECASE)
# Words that name nobody. Whatever else is in the name of a text may.
GENERIC = frozenset(
    "agency anonymised anonymized audio case clean clinic code coded cohort community copy county deidentified "
    "district document draft edited english exit file final focus follow group id informant int interview "
    "interviewee lead manager nurse observer participant partner patient person phase phone pi pilot post "
    "practice practitioner pre project provider recording respondent round school session site speaker staff "
    "stakeholder state subject talk teacher team text transcript transcription up verbatim version video visit "
    "wave zoom".split()
)


def plain_name(name: str) -> str:
    """Return a name without the ending of a file and with single spaces."""
    return " ".join(ENDING.sub("", name.strip()).split())


def names_nobody(name: str) -> bool:
    """Tell whether a name is made of numbers and words that name nobody: "P07", "Interview 3", "PI_2.docx".

    Anything else may be a person's name, or tell who they are, and is not taken for a pseudonym.
    """
    plain = plain_name(name)
    words = WORD.findall(plain)
    numbers = sum(word.isdigit() for word in words)
    return bool(words) and len(plain) <= LONGEST and numbers <= 2 and all(nameless(word) for word in words)


def nameless(word: str) -> bool:
    if word.casefold() in GENERIC or (len(word) == 1 and word.isalpha()):
        return True
    match = NUMBERED.fullmatch(word)
    return match is not None and (len(match[1]) <= 2 or match[1].casefold() in GENERIC)


def person_in(name: str) -> str:
    """Return what may be a person's name in that of a text: its words without those that name nobody."""
    kept = [word for word in re.split(r"[\s_]+", plain_name(name)) if not nameless(word.strip("-.,()"))]
    return " ".join(kept) or plain_name(name)
