"""The institution answers 答辩: to each claim, with the contract's figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Answer, Case, Loan, User
from cases.services.steps import lock_case, remember, take
from cases.workflow import ANSWER, Stage


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said to one claim; `amount_fen` is what is admitted, where it is money."""

    position: Answer.Position
    words: str
    amount_fen: int | None = None


@transaction.atomic
def answer_claims(*, case_id: UUID, person: User, replies: Mapping[int, Reply]) -> Case:
    """Answer every claim (by its number). A later answer replaces an earlier one; both stay in the chain."""
    case = lock_case(case_id)
    if case.party_of(person) is None:
        raise Refusal(_("This step is not yours to take."))
    claims = {claim.number: claim for claim in case.claims.all()}
    unanswered = [number for number in claims if number not in replies or not replies[number].words.strip()]
    if unanswered:
        raise Refusal(
            _("Please answer every claim; still open: %(numbers)s.")
            % {"numbers": ", ".join(map(str, unanswered))}
        )
    for number, claim in claims.items():
        reply = replies[number]
        Answer.objects.update_or_create(
            claim=claim,
            defaults={
                "position": reply.position,
                "amount_fen": reply.amount_fen,
                "words": reply.words.strip(),
                "by": person,
            },
        )
    take(
        ANSWER,
        case,
        by=person,
        replies=[
            {"claim": n, "position": str(r.position), "words": r.words, "amount_fen": r.amount_fen or 0}
            for n, r in replies.items()
            if n in claims
        ],
    )
    return case


@transaction.atomic
def state_loan(
    *,
    case_id: UUID,
    person: User,
    principal_fen: int,
    received_fen: int,
    payments: Sequence[tuple[int, int]],
    contract_no: str = "",
    product: str = "",
    contract_on: date | None = None,
    nominal_rate: Decimal | None = None,
    account: str = "",
) -> Loan:
    """Write down the loan: fen in the contract, fen really received, and every payment as (month, fen), fees too."""
    case = lock_case(case_id)
    if case.stage not in {Stage.FACT_FINDING, Stage.MEDIATION}:
        raise Refusal(_("The figures of the loan can be changed only before an agreement is made."))
    if person.role == "court" or (case.party_of(person) is None and case.mediator_id != person.pk):
        raise Refusal(_("This step is not yours to take."))
    if principal_fen <= 0 or received_fen <= 0 or not payments or any(fen <= 0 for _month, fen in payments):
        raise Refusal(
            _("Please give the principal, the amount received and at least one payment, each above zero.")
        )
    known = {
        "contract_no": contract_no,
        "product": product,
        "contract_on": contract_on,
        "nominal_rate": nominal_rate,
        "account": account,
    }  # what is not said now stays as it was said before
    loan, _made = Loan.objects.update_or_create(
        case=case,
        defaults={
            "principal_fen": principal_fen,
            "received_fen": received_fen,
            "schedule": [{"month": month, "fen": fen} for month, fen in payments],
            **{name: value for name, value in known.items() if value not in {None, ""}},
        },
    )
    remember(
        case,
        "loan.state",
        by=person,
        principal_fen=principal_fen,
        received_fen=received_fen,
        payments=[[month, fen] for month, fen in payments],
        contract_no=contract_no,
    )
    return loan
