"""A settled case of the centre as a row for the library 先例库: without names, and for a person to release."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Precedent, User
from cases.money import format_yuan
from cases.roles import Role, Side
from cases.services.precedents import bring_in
from cases.services.releasing import CHAIN
from cases.services.steps import lock_case
from evidence import ledger
from evidence.sealing import blind_index
from mediation.agreements.content import ACTS, SIDE_NAMES, signed_on
from mediation.agreements.models import Agreement, Term
from mediation.suggestions.choices import party_objects
from mediation.suggestions.content import audit_of, evidence_level, licence_of

BESIDE = ("agent_name", "helper")  # answers that name people who stand beside the claimant
GIVEN = {Term.Kind.PAY, Term.Kind.WAIVE}


def key_of(case: Case) -> str:
    """What the case is called in the library: always the same, and nobody finds the docket from it."""
    return f"own-{blind_index(case.docket or str(case.pk), purpose='precedent key')[:10]}"


def agreement_in_force(case: Case) -> Agreement | None:
    """The agreement that all have signed and nobody set aside."""
    return case.agreements.filter(effective_at__isnull=False, set_aside_at__isnull=True).last()


def may_be_put_forward(case: Case) -> bool:
    """Whether the case ended in an agreement, no party objects, and the library was not asked to take it yet."""
    if agreement_in_force(case) is None or party_objects(case):
        return False
    return not Precedent.every.filter(key=key_of(case)).exists()


@transaction.atomic
def put_forward(*, case_id: UUID, officer: User) -> Precedent:
    """Bring a case that ended in an agreement before the release desk; nobody finds it before a person has read it.

    Raises Refusal for anybody but an officer, without an agreement in force, where a party does not want the machine in
    this case, where it was put forward before, or where its story is too short to learn from.
    """
    if officer.role != Role.OFFICER:
        raise Refusal(_("Only an officer of the centre may decide this."))
    case = lock_case(case_id)
    agreement = agreement_in_force(case)
    if agreement is None:
        raise Refusal(_("Only a case with an agreement in force can go into the library."))
    key = key_of(case)
    if party_objects(case):
        raise Refusal(_("A party does not want a machine to compare cases with this one."))
    if Precedent.every.filter(key=key).exists():
        raise Refusal(_("This case was put forward for the library before."))
    _taken, refused = bring_in([{"id": key, **_told(case, agreement)}])
    if refused:
        raise Refusal(_("The library cannot take this case: %(why)s.") % {"why": refused[0].reason})
    ledger.append(
        chain=CHAIN,
        event="precedent.put_forward",
        record={"by": str(officer.pk), "key": key},
        role=Role(officer.role),
    )
    return Precedent.every.get(key=key)


def _told(case: Case, agreement: Agreement) -> dict[str, Any]:
    loan, audit = getattr(case, "loan", None), audit_of(case)
    rate = audit.cost.simple_annual if audit.cost else audit.nominal
    terms = list(agreement.proposal.terms.all())
    parts = max((term.parts for term in terms if term.kind == Term.Kind.PAY), default=1)
    return {
        "kind": case.kind,
        "licence": licence_of(case),
        "product": loan.product if loan else "",
        "story": case.story,
        "claim_fen": case.amount_fen,
        "principal_fen": loan.principal_fen if loan else None,
        "annual_rate": None if rate is None else f"{rate:.4f}",
        "evidence_level": evidence_level(case),
        "remedies": sorted({claim.remedy for claim in case.claims.all()}),
        "settled_fen": settled_fen(terms),
        "instalments": parts if parts > 1 else 0,
        "terms": [_sentence(term, agreement) for term in terms],
        "closed_on": str(signed_on(agreement)),
        "parties": [party.name for party in case.parties.all() if party.name],
        "others": [said for name in BESIDE if (said := str(case.answers.get(name) or ""))],
    }


def settled_fen(terms: Sequence[Term]) -> int | None:
    """What the institution gives, in money or by letting a debt go, in fen.

    None where only the claimant pays: how much was let go by that stands in no term, and nought would be a guess.
    """
    money = [term for term in terms if term.kind in GIVEN]
    given = [term.amount_fen or 0 for term in money if term.payer == Side.RESPONDENT]
    return sum(given) if given or not money else None


def _sentence(term: Term, agreement: Agreement) -> str:
    """A term without names, accounts and days of the calendar, in the law's language as papers are."""
    payer, amount = SIDE_NAMES[Side(term.payer)], format_yuan(term.amount_fen or 0)
    if term.kind != Term.Kind.PAY:
        return "：".join(
            filter(None, [ACTS[Term.Kind(term.kind)].format(payer=payer, amount=amount), term.words.strip()])
        )
    signed = signed_on(agreement) or term.due_on
    days = max(0, (term.due_on - signed).days)
    if term.parts > 1:
        return f"{payer}分{term.parts}期支付{amount}元，首期在协议签订后{days}日内。"
    return f"{payer}在协议签订后{days}日内支付{amount}元。"
