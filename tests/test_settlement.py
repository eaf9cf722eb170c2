"""The settlement as a contract 履行: money is neither made nor lost, nothing counts twice, what is open stops a claim.

The services are played at random, beside a model in a few lines. No real money moves here: a payment is what two people
say of it, and a claim is the prefilled application for enforcement.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

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
AMOUNTS = [40_000, 40_000, 15_000, 25_000, 1, 0, -1, 40_001]
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


@dataclass
class Told:
    """A payment as the model sees it."""

    fen: int
    state: str = "told"  # told, disputed, rejected, arrived


@dataclass
class Owed:
    """An instalment as the model sees it."""

    due_on: date
    fen: int
    payments: dict[int, Told] = field(default_factory=dict)
    first_disputed_on: date | None = None
    is_claimed: bool = False

    def sum(self, *states: str) -> int:
        return sum(one.fen for one in self.payments.values() if one.state in states)

    @property
    def open_fen(self) -> int:
        return self.fen - self.sum("arrived")

    def is_late(self, on: date) -> bool:
        return self.open_fen > 0 and not self.is_claimed and on - self.due_on > GRACE

    def stops(self, on: date) -> bool:
        is_disputed = any(one.state == "disputed" for one in self.payments.values())
        lasts = self.first_disputed_on and on <= self.first_disputed_on + timedelta(days=DISPUTE_DAYS)
        return any(one.state == "told" for one in self.payments.values()) or bool(is_disputed and lasts)


class Settlement(RuleBasedStateMachine):
    """Both sides, the mediator and the court do anything in any order, on any day."""

    people: People
    payments = Bundle("payments")

    @initialize(days=st.sampled_from([0, 31, 33, 65, 150]), objects=st.booleans())
    def begin(self, days: int, objects: bool) -> None:
        self.point = transaction.savepoint()
        self.now = self.people.began_at
        rows = Instalment.objects.filter(case=self.people.case, amount_fen__isnull=False)
        self.owed = {one.pk: Owed(one.due_on, one.amount_fen) for one in rows}
        self.claimed_fen = 0
        self.objections: list[int] = []
        promise = Instalment.objects.get(case=self.people.case, amount_fen=None)
        self.done(
            lambda: services.record_payment(
                instalment_id=promise.pk, person=self.people.citizen, paid_on=self.today
            )
        )
        if objects:
            self.object("lender")
        self.now += timedelta(days=days)

    def teardown(self) -> None:
        assert ledger.first_break(self.people.case.chain) is None
        transaction.savepoint_rollback(self.point)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def done(self, act: Callable[[], Any]) -> Any:
        """What the act answers, or None where it is refused; a refusal leaves nothing behind."""
        before = Entry.objects.count()
        with time_machine.travel(self.now, tick=False):
            try:
                return act()
            except Refusal:
                assert Entry.objects.count() == before
                return None

    def who(self, name: str) -> User:
        return getattr(self.people, name)  # type: ignore[no-any-return]

    @rule(days=st.sampled_from([1, 9, 15, 31, 60]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @precondition(lambda self: not self.is_over)
    @rule(target=payments, number=st.integers(0, 2), fen=st.sampled_from(AMOUNTS),
          by=st.sampled_from(["lender", "lender", "lender", "citizen", "stranger"]))  # fmt: skip
    def pay(self, number: int, fen: int, by: str) -> Any:
        pk = sorted(self.owed)[number]
        owed = self.owed[pk]
        told = self.done(lambda: services.record_payment(
            instalment_id=pk, person=self.who(by), paid_on=self.today, amount_fen=fen))  # fmt: skip
        allowed = by != "stranger" and 0 < fen <= owed.fen - owed.sum("told", "arrived")
        assert (told is not None) == allowed
        if told is None:
            return multiple()
        owed.payments[told.pk] = Told(fen, "arrived" if by == "citizen" else "told")
        return int(told.pk)

    def found(self, payment: int) -> tuple[Owed, Told] | None:
        return next(
            ((one, one.payments[payment]) for one in self.owed.values() if payment in one.payments), None
        )

    @precondition(lambda self: not self.is_over)
    @rule(payment=payments, by=st.sampled_from(["citizen", "citizen", "mediator", "lender", "stranger"]))
    def confirm(self, payment: int, by: str) -> None:
        if (pair := self.found(payment)) is None:
            return
        owed, told = pair
        answer = self.done(lambda: services.confirm_payment(payment_id=payment, person=self.who(by)))
        fits = told.state == "arrived" or owed.sum("arrived") + told.fen <= owed.fen
        assert (answer is not None) == (by in {"citizen", "mediator"} and fits)
        if answer is not None:
            told.state = "arrived"

    @precondition(lambda self: not self.is_over)
    @rule(payment=payments, by=st.sampled_from(["citizen", "citizen", "mediator", "mediator", "lender"]))
    def dispute(self, payment: int, by: str) -> None:
        if (pair := self.found(payment)) is None:
            return
        owed, told = pair
        answer = self.done(
            lambda: services.dispute_payment(payment_id=payment, person=self.who(by), words="没有收到")
        )
        assert (answer is not None) == (by == "citizen" and told.state != "arrived")
        if answer is not None and told.state == "told":
            told.state = "disputed"
            owed.first_disputed_on = owed.first_disputed_on or self.today

    @precondition(lambda self: not self.is_over)
    @rule(payment=payments, by=st.sampled_from(["citizen", "citizen", "mediator", "mediator", "lender"]))
    def reject(self, payment: int, by: str) -> None:
        if (pair := self.found(payment)) is None:
            return
        told = pair[1]
        answer = self.done(
            lambda: services.reject_payment(payment_id=payment, mediator=self.who(by), reason="已核对")
        )
        assert (answer is not None) == (by == "mediator" and told.state in {"disputed", "rejected"})
        if answer is not None:
            told.state = "rejected"

    @precondition(lambda self: not self.is_over and not self.objections)
    @rule(by=st.sampled_from(["citizen", "lender"]))
    def object(self, by: str) -> None:
        ruling = self.people.case.applications.get().ruling
        made = self.done(
            lambda: court.object_to_ruling(ruling_id=ruling.pk, person=self.who(by), words="金额有误")
        )
        assert (made is not None) == (self.today <= ruling.objection_until)
        self.objections += [made.pk] if made else []

    @precondition(lambda self: not self.is_over and self.objections)
    @rule()
    def answer(self) -> None:
        pk = self.objections.pop()
        assert self.done(lambda: court.answer_objection(
            objection_id=pk, judge=self.people.judge, answer="异议不成立。"))  # fmt: skip

    @precondition(lambda self: not self.is_over)
    @rule(by=st.sampled_from(["citizen", "citizen", "citizen", "lender", "stranger"]))
    def claim(self, by: str) -> None:
        late = [one for one in self.owed.values() if one.is_late(self.today)]
        stopped = bool(self.objections) or any(one.stops(self.today) for one in late)
        made = self.done(lambda: services.declare_default(case_id=self.people.case.pk, person=self.who(by)))
        assert (made is not None) == (by == "citizen" and bool(late) and not stopped)
        if made is not None:
            assert made.owed_fen == sum(one.open_fen for one in late)
            self.claimed_fen += made.owed_fen
            for one in late:
                one.is_claimed = True

    @property
    def is_over(self) -> bool:
        """Everything has arrived: the case is closed, and nothing more is recorded."""
        return all(one.open_fen == 0 for one in self.owed.values())

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        if not hasattr(self, "owed"):
            return
        rows = {one.pk: one for one in Instalment.objects.filter(pk__in=self.owed)}
        for pk, owed in self.owed.items():
            assert 0 <= rows[pk].paid_fen == owed.sum("arrived") <= owed.fen
            assert (rows[pk].state == Instalment.State.PAID) == (owed.open_fen == 0)
        balance = services.balance(self.people.case)
        assert (
            balance["paid"] + balance["open"]
            == balance["agreed"]
            == sum(one.fen for one in self.owed.values())
        )
        assert balance["open"] >= 0

    @invariant()
    def nothing_counts_twice(self) -> None:
        if not hasattr(self, "owed"):
            return
        arrived = Payment.objects.filter(instalment__in=self.owed, confirmed_at__isnull=False).count()
        told = Entry.objects.of(self.people.case.chain).filter(event="performance.confirm").count()
        assert told == arrived + 1  # and the promise of the beginning
        assert sum(one.owed_fen for one in Enforcement.objects.all()) == self.claimed_fen
        assert self.claimed_fen <= services.balance(self.people.case)["agreed"]
        assert (Case.objects.get(pk=self.people.case.pk).stage == Stage.CLOSED) == self.is_over


def test_whatever_happens_the_sums_hold(people: People) -> None:
    run_state_machine_as_test(
        type("Played", (Settlement,), {"people": people}),
        settings=settings(
            max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def first_payment(people: People) -> Instalment:
    return people.case.instalments.filter(amount_fen__isnull=False).order_by("due_on")[0]


def after_grace(people: People, days: int = 1) -> datetime:
    return (
        people.began_at
        + (first_payment(people).due_on - people.began_at.date())
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
