"""Word files: a coded transcript with a comment for each coding, and the codebook."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

import docx
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_UNDERLINE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from interviews.codebook import Row
from interviews.exchange.coded_text import Block, Document, Mark, Piece
from interviews.exchange.descriptions import PALETTE
from interviews.exchange.leaving import initials
from interviews.models import Code, Study
from roadmap.xml_text import legal

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# For each colour of PALETTE, as in the style sheet's light look, a tint on which black text can be read.
TINTS = "dce8f6 f6e8cd dcefdf e9dff6 f8dedf d7ecf1 edf0c8 e4e7ea".split()
DEEPEST = 9  # levels of headings that Word has


# ---- a coded transcript


def coded_transcript(document: Document) -> bytes:
    """Return a Word file of a transcript: coded words stand on the tint of their code, with a comment for each coding.

    Words with more than one code are underlined. A comment begins and ends with its coding, so comments may overlap.
    """
    made = Transcript()
    made.head(document)
    for block in document.blocks:
        made.write(block)
    made.comment()
    made.legend(document)
    return made.saved()


class WordFile:
    """A Word file while it is written."""

    def __init__(self) -> None:
        self.file = docx.Document()
        self.file.core_properties.author = "Milepost"
        self.file.core_properties.comments = ""

    def saved(self) -> bytes:
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()

    def titled(self, title: str, facts: Iterable[str]) -> None:
        self.file.core_properties.title = legal(title)
        self.file.add_heading(legal(title), 0)
        self.file.add_paragraph(legal(", ".join(fact for fact in facts if fact)))

    def coded_name(self, paragraph: Paragraph, code: Code, name: str) -> Run:
        """Write a code's mark in its colour, and its name; return the name's run."""
        mark = paragraph.add_run(f"{code.get_mark_display()} ")
        mark.font.color.rgb = RGBColor.from_string(PALETTE[(code.colour - 1) % len(PALETTE)][1:].upper())
        return paragraph.add_run(legal(name))


class Transcript(WordFile):
    """A coded transcript while it is written: the runs that each coding covers are found on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.tints = [tinted(self.file.styles, number, fill) for number, fill in enumerate(TINTS, start=1)]
        self.label = self.file.styles.add_style("Speaker", WD_STYLE_TYPE.CHARACTER)
        self.label.font.bold = True
        self.backwards = turned(self.file.styles)
        self.covered: dict[int, tuple[Mark, Run, Run]] = {}

    def head(self, document: Document) -> None:
        one, held = document.leaving, document.leaving.interview.held_on
        day = _("held on %(day)s") % {"day": date_format(held)} if held else ""
        facts = [one.participant.get_role_group_display(), one.project, one.site, day]
        self.titled(one.participant.pseudonym, facts)

    def write(self, block: Block) -> None:
        paragraph = self.file.add_paragraph()
        if block.backwards:
            paragraph.style = self.backwards
        for piece in block.pieces:
            run = paragraph.add_run(legal(piece.text))
            self.dress(run, piece)
            if block.backwards:
                run.font.rtl = True
            for mark in piece.marks:
                first = self.covered.get(mark.number, (mark, run, run))[1]
                self.covered[mark.number] = (mark, first, run)

    def dress(self, run: Run, piece: Piece) -> None:
        if piece.marks:
            run.style = self.tints[(piece.marks[0].code.colour - 1) % len(self.tints)]
            run.bold = piece.label or None
            if len(piece.marks) > 1:
                run.underline = WD_UNDERLINE.DOUBLE
        elif piece.label:
            run.style = self.label

    def comment(self) -> None:
        """Put a comment beside each coding, in the order in which they begin."""
        for _number, (mark, first, last) in sorted(self.covered.items()):
            words = "\n".join([f"{mark.code.get_mark_display()} {mark.path}", *mark.memos])
            coder = legal(mark.coder)
            self.file.add_comment([first, last], text=legal(words), author=coder, initials=initials(coder))

    def legend(self, document: Document) -> None:
        if not document.codes:
            return
        self.file.add_heading(_("Codes in this transcript"), 1)
        for code, path, times in document.codes:
            paragraph = self.file.add_paragraph(style="List Bullet")
            self.coded_name(paragraph, code, path)
            paragraph.add_run(f" ({times})")


def tinted(styles: Any, number: int, fill: str) -> CharacterStyle:
    """Return a style for words with one of the codes' colours; whoever has the file can change it in one place."""
    style = styles.add_style(f"Code {number}", WD_STYLE_TYPE.CHARACTER)
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill.upper())):
        shade.set(qn(f"w:{name}"), value)
    style.element.get_or_add_rPr().append(shade)
    return style


def turned(styles: Any) -> ParagraphStyle:
    """Return a style for paragraphs that run from right to left."""
    style = styles.add_style("Right to left", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles["Normal"]
    style.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
    return style


# ---- the codebook


def codebook_file(study: Study, rows: Iterable[Row], *, today: dt.date) -> bytes:
    """Return a Word file of a codebook: a heading for each code at its depth, what it means, and how often it is used.

    Codes that stand deeper than Word has headings stand at the deepest of them. Retired codes come last.
    """
    made, rows = WordFile(), list(rows)
    made.titled(_("Codebook: %(study)s") % {"study": study.name}, [study.program.name, date_format(today)])
    used = [row for row in rows if row.code.retired_at is None]
    for row in used:
        describe(made, row, depth=row.depth + 1)
    retired = [row for row in rows if row.code.retired_at]
    if retired:
        made.file.add_heading(_("Retired"), 1)
        for row in retired:
            describe(made, row, depth=2)
    return made.saved()


def describe(made: WordFile, row: Row, *, depth: int) -> None:
    """Write one code with what is said of it."""
    code = row.code
    made.coded_name(made.file.add_heading("", min(depth, DEEPEST)), code, code.name)
    for label, words in (
        ("", code.definition),
        (_("Use it when"), code.use_when),
        (_("Do not use it when"), code.not_when),
        (_("Examples"), code.examples),
    ):
        if words:
            paragraph = made.file.add_paragraph()
            if label:
                paragraph.add_run(f"{label}: ").bold = True
            paragraph.add_run(legal(words))
    facts = [counted(row)]
    if code.construct:
        facts.append(_("CFIR: %(name)s") % {"name": code.construct.name})
    if code.merged_into:
        facts.append(_("now part of %(into)s") % {"into": code.merged_into.name})
    note = made.file.add_paragraph().add_run(legal("; ".join(facts)))
    note.italic, note.font.size = True, Pt(9)


def counted(row: Row) -> str:
    if not row.codings:
        return _("Not used yet")
    said = {"n": row.codings, "talks": row.interviews}
    passages = ngettext("%(n)s passage", "%(n)s passages", row.codings) % said
    return passages + " " + ngettext("in %(talks)s interview", "in %(talks)s interviews", row.interviews) % said
