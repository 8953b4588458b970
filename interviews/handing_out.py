"""Handing a study out as a REFI-QDA project, with a word of what stays here, and a record of who took it."""

from __future__ import annotations

import datetime as dt
import io
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.exchange import parts
from interviews.exchange.outgoing import Outgoing, Wishes
from interviews.exchange.outgoing_codes import CodesOut
from interviews.exchange.remarks import Report
from interviews.exchange.writing import write_archive, write_codebook
from interviews.models import Coding, Study
from interviews.studying import record


def hand_out(study: Study, wishes: Wishes, file: IO[bytes], *, by: User, now: dt.datetime) -> None:
    """Write the study into a file as a project's archive (.qdpx), and record who took it with how many texts.

    Raises ValidationError where somebody changes the study meanwhile.
    """
    outgoing = Outgoing(study, reader=by, wishes=wishes)
    texts = outgoing.words()

    def text_of(source: parts.Source) -> str:
        guid, text = next(texts, (None, ""))
        if guid != source.guid:  # somebody changed the study while it was written
            raise ValidationError(_("Somebody changed the study meanwhile. Take it out once more."))
        return text

    write_archive(outgoing.project(), text_of, file, now=now)
    changes = {"texts": [None, len(outgoing.interviews)]}
    if wishes.no_quotes:
        changes["texts_without_quotes"] = [None, len(outgoing.unquoted)]
    record("study_handed_out", study, by=by, now=now, changes=changes)


def codebook_file(study: Study) -> bytes:
    """Return the codebook as a REFI-QDA file (.qdc). Raises ValidationError for one without codes."""
    codes = CodesOut(study, Coding.objects.there().filter(code__study=study), Report())
    project = parts.Project(codes=codes.tree({}))
    if not project.codes:
        raise ValidationError(_("There is no code in this codebook yet."))
    project.sets = [one for one in codes.sets({}) if one.codes]
    out = io.BytesIO()
    write_codebook(project, out)
    return out.getvalue()
