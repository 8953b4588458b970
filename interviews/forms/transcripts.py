"""Forms about a transcript: choosing its file, and saying who its speakers are."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interviews.models import Interview
from interviews.reading.files import KINDS, MOST_BYTES
from interviews.reading.turns import asks
from interviews.transcribing import NO_SPEAKER, Preview

ANSWERS = re.compile(r"^(?:interviewee|participant|respondent|[pra])\s?\d*$", re.IGNORECASE)


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("The transcript's file"),
        help_text=_("Text, Word, RTF, PDF with text, or subtitles (.vtt, .srt). At most 15 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(KINDS)}),
        error_messages={"empty": _("This file is empty."), "required": _("Choose a file first.")},
    )

    def clean_file(self):
        """Return the file's name and content; a file that is too large is not read at all."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(
                _("This file is larger than 15 MB. A transcript needs far less: leave out pictures.")
            )
        return upload.name, upload.read()


class SpeakersForm(forms.Form):
    """Who each speaker of a file is; `sha256` names the file that was looked at."""

    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, interview: Interview, preview: Preview, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.speakers = [name for name, _times in preview.speakers]
        pseudonym = interview.participant.pseudonym
        asking = _("Interviewer")
        asking_here = {name for name in self.speakers if asks(name) or name == str(interview.interviewer)}
        alone = len(asking_here) == 1 and len(self.speakers) == 2  # whoever else speaks is the participant
        for number, (name, times) in enumerate(preview.speakers):
            answers = alone or ANSWERS.match(name.partition(" (")[0]) or name == pseudonym
            guess = str(asking) if name in asking_here else pseudonym if answers else ""
            self.fields[f"speaker-{number}"] = forms.ChoiceField(
                label=f"{name} ({times})",
                required=False,
                initial=guess,
                choices=[
                    ("", _("as it stands: %(name)s") % {"name": name}),
                    (str(asking), asking),
                    (pseudonym, pseudonym),
                    (NO_SPEAKER, _("no speaker, a part of the text")),
                ],
            )

    @property
    def guessed(self) -> dict[str, str]:
        """The names with which a preview begins."""
        return {name: self.fields[f"speaker-{number}"].initial for number, name in enumerate(self.speakers)}

    @property
    def names(self) -> dict[str, str]:
        """What each speaker found in the file is to be called."""
        return {name: self.cleaned_data[f"speaker-{number}"] for number, name in enumerate(self.speakers)}
