"""Tables of programs, people, places, plans and what is written at them."""

from projects.models.attachments import Attachment
from projects.models.fittings import Fitting
from projects.models.jobs import Job, JobPart
from projects.models.notes import Barrier, Contact, Note
from projects.models.people import Duty, Invitation, Membership, Role
from projects.models.places import County, Merger, Organization, Place, Region
from projects.models.plans import FINISHED, Plan, PlanItem, PlanStep
from projects.models.programs import ColumnName, Program, Project, Site, SiteStatus
from projects.models.scopes import Scopes
from projects.models.tallies import Tally

__all__ = [
    "FINISHED",
    "Attachment",
    "Barrier",
    "ColumnName",
    "Contact",
    "County",
    "Duty",
    "Fitting",
    "Invitation",
    "Job",
    "JobPart",
    "Membership",
    "Merger",
    "Note",
    "Organization",
    "Place",
    "Plan",
    "PlanItem",
    "PlanStep",
    "Program",
    "Project",
    "Region",
    "Role",
    "Scopes",
    "Site",
    "SiteStatus",
    "Tally",
]
