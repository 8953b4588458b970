"""Files and photos: several at once, each checked whole before any is kept."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects import attaching, file_contents


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    widget = ManyFiles

    def clean(self, data, initial=None):
        """Return every file checked. Raises one ValidationError with a line for each file that cannot be kept."""
        uploads = [super(ManyFilesField, self).to_python(one) for one in data or []]
        if not uploads and self.required:
            raise ValidationError(self.error_messages["required"])
        if len(uploads) > attaching.MOST_AT_ONCE:
            raise ValidationError(_("Choose at most 10 files at once."))
        kept, wrong = [], []
        for upload in uploads:
            try:
                kept.append(file_contents.checked(upload.name, upload.read(file_contents.MOST_BYTES + 1)))
            except ValidationError as error:
                name = file_contents.plain_name(upload.name)
                wrong += [_("%(name)s: %(what)s") % {"name": name, "what": what} for what in error.messages]
        if wrong and len(uploads) > 1:
            wrong.append(_("None of the files was kept. Choose the others once more."))
        if wrong:
            raise ValidationError(wrong)
        return kept


class FilesForm(forms.Form):
    accept = file_contents.ACCEPT

    files = ManyFilesField(
        allow_empty_file=True, error_messages={"required": gettext_lazy("Choose a photo or file first.")}
    )
    shared_with_state = forms.BooleanField(required=False)
