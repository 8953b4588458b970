"""What shows that things happened at one site of the demo: a photo of its huddle board, and PDFs, drawn here."""

from __future__ import annotations

import datetime as dt
import io

import pypdf
from PIL import Image, ImageDraw, ImageFont
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from accounts.models import User
from projects import attaching, file_contents, notes
from projects.models import Plan

STEP = "tools"
BOARD, WOOD, INK, MARKER = "#f7f5ef", "#b08a5b", "#1c2733", "#1f5fa8"
COLUMNS = ("To call", "Not better yet", "Ask the consultant")
ROWS = ((4, 2, 1), (3, 3, 2), (5, 1, 0))  # how many people: counts only, as on a board that anybody may pass
MADE_UP = "Made up for the demo"
MINUTES = (
    "Test of the registry with made-up people",
    "Present: Maria Okafor, front desk, care manager",
    "1. Last score, last contact and next contact show: yes",
    "2. Who is not better after eight weeks shows: yes",
    "3. The list prints on one page: not yet, asked for",
    "Next test: in one week",
)
NOTE = "The board by the back door is too small for three columns. A larger one is **ordered**; it shows counts only."
ORDER = ("Order for a larger board", "1 board, 4 by 3 feet, with a frame", "To: Elm Street Family Health Center")


def add_evidence(plan: Plan, *, by: User, now: dt.datetime) -> None:
    """Keep a photo and a PDF at the step where the site sets up its tools, and a PDF with a note there."""
    at_step = [("Huddle board.jpg", huddle_board()), ("Registry test.pdf", page_of(MINUTES))]
    attaching.attach(plan, [file_contents.checked(*file) for file in at_step], by=by, now=now, step=STEP)
    order = file_contents.checked("Order for a larger board.pdf", page_of(ORDER))
    notes.write_note(plan, text=NOTE, files=[order], by=by, now=now, step=STEP)


def huddle_board() -> bytes:
    """Draw a whiteboard in a wooden frame, with a table of counts, as a JPEG."""
    image = Image.new("RGB", (960, 640), WOOD)
    draw = ImageDraw.Draw(image)
    large, small = ImageFont.load_default(44), ImageFont.load_default(28)
    draw.rectangle((24, 24, 936, 616), BOARD)
    draw.text((56, 48), "Tuesday huddle", INK, large)
    for column, heading in enumerate(COLUMNS):
        left = 56 + column * 290
        draw.text((left, 150), heading, MARKER, small)
        for row, counts in enumerate(ROWS):
            draw.text((left, 230 + row * 90), str(counts[column]), INK, large)
    for line in range(4):
        draw.line((56, 205 + line * 90, 904, 205 + line * 90), MARKER, 3)
    draw.text((56, 540), MADE_UP, INK, small)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def page_of(said: tuple[str, ...]) -> bytes:
    """Write one page with those lines as a PDF with real text in it."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(612, 792)
    font = {"Type": "Font", "Subtype": "Type1", "BaseFont": "Helvetica"}
    named = DictionaryObject({NameObject(f"/{key}"): NameObject(f"/{value}") for key, value in font.items()})
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(named)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    lines = "".join(f"({line}) Tj T* " for line in (*said, "", MADE_UP))
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 14 Tf 24 TL 72 700 Td {lines}ET".encode("ascii"))
    page[NameObject("/Contents")] = writer._add_object(content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
