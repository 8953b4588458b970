"""Files of transcripts for tests, made in memory: good ones, and such as somebody would send to do harm."""

import io
import struct
import zipfile
import zlib

import docx

TALK = """\
Interview of 3 May

Interviewer: How did it begin?
P01: Somebody rang.
We met on a Tuesday.

Interviewer: And then?
P01: Then we said yes.
"""
VTT = """\
WEBVTT

1
00:00:01.000 --> 00:00:04.000
<v Interviewer>How did it begin?

2
00:00:05.500 --> 00:00:09.000
<v P01>Somebody rang.

3
01:00:10.000 --> 01:00:12.000
<v P01>Then we said yes.
"""
SRT = """\
1
00:00:01,000 --> 00:00:04,000
Ria Castellan: How did it begin?

2
00:00:05,500 --> 00:00:09,000
Guest: Somebody rang.

3
00:00:10,000 --> 00:00:12,000
Ria Castellan: And then?

4
00:00:13,000 --> 00:00:14,000
Guest: Yes.
"""
RTF = (
    rb"{\rtf1\ansi\ansicpg1252 Interviewer: How did it begin?\par P01: The caf\'e9 rang.\par "
    rb"Interviewer: And?\par P01: Yes.}"
)


def docx_of(text, *, table=()):
    """Return the bytes of a Word file with a paragraph for each line, and a table after them."""
    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    if table:
        grid = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, value in zip(grid.add_row().cells, row, strict=True):
                cell.text = value
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def docx_with(body):
    """Return a Word file whose body is this XML."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    content = f"<w:document xmlns:w='{space}'><w:body>{body}</w:body></w:document>"
    return with_part(docx_of("x"), "word/document.xml", content)


def with_part(data, name, content):
    """Return a Word file with a part added, or put in another's place."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return made.getvalue()


def bomb(megabytes):
    """Return a Word file that unpacks to very much."""
    return with_part(docx_of("Hello"), "word/media/x.xml", b"a" * (megabytes * 1024 * 1024))


def liar(data):
    """Return a zip whose list says that its first part is tiny, though it unpacks to 80 MB."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"a" * (80 * 1024 * 1024)) + packed.flush()
    crc = zlib.crc32(b"a" * (80 * 1024 * 1024))
    name = b"word/document.xml"
    head = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(body), 10, len(name), 0) + name
    directory = (
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(body), 10, len(name), 0, 0, 0, 0, 0, 0)
        + name
    )
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(directory), len(head) + len(body), 0)
    return head + body + directory + end


def pdf_of(*lines):
    """Return the bytes of a PDF of one page with lines of text; with none, a page without text."""
    words = "".join(f"1 0 0 1 72 {720 - 20 * n} Tm ({line}) Tj " for n, line in enumerate(lines))
    return pdf_with(f"BT /F1 12 Tf {words}ET".encode())


def pdf_bomb(megabytes):
    """Return a small PDF with a page that unpacks to very much."""
    return pdf_with(zlib.compress(b"BT (Hello) Tj ET\n" * (megabytes * 65_536), 9), b"/Filter /FlateDecode ")


def pdf_with(stream, filtered=b""):
    """Return a PDF of one page, drawn by a stream."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< %s/Length %d >>\nstream\n%s\nendstream" % (filtered, len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + (
        b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (table, len(made))
    )
