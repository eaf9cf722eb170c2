"""What lies under each of the five things a court looks at (民诉法解释 Arts 353–358): facts, nothing of the talks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Exhibit, Loan, Party, User
from cases.roles import Role, Side
from cases.rules.caps import Cap, caps_for
from cases.rules.cost import Cost, CostError, loan_cost
from evidence import ledger
from evidence.deposits import open_deposit
from evidence.models import Entry
from mediation.agreements.content import default_allocation, other
from mediation.agreements.models import Agreement, Term
from mediation.agreements.schedule import parts_of
from mediation.bench.checks import role_name
from mediation.bench.events import HISTORY, name_of
from mediation.court.models import JointApplication
from mediation.court.services import CHECKS
from mediation.documents.render import page_images
from mediation.hearings.models import Attendance, FactSheet, ReadBack

QUESTIONS: dict[str, tuple[Promise, Promise]] = {
    "jurisdiction": (_("Jurisdiction and time"), _("the centre, its court, the 30 days")),
    "identity": (_("Who they are"), _("both sides, identity checks, addresses for service")),
    "voluntary": (_("Of their own will"), _("signatures, answers to recording, read-backs")),
    "lawful": (_("Lawful"), _("what the contract says, yearly cost, caps")),
    "clear": (_("Clear and performable"), _("who pays whom, how much, when, where to")),
}
TOLD = ("what", "words", "answer", "number", "note")


@dataclass(frozen=True, slots=True)
class Question:
    """One of the five things, with its article; `ticked` once a ruling stands."""

    key: str
    name: str | Promise
    about: str | Promise
    article: str
    ticked: bool | None


@dataclass(frozen=True, slots=True)
class TermRow:
    """One term of the agreement as a court has to be able to enforce it (民诉法解释 Art 461)."""

    term: Term
    payer: str
    payee: str
    allocation: str
    parts: list[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the history: when, what, by whom, and the words that were written."""

    at: datetime
    name: str | Promise
    role: str | Promise
    person: str
    words: str


def questions(application: JointApplication) -> list[Question]:
    """The five things in the order of the law."""
    ticks = application.checks or {}
    return [
        Question(key, *QUESTIONS[key], article=article, ticked=ticks.get(key))
        for key, article in CHECKS.items()
    ]


def terms_of(agreement: Agreement) -> list[TermRow]:
    """The terms with the names of both sides and every instalment."""
    names = {party.side: party.name for party in agreement.case.parties.all()}
    return [
        TermRow(
            term,
            names.get(term.payer, ""),
            names.get(other(term.payer), ""),
            term.allocation or default_allocation(term.payer),
            parts_of(term) if term.parts > 1 else [],
        )
        for term in agreement.proposal.terms.all()
    ]


def total_fen(terms: Sequence[TermRow]) -> int:
    """What all payments come to."""
    return sum(row.term.amount_fen or 0 for row in terms if row.term.kind == Term.Kind.PAY)


def identity(case: Case) -> list[dict[str, Any]]:
    """Both sides with what is known of who they are."""
    return [_person(party) for party in case.parties.select_related("institution", "person")]


def _person(party: Party) -> dict[str, Any]:
    institution = party.institution
    return {
        "party": party,
        "side": Side(party.side).label,
        "institution": institution,
        "code": institution.credit_code if institution else party.id_number,
    }


def attendances(case: Case) -> list[Attendance]:
    """Who sat in which hearing: identity checks and answers to “may we record?”, nothing of what was said."""
    return list(
        Attendance.objects.filter(hearing__case=case)
        .select_related("hearing", "person")
        .order_by("hearing__number", "joined_at")
    )


def read_backs(case: Case) -> list[ReadBack]:
    """Who read a transcript and whether they confirmed it; the text itself stays closed."""
    return list(ReadBack.objects.filter(hearing__case=case).select_related("hearing", "party", "person"))


def agreed_facts(case: Case) -> FactSheet | None:
    """The facts that both sides confirmed in writing: the one part of the talks that a court may use."""
    for sheet in FactSheet.objects.filter(case=case).order_by("-version").prefetch_related("confirmations"):
        if len({confirmation.party_id for confirmation in sheet.confirmations.all()}) == len(Side):
            return sheet
    return None


def cost_facts(case: Case) -> dict[str, Any]:
    """The figures of the contract, the yearly cost that follows from them, and the caps on the day of the contract."""
    loan = Loan.objects.filter(case=case).first()
    respondent = case.respondent
    licence = respondent.institution.licence if respondent and respondent.institution else ""
    caps: list[Cap] = caps_for(licence, loan.contract_on) if loan and loan.contract_on and licence else []
    return {"loan": loan, "cost": _cost(loan), "caps": caps}


def _cost(loan: Loan | None) -> Cost | None:
    if loan is None or not loan.schedule or not loan.received_fen:
        return None
    try:
        return loan_cost(
            received_fen=loan.received_fen,
            payments=[(int(row["month"]), int(row["fen"])) for row in loan.schedule],
        )
    except (CostError, KeyError, TypeError, ValueError):
        return None


def window(application: JointApplication) -> dict[str, Any]:
    """From the day of effect to the day of applying, against the 30 days (民事诉讼法 Art 205)."""
    clock = application.case.clocks.filter(limit="confirmation_window").last()
    sent, effective = application.sent_at, application.agreement.effective_at
    return {
        "clock": clock,
        "effective_at": effective,
        "sent_at": sent,
        "in_time": bool(clock and sent and timezone.localdate(sent) <= clock.overdue_on),
    }


def history(case: Case) -> list[Happening]:
    """What happened between the agreement and now, with the words that were written to and by the court."""
    entries = Entry.objects.of(case.chain).filter(event__in=HISTORY).order_by("seq")
    return [_happening(entry) for entry in entries]


def _happening(entry: Entry) -> Happening:
    record = ledger.read(entry) or {}
    words = [str(record[key]) for key in TOLD if record.get(key)]
    return Happening(
        entry.at,
        name_of(entry.event),
        role_name(entry.role),
        str(record.get("name", "")),
        "；".join(words),
    )


def signatures(agreement: Agreement) -> list[dict[str, Any]]:
    """The three places to sign, with what was signed where it was."""
    case = agreement.case
    given = {signature.role: signature for signature in agreement.signatures.select_related("person")}
    names: dict[Role, str | User | None] = {
        Role.CITIZEN: case.claimant.name if case.claimant else "",
        Role.INSTITUTION: case.respondent.name if case.respondent else "",
        Role.MEDIATOR: case.mediator,
    }
    return [
        {"role": role_name(role), "name": str(name or ""), "given": given.get(role)}
        for role, name in names.items()
    ]


@lru_cache(maxsize=6)
def pages_of(deposit_id: str, sha256: str) -> tuple[bytes, ...]:
    """Each page of a PDF in safe keeping as a PNG. Kept in this process only: nothing is written anywhere."""
    exhibit = Exhibit.objects.select_related("deposit").filter(deposit_id=deposit_id, deposit__sha256=sha256)[
        0
    ]
    with open_deposit(exhibit.deposit) as stream:
        return tuple(page_images(stream.read()))
