"""Templates to download at a step: papers in plain words, drawn as Word documents that people change as they like.

Their words stand in content/templates.yaml, so that they are read and changed as text. A document is made when it is
asked for, because a plan fills in the names it knows, and because some words fit the Roadmap of one intervention only.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import docx
import yaml
from django.utils.translation import gettext as _
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Inches, Pt, RGBColor

from roadmap.xml_text import legal

CONTENT = Path(__file__).parent / "content" / "templates.yaml"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARKS = {"only_for", "not_for"}  # with the key of a Roadmap: words of this one alone, or of every other
BOX, ARROW = "☐", "↓"
WIDTH, HEIGHT, MARGIN = Inches(8.5), Inches(11), Inches(0.9)  # Letter
ACCENT = RGBColor(0x0F, 0x5C, 0x6B)


@dataclass(frozen=True)
class Paper:
    """A template: its key in addresses, its title, a line on what it is for, at which steps, and what stands on it."""

    key: str
    title: str
    about: str
    steps: list[str]
    blocks: list[dict[str, Any]]

    @property
    def filename(self) -> str:
        return f"{self.key}.docx"


@lru_cache(maxsize=1)
def papers() -> dict[str, Paper]:
    """Return all templates by key."""
    rows = yaml.safe_load(CONTENT.read_text(encoding="utf-8"))
    return {row["key"]: Paper(**row) for row in rows}


def papers_at(step: str) -> list[Paper]:
    """Return the templates that help at a step, by its key."""
    return [paper for paper in papers().values() if step in paper.steps]


def fitting(entries: list[Any], edition: str) -> list[tuple[str, Any]]:
    """Return what some blocks, lines or rows are, and their words, where these stand on the Roadmap of that key."""
    found = []
    for entry in entries:
        marked = entry if isinstance(entry, dict) else {"": entry}
        if marked.get("only_for", edition) == edition and marked.get("not_for") != edition:
            found += [(kind, words) for kind, words in marked.items() if kind not in MARKS]
    return found


def document_of(paper: Paper, known: Mapping[str, str] | None = None, *, edition: str = "") -> bytes:
    """Return a template as a .docx. `known` fills blanks by their name: {"Site": "Elm Clinic"} for [Site].

    `edition` is the key of a Roadmap: of what is written for one intervention, its words alone stand in it.
    """
    made = docx.Document()
    section = made.sections[0]
    section.page_width, section.page_height = WIDTH, HEIGHT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    style = made.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    style.paragraph_format.space_after = Pt(6)
    made.core_properties.title, made.core_properties.author = paper.title, "Milepost"
    heading(made, paper.title, 0)
    fill = Filler(known or {})
    for kind, content in fitting(paper.blocks, edition):
        if kind == "table":
            content = {**content, "rows": [row for _kind, row in fitting(content["rows"], edition)]}
        elif isinstance(content, list):
            content = [line for _kind, line in fitting(content, edition)]
        DRAWN[kind](made, content, fill)
    note = made.sections[0].footer.paragraphs[0]
    note.text = _("A template to change as you need. Blanks stand in [brackets]. Do not write about people you serve.")
    note.runs[0].font.size = Pt(8)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


class Filler:
    """Puts what is known into the blanks of a text."""

    def __init__(self, known: Mapping[str, str]):
        self.known = {name: legal(value, mark="") for name, value in known.items() if value}

    def __call__(self, text: str) -> str:
        for name, value in self.known.items():
            text = text.replace(f"[{name}]", value)
        return text


def heading(made: Document, text: str, level: int) -> None:
    drawn = made.add_heading(text, level)
    drawn.paragraph_format.space_before = Pt(0 if level == 0 else 10)
    drawn.paragraph_format.space_after = Pt(4)
    for run in drawn.runs:
        run.font.name, run.font.color.rgb = "Calibri", ACCENT
        run.font.size = Pt(20 if level == 0 else 13)


def draw_heading(made: Document, text: str, fill: Filler) -> None:
    heading(made, text, 1)


def draw_text(made: Document, text: str, fill: Filler) -> None:
    made.add_paragraph(fill(text))


def draw_list(made: Document, lines: list[str], fill: Filler) -> None:
    for line in lines:
        made.add_paragraph(fill(line), style="List Bullet").paragraph_format.space_after = Pt(2)


def draw_checks(made: Document, lines: list[str], fill: Filler) -> None:
    """Draw a box to tick before each line, with room for who and until when."""
    table = made.add_table(rows=0, cols=3)
    for line in lines:
        cells = table.add_row().cells
        cells[0].text, cells[1].text, cells[2].text = f"{BOX} {fill(line)}", "[Who]", "[Until when]"
    set_widths(table, [4.3, 1.2, 1.2])


def draw_table(made: Document, content: dict[str, list], fill: Filler) -> None:
    header, rows = content["header"], content["rows"]
    table = made.add_table(rows=1, cols=len(header), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(table.rows[0].cells, header, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(fill(text)).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = fill(text)
    for row in table.rows:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    longest = [max(len(str(row[at])) for row in [header, *rows]) for at in range(len(header))]
    shares = [min(max(length, 14), 30) for length in longest]  # what is empty is to be written in
    set_widths(table, [6.7 * share / sum(shares) for share in shares])
    made.add_paragraph().paragraph_format.space_after = Pt(2)


def draw_flow(made: Document, steps: list[list[str]], fill: Filler) -> None:
    """Draw boxes one below the other with arrows between, as a table: it can be changed in any word processor."""
    for number, (name, text) in enumerate(steps):
        if number:
            arrow = made.add_paragraph(ARROW)
            arrow.alignment = WD_ALIGN_PARAGRAPH.CENTER
            arrow.paragraph_format.space_after = Pt(0)
        table = made.add_table(rows=1, cols=2, style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        left, right = table.rows[0].cells
        left.text = ""
        left.paragraphs[0].add_run(fill(name)).bold = True
        right.text = fill(text)
        for cell in (left, right):
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
        set_widths(table, [1.7, 4.6])


def draw_signatures(made: Document, names: list[str], fill: Filler) -> None:
    table = made.add_table(rows=1, cols=len(names))
    for cell, name in zip(table.rows[0].cells, names, strict=True):
        cell.text = f"\n______________________________\n{fill(name)}\n[Name], [Date]"


def set_widths(table: Any, inches: list[float]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, inches, strict=True):
        column.width = Inches(width)  # what LibreOffice goes by; Word goes by the cells
    for row in table.rows:
        for cell, width in zip(row.cells, inches, strict=True):
            cell.width = Inches(width)


DRAWN: dict[str, Callable[[Document, Any, Filler], None]] = {
    "heading": draw_heading,
    "text": draw_text,
    "list": draw_list,
    "checks": draw_checks,
    "table": draw_table,
    "flow": draw_flow,
    "signatures": draw_signatures,
}
