"""Writing a note, and editing one that others may be editing too."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.models import Note


class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
        fields = ["text", "shared_with_state"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        error_messages = {
            "text": {
                "required": _("The note is empty. Write something first."),
                "max_length": _("The note is longer than 10,000 characters. Make two of it."),
            }
        }


class EditNoteForm(NoteForm):
    """`revision` is the one that was read: the answer to whether somebody else has changed the note since."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
