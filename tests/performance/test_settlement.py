"""The settlement as a contract 履行: money is neither made nor lost, nothing counts twice, what is open stops a claim.

Told as stories here, played at random in test_settlement_at_random.py. No real money moves: a payment is what two
people say of it, and a claim is the prefilled application for enforcement.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from cases.errors import Refusal
from cases.models import Case, User
from cases.roles import Side
from cases.workflow import Stage
from evidence import ledger
from evidence.models import Entry
from mediation.court import services as court
from mediation.court.models import Objection
from mediation.performance import freezing, services
from mediation.performance.freezing import DISPUTE_DAYS
from mediation.performance.models import Enforcement, Instalment, Payment
from mediation.performance.services import GRACE_DAYS
from tests.test_whole_way import confirm, signed_case  # noqa: F401 — a fixture

pytestmark = pytest.mark.django_db
GRACE = timedelta(days=GRACE_DAYS)


@dataclass
class People:
    """Who takes part, and when all began."""

    case: Case
    citizen: User
    lender: User
    mediator: User
    judge: User
    stranger: User
    began_at: datetime


@pytest.fixture
def people(
    signed_case: Case,  # noqa: F811
    citizen: User,
    lender: User,
    mediator: User,
    judge: User,
    officer: User,
) -> People:
    """Three payments of 400 元 by the lender and one promise, and the ruling that confirms them."""
    confirm(signed_case, judge, citizen, lender)
    case = Case.objects.get(pk=signed_case.pk)
    assert case.stage == Stage.PERFORMANCE
    return People(case, citizen, lender, mediator, judge, officer, timezone.now())


def first_payment(people: People) -> Instalment:
    return people.case.instalments.filter(amount_fen__isnull=False).order_by("due_on")[0]


def after_grace(people: People, days: int = 1) -> datetime:
    return (
        people.began_at
        + (first_payment(people).due_on - timezone.localdate(people.began_at))
        + GRACE
        + timedelta(days=days)
    )


def claim(people: People) -> Enforcement:
    return services.declare_default(case_id=people.case.pk, person=people.citizen)


def test_a_payment_told_anew_after_a_dispute_counts_once(people: People) -> None:
    """The first was disputed, the second arrived; then the first turns up in the books as well."""
    one = first_payment(people)
    today = timezone.localdate()
    first = services.record_payment(
        instalment_id=one.pk, person=people.lender, paid_on=today, amount_fen=40_000
    )
    services.dispute_payment(payment_id=first.pk, person=people.citizen, words="没有收到")
    second = services.record_payment(
        instalment_id=one.pk, person=people.lender, paid_on=today, amount_fen=40_000
    )
    services.confirm_payment(payment_id=second.pk, person=people.citizen)

    with translation.override("en"), pytest.raises(Refusal, match="more than what is still open"):
        services.confirm_payment(payment_id=first.pk, person=people.mediator)
    assert services.balance(people.case) == {"agreed": 120_000, "paid": 40_000, "open": 80_000}


def test_the_days_of_grace_are_whole_days(people: People) -> None:
    with time_machine.travel(after_grace(people, 0)), pytest.raises(Refusal):
        claim(people)
    with time_machine.travel(after_grace(people, 1)):
        assert claim(people).owed_fen == 40_000


def test_nobody_claims_the_same_twice_but_what_is_late_later_is_claimed_then(people: People) -> None:
    with time_machine.travel(after_grace(people)):
        assert claim(people).owed_fen == 40_000
        with pytest.raises(Refusal):
            claim(people)
    with time_machine.travel(after_grace(people, 200)):
        assert claim(people).owed_fen == 80_000
        with pytest.raises(Refusal):
            claim(people)
    assert Enforcement.objects.count() == 2


def test_an_objection_stops_a_claim_until_the_court_has_answered(people: People) -> None:
    ruling = people.case.applications.get().ruling
    objection = court.object_to_ruling(ruling_id=ruling.pk, person=people.lender, words="金额有误")

    with time_machine.travel(after_grace(people)):
        with translation.override("en"), pytest.raises(Refusal, match="objection"):
            claim(people)
        court.answer_objection(objection_id=objection.pk, judge=people.judge, answer="异议不成立。")
        assert claim(people)


def test_a_payer_cannot_hold_it_up_for_ever(people: People) -> None:
    """Telling payments that never came stops a claim until fifteen days after the first of them was disputed."""
    with time_machine.travel(after_grace(people)):
        _tell_and_dispute(people)
        with pytest.raises(Refusal):
            claim(people)
    with time_machine.travel(after_grace(people, 1 + DISPUTE_DAYS)):
        _tell_and_dispute(people)
        with pytest.raises(Refusal):
            claim(people)
    with time_machine.travel(after_grace(people, 2 + DISPUTE_DAYS)):
        _tell_and_dispute(people)
        assert claim(people).owed_fen == 40_000


def test_the_mediator_s_word_ends_a_dispute_at_once(people: People) -> None:
    with time_machine.travel(after_grace(people)):
        payment = _tell_and_dispute(people)
        services.reject_payment(payment_id=payment.pk, mediator=people.mediator, reason="银行流水中没有")
        assert claim(people).owed_fen == 40_000


def _tell_and_dispute(people: People) -> Payment:
    payment = services.record_payment(
        instalment_id=first_payment(people).pk,
        person=people.lender,
        paid_on=timezone.localdate(),
        amount_fen=40_000,
    )
    return services.dispute_payment(payment_id=payment.pk, person=people.citizen, words="没有收到")


def test_both_sides_see_what_stops_a_claim(people: People, client: Any) -> None:
    ruling = people.case.applications.get().ruling
    court.object_to_ruling(ruling_id=ruling.pk, person=people.lender, words="金额有误")
    with time_machine.travel(after_grace(people)):
        for person, door in ((people.citizen, "portal"), (people.lender, "counter")):
            client.force_login(person)
            seen = client.get(reverse(f"{door}:case", args=[people.case.docket])).content.decode()
            assert "在等法院答复" in seen
            assert "对方没有履行" not in seen
        Objection.objects.update(answered_at=timezone.now())
        assert freezing.freezes(people.case, services.late_instalments(
            people.case, Side.CLAIMANT, on=timezone.localdate()), on=timezone.localdate()) == []  # fmt: skip


def test_the_plan_and_the_claim_stand_in_the_record(people: People) -> None:
    """What a chain would call its outputs: payment instructions, and the file for enforcement."""
    entries = Entry.objects.of(people.case.chain)
    plan = ledger.read(entries.get(event="performance.plan"))
    assert plan is not None
    assert [(one["payer"], one["amount_fen"]) for one in plan["pay"]].count(("respondent", 40_000)) == 3
    assert plan["agreement"] == people.case.agreements.get().number
    with time_machine.travel(after_grace(people)):
        paper = claim(people).paper
    told = ledger.read(entries.get(event="performance.default"))
    assert told is not None
    assert told["owed_fen"] == 40_000
    assert paper.title == "强制执行申请书"
