"""Forms of the search: which hits are to have which code."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from interviews.coding_hits import Stretch
from interviews.margins import turn_of
from interviews.models import Code, Transcript
from interviews.outline import code_choices, outline

MOST_HITS = 200  # that are coded at once
HIT = re.compile(r"(\d{1,9})\.(\d{1,8})-(\d{1,8})\.(\d{1,8})", re.ASCII)  # interview, passage, revision of the text
CHOSEN_BY = ("study_id", "parent_id", "name", "folder")  # what a list of codes needs of each
SENTENCE, TURN = "sentence", "turn"


class HitsForm(forms.Form):
    """Ticked hits, or all that were shown; the code for them, and how much of the text is to have it."""

    code = forms.TypedChoiceField(
        label=_("Code"),
        coerce=int,
        error_messages={"required": _("Choose a code."), "invalid_choice": _("Choose a code.")},
    )
    spread = forms.ChoiceField(
        label=_("It is to stand at"),
        choices=[(SENTENCE, _("the sentence with the words")), (TURN, _("all that was said in that turn"))],
        initial=SENTENCE,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, data: QueryDict | None = None, *, codes: QuerySet[Code], readable: QuerySet[Transcript] | None = None
    ):
        super().__init__(data)
        usable = [(code, depth) for code, depth in outline(codes.only(*CHOSEN_BY)) if not code.folder]
        self.fields["code"].choices = [("", _("Choose a code")), *code_choices(usable)]
        self.readable = readable
        self.hits: list[str] = data.getlist("shown" if data.get("all") else "hits") if data else []
        self.stretches: list[Stretch] = []

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        found = [HIT.fullmatch(hit) for hit in dict.fromkeys(self.hits)]
        if not found:
            raise forms.ValidationError(_("Tick the passages that are to have this code."))
        if len(found) > MOST_HITS:
            raise forms.ValidationError(_("At most %(most)s passages at once.") % {"most": MOST_HITS})
        places = [tuple(int(number) for number in match.groups()) for match in found if match]
        texts = self.texts({interview for interview, *_place in places})
        if len(places) < len(found) or any(interview not in texts for interview, *_place in places):
            raise forms.ValidationError(_("A passage is not there any more. Search again."))
        self.stretches = [
            stretch_of(texts[interview], start, end, revision, whole=said.get("spread") == TURN)
            for interview, start, end, revision in places
        ]
        return said

    def texts(self, interviews: set[int]) -> dict[int, Transcript]:
        """Return the transcripts of interviews (by id) that the person may read, without their texts."""
        rows = self.readable.filter(interview__in=interviews).defer("text", "masks")
        return {one.interview_id: one for one in rows.select_related("interview__participant")}


def stretch_of(transcript: Transcript, start: int, end: int, revision: int, *, whole: bool) -> Stretch:
    """Return a passage, or the whole turn in which it begins."""
    if whole and transcript.turns and revision == transcript.revision:
        _label, start, end, *_speaker = transcript.turns[turn_of(transcript, start)]
    return Stretch(transcript, start, end, revision)
