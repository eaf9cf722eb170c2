"""Days that both sides agreed on are due work like every other: rows, done once, in order, however long all slept."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from cases.models import Case, Duty
from cases.services.working_off import work_off
from evidence.models import Entry
from mediation.performance import services as performance
from mediation.performance.models import Instalment
from tests.test_whole_way import confirm, signed_case  # noqa: F401 — a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def confirmed(signed_case, judge, citizen, lender) -> Case:  # noqa: F811
    confirm(signed_case, judge, citizen, lender)
    return Case.objects.get(pk=signed_case.pk)


def morning(day) -> datetime:
    return datetime.combine(day, time(8), tzinfo=timezone.get_current_timezone())


def told(case: Case) -> list[str]:
    events = Entry.objects.of(case.chain).filter(event__in=["performance.due_soon", "performance.late"])
    return list(events.order_by("seq").values_list("event", flat=True))


def payments(case: Case) -> list[Instalment]:
    return list(case.instalments.filter(amount_fen__isnull=False).order_by("due_on"))


def test_each_instalment_has_its_two_rows_written_with_the_plan(confirmed: Case) -> None:
    first = payments(confirmed)[0]
    rows = Duty.objects.filter(case=confirmed, about=str(first.pk))
    assert dict(rows.values_list("step", "due_at")) == {
        "instalment_soon": morning(first.due_on - timedelta(days=3)),
        "instalment_late": morning(first.due_on + timedelta(days=1)),
    }
    performance.plan(confirmed)  # once more: nothing is planned twice
    assert rows.count() == 2


def test_a_reminder_comes_on_its_morning_and_not_before(confirmed: Case) -> None:
    first = payments(confirmed)[0]
    with time_machine.travel(morning(first.due_on - timedelta(days=3)) - timedelta(minutes=1)):
        work_off()
        assert told(confirmed) == []
    with time_machine.travel(morning(first.due_on - timedelta(days=3))):
        work_off()
        work_off()
    assert set(told(confirmed)) == {"performance.due_soon"}
    assert Instalment.objects.get(pk=first.pk).reminded_at


def test_what_was_paid_in_time_needs_no_word(confirmed: Case, lender, citizen) -> None:
    first = payments(confirmed)[0]
    payment = performance.record_payment(
        instalment_id=first.pk, person=lender, paid_on=timezone.localdate(), amount_fen=first.amount_fen
    )
    performance.confirm_payment(payment_id=payment.pk, person=citizen)
    with time_machine.travel(morning(first.due_on + timedelta(days=2))):
        work_off()
    rows = Duty.objects.filter(case=confirmed, about=str(first.pk))
    assert set(rows.values_list("outcome", flat=True)) == {Duty.Outcome.VOID}
    assert Instalment.objects.get(pk=first.pk).state == Instalment.State.PAID


def test_a_scheduler_that_slept_through_it_says_only_what_still_helps(confirmed: Case) -> None:
    """Asleep over two payments and the windows of the ruling: everything once, in the order of its moment."""
    first, second, *_rest = payments(confirmed)
    with time_machine.travel(morning(second.due_on + timedelta(days=2))):
        work_off()
        once = told(confirmed)
        work_off()
        assert told(confirmed) == once

    assert "performance.due_soon" not in once
    outcomes = dict(Duty.objects.filter(case=confirmed, about=str(first.pk)).values_list("step", "outcome"))
    assert outcomes == {"instalment_soon": "passed", "instalment_late": "done"}
    done = list(Duty.objects.filter(done_at__isnull=False).order_by("done_at", "pk"))
    assert {bool(duty.clock_id) for duty in done} == {True, False}
    assert [duty.due_at for duty in done if duty.outcome == "done"] == sorted(
        duty.due_at for duty in done if duty.outcome == "done"
    )
