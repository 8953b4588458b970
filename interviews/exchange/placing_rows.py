"""Putting the rows of a table of codings to the texts of a study: where their words stand, and under which code.

A table of Taguette's says which words have a tag, but not where they are. They are looked for in the text: word for
word, then without regard to spaces and line breaks, which Taguette writes in its own way. Words that are there several
times are taken only where as many rows have them, in the order of the text, as Taguette writes them.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import PurePosixPath
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from accounts.models import User
from interviews.access import StudyRight, readable_transcripts, rights_in
from interviews.exchange import parts
from interviews.exchange.coded_rows import CodedRow, CodedTable, fold
from interviews.exchange.coding_table import BETWEEN, code_paths, memo_words, memos_of
from interviews.exchange.leaving import coder_names
from interviews.exchange.remarks import Report
from interviews.exchange.tag_names import tag_guid, tree_of_tags
from interviews.models import Code, Coding, Contact, Memo, Original, Study, Transcript
from projects.models import Scopes
from projects.spreadsheets import MOST_IN_A_CELL
from projects.table_files import Fault

ROWS = UUID("6b0a3c5e-52f4-5a8e-9d43-2f0f4f3f0c21")  # what identifiers are made from where a row has none


class Squeezed:
    """A text without its spaces and line breaks, and where each of its characters was."""

    def __init__(self, text: str):
        self.places = array("i", (place for place, char in enumerate(text) if not char.isspace()))
        self.text = "".join(text[place] for place in self.places)

    def span(self, start: int, length: int) -> tuple[int, int]:
        return self.places[start], self.places[start + length - 1] + 1


@dataclass
class Text:
    """A text in which words are looked for; it is read when that is first done."""

    transcript: Transcript

    @property
    def words(self) -> str:
        return self.transcript.text

    @cached_property
    def squeezed(self) -> Squeezed:
        return Squeezed(self.words)

    def places(self, words: str) -> list[tuple[int, int]]:
        """Return where words stand: word for word, or else without regard to spaces."""
        wanted = words.strip()
        if found := [(start, start + len(wanted)) for start in starts(self.words, wanted)]:
            return found
        wanted = "".join(words.split())
        return [self.squeezed.span(start, len(wanted)) for start in starts(self.squeezed.text, wanted)]


def starts(text: str, words: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


@dataclass
class Placed:
    """Where a row stands."""

    row: CodedRow
    transcript: Transcript
    start: int
    end: int


@dataclass
class Placing:
    """What came of the rows of a table: those that have a place, and why the others have none."""

    placed: list[Placed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Texts:
    """The texts of a study that a person may code, by the names that a table may know them by.

    Owners, who know whom an interview is with, may call it by that too: a file that came in had such names.
    """

    def __init__(self, study: Study, by: User):
        scopes = Scopes.read(by)
        rights = rights_in(study, scopes)
        rows = readable_transcripts(study, scopes, rights)
        rows = rows.select_related("interview__participant").defer("text", "turns", "masks").order_by("interview")
        self.texts = [Text(one) for one in rows]
        self.by_guid = {one.transcript.guid: one for one in self.texts}
        self.by_name: dict[str, list[Text]] = defaultdict(list)
        files = dict(Original.objects.filter(interview__study=study).values_list("interview_id", "name"))
        people: dict[int, str] = {}
        if StudyRight.RUN in rights:
            people = dict(Contact.objects.filter(participant__study=study).values_list("participant_id", "name"))
        for one in self.texts:
            talk = one.transcript.interview
            file = files.get(talk.pk, "")
            person = people.get(talk.participant_id, "")
            names = (talk.participant.pseudonym, person, file, PurePosixPath(file).stem)
            for name in {fold(name) for name in names if name}:
                self.by_name[name].append(one)

    def of(self, row: CodedRow) -> list[Text]:
        """Return the texts that a row may mean: by its identifier, else by name, and of those the ones of its day."""
        if row.transcript and row.transcript in self.by_guid:
            return [self.by_guid[row.transcript]]
        found = self.by_name.get(fold(row.document), [])
        same_day = [one for one in found if row.date and one.transcript.interview.held_on == row.date]
        return same_day or found

    def unknown(self, row: CodedRow) -> Fault:
        said = _("There is no interview of that name with a transcript that you may read.")
        if hint := get_close_matches(fold(row.document), self.by_name, 1, 0.7):
            known = self.by_name[hint[0]][0].transcript.interview.participant
            said += " " + _("Did you mean “%(name)s”?") % {"name": known}
        return Fault(row.number, "document", row.document, said)


def place_rows(study: Study, rows: Iterable[CodedRow], by: User) -> Placing:
    """Find where each row stands in the texts that a person may read. Reads."""
    texts, done = Texts(study, by), Placing()
    waiting: dict[tuple[str, str], list[CodedRow]] = defaultdict(list)
    for row in rows:
        found = texts.of(row)
        if not found:
            done.faults.append(texts.unknown(row))
        elif row.start is not None and row.end is not None:
            at_place(row, found, done)
        else:
            waiting[fold(row.document), row.words].append(row)
    for group in waiting.values():
        by_words(group, texts.of(group[0]), done)
    done.faults.sort(key=lambda fault: fault.row)
    return done


def at_place(row: CodedRow, texts: list[Text], done: Placing) -> None:
    """Place a row that says where it is: the words there must be its own."""
    start, end = row.start or 0, row.end or 0
    inside = [one for one in texts if end <= len(one.words)]
    if not inside:
        longest = max(len(one.words) for one in texts)
        said = _("This lies outside the text, which has %(n)s characters.") % {"n": f"{longest:,}"}
        done.faults.append(Fault(row.number, "end", str(end), said))
        return
    fitting = [one for one in inside if same(one.words[start:end], row.words)]
    if len(fitting) == 1:
        done.placed.append(Placed(row, fitting[0].transcript, start, end))
    elif fitting:
        said = _("There are several interviews of this name. Give the interview date or the transcript id.")
        done.faults.append(Fault(row.number, "document", row.document, said))
    else:
        there = " ".join(inside[0].words[start:end].split())[:60]
        said = _("At this place the text says “%(words)s”.") % {"words": there}
        done.faults.append(Fault(row.number, "words", row.words[:200], said))


def same(there: str, words: str) -> bool:
    """Tell whether words are those at a place, apart from spaces; a cell without words, or cut at its limit, is."""
    wanted = "".join(words.split())
    cut = len(words) >= MOST_IN_A_CELL
    found = "".join(there.split())
    return found.startswith(wanted) if cut or not wanted else found == wanted


def by_words(rows: list[CodedRow], texts: list[Text], done: Placing) -> None:
    """Place rows that have the same words in the same document."""
    places = [(text.transcript, *place) for text in texts for place in text.places(rows[0].words)]
    highlights = list(dict.fromkeys(row.highlight or str(row.number) for row in rows))
    if not places:
        said = _("These words are not in the text of the interview. Has it changed since?")
    elif len(places) > 1 and (len(places) != len(highlights) or not rows[0].highlight):
        said = _("These words are there %(n)s times. Say which with the columns start and end.") % {"n": len(places)}
    else:
        for row in rows:
            number = highlights.index(row.highlight or str(row.number)) if len(places) > 1 else 0
            done.placed.append(Placed(row, *places[number]))
        return
    done.faults += [Fault(row.number, "words", row.words[:200], said) for row in rows]


# ---- as a project


def project_of(study: Study, read: CodedTable, report: Report, *, by: User) -> tuple[parts.Project, list[Fault]]:
    """Return a table's codings as a project whose sources are texts of the study, and why rows have no place in them.

    Each such row is a loss in the report.
    """
    placing = place_rows(study, read.rows, by)
    for fault in placing.faults:
        report.loss(fault.message, _("row %(row)s") % {"row": fault.row})
    coders = Coders(study)
    codes = Codes(study, [one.row.code for one in placing.placed], report)
    known = KnownMemos(study)
    sources: dict[int, parts.Source] = {}
    notes: list[parts.Note] = []
    for one in sorted(placing.placed, key=lambda placed: (placed.transcript.pk, placed.start, placed.row.number)):
        source = sources.get(one.transcript.pk)
        if source is None:
            text = one.transcript
            name = text.interview.participant.pseudonym
            source = sources[text.pk] = parts.Source(text.guid, name=name, content=text.text, exact=True)
        selection = selection_of(one, codes.guids[one.row.code], coders)
        said = known.notes(selection.codings[0], one.row.memo) or notes_of(selection.codings[0], one.row)
        selection.codings[0].notes += [note.guid for note in said]
        notes += said
        source.selections.append(selection)
    project = parts.Project(name=study.name, users=coders.users, codes=codes.top, notes=notes)
    project.sources = list(sources.values())
    return project, placing.faults


def selection_of(one: Placed, code: UUID, coders: Coders) -> parts.Selection:
    row = one.row
    coder = coders.of(row.coder)
    place = f"{one.transcript.guid}|{code}|{coder}|{one.start}|{one.end}"
    coding = parts.Coding(row.coding or uuid5(ROWS, place), code, coder, row.created)
    words = one.transcript.text[one.start : one.end]
    return parts.Selection(uuid5(coding.guid, "selection"), one.start, one.end, words, codings=[coding])


def notes_of(coding: parts.Coding, row: CodedRow) -> list[parts.Note]:
    """Return the memo of a row as a note of its coder's."""
    guid = uuid5(coding.guid, row.memo)
    return [parts.Note(guid, content=row.memo, coder=coding.coder, created=row.created)] if row.memo else []


class KnownMemos:
    """The memos about the codings of a study, which a table of ours writes into one cell for each coding."""

    def __init__(self, study: Study):
        self.memos: dict[tuple[UUID, str], list[Memo]] = {}
        about = memos_of(study)
        codings = Coding.objects.filter(memos__study=study).distinct().values_list("pk", "guid", "coder")
        for named in (True, False):
            names = coder_names(study, named=named)
            for pk, guid, coder in codings:
                self.memos[guid, "\n".join(memo_words(about[pk], coder, names)).strip()] = about[pk]

    def notes(self, coding: parts.Coding, said: str) -> list[parts.Note]:
        """Return the memos that a cell says, as they are in the study; none where it says anything else."""
        return [parts.Note(memo.guid, content=memo.text) for memo in self.memos.get((coding.guid, said), [])]


class Coders:
    """The coders whom a table names: those of the study by number or name, others as somebody from elsewhere."""

    def __init__(self, study: Study):
        self.known: dict[str, tuple[UUID, str]] = {}
        for named in (True, False):
            names = coder_names(study, named=named)
            for coder in study.coders.select_related("user"):
                self.known.setdefault(fold(names[coder.pk]), (coder.guid, str(coder)))
        self.users: list[parts.User] = []

    def of(self, name: str) -> UUID | None:
        if not name:
            return None
        guid, name = self.known.setdefault(fold(name), (uuid5(ROWS, f"coder|{fold(name)}"), name))
        if not any(user.guid == guid for user in self.users):
            self.users.append(parts.User(guid, name))
        return guid


class Codes:
    """The codes that a table names: those of the study by their path or only name, others as new ones."""

    def __init__(self, study: Study, names: Iterable[str], report: Report):
        self.existing = list(study.codes.in_use())
        self.by_path = {fold(BETWEEN.join(path)): pk for pk, path in code_paths(self.existing).items()}
        self.by_pk = {code.pk: code for code in self.existing}
        self.guids: dict[str, UUID] = {}
        self.top: list[parts.Code] = []
        self.made: dict[str, parts.Code] = {}
        tags = []
        for name in dict.fromkeys(names):
            if found := self.found(name):
                self.guids[name] = found.guid
                self.again(found)
            elif "›" in name:
                self.guids[name] = self.along(name)
            else:
                tags.append(name)
                self.guids[name] = tag_guid(name)
        self.top += tree_of_tags([(name, "") for name in tags], report)

    def found(self, name: str) -> Code | None:
        """Return the code of the study that a name means: as Taguette's tag, by its path, or by its only name."""
        guid = tag_guid(name)
        for code in self.existing:
            if code.guid == guid:
                return code
        if pk := self.by_path.get(fold(name)):
            return self.by_pk[pk]
        named = [code for code in self.existing if fold(code.name) == fold(name)]
        return named[0] if len(named) == 1 else None

    def again(self, code: Code) -> None:
        """Name a code of the study among those of the table, once."""
        if not any(one.guid == code.guid for one in self.top):
            self.top.append(parts.Code(code.guid, code.name))

    def along(self, path: str) -> UUID:
        """Return the code at the end of a path, with those above it, which may be there already."""
        above: list[parts.Code] = self.top
        names = [name.strip() for name in path.split("›") if name.strip()] or [path]
        for depth in range(1, len(names) + 1):
            way = fold(BETWEEN.join(names[:depth]))
            if way not in self.made:
                pk = self.by_path.get(way)
                guid = self.by_pk[pk].guid if pk else uuid5(ROWS, f"code|{way}")
                self.made[way] = parts.Code(guid, names[depth - 1])
                above.append(self.made[way])
            above = self.made[way].below
        return self.made[way].guid
