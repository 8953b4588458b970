"""The file of sites: uploading it, and sending on what was checked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import site_files


class SiteFileForm(forms.Form):
    file = forms.FileField(
        label=_("Your file"),
        help_text=_("A CSV file, with commas or semicolons. At most 2,000 sites and 1 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"empty": _("This file is empty."), "required": _("Choose a file first.")},
    )

    def clean_file(self):
        """Return the file's text; raises ValidationError for what is no text."""
        upload = self.cleaned_data["file"]
        return site_files.text_of(upload.read(site_files.MOST_BYTES + 1))


class CheckedFileForm(forms.Form):
    """The text of a file that was looked at before, on its way from the preview to being applied."""

    text = forms.CharField(max_length=site_files.MOST_BYTES, strip=False)
    token = forms.CharField(max_length=300, required=False)
