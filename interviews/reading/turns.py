"""Who says what, and when: turns found in the text of a transcript.

Known are "Interviewer: …", "[00:01:23] P03: …", "P03 (00:01:23): …", "P03: [00:01:23] …", and a line "P03 0:03" or
"0:03 P03" above what is said, as recorders and meeting programs write them. A name counts as a speaker when it comes
back, or is a usual one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from interviews.reading.files import Cue, ReadFile

TIME = r"(?:(?:\d{1,2}:)?\d{1,2}:\d{2})(?:[.,-]\d{1,3})?"
CLOCK = rf"[\[(#]?(?P<time>{TIME})[\])#]?"
NAME = r"[^\W_][\w.'’ \-]{0,39}?(?: \([^():]{1,30}\))?"
BEFORE = re.compile(rf"^\s*{CLOCK}\s+(?P<name>{NAME})\s*:(?:\s+(?P<said>.*))?$")
AFTER = re.compile(rf"^\s*(?P<name>{NAME})\s*{CLOCK}\s*:(?:\s+(?P<said>.*))?$")
PLAIN = re.compile(rf"^\s*\**(?P<name>{NAME})\**\s*:\**(?:\s+(?P<said>.*))?$")
ABOVE = re.compile(rf"^\s*(?P<name>{NAME})\s+{CLOCK}\s*$")
LATER = re.compile(rf"^\s*{CLOCK}\s+(?P<name>{NAME})\s*$")  # above what is said too, the time first
STAMP = re.compile(rf"^[\[(](?P<time>{TIME})[\])]\s*")
ALONE = re.compile(rf"^\s*{CLOCK}\s*$")
USUAL = re.compile(
    r"^(?:interviewer|interviewee|moderator|facilitator|participant|respondent|speaker|[iprqa])\s?\d*$", re.I
)
ASKS = re.compile(r"^(?:interviewer|moderator|facilitator|[iq])\s?\d*$", re.I)
MOST_WORDS = 4  # in a speaker's name


@dataclass(frozen=True)
class Turn:
    """One person speaking: from when (seconds, None where that is not known), who ("" where not known), the words."""

    speaker: str
    seconds: int | None
    text: str

    @property
    def clock(self) -> str:
        return clock(self.seconds)


@dataclass(frozen=True)
class Placed:
    """A turn in the text of a transcript. Positions count code points: label, words and end of it."""

    start: int
    words: int
    end: int
    speaker: str
    seconds: int | None


def asks(speaker: str) -> bool:
    """Tell whether a speaker goes by a name of those who ask: "Interviewer", as SpeakersForm calls them, or alike.

    What stands in brackets behind the name makes no difference: "Interviewer (Ria)".
    """
    name = speaker.partition(" (")[0]
    return bool(ASKS.match(name)) or name == gettext("Interviewer")


def clock(seconds: int | None) -> str:
    """Return seconds as a recorder shows them: 2:03, 1:02:03; nothing where they are not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def seconds_of(time: str) -> int:
    """Return the seconds of a time stamp such as 1:02:03, 02:03 or 02:03.450."""
    total = 0
    for part in re.split(r"[.,-]", time)[0].split(":"):
        total = total * 60 + int(part)
    return total


@dataclass
class Spoken:
    """A turn while it is being read: its pieces, joined once at the end."""

    speaker: str
    seconds: int | None
    pieces: list[str]
    between: str = "\n"

    @property
    def turn(self) -> Turn:
        return Turn(self.speaker, self.seconds, self.between.join(self.pieces).strip())


def turns_of(read: ReadFile, *, no_speakers: Collection[str] = ()) -> list[Turn]:
    """Return the turns of a file. Where nobody can be told apart, each paragraph is a turn of nobody's.

    `no_speakers` are names that look like speakers' and are none: what they begin goes on with the turn before.
    """
    spoken = spoken_in_cues(read.cues, no_speakers) if read.cues else spoken_in_text(read.text, no_speakers)
    return [one.turn for one in spoken if one.turn.text]


def spoken_in_cues(cues: list[Cue], no_speakers: Collection[str]) -> list[Spoken]:
    """Join cues of one speaker; a name before a colon in the words is the speaker where no voice is given."""
    if not any(cue.speaker for cue in cues):
        names = speakers_among(cue.text for cue in cues) - set(no_speakers)
        cues = [named(cue, names) for cue in cues]
    spoken: list[Spoken] = []
    for cue in cues:
        if spoken and spoken[-1].speaker and cue.speaker in ("", spoken[-1].speaker, *no_speakers):
            spoken[-1].pieces.append(cue.text)
        else:
            spoken.append(Spoken(cue.speaker, cue.seconds, [cue.text], between=" "))
    return spoken


def named(cue: Cue, names: set[str]) -> Cue:
    match = PLAIN.match(cue.text)
    if match and match["name"] in names:
        return Cue(cue.seconds, match["name"], (match["said"] or "").strip())
    return cue


def speakers_among(lines: Iterable[str]) -> set[str]:
    """Return the names before colons that are speakers': usual ones, and those that come back."""
    counted: Counter[str] = Counter()
    for line in lines:
        match = PLAIN.match(line) or LATER.match(line)
        if match and is_name(match["name"]):
            counted[match["name"]] += 1
    return {name for name, times in counted.items() if times > 1 or USUAL.match(name)}


def spoken_in_text(text: str, no_speakers: Collection[str]) -> list[Spoken]:
    """Read plain text line by line; lines that name nobody go on with the turn before."""
    lines = text.split("\n")
    names = speakers_among(lines) - set(no_speakers)
    spoken: list[Spoken] = []
    seconds: int | None = None
    for line in lines:
        if begun := beginning(line, names, no_speakers):
            spoken.append(Spoken(begun.speaker, seconds if begun.seconds is None else begun.seconds, [begun.text]))
            seconds = None
        elif (alone := ALONE.match(line)) and names:
            seconds = seconds_of(alone["time"])
        elif spoken and spoken[-1].speaker:
            spoken[-1].pieces.append(line.rstrip())
        elif line.strip():
            spoken.append(Spoken("", None, [line.strip()]))
    return spoken


def is_name(words: str) -> bool:
    """Tell whether words can be a speaker's name: they are few."""
    return len(words.split()) <= MOST_WORDS


def beginning(line: str, names: set[str], no_speakers: Collection[str]) -> Turn | None:
    """Return the turn that a line begins, or None."""
    label = label_of(line, names, no_speakers)
    return Turn(label.speaker, label.seconds, line[label.length :]) if label else None


@dataclass(frozen=True)
class Label:
    """The beginning of a line that says who speaks, and when; its words begin behind `length` characters."""

    speaker: str
    seconds: int | None
    length: int


def label_of(line: str, names: set[str], no_speakers: Collection[str] = ()) -> Label | None:
    """Return the label with which a line begins, or None."""
    for pattern in (BEFORE, AFTER, ABOVE, LATER):
        match = pattern.match(line)
        if match and is_name(match["name"]) and match["name"].strip() not in no_speakers:
            if (pattern is ABOVE and match["name"][0].islower()) or (pattern is LATER and match["name"] not in names):
                continue  # "we met at 9:15", "9:15 on Monday"
            return Label(match["name"].strip(), seconds_of(match["time"]), words_of(match, line))
    match = PLAIN.match(line)
    if match and match["name"] in names:
        length = words_of(match, line)
        stamp = STAMP.match(line[length:])
        return Label(
            match["name"], seconds_of(stamp["time"]) if stamp else None, length + (stamp.end() if stamp else 0)
        )
    return None


def words_of(match: re.Match[str], line: str) -> int:
    """Return where the words of a line begin, behind the label that was matched."""
    return match.start("said") if match.groupdict().get("said") is not None else len(line)


def turns_in(text: str) -> list[Placed]:
    """Return the turns of a text as it stands, of which no character is changed, so that places in it stay.

    Where nobody can be told apart, each paragraph is a turn of nobody's. A text of words has a turn at least.
    """
    lines = text.split("\n")
    names = speakers_among(lines)
    found: list[Placed] = []
    time: tuple[int, int] | None = None  # of a line that says only when: where it begins, and the seconds
    at = 0
    for line in lines:
        first, last = at + len(line) - len(line.lstrip()), at + len(line.rstrip())
        label = label_of(line, names)
        if label:
            start, seconds = time if time and label.seconds is None else (first, label.seconds)
            words = min(at + label.length, last)
            found.append(Placed(start, words, last, label.speaker, seconds))
            time = None
        elif names and (alone := ALONE.match(line)):
            time = (first, seconds_of(alone["time"]))
        elif first < last and found and found[-1].speaker:
            time = None
            empty = found[-1].words == found[-1].end
            found[-1] = replace(found[-1], words=first if empty else found[-1].words, end=last)
        elif first < last:
            time = None
            found.append(Placed(first, first, last, "", None))
        at += len(line) + 1
    return [one for one in found if one.words < one.end] or found[:1]


def laid_out(turns: Iterable[Turn]) -> tuple[str, list[Placed]]:
    """Return a transcript's text, "Speaker: words" a turn with a blank line between, and where each turn stands."""
    pieces: list[str] = []
    placed: list[Placed] = []
    at = 0
    for turn in turns:
        label = f"{turn.speaker}: " if turn.speaker else ""
        piece = f"{label}{turn.text}"
        placed.append(Placed(at, at + len(label), at + len(piece), turn.speaker, turn.seconds))
        pieces.append(piece)
        at += len(piece) + 2
    return "\n\n".join(pieces), placed


def renamed(turns: Iterable[Turn], names: dict[str, str]) -> list[Turn]:
    """Return turns with other names for their speakers; who is not in `names` keeps the own."""
    return [replace(turn, speaker=names.get(turn.speaker, turn.speaker)) for turn in turns]
