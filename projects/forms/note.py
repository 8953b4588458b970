"""Writing a note, and editing one that others may be editing too."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import file_contents
from projects.forms.attachments import ManyFilesField
from projects.models import Note


class NoteForm(forms.ModelForm):
    accept = file_contents.ACCEPT

    files = ManyFilesField(required=False, allow_empty_file=True)

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

    def clean(self):
        """Say that files must be chosen again where it is something else that is wrong: no browser keeps them."""
        if self.errors and self.files and "files" not in self.errors:
            self.add_error("files", _("Choose the files again: they are kept together with the note."))
        return super().clean()


class EditNoteForm(NoteForm):
    """`revision` is the one that was read: the answer to whether somebody else has changed the note since."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
