"""The tables of interviews: studies, participants, interviews and their texts, codes, themes and findings."""

from interviews.models.agreement import AgreementRound, Completion, SettledCoding, Settlement
from interviews.models.coders import Coder
from interviews.models.codes import Code, Coding
from interviews.models.frameworks import FrameworkCell
from interviews.models.guides import Guide, PartTie, Question
from interviews.models.interviews import CalendarFeed, Interview, Summary
from interviews.models.memos import Memo
from interviews.models.participants import Consent, Contact, Participant, RoleGroup, Target
from interviews.models.studies import Approval, Study, StudyMember
from interviews.models.themes import Evidence, Finding, FindingStep, Theme
from interviews.models.transcripts import Alias, Original, SearchedTurn, Transcript
from interviews.models.variables import Variable, VariableValue

__all__ = [
    "AgreementRound",
    "Alias",
    "Approval",
    "CalendarFeed",
    "Code",
    "Coder",
    "Coding",
    "Completion",
    "Consent",
    "Contact",
    "Evidence",
    "Finding",
    "FindingStep",
    "FrameworkCell",
    "Guide",
    "Interview",
    "Memo",
    "Original",
    "PartTie",
    "Participant",
    "Question",
    "RoleGroup",
    "SearchedTurn",
    "SettledCoding",
    "Settlement",
    "Study",
    "StudyMember",
    "Summary",
    "Target",
    "Theme",
    "Transcript",
    "Variable",
    "VariableValue",
]
