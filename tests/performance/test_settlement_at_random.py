"""The settlement played at random 履行: whatever both sides, the mediator and the court do, the sums hold.

The services run beside a model in a few lines. Told as stories in test_settlement.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
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
from cases.workflow import Stage
from evidence import ledger
from evidence.models import Entry
from mediation.court import services as court
from mediation.performance import services
from mediation.performance.freezing import DISPUTE_DAYS
from mediation.performance.models import Enforcement, Instalment, Payment
from tests.performance.test_settlement import GRACE, People, people  # noqa: F401 — a fixture
from tests.test_whole_way import signed_case  # noqa: F401 — a fixture

pytestmark = pytest.mark.django_db
AMOUNTS = [40_000, 40_000, 15_000, 25_000, 1, 0, -1, 40_001]


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


def test_whatever_happens_the_sums_hold(people: People) -> None:  # noqa: F811
    run_state_machine_as_test(
        type("Played", (Settlement,), {"people": people}),
        settings=settings(
            max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
