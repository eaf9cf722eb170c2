"""履行情况记录: every payment and act of the agreement, and what both sides said of it."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Exhibit, User
from cases.money import format_yuan
from cases.roles import STAFF_ROLES
from cases.services.steps import lock_case
from mediation.agreements.content import act_in_words
from mediation.agreements.services import effective
from mediation.documents.dates import chinese_date
from mediation.papers.facts import people_of
from mediation.papers.records import issue
from mediation.performance.models import Instalment

STATES = {
    Instalment.State.DUE: "未到期或者尚待履行",
    Instalment.State.PAID: "已履行，对方已确认",
    Instalment.State.LATE: "逾期未履行",
    Instalment.State.DEFAULT: "已声明违约",
}


@transaction.atomic
def write_performance_record(*, case_id: UUID, staff: User) -> Exhibit:
    """Make the record of performance as it stands today. Raises Refusal while nothing is due yet."""
    case = lock_case(case_id)
    agreement = effective(case)
    rows = list(case.instalments.select_related("term").prefetch_related("payments"))
    if staff.role not in STAFF_ROLES:
        raise Refusal(_("This step is not yours to take."))
    if agreement is None or not rows:
        raise Refusal(_("There is no agreement in force whose performance could be recorded."))
    with translation.override("zh-hans"):
        content = {
            "agreement_number": agreement.number,
            "parties": people_of(case),
            "owed": [_row(case, one) for one in rows],
            "summary": _summary(rows),
        }
    return issue(case, "performance_record", content, by=staff)


def _row(case: Case, one: Instalment) -> dict[str, Any]:
    names = {party.side: party.name for party in case.parties.all()}
    row: dict[str, Any] = {
        "due_on": one.due_on,
        "who": names.get(one.payer, ""),
        "what": _what(one, names.get(one.payer, "")),
        "state": _state(one),
    }
    if one.amount_fen is not None:
        row["paid_fen"] = one.paid_fen
    return row


def _what(one: Instalment, payer: str) -> str:
    if one.amount_fen is None:
        return act_in_words(one.term, payer)
    part = f"第{one.number}期" if one.term.parts > 1 else ""
    return f"支付{part}{format_yuan(one.amount_fen)}元"


def _state(one: Instalment) -> str:
    told = [STATES[Instalment.State(one.state)]]
    for payment in one.payments.all():
        if payment.disputed:
            told.append(f"{chinese_date(payment.paid_on)}的给付有争议")
        elif payment.confirmed_at:
            told.append(f"{chinese_date(timezone.localdate(payment.confirmed_at))}确认")
    return "；".join(told)


def _summary(rows: list[Instalment]) -> str:
    open_still = [one for one in rows if one.state != Instalment.State.PAID]
    if not open_still:
        return "协议约定的给付和行为已全部履行，对方均已确认。"
    money = sum((one.amount_fen or 0) - one.paid_fen for one in open_still)
    unpaid = f"，尚未支付{format_yuan(money)}元" if money else ""
    return f"共{len(rows)}项，已履行{len(rows) - len(open_still)}项，尚有{len(open_still)}项{unpaid}。"
