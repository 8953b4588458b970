"""A table that somebody sends: the file, which of its columns is which, and sending on what was looked at."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects import table_files
from projects.tables.heads import guess, plain

LEFT_OUT = "-"
ENOUGH = 3  # columns by which a table is known among the sheets of a workbook
LONGEST_NAME = 200  # of a file, as a Job keeps it
SHOWN = 3  # values of a column by which somebody recognises it


class TableFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Your file"),
        help_text=gettext_lazy("An Excel workbook (.xlsx) or a CSV file."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,text/csv"}),
        error_messages={
            "empty": gettext_lazy("This file is empty."),
            "required": gettext_lazy("Choose a file first."),
        },
    )

    def __init__(self, *args, table, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = {plain(name) for column in table.columns for name in (column.name, *column.other_names)}

    def clean_file(self):
        """Return the file as {text, kind, name}; raises ValidationError for what is no table."""
        file = self.cleaned_data["file"]
        text, kind = table_files.text_in(file, wanted=self.is_wanted)
        return {"text": text, "kind": kind, "name": file.name[-LONGEST_NAME:]}

    def is_wanted(self, header):
        """Tell whether a sheet of a workbook looks like this table by its first row."""
        return len({plain(name) for name in header} & self.names) >= min(ENOUGH, len(self.names))


class CheckedTableForm(forms.Form):
    """The text of a table that was looked at before, on its way from one page to the next."""

    text = forms.CharField(max_length=2 * table_files.MOST_BYTES, strip=False)  # a browser ends lines with two signs
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in (table_files.CSV, table_files.XLSX)], required=False)
    name = forms.CharField(max_length=LONGEST_NAME, required=False)
    digest = forms.CharField(max_length=64, required=False)
    token = forms.CharField(max_length=300, required=False)

    def clean(self):
        """Return the values; a page that does not say of which kind a file was gets a CSV back."""
        said = super().clean()
        said["kind"] = said.get("kind") or table_files.CSV
        return said


class ColumnsForm(forms.Form):
    """For each heading of a file which is not known, the column that it stands for; or that it is left out."""

    def __init__(self, *args, table, looked, **kwargs):
        super().__init__(*args, **kwargs)
        self.looked, self.heads = looked, looked.heads
        known = {position: name for name, position in looked.heads.at.items()}
        self.names = table.names
        choices = [("", _("Choose")), *[(name, name) for name in table.names], (LEFT_OUT, _("Leave it out"))]
        free = [column for column in table.columns if column.name not in known.values()]
        for position in self.positions():
            heading = looked.header[position]
            first = guess(heading, free) if position in looked.heads.unknown else known.get(position, LEFT_OUT)
            self.fields[f"column-{position}"] = forms.ChoiceField(
                label=heading,
                choices=choices,
                initial=first,
                error_messages={"required": _("Choose a column, or leave it out.")},
            )

    def positions(self):
        """Return the columns of the file to ask about, those that nobody knows first: all that have a heading."""
        asked = [
            at
            for at, heading in enumerate(self.looked.header)
            if heading.strip() and not table_files.is_faults(heading)
        ]
        return sorted(asked, key=lambda at: at not in self.heads.unknown)

    def rows(self):
        """Return for each heading its field and the first values that differ, for the page."""
        return [(self[f"column-{at}"], self.values_of(at)) for at in self.positions()]

    def values_of(self, position):
        values = [cells[position] for _number, cells in self.looked.rows if len(cells) > position and cells[position]]
        return list(dict.fromkeys(values))[:SHOWN]

    def clean(self):
        """Refuse a column that two headings are said to stand for."""
        said = super().clean()
        chosen = [name for name in said.values() if name != LEFT_OUT]
        for field, name in list(said.items()):
            if name != LEFT_OUT and chosen.count(name) > 1:
                self.add_error(field, _("Two of your columns stand for “%(name)s”.") % {"name": name})
        return said

    @property
    def said(self):
        """What each heading stands for, as heads.remember keeps it."""
        return {
            self.looked.header[at]: "" if (name := self.cleaned_data[f"column-{at}"]) == LEFT_OUT else name
            for at in self.positions()
        }
