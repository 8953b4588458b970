"""Reading sources that are no texts: of recordings and PDFs the text is taken, all else is lost, and said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from interviews.exchange.markup import Reader, children, local, place_of
from interviews.exchange.parts import Source
from interviews.exchange.sources import begin_source, check_text, read_selection, read_text, take

SELECTIONS = ("AudioSelection", "VideoSelection", "PDFSelection", "PictureSelection")


def read_recording(element: Any, reader: Reader) -> Iterator[Source]:
    """Yield the transcripts of a recording; the first has the recording's identifier, by which cases know it."""
    recording = reader.guid(element, "TextSource")
    about = Source(recording, name=(element.get("name") or "").strip())
    transcripts: list[Source] = []
    for kind, one in children(element, reader.report):
        if kind == "Transcript":
            guid = recording if not transcripts else reader.guid(one, "TextSource")
            transcripts.append(read_transcript(one, reader, guid, about))
        elif kind in SELECTIONS:
            reader.report.loss(_("Selections of sound and film are not kept."), about.name or place_of(element))
        else:
            take(kind, one, about, reader)
    if not transcripts:
        reader.report.loss(_("A recording without a transcript is not kept."), about.name or place_of(element))
        return
    reader.report.loss(_("Of a recording only its transcripts are kept."), about.name or place_of(element))
    first = transcripts[0]
    first.description = first.description or about.description
    first.codings, first.notes, first.values = about.codings, first.notes + about.notes, about.values
    yield from transcripts


def read_transcript(element: Any, reader: Reader, guid: UUID, about: Source) -> Source:
    """Return a recording's transcript; its selections lie between points that name a place in the text."""
    source = begin_source(element, guid, element.get("name") or about.name, reader)
    source.of = about.guid
    points: dict[UUID, int] = {}
    for kind, one in children(element, reader.report):
        if kind == "SyncPoint":
            position, at = reader.number(one, "position"), reader.number(one, "timeStamp")
            if position is not None:
                points[reader.guid(one)] = position
                source.points += [(position, at)] if at is not None else []
        elif kind == "TranscriptSelection":
            ends = [points.get(target) if target else None for target in ends_of(one, reader)]
            start, end = (-1, -1) if None in ends else ends
            source.selections.append(read_selection(one, reader, start=start, end=end))
        else:
            take(kind, one, source, reader)
    check_text(source, element, reader)
    return source


def ends_of(element: Any, reader: Reader) -> list[UUID | None]:
    return [reader.target(element, "fromSyncPoint"), reader.target(element, "toSyncPoint")]


def read_pdf(element: Any, reader: Reader) -> Iterator[Source]:
    """Yield the text of a PDF, where it has one."""
    guid, name = reader.guid(element, "TextSource"), (element.get("name") or "").strip()
    about, text = Source(guid, name=name), None
    for kind, one in children(element, reader.report):
        if kind == "Representation":
            text = read_text(one, reader, guid=guid, name=name)
        elif kind in SELECTIONS:
            reader.report.loss(_("Areas selected on the pages of a PDF are not kept."), name or place_of(element))
        else:
            take(kind, one, about, reader)
    if text is None:
        reader.report.loss(_("A PDF without its text is not kept."), name or place_of(element))
        return
    reader.report.loss(_("Of a PDF only its text is kept."), name or place_of(element))
    text.codings, text.notes = about.codings + text.codings, about.notes + text.notes
    text.values, text.description = about.values + text.values, text.description or about.description
    yield text


def read_picture(element: Any, reader: Reader) -> Iterator[Source]:
    """Say that a picture is lost."""
    reader.report.loss(
        _("Pictures, and what is selected in them, are not kept."), element.get("name") or local(element)
    )
    yield from ()
