"""Coded interviews for tests of the analysis: everybody says the same words, and tests say what is coded in them."""

from interviews import coding, deidentifying
from interviews.access import readable_transcripts, rights_in
from interviews.retrieving import Material
from projects.models import Scopes
from tests.interviews.conftest import transcript_of

SAID = "Interviewer: What got in the way?\n{who}: Time was short and the room was cold.\n{who}: We met in the hall.\n"


def talk_of(study, guide, by, who, *marks, cleared=True, name="", **fields):
    """Return the transcript of somebody, coded with `marks`: (words, code), or (words, code, coder)."""
    transcript = transcript_of(study, guide, by, who, SAID.format(who=who), name=name, **fields)
    if cleared:
        deidentifying.say_cleared(transcript, cleared=True, revision=1, **by)
    for mark in marks:
        put(transcript, *mark, by=by)
    return transcript


def put(transcript, words, code, coder=None, *, by):
    start = transcript.text.index(words)
    place = {"start": start, "end": start + len(words), "revision": 1}
    return coding.apply_code(transcript, code.pk, **place, **{**by, "by": coder or by["by"]})


def material_of(study, person):
    """Return what a person looks at in a study, as the pages do."""
    scopes = Scopes.read(person)
    return Material(study, person, readable_transcripts(study, scopes, rights_in(study, scopes)))
