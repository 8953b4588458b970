"""The tables of interviews: studies and who is in them, guides, participants, interviews and their summaries."""

from interviews.models.codes import Code, Coding
from interviews.models.guides import Guide, Question
from interviews.models.interviews import CalendarFeed, Interview, Summary
from interviews.models.participants import Consent, Contact, Participant, RoleGroup, Target
from interviews.models.studies import Approval, Study, StudyMember
from interviews.models.transcripts import Alias, Original, Transcript

__all__ = [
    "Alias",
    "Approval",
    "CalendarFeed",
    "Code",
    "Coding",
    "Consent",
    "Contact",
    "Guide",
    "Interview",
    "Original",
    "Participant",
    "Question",
    "RoleGroup",
    "Study",
    "StudyMember",
    "Summary",
    "Target",
    "Transcript",
]
