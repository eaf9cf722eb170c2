"""First words for the agreement and the terms, out of what the case already knows. The mediator edits them.

Papers are Chinese whatever language the screen speaks.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone, translation

from cases.claims import Remedy
from cases.models import Case
from cases.money import format_yuan
from cases.roles import Side
from mediation.agreements import content
from mediation.agreements.models import Proposal, Term
from mediation.bids.services import agreed_fen
from mediation.documents.dates import chinese_date
from mediation.hearings.services import facts_confirmed

FIRST_PAYMENT_DAYS = 15
ACT_WORDS = {
    Remedy.STOP_COLLECTION: (Term.Kind.STOP_COLLECTION, "不再就本案借款致电申请人及其亲友、工作单位"),
    Remedy.CORRECT_CREDIT: (Term.Kind.CORRECT_CREDIT, "依法核实并向征信系统报送更正信息"),
}
POSITIONS = {"admit": "认可", "partly": "部分认可", "deny": "不认可"}


def first_terms(case: Case) -> list[dict[str, Any]]:
    """Rows for the form of terms: the newest version, else what was asked for and the sum the mediator starts from."""
    last = case.proposals.prefetch_related("terms").last()
    if last:
        return [_row(term) for term in last.terms.all()]
    day = timezone.localdate() + timedelta(days=FIRST_PAYMENT_DAYS)
    decided = case.suggestions.filter(decided_fen__isnull=False).first()
    start = agreed_fen(case) or (decided.decided_fen if decided else None)
    claimant = case.claimant
    rows: list[dict[str, Any]] = [
        {
            "kind": Term.Kind.PAY,
            "payer": Side.RESPONDENT,
            "amount": start,
            "parts": 1,
            "due_on": day,
            "holder": claimant.name if claimant else "",
        }
    ]
    acts = [ACT_WORDS[remedy] for claim in case.claims.all() if (remedy := Remedy(claim.remedy)) in ACT_WORDS]
    rows += [
        {"kind": kind, "payer": Side.RESPONDENT, "parts": 1, "due_on": day, "words": words}
        for kind, words in acts
    ]
    return rows


def _row(term: Term) -> dict[str, Any]:
    return {
        "kind": term.kind,
        "payer": term.payer,
        "amount": term.amount_fen,
        "parts": term.parts,
        "due_on": term.due_on,
        "holder": term.account.get("holder", ""),
        "bank": term.account.get("bank", ""),
        "number": term.account.get("number", ""),
        "words": term.words,
    }


def first_wording(case: Case) -> dict[str, str]:
    """What a proposal says beside its terms: as in the newest version, else the house's usual words."""
    last = case.proposals.last()
    return {
        "note": last.note if last else "",
        "waiver": (last.waiver if last else "") or content.WAIVER,
        "costs": (last.costs if last else "") or content.COSTS,
        "overdue": (last.overdue if last else "") or content.OVERDUE,
        "credit": (last.credit if last else "") or content.CREDIT,
    }


def first_text(case: Case, proposal: Proposal | None) -> dict[str, str]:
    """Facts, issues and responsibility (人民调解法 Art 29), to be edited."""
    with translation.override("zh-hans"):
        return {
            "facts": _facts(case),
            "issues": _issues(case),
            "responsibility": _responsibility(proposal),
        }


def _facts(case: Case) -> str:
    confirmed = facts_confirmed(case)
    if confirmed:
        return str(confirmed.facts)
    loan = getattr(case, "loan", None)
    respondent = case.respondent.name if case.respondent else "被申请人"
    if loan is None or not loan.principal_fen:
        return ""
    day = f"{chinese_date(loan.contract_on)}，" if loan.contract_on else ""
    number = f"（合同编号 {loan.contract_no}）" if loan.contract_no else ""
    told = f"{day}申请人与{respondent}订立借款合同{number}，约定本金{format_yuan(loan.principal_fen)}元"
    if loan.received_fen:
        told += f"，申请人实际收到{format_yuan(loan.received_fen)}元"
    if loan.schedule:
        total = sum(int(row["fen"]) for row in loan.schedule)
        told += f"，分{len(loan.schedule)}期偿还，合计{format_yuan(total)}元"
    return f"{told}。"


def _issues(case: Case) -> str:
    told = []
    for claim in case.claims.select_related("answer"):
        amount = f"{format_yuan(claim.amount_fen)}元" if claim.amount_fen else ""
        text = f"{claim.number}. 申请人请求{claim.get_remedy_display()}{amount}"
        answer = getattr(claim, "answer", None)
        if answer:
            text += f"；被申请人{POSITIONS.get(answer.position, '')}"
        told.append(f"{text}。")
    return "\n".join(told)


def _responsibility(proposal: Proposal | None) -> str:
    if proposal is None:
        return ""
    sides = [
        content.SIDE_NAMES[Side(side)]
        for side in Side
        if any(term.payer == side for term in proposal.terms.all())
    ]
    return f"双方互谅互让，由{'、'.join(sides)}按照下列条款履行；双方均不因此承认其他责任。"
