"""Everything the docket keeps. Import models from here."""

from cases.models.case import (
    Case,
    CaseQuerySet,
    Clock,
    Disclosure,
    DisclosureReply,
    Exhibit,
    Extension,
    MediatorChoice,
    Party,
    Pause,
    StepTaken,
)
from cases.models.claim import Answer, Claim, Loan
from cases.models.lesson import Lesson
from cases.models.people import Centre, Court, Institution, Licence, PhoneCode, User
from cases.models.precedent import Precedent
from cases.models.time import CalendarFeed, Duty, Recount, RuleAddition

__all__ = [
    "Answer",
    "CalendarFeed",
    "Case",
    "CaseQuerySet",
    "Centre",
    "Claim",
    "Clock",
    "Court",
    "Disclosure",
    "DisclosureReply",
    "Duty",
    "Exhibit",
    "Extension",
    "Institution",
    "Lesson",
    "Licence",
    "Loan",
    "MediatorChoice",
    "Party",
    "Pause",
    "PhoneCode",
    "Precedent",
    "Recount",
    "RuleAddition",
    "StepTaken",
    "User",
]
