"""REFI-QDA files for tests, made in memory: projects as other programs write them, and such as would do harm."""

import datetime as dt
import io
import zipfile
from pathlib import Path
from uuid import UUID, uuid5

from lxml import etree

from interviews.exchange.kinds import READERS
from interviews.exchange.remarks import Report

SCHEMAS = Path(__file__).parent / "schemas"
NOW = dt.datetime(2026, 1, 5, 14, 0, tzinfo=dt.UTC)
HERE = UUID("00000000-0000-4000-8000-000000000000")
SAID = (
    "Interviewer: How did it begin?\r\nP01: Somebody rang. We met on a Tuesday.\r\nInterviewer: And then?\r\nP01: Yes."
)


def guid(name):
    """Return an identifier that a test can name."""
    return str(uuid5(HERE, name))


def selection(text, words, *, code="time", coder="ria", name=None, shift=0, last=0, more="", at=0):
    """Return a selection of words of a text coded once, with what a program's way of counting adds to its positions."""
    start = text.index(words, at)
    key = f"{code} {coder} {start} {words}"
    return f"""<PlainTextSelection guid="{guid("selection " + key)}" name="{words if name is None else name}"
      startPosition="{start + shift}" endPosition="{start + len(words) + shift + last}" creatingUser="{guid(coder)}">
      <Coding guid="{guid("coding " + key)}" creatingUser="{guid(coder)}" creationDateTime="2025-11-03T10:00:00Z">
        <CodeRef targetGUID="{guid(code)}"/>{more}</Coding></PlainTextSelection>"""


def source(name, inner="", *, path=None, content=None):
    """Return a text source: by default its text is in sources/<guid>.txt."""
    where = f'plainTextPath="{path or f"internal://{guid(name)}.txt"}"' if content is None else ""
    inline = "" if content is None else f"<PlainTextContent>{content}</PlainTextContent>"
    return f'<TextSource guid="{guid(name)}" name="{name}" {where}>{inline}{inner}</TextSource>'


CODES = f"""<CodeBook><Codes>
  <Code guid="{guid("barriers")}" name="Barriers" isCodable="false">
    <Code guid="{guid("time")}" name="Time" isCodable="true" color="#8a5a00"><Description>Too few hours.</Description>
    </Code>
    <Code guid="{guid("space")}" name="Space" isCodable="true"/>
  </Code>
  <Code guid="{guid("helps")}" name="Helps" isCodable="true"/>
</Codes></CodeBook>"""
USERS = f'<Users><User guid="{guid("ria")}" name="Ria"/><User guid="{guid("kim")}" name="Kim" id="K"/></Users>'


def qde(
    *sources, users=USERS, codes=CODES, before="", after="", namespace="urn:QDA-XML:project:1.0", origin="Other 1.0"
):
    """Return the XML of a project; `before` stands before the sources, `after` behind them."""
    inside = f"<Sources>{''.join(sources)}</Sources>" if sources else ""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<Project name="Talks" origin="{origin}" xmlns="{namespace}">{users}{codes}{before}{inside}{after}</Project>"""


def qdpx(markup, texts=None, *, name="project.qde", folder="sources", more=()):
    """Return the bytes of an archive with a project, texts by the name of their source, and further entries."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        if markup is not None:
            archive.writestr(name, markup)
        for key, text in (texts or {}).items():
            path = key if "." in key else f"{guid(key)}.txt"
            archive.writestr(f"{folder}/{path}", text.encode() if isinstance(text, str) else text)
        for entry, content in more:
            archive.writestr(entry, content)
    return made.getvalue()


def talk(text=SAID, *, name="P01", **fields):
    """Return a small project with one text, in which one passage is coded; it counts a line end of two as one."""
    plain = text.replace("\r\n", "\n")
    passage = selection(plain, "We met on a Tuesday.")
    return qdpx(qde(source(name, passage), **fields), {name: text})


def opened(data, kind="qdpx"):
    """Return a file's project, the text of each source as it stands, and the report."""
    report = Report()
    with READERS[kind].opens(io.BytesIO(data), report) as found:
        raw = {one.name: found.raw(one) for one in found.project.sources}
        return found.project, raw, report


def said_in(remarks):
    """Return all remarks of a kind as one text."""
    return "\n".join(f"{one.words} ({one.times}) {'; '.join(one.places)}" for one in remarks.values())


def valid(markup, schema):
    """Return markup, after a schema of the standard found nothing wrong with it."""
    etree.XMLSchema(etree.parse(SCHEMAS / schema)).assertValid(etree.fromstring(markup))
    return markup


def project_in(data):
    """Return the XML of the project in an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("project.qde")
