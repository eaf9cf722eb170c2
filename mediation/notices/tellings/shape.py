"""What a telling is made of: who is told, under which subject, in which sentences."""

from collections.abc import Set
from dataclasses import dataclass
from enum import Enum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class To(Enum):
    """Who is told."""

    CLAIMANT = auto()
    RESPONDENT = auto()
    OTHER = auto()  # the sides that did not do it; both, when the office or the system did
    PAYER = auto()
    PAYEE = auto()
    MEDIATOR = auto()
    OFFICE = auto()
    SUPERVISOR = auto()  # hears when a limit of the centre ran out
    COURT = auto()
    DUTY = auto()  # whoever must act before the limit ends


@dataclass(frozen=True, slots=True)
class Only:
    """A sentence that is said only when this fact is known."""

    fact: str
    sentence: str | Promise


@dataclass(frozen=True, slots=True)
class Telling:
    """One message: to whom, under which subject, in which sentences, and the part of the case it leads to.

    Everyone who signs in finds it on the site; `sms` adds a text message to each citizen.
    """

    to: Set[To]
    subject: str | Promise
    body: tuple["str | Promise | Only", ...]
    part: str = ""
    sms: bool = True


PARTIES = {To.CLAIMANT, To.RESPONDENT}
ALL = PARTIES | {To.MEDIATOR}
STAFF = {To.MEDIATOR, To.OFFICE}
CASE = _("Case %(docket)s:")
READ = _("Please sign in and read it.")
GO_COURT = _("You can still go to court. What was said in the talks stays confidential.")
