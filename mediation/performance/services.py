"""Performance 履行: what is due, what was paid, what is late; a default leads to a prefilled enforcement paper."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Exhibit, User
from cases.roles import Role, Side
from cases.rules import limits
from cases.services.closing import fulfil_case
from cases.services.steps import lock_case, remember
from cases.workflow import Stage
from mediation.agreements.models import Term
from mediation.agreements.schedule import parts_of
from mediation.agreements.services import effective
from mediation.papers.services import file_paper
from mediation.performance import content
from mediation.performance.freezing import freezes
from mediation.performance.models import Enforcement, Instalment, Payment
from mediation.performance.reminding import plan_duties

GRACE_DAYS = 10  # a house rule: so many days late before a default can be declared


def plan(case: Case) -> list[Instalment]:
    """Write down every payment and act of the agreement in force. Calling it again changes nothing."""
    agreement = effective(case)
    if agreement is None:
        return []
    planned: list[Instalment] = []
    for term in agreement.proposal.terms.all():
        if term.kind == Term.Kind.WAIVE:
            continue  # a waiver works by itself
        for number, (day, fen) in enumerate(parts_of(term), start=1):
            one, is_new = Instalment.objects.get_or_create(
                term=term,
                number=number,
                defaults={"case": case, "payer": term.payer, "amount_fen": fen or None, "due_on": day},
            )
            planned += [one] if is_new else []
    if planned:
        plan_duties(case, planned)
        pay = [content.instruction(one) for one in planned]
        remember(case, "performance.plan", by=None, role=Role.SYSTEM, agreement=agreement.number, pay=pay)
    return list(case.instalments.all())


def _side(case: Case, person: User) -> Side | None:
    party = case.party_of(person)
    return Side(party.side) if party else None


def _live(instalment_id: int) -> tuple[Instalment, Case]:
    instalment = Instalment.objects.get(pk=instalment_id)
    case = lock_case(instalment.case_id)
    instalment.refresh_from_db()
    if case.stage != Stage.PERFORMANCE:
        raise Refusal(_("Payments are recorded while the agreement is being performed."))
    return instalment, case


@transaction.atomic
def record_payment(
    *,
    instalment_id: int,
    person: User,
    paid_on: date,
    amount_fen: int | None = None,
    words: str = "",
    proof: Exhibit | None = None,
) -> Payment:
    """Say that something was paid or done. The other side confirms or disputes it; what one receives counts at once."""
    instalment, case = _live(instalment_id)
    side = _side(case, person)
    if side is None:
        raise Refusal(_("This step is not yours to take."))
    if paid_on > timezone.localdate():
        raise Refusal(_("The day of payment lies in the future."))
    if instalment.amount_fen is not None:
        open_fen = instalment.amount_fen - _told(instalment)
        if amount_fen is None or amount_fen <= 0:
            raise Refusal(_("Please give an amount above zero."))
        if amount_fen > open_fen:
            raise Refusal(_("That is more than what is still open for this instalment."))
    elif any(not payment.disputed for payment in instalment.payments.all()):
        raise Refusal(_("This was already recorded."))
    payment = instalment.payments.create(
        amount_fen=amount_fen if instalment.amount_fen is not None else None,
        paid_on=paid_on,
        words=words.strip(),
        proof=proof,
        by=person,
        by_role=person.role,
    )
    remember(
        case,
        "performance.pay",
        by=person,
        instalment=instalment.pk,
        amount_fen=payment.amount_fen or 0,
        paid_on=paid_on.isoformat(),
    )
    if side != instalment.payer:
        _count(payment, case, person)
    return payment


def _told(instalment: Instalment) -> int:
    """Fen that somebody said were paid and nobody disputes."""
    told = 0
    for payment in instalment.payments.all():
        told += 0 if payment.disputed else payment.amount_fen or 0
    return told


@transaction.atomic
def confirm_payment(*, payment_id: int, person: User) -> Payment:
    """The receiving side, or the mediator, confirms that it arrived."""
    payment = Payment.objects.select_related("instalment").get(pk=payment_id)
    instalment, case = _live(payment.instalment_id)
    payment.refresh_from_db()
    receives = _side(case, person) not in {None, instalment.payer}
    if not receives and case.mediator_id != person.pk:
        raise Refusal(_("Only the side that receives, or the mediator, can confirm."))
    if payment.confirmed_at is None:
        _refuse_too_much(instalment, payment)
        payment.disputed, payment.disputed_at = "", None
        payment.rejected_by = payment.rejected_at = None
        _count(payment, case, person)
    return payment


def _refuse_too_much(instalment: Instalment, payment: Payment) -> None:
    """After a dispute a payment may have been told anew: nothing counts twice."""
    if instalment.amount_fen is None and instalment.state == Instalment.State.PAID:
        raise Refusal(_("This was already recorded."))
    if instalment.paid_fen + (payment.amount_fen or 0) > (instalment.amount_fen or 0):
        raise Refusal(_("That is more than what is still open for this instalment."))


def _count(payment: Payment, case: Case, person: User) -> None:
    instalment = payment.instalment
    instalment.refresh_from_db()
    payment.confirmed_by, payment.confirmed_at = person, timezone.now()
    payment.save()
    instalment.paid_fen += payment.amount_fen or 0
    if instalment.amount_fen is None or instalment.paid_fen >= instalment.amount_fen:
        instalment.state = Instalment.State.PAID
    instalment.save()
    remember(
        case, "performance.confirm", by=person, instalment=instalment.pk, amount_fen=payment.amount_fen or 0
    )
    if not case.instalments.owed().exists():
        fulfil_case(case_id=case.pk, by=person)


@transaction.atomic
def dispute_payment(*, payment_id: int, person: User, words: str) -> Payment:
    """The receiving side says that it did not arrive."""
    payment = Payment.objects.select_related("instalment").get(pk=payment_id)
    instalment, case = _live(payment.instalment_id)
    payment.refresh_from_db()
    if _side(case, person) in {None, instalment.payer} or payment.confirmed_at:
        raise Refusal(_("Only the side that receives can dispute, before it has confirmed."))
    if not words.strip():
        raise Refusal(_("Please write what is not right."))
    payment.disputed, payment.disputed_at = words.strip(), payment.disputed_at or timezone.now()
    payment.save()
    remember(case, "performance.dispute", by=person, instalment=instalment.pk, words=words.strip())
    return payment


@transaction.atomic
def reject_payment(*, payment_id: int, mediator: User, reason: str) -> Payment:
    """The mediator has looked at a disputed payment and finds that it did not arrive: it no longer stops a default."""
    payment = Payment.objects.select_related("instalment").get(pk=payment_id)
    instalment, case = _live(payment.instalment_id)
    payment.refresh_from_db()
    if case.mediator_id != mediator.pk:
        raise Refusal(_("This step is not yours to take."))
    if not payment.disputed or payment.confirmed_at:
        raise Refusal(_("Nobody disputes this payment."))
    if not reason.strip():
        raise Refusal(_("Please write the reason."))
    if payment.rejected_at is None:
        payment.rejected_by, payment.rejected_at = mediator, timezone.now()
        payment.save()
        remember(case, "performance.reject", by=mediator, instalment=instalment.pk, reason=reason.strip())
    return payment


def late_instalments(case: Case, side: Side, *, on: date) -> list[Instalment]:
    """What the other side owes this one beyond the days of grace, and for what no default was stated yet."""
    owed = case.instalments.owed().exclude(payer=side).exclude(state=Instalment.State.DEFAULT)
    rows = owed.select_related("term").prefetch_related("payments")
    return [one for one in rows if (on - one.due_on).days > GRACE_DAYS]


@transaction.atomic
def declare_default(*, case_id: UUID, person: User) -> Enforcement:
    """State the default of the other side and get the prefilled application (民事诉讼法 Arts 206, 250).

    Needs a confirming ruling and a payment that is late beyond the days of grace, and nothing that stops it (see
    `freezing`). Every instalment is claimed at most once: what is late later needs an application of its own.
    """
    case = lock_case(case_id)
    side = _side(case, person)
    if side is None or case.stage != Stage.PERFORMANCE:
        raise Refusal(_("This step is not yours to take."))
    today = timezone.localdate()
    late = late_instalments(case, side, on=today)
    if not late:
        raise Refusal(_("Nothing of the other side is more than %(days)s days late.") % {"days": GRACE_DAYS})
    if stopped := freezes(case, late, on=today):
        raise Refusal(*(freeze.words for freeze in stopped))
    application = case.applications.filter(state="confirmed").select_related("ruling", "agreement").last()
    if application is None:
        raise Refusal(
            _(
                "Without a ruling of the court there is nothing to enforce yet. You can still sue on the agreement."
            )
        )
    owed = sum((one.amount_fen or 0) - one.paid_fen for one in late)
    until = last_day_to_enforce(case, [one.due_on for one in late])
    paper = file_paper(
        case=case,
        kind="enforcement_application",
        content=content.enforcement(case, application, side, late, owed, until),
        title="强制执行申请书",
        by=person,
        role=Role(person.role),
    )
    Instalment.objects.filter(pk__in=[one.pk for one in late]).update(state=Instalment.State.DEFAULT)
    enforcement = case.enforcements.create(
        by_side=side, by=person, owed_fen=owed, until_on=until, paper=paper
    )
    remember(case, "performance.default", by=person, owed_fen=owed, until_on=until.isoformat())
    return enforcement


def last_day_to_enforce(case: Case, due_days: list[date]) -> date:
    """Two years from the last day of the (last due) period (民事诉讼法 Art 250)."""
    limit = limits.rule_for(case.profile, "enforcement", start_on=max(due_days))
    return (limits.due(limit, max(due_days)).due_on if limit else None) or max(due_days)


def balance(case: Case) -> dict[str, int]:
    """Fen agreed, paid and open, over all payments of the agreement."""
    sums = case.instalments.aggregate(agreed=Sum("amount_fen"), paid=Sum(F("paid_fen")))
    agreed, paid = sums["agreed"] or 0, sums["paid"] or 0
    return {"agreed": agreed, "paid": paid, "open": agreed - paid}
