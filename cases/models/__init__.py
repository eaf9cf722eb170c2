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
from cases.models.people import Centre, Court, Institution, Licence, PhoneCode, User
from cases.models.precedent import Precedent

__all__ = [
    "Answer",
    "Case",
    "CaseQuerySet",
    "Centre",
    "Claim",
    "Clock",
    "Court",
    "Disclosure",
    "DisclosureReply",
    "Exhibit",
    "Extension",
    "Institution",
    "Licence",
    "Loan",
    "MediatorChoice",
    "Party",
    "Pause",
    "PhoneCode",
    "Precedent",
    "StepTaken",
    "User",
]
