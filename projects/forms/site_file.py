"""The file of sites: uploading it, and sending on what was checked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import site_files, table_files


class SiteFileForm(forms.Form):
    file = forms.FileField(
        label=_("Your file"),
        help_text=_("An Excel workbook (.xlsx) or a CSV file. At most 2,000 sites."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,text/csv"}),
        error_messages={"empty": _("This file is empty."), "required": _("Choose a file first.")},
    )

    def clean_file(self):
        """Return the file as {text, kind}; raises ValidationError for what is no table."""
        text, kind = table_files.text_in(self.cleaned_data["file"], wanted=site_files.is_sites)
        return {"text": text, "kind": kind}


class CheckedFileForm(forms.Form):
    """The text of a file that was looked at before, on its way from the preview to being applied."""

    text = forms.CharField(max_length=table_files.MOST_BYTES, strip=False)
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in (table_files.CSV, table_files.XLSX)], required=False)
    token = forms.CharField(max_length=300, required=False)

    def clean(self):
        """Return {text, kind, token}; a page that does not say of which kind a file was gets a CSV back."""
        said = super().clean()
        said["kind"] = said.get("kind") or table_files.CSV
        return said
