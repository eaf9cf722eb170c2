"""到期事项 as rows: what a clock will bring about is written down with the clock, and struck out when it ends."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cases.models import Case, Clock, Duty
from cases.rules.escalating import EscalationStep, steps_of
from cases.services.reckoning import rule_behind


def plan(clock: Clock, case: Case | None = None) -> None:
    """Write down what this clock brings about on its present days. Calling it again changes nothing.

    What was planned for other days is struck out; what was done for the same moment is not done again.
    """
    case = case or clock.case
    wanted = planned_for(clock, case)
    known = list(clock.duties.exclude(outcome=Duty.Outcome.VOID))
    there = {(duty.step, duty.due_at) for duty in known}
    strike_out(duty for duty in known if not duty.done_at and (duty.step, duty.due_at) not in wanted)
    days = {"for_due_on": clock.due_on, "for_overdue_on": clock.overdue_on}
    if known:
        clock.duties.open().update(**days)
    Duty.objects.bulk_create(
        Duty(clock=clock, step=key, due_at=at, **days) for key, at in wanted if (key, at) not in there
    )


def planned_for(clock: Clock, case: Case) -> dict[tuple[str, datetime], EscalationStep]:
    """What this clock brings about on its present days, by key and moment, in order."""
    limit = rule_behind(clock, case)
    if limit is None:
        return {}
    found = steps_of(
        limit,
        case.profile,
        started_on=clock.started_on,
        due_on=clock.due_on,
        overdue_on=clock.overdue_on,
    )
    return {(step.key, at): step for step, at in found}


def strike_out(duties: "Iterable[Duty] | QuerySet[Duty]") -> None:
    """These are no longer needed; their rows stay."""
    found = duties if isinstance(duties, QuerySet) else Duty.objects.filter(pk__in=[one.pk for one in duties])
    found.filter(done_at__isnull=True).update(done_at=timezone.now(), outcome=Duty.Outcome.VOID)


def strike_out_of(clocks: "QuerySet[Clock]") -> None:
    """Nothing more is owed because of these clocks: they ended, or stand still."""
    strike_out(Duty.objects.filter(clock__in=clocks.values("pk")))


def unplanned() -> "QuerySet[Clock]":
    """Running clocks without rows for the days they show: made before this table, or changed by hand."""
    rows = Duty.objects.filter(
        clock=OuterRef("pk"), for_due_on=OuterRef("due_on"), for_overdue_on=OuterRef("overdue_on")
    )
    return Clock.objects.filter(~Exists(rows), state=Clock.State.RUNNING)
