"""What stands above the form of an act, beside the case itself: the terms, the paper to sign, the ruling."""

from typing import Any

from mediation.agreements.content import signatures
from mediation.agreements.enforceability import review_of
from mediation.agreements.models import Agreement
from mediation.parties import offer
from mediation.parties.doors import Door
from mediation.parties.papers import paper_of
from mediation.parties.situation import Situation
from mediation.performance.services import GRACE_DAYS


def beside(name: str, s: Situation, door: Door) -> dict[str, Any]:
    """More context for the page of the act `name`."""
    match name:
        case "proposal" if s.proposal:
            rows = offer.compared(s, s.proposal)
            return {"proposal": s.proposal, **_terms(s), "rows": rows, "report": review_of(s.proposal)}
        case "agreement" if s.agreement:
            shown = _agreement(s, s.agreement, door)
            return {**shown, "is_to_be_signed": True, "report": review_of(s.agreement)}
        case "court" if s.in_force:
            return {"agreement": s.in_force, "other_consented": _other_consented(s)}
        case "objection" if s.ruling:
            return {"ruling": s.ruling, "paper": paper_of(s.case, s.ruling.paper, door)}
        case "default":
            return {"late": s.others_late, "grace_days": GRACE_DAYS, "has_ruling": _is_confirmed(s)}
        case _:
            return {}


def _terms(s: Situation) -> dict[str, Any]:
    return {"terms": offer.terms_of(s, s.proposal) if s.proposal else []}


def _agreement(s: Situation, agreement: Agreement, door: Door) -> dict[str, Any]:
    return {
        "agreement": agreement,
        "paper": paper_of(s.case, agreement.final or agreement.draft, door),
        "terms": offer.terms_of(s, agreement.proposal),
        "signatures": signatures(agreement),
    }


def agreement_context(s: Situation, door: Door) -> dict[str, Any]:
    """The page that shows the agreement, signed or not; empty when there is none."""
    return _agreement(s, s.agreement, door) if s.agreement else {}


def _other_consented(s: Situation) -> bool:
    return bool(
        s.application
        and s.other
        and s.application.consents.filter(party=s.other).exists()
        and not s.has_consented
    )


def _is_confirmed(s: Situation) -> bool:
    return bool(s.ruling and s.ruling.kind == "confirm")
