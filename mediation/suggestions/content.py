"""The yearly cost of a loan beside every cap that may apply, each with its source: for people who mediate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Exhibit, Licence, Loan
from cases.rules.caps import Cap, caps_for
from cases.rules.cost import Basis, Cost, CostError, excess_over, loan_cost

FULL_PAPERS = {Exhibit.Kind.CONTRACT, Exhibit.Kind.SCHEDULE}
RECORDS = {Exhibit.Kind.STATEMENT, Exhibit.Kind.RECORDING}


@dataclass(frozen=True, slots=True)
class CapCheck:
    """One cap and what was paid beyond it, in fen, read as simple and as compound interest."""

    cap: Cap
    over_simple_fen: int
    over_compound_fen: int

    @property
    def is_exceeded(self) -> bool:
        """Whether the cap is passed by one reading at least."""
        return bool(self.over_simple_fen or self.over_compound_fen)


@dataclass(frozen=True, slots=True)
class Audit:
    """What a loan costs a year and which caps stand beside it. `gaps` says in words what could not be worked out."""

    cost: Cost | None = None
    nominal: Decimal | None = None
    licence: str = Licence.UNKNOWN
    checks: tuple[CapCheck, ...] = ()
    gaps: tuple[str | Promise, ...] = field(default=())

    @property
    def licence_label(self) -> str:
        """The licence in words."""
        return str(Licence(self.licence).label)


def audit_of(case: Case) -> Audit:
    """Work the cost out from the loan as stated and compare it with the caps of its licence and day. Never raises."""
    loan: Loan | None = getattr(case, "loan", None)
    licence = licence_of(case)
    if loan is None:
        return Audit(licence=licence, gaps=(_("Nothing is known about the loan yet."),))
    gaps: list[str | Promise] = []
    payments = [(int(row["month"]), int(row["fen"])) for row in loan.schedule]
    cost: Cost | None = None
    try:
        cost = loan_cost(received_fen=loan.received_fen or loan.principal_fen or 0, payments=payments)
    except CostError as error:
        gaps.append(error.message)
    if loan.contract_on is None:
        gaps.append(_("Without the day of the contract no cap can be named."))
    elif licence == Licence.UNKNOWN:
        gaps.append(_("The licence of the lender is not known, so no cap can be named."))
    checks: tuple[CapCheck, ...] = ()
    if cost and loan.contract_on:
        checks = tuple(
            CapCheck(
                cap,
                *(
                    excess_over(cap.rate, received_fen=cost.received_fen, payments=payments, basis=basis)
                    for basis in (Basis.SIMPLE, Basis.COMPOUND)
                ),
            )
            for cap in caps_for(licence, loan.contract_on)
        )
        if not checks and licence != Licence.UNKNOWN:
            gaps.append(_("No cap for this licence was in force on the day of the contract."))
    return Audit(cost, loan.nominal_rate, licence, checks, tuple(gaps))


def licence_of(case: Case) -> str:
    """The licence of the lender: from our list of institutions, else as the citizen said."""
    respondent = case.respondent
    if respondent and respondent.institution:
        return respondent.institution.licence
    said = str(case.answers.get("licence", ""))
    return said if said in Licence.values else Licence.UNKNOWN


def audit_as_record(audit: Audit) -> Mapping[str, Any]:
    """The audit as it is kept beside a suggestion: rates in millionths, money in fen, sources in full."""
    told: dict[str, Any] = {"licence": audit.licence, "gaps": [_in_site_language(gap) for gap in audit.gaps]}
    if audit.cost:
        told |= {
            "received_fen": audit.cost.received_fen,
            "total_paid_fen": audit.cost.total_paid_fen,
            "simple_annual_millionths": round(audit.cost.simple_annual * 1_000_000),
            "compound_annual_millionths": round(audit.cost.compound_annual * 1_000_000),
        }
    told["caps"] = [
        {
            "key": check.cap.key,
            "rate_millionths": int(check.cap.rate * 1_000_000),
            "strength": check.cap.strength.value,
            "source": check.cap.source,
            "status": check.cap.status.value,
            "over_simple_fen": check.over_simple_fen,
            "over_compound_fen": check.over_compound_fen,
        }
        for check in audit.checks
    ]
    return told


def evidence_level(case: Case) -> int:
    """How good the papers are: 0 nothing, 1 some, 2 records of payment, 3 contract and records."""
    kinds = set(case.exhibits.filter(withdrawn_at__isnull=True).values_list("kind", flat=True))
    kinds -= {Exhibit.Kind.DOCUMENT, Exhibit.Kind.STORY, Exhibit.Kind.IDENTITY}
    if kinds & FULL_PAPERS and kinds & RECORDS:
        return 3
    return 2 if kinds & (RECORDS | FULL_PAPERS) else min(1, len(kinds))


def _in_site_language(text: str | Promise) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return str(text)
