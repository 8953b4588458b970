"""Projects of other programs are read forgivingly: each departure from the standard is said, what is lost is named."""

import datetime as dt
import io
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError

from interviews.exchange import markup
from interviews.exchange.parts import all_codes
from interviews.exchange.qdc import read_codebook
from interviews.exchange.qde import read_project
from interviews.exchange.remarks import Report
from tests.interviews.refi import CODES, guid, qde, said_in, selection, source

TEXT = "We met on a Tuesday. Then we waited."


def read(text, reader=read_project):
    report = Report()
    return reader(io.BytesIO(text.encode() if isinstance(text, str) else text), report), report


def passage(**fields):
    return selection(TEXT, "Tuesday", **fields)


def test_all_that_the_standard_has_a_place_for_is_read():
    before = f"""<Variables><Variable guid="{guid("years")}" name="Years" typeOfVariable="Integer">
        <Description>In the job</Description></Variable></Variables>
      <Cases><Case guid="{guid("case")}" name="P01"><VariableValue><VariableRef targetGUID="{guid("years")}"/>
        <IntegerValue>7</IntegerValue></VariableValue><SourceRef targetGUID="{guid("P01")}"/></Case></Cases>"""
    after = f"""<Notes><Note guid="{guid("note")}" name="On time" creatingUser="{guid("ria")}"
        creationDateTime="2025-11-03T10:00:00+01:00"><PlainTextContent>A thought.</PlainTextContent></Note></Notes>
      <Sets><Set guid="{guid("set")}" name="Both"><MemberCode targetGUID="{guid("time")}"/></Set></Sets>
      <Description>What helps.</Description><NoteRef targetGUID="{guid("note")}"/>"""
    project, report = read(
        qde(source("P01", passage(more=f'<NoteRef targetGUID="{guid("note")}"/>')), before=before, after=after)
    )
    assert report.data == {"deviations": [], "losses": [], "notes": []}
    assert [(code.name, above.name if above else "") for code, above in all_codes(project.codes)] == [
        ("Barriers", ""),
        ("Time", "Barriers"),
        ("Space", "Barriers"),
        ("Helps", ""),
    ]
    assert [user.name for user in project.users] == ["Ria", "Kim"]
    assert project.codes[0].codable is False
    assert (project.codes[0].below[0].colour, project.codes[0].below[0].description) == ("#8a5a00", "Too few hours.")
    assert (project.variables[0].kind, project.variables[0].description) == ("Integer", "In the job")
    case = project.cases[0]
    assert (case.name, case.values[0].words, case.sources) == ("P01", "7", [UUID(guid("P01"))])
    found = project.sources[0].selections[0]
    assert (found.start, found.end, found.codings[0].code) == (12, 19, UUID(guid("time")))
    assert found.codings[0].notes == project.note_refs == [UUID(guid("note"))]
    note = project.notes[0]
    assert (note.content, note.created) == ("A thought.", dt.datetime(2025, 11, 3, 9, 0, tzinfo=dt.UTC))
    assert (project.sets[0].codes, project.description) == ([UUID(guid("time"))], "What helps.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no xml at all", "broken in line 1"),
        ("", "broken"),
        (qde().replace("</Project>", ""), "broken in line"),
        ("<CodeBook/>", "begins with <CodeBook> and not with <Project>"),
        ('<!DOCTYPE Project [<!ENTITY a "b">]><Project name="&a;"/>', "DOCTYPE"),
        ('<!DOCTYPE Project SYSTEM "http://example.org/x.dtd"><Project name="x"/>', "DOCTYPE"),
        (qde(CODES).replace("Barriers", "\ud800", 1).encode("utf-8", "surrogatepass"), "broken in line"),
        (qde().replace("Talks", "Caf\xe9").encode("latin-1"), "broken in line"),
        ("<Project>" + "<a>" * 150 + "</a>" * 150 + "</Project>", "more in this project than Milepost can take"),
    ],
)
def test_what_is_no_project_or_not_safe_is_refused_with_the_place(text, why):
    with pytest.raises(ValidationError) as error:
        read(text)
    assert why in error.value.messages[0]


def test_an_entity_bomb_is_not_unfolded():
    bomb = (
        '<!ENTITY a "' + "x" * 1000 + '">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in ("ab", "bc", "cd"))
    )
    with pytest.raises(ValidationError, match="DOCTYPE"):
        read(f"<!DOCTYPE Project [{bomb}]><Project name='x'><Description>&d;</Description></Project>")


def test_an_entity_without_a_document_type_is_an_error_of_form():
    with pytest.raises(ValidationError, match="broken in line"):
        read("<Project name='x'><Description>&xxe;</Description></Project>")


def test_the_number_of_elements_is_limited(monkeypatch):
    monkeypatch.setattr(markup, "MOST_ELEMENTS", 20)
    with pytest.raises(ValidationError, match="more in this project"):
        read(qde(*[source(f"P{n}") for n in range(20)]))


NOT_IN_THE_STANDARD = "has something in it that is not in the standard."
CODED = qde(source("P01", passage()))
AT = "2025-11-03T10:00:00Z"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (CODED, CODED, ""),
        ("project:1.0", "project:0:10", "is another than urn:QDA-XML:project:1.0. (1) urn:QDA-XML:project:0:10"),
        ("urn:QDA-XML:project:1.0", "urn:else", "no namespace of REFI-QDA"),
        ('isCodable="true"', 'isCodable="True"', "isCodable should be true or false. (3) True"),
        (' isCodable="false"', "", "<Code> does not say isCodable"),
        ("#8a5a00", "#AABBCCDD", "A color should be #RRGGBB. (1) #AABBCCDD"),
        (AT, AT.removesuffix("Z"), "no time zone"),
        (AT, "2025-11-03 10:00:00Z", "should have a T"),
        (AT, "yesterday", "could not be read and was left out"),
        (AT, "0001-01-01T00:00:00Z", "could not be read and was left out"),
        ('startPosition="12"', 'startPosition="x"', "startPosition is no whole number. (1) x"),
        (f'TextSource guid="{guid("P01")}"', "TextSource", "<TextSource> has no identifier"),
        ("</Project>", '<Sets/><Colours a="b"/></Project>', f"<Project> {NOT_IN_THE_STANDARD} (1) <Colours>"),
        ("</Sources>", "<FilmSource/></Sources>", f"<Sources> {NOT_IN_THE_STANDARD} (1) <FilmSource>"),
        ("<Coding ", '<NoteRef targetGUID="{}"/><Coding '.format(guid("n")), "stands in another order. (1) <Coding>"),
        ("<TextSource ", '<TextSource size="3" ', "attribute that is not in the standard. (1) size"),
        ("</TextSource>", "<PlainTextContent>x</PlainTextContent></TextSource>", "both in the project and in a file"),
        ("<Sources>", '<Variables><Variable guid="x" name="A"/></Variables><Sources>', "none of the standard's"),
    ],
)
def test_each_departure_from_the_standard_is_said(old, new, said):
    assert old in CODED
    _project, report = read(CODED.replace(old, new))
    assert said in said_in(report.deviations)
    assert bool(report.deviations) == bool(said)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("{" + guid("a").upper() + "}", guid("a")),
        (guid("a").upper(), guid("a")),
        ("note_" + guid("a"), guid("a")),
        (guid("a").replace("-", ""), guid("a")),
        ("anything", None),
    ],
)
def test_identifiers_in_other_forms_are_the_same_wherever_they_stand(raw, meant):
    users = f'<Users><User guid="{raw}" name="Ria"/></Users>'
    project, report = read(qde(source("P01", passage().replace(guid("ria"), raw)), users=users))
    assert project.users[0].guid == project.sources[0].selections[0].codings[0].coder
    assert meant in (None, str(project.users[0].guid))
    assert ("not in the standard's form" in said_in(report.deviations)) == (raw.strip("{}").lower() != guid("a"))


def test_a_second_of_the_same_kind_with_the_same_identifier_is_numbered_anew_and_of_another_kind_is_not():
    code = f'<Code guid="{guid("P01")}" name="{{}}" isCodable="true"/>'
    codes = f"<CodeBook><Codes>{code.format('A')}{code.format('B')}</Codes></CodeBook>"
    project, report = read(qde(source("P01"), codes=codes))
    assert [str(one.guid) == guid("P01") for one in (*project.codes, *project.sources)] == [True, False, True]
    assert "Two <Code> have the same identifier" in said_in(report.deviations)
    again, _report = read(qde(source("P01"), codes=codes))
    assert again.codes[1].guid == project.codes[1].guid


def test_what_points_nowhere_is_lost_and_said():
    value = f'<VariableValue><VariableRef targetGUID="{guid("no")}"/><TextValue>x</TextValue></VariableValue>'
    coding = f'<Coding guid="{guid("c")}"><CodeRef targetGUID="{guid("no")}"/></Coding>'
    sets = f'<Sets><Set guid="{guid("s")}" name="S"><MemberCode targetGUID="{guid("no")}"/></Set></Sets>'
    project, report = read(qde(source("P01", passage(code="nothing") + coding + value), after=sets))
    assert "names a code that is not in the codebook. (2) P01" in said_in(report.losses)
    assert "variable that is not in the project. (1) P01" in said_in(report.losses)
    assert "A set holds a code that is not in the codebook" in said_in(report.deviations)
    assert (project.sources[0].codings, project.sources[0].values, project.sets[0].codes) == ([], [], [])


def test_what_the_format_has_and_milepost_has_not_is_named():
    after = f"""<Links><Link guid="{guid("l")}" name="because"/></Links>
      <Graphs><Graph guid="{guid("g")}" name="Map"/></Graphs>"""
    picture = f'<PictureSource guid="{guid("pic")}" name="Ward.jpg" path="internal://x.jpg"/>'
    cases = f"""<Cases><Case guid="{guid("case")}" name="Elm"><CodeRef targetGUID="{guid("time")}"/>
      <SelectionRef targetGUID="{guid("s")}"/></Case></Cases>"""
    _project, report = read(qde(picture, before=cases, after=after))
    lost = said_in(report.losses)
    for said in (
        "Links between things are not kept. (1) because",
        "Graphs are not kept. (1) Map",
        "Pictures",
        "(2) Elm",
    ):
        assert said in lost


def test_of_a_pdf_the_text_is_kept():
    pdf = f"""<PDFSource guid="{guid("P01")}" name="Talk.pdf" path="internal://x.pdf">
      <PDFSelection guid="{guid("area")}" page="0" firstX="1" firstY="1" secondX="2" secondY="2"/>
      <Representation guid="{guid("rep")}" plainTextPath="internal://x.txt">{passage()}</Representation></PDFSource>"""
    project, report = read(qde(pdf))
    one = project.sources[0]
    assert (str(one.guid), one.name, one.path, len(one.selections)) == (guid("P01"), "Talk.pdf", "internal://x.txt", 1)
    assert "Areas selected on the pages of a PDF" in said_in(report.losses)
    assert report.deviations == {}
    project, report = read(qde(f'<PDFSource guid="{guid("P01")}" name="Scan.pdf"/>'))
    assert project.sources == []
    assert "A PDF without its text is not kept. (1) Scan.pdf" in said_in(report.losses)


def test_of_a_recording_the_transcripts_are_kept_with_what_is_selected_between_points():
    recording = f"""<AudioSource guid="{guid("P01")}" name="Talk.mp3" path="relative:///Talk.mp3">
      <Transcript guid="{guid("t1")}" plainTextPath="internal://x.txt">
        <SyncPoint guid="{guid("p1")}" timeStamp="0" position="0"/>
        <SyncPoint guid="{guid("p2")}" timeStamp="61000" position="21"/>
        <TranscriptSelection guid="{guid("ts")}" fromSyncPoint="{guid("p1")}" toSyncPoint="{guid("p2")}">
          <Coding guid="{guid("c")}"><CodeRef targetGUID="{guid("time")}"/></Coding></TranscriptSelection>
        <TranscriptSelection guid="{guid("ts2")}" fromSyncPoint="{guid("p1")}"/>
      </Transcript>
      <Transcript guid="{guid("t2")}" name="In English" plainTextPath="internal://y.txt"/>
      <AudioSelection guid="{guid("as")}" begin="0" end="10"/></AudioSource>"""
    project, report = read(qde(recording))
    first, second = project.sources
    assert (str(first.guid), first.name, first.points) == (guid("P01"), "Talk.mp3", [(0, 0), (21, 61000)])
    assert [(one.start, one.end) for one in first.selections] == [(0, 21), (-1, -1)]
    assert (str(second.guid), str(second.of), second.name) == (guid("t2"), guid("P01"), "In English")
    assert "Selections of sound and film" in said_in(report.losses)
    assert "only its transcripts" in said_in(report.losses)


def test_a_case_that_is_listed_as_a_code_too_is_a_case_and_what_is_coded_so_is_its_text():
    codes = CODES.replace("</Codes>", f'<Code guid="{guid("case")}" name="P01" isCodable="true"/></Codes>')
    cases = f'<Cases><Case guid="{guid("case")}" name="P01"/></Cases>'
    project, report = read(qde(source("Talk", passage(code="case") + passage()), codes=codes, before=cases))
    assert "P01" not in [code.name for code, _above in all_codes(project.codes)]
    assert [str(one) for one in project.cases[0].sources] == [guid("Talk")]
    assert [len(one.codings) for one in project.sources[0].selections] == [0, 1]
    assert "A case is listed as a code as well" in said_in(report.deviations)


# ---- codebooks


def codebook(inside, namespace="urn:QDA-XML:codebook:1.0"):
    return f'<?xml version="1.0" encoding="utf-8"?><CodeBook origin="Other" xmlns="{namespace}">{inside}</CodeBook>'


@pytest.mark.parametrize("version", ["codebook:1.0", "codebook:0:4", "project:1.0"])
def test_a_codebook_is_read_in_whichever_namespace(version):
    inside = CODES.removeprefix("<CodeBook>").removesuffix("</CodeBook>")
    sets = f'<Sets><Set guid="{guid("s")}" name="Both"><MemberCode guid="{guid("time")}"/></Set></Sets>'
    project, report = read(codebook(inside + sets, f"urn:QDA-XML:{version}"), read_codebook)
    assert [code.name for code, _above in all_codes(project.codes)] == ["Barriers", "Time", "Space", "Helps"]
    assert project.sets[0].codes == [UUID(guid("time"))]
    assert bool(report.deviations) == (version != "codebook:1.0")


def test_empty_sets_are_said_and_an_empty_codebook_is_refused():
    inside = CODES.removeprefix("<CodeBook>").removesuffix("</CodeBook>")
    assert "<Sets> is empty" in said_in(read(codebook(inside + "<Sets/>"), read_codebook)[1].deviations)
    with pytest.raises(ValidationError, match="no code in this codebook"):
        read(codebook("<Codes/>"), read_codebook)
