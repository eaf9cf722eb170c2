"""What stands in the plan, and in the application for enforcement (民事诉讼法 Art 206, 民诉法解释 Art 461)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from cases.models import Case
from cases.money import format_yuan
from mediation.agreements import content as shared
from mediation.court.models import JointApplication
from mediation.performance.models import Instalment

ATTACHMENTS = ["民事裁定书", "调解协议书", "履行情况记录", "申请人身份证明"]


def instruction(one: Instalment) -> dict[str, Any]:
    """One payment instruction 付款指令 of the plan, as the record keeps it: words, not an order to a bank."""
    return {
        "instalment": one.pk,
        "payer": one.payer,
        "amount_fen": one.amount_fen,
        "due_on": one.due_on.isoformat(),
    }


def enforcement(
    case: Case,
    application: JointApplication,
    side: str,
    late: Sequence[Instalment],
    owed_fen: int,
    until: date,
) -> dict[str, Any]:
    """强制执行申请书, filled from the ruling and the record of what was paid."""
    people = {party.side: party for party in case.parties.select_related("institution")}
    mine, theirs = people[side], people[shared.other(side)]
    acts = [one for one in late if one.amount_fen is None]
    claims: list[dict[str, Any]] = []
    if owed_fen:
        claims.append({"text": "支付到期未付的款项", "amount_fen": owed_fen})
    claims += [{"text": shared.act_in_words(one.term, theirs.name)} for one in acts]
    claims.append({"text": "加倍支付迟延履行期间的债务利息（民事诉讼法第二百六十四条）"})
    return {
        **shared.office_paper(case, "执"),
        "court": application.court.name,
        "applicants": [shared.person(mine, role="申请执行人")],
        "respondents": [shared.person(theirs, role="被执行人")],
        "basis": {
            "court": application.court.name,
            "number": application.ruling.number,
            "ruled_on": timezone.localdate(application.ruling.issued_at),
            "agreement_number": application.agreement.number,
        },
        "claims": claims,
        "facts": _facts(theirs.name, late, owed_fen),
        "owed": [
            {
                "due_on": one.due_on,
                "amount_fen": one.amount_fen or 0,
                "paid_fen": one.paid_fen,
                "unpaid_fen": (one.amount_fen or 0) - one.paid_fen,
            }
            for one in late
        ],
        "unpaid_fen": owed_fen,
        "last_day_on": until,
        "attachments": ATTACHMENTS,
        "signatures": [{"role": "申请执行人", "name": mine.name}],
    }


def _facts(name: str, late: Sequence[Instalment], owed_fen: int) -> str:
    first = min(one.due_on for one in late)
    day = f"{first.year}年{first.month}月{first.day}日"
    money = f"，到期未付{format_yuan(owed_fen)}元" if owed_fen else ""
    return f"裁定作出后，{name}自{day}起有{len(late)}项到期义务未履行{money}，经催告仍未履行。"
