"""Working off what is due: each duty once, in order of its moment, however long nobody looked.

Two schedulers at once do no harm: the case is locked first, and a duty that is done by then is left alone. A duty
that fails keeps its row with the reason, is tried again later, and holds up nobody else's.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.errors import Refusal
from cases.models import Case, Clock, Duty
from cases.roles import Role
from cases.rules.escalating import Does
from cases.services import duties
from cases.services.closing import expire_case
from cases.services.steps import lock_case, refresh_due, remember

log = logging.getLogger(__name__)
RETRY_AFTER = timedelta(minutes=30)
LONGEST_PROBLEM = 300
# What each reminder is called in the chain of its case; whom it reaches is the business of the notices.
TELLS = {
    Does.NEAR: "limit.near",
    Does.ENDING: "limit.ending",
    Does.TODAY: "limit.today",
    Does.LATE: "limit.late",
    Does.SUPERVISE: "limit.supervise",
}
# Duties of days that people agreed on: an upper room says here what is done, and answers how it ended.
AGREED: dict[str, Callable[[Case, Duty], Duty.Outcome]] = {}
ONLY_BEFORE_THE_END = {Does.NEAR, Does.ENDING, Does.TODAY}  # said later, they would mislead


def plan_missing() -> int:
    """Write the duties of running clocks that have none for their days. Returns how many clocks."""
    planned = 0
    for clock_id, case_id in list(duties.unplanned().values_list("pk", "case_id")):
        with transaction.atomic():
            case = lock_case(case_id)
            clock = case.clocks.filter(pk=clock_id, state=Clock.State.RUNNING).first()
            if clock is not None:
                duties.plan(clock, case)
                planned += 1
    return planned


def work_off() -> int:
    """Do everything that is due by now. Returns how many duties were done, passed over or struck out."""
    now = timezone.now()
    waiting = Duty.objects.open().filter(
        Q(next_try_at__isnull=True) | Q(next_try_at__lte=now), due_at__lte=now
    )
    worked = 0
    owner = Coalesce("case_id", "clock__case_id")
    for pk, case_id in list(waiting.order_by("due_at", "pk").values_list("pk", owner)):
        try:
            with transaction.atomic():
                worked += _work(pk, case_id)
        except Refusal as refusal:
            _keep_for_later(pk, " ".join(str(message) for message in refusal))
        except Exception as error:  # one broken case must not stop the clocks of all the others
            log.exception("duty %s could not be done", pk)
            _keep_for_later(pk, f"{type(error).__name__}: {error}")
    return worked


def _work(pk: int, case_id: UUID) -> int:
    case = lock_case(case_id)
    duty = Duty.objects.select_for_update(of=("self",)).select_related("clock").get(pk=pk)
    if duty.done_at is not None:
        return 0
    outcome = AGREED[duty.step](case, duty) if duty.clock is None else _of_clock(case, duty, duty.clock)
    Duty.objects.filter(pk=pk).update(done_at=timezone.now(), outcome=outcome, problem="")
    return 1


def _of_clock(case: Case, duty: Duty, clock: Clock) -> Duty.Outcome:
    step = duties.planned_for(clock, case).get((duty.step, duty.due_at))
    if clock.state != Clock.State.RUNNING or step is None:
        return Duty.Outcome.VOID
    if step.does in ONLY_BEFORE_THE_END and timezone.localdate() > clock.due_on:
        return Duty.Outcome.PASSED
    ACTS[step.does](case, clock, step.does)
    return Duty.Outcome.DONE


def _keep_for_later(pk: int, problem: str) -> None:
    log.warning("duty %s was not done: %s", pk, problem)
    with transaction.atomic():
        duty = Duty.objects.select_for_update().get(pk=pk)
        duty.tries += 1
        duty.problem, duty.next_try_at = problem[:LONGEST_PROBLEM], timezone.now() + RETRY_AFTER
        duty.save(update_fields=["tries", "problem", "next_try_at"])


def _tell(case: Case, clock: Clock, does: Does) -> None:
    told = {
        "limit": clock.limit,
        "due_on": clock.due_on.isoformat(),
        "overdue_on": clock.overdue_on.isoformat(),
    }
    remember(case, TELLS[does], by=None, role=Role.SYSTEM, **told)


def _expire(case: Case, clock: Clock, does: Does) -> None:
    expire_case(case_id=case.pk)


def _close(case: Case, clock: Clock, does: Does) -> None:
    """A right was not used in its time: nobody is late, and its clock runs no more."""
    clock.state, clock.ended_at = Clock.State.EXPIRED, timezone.now()
    clock.save(update_fields=["state", "ended_at"])
    duties.strike_out(clock.duties.open())
    refresh_due(case)
    case.save(update_fields=["due_on"])
    told = {"limit": clock.limit, "due_on": clock.due_on.isoformat()}
    remember(case, "limit.passed", by=None, role=Role.SYSTEM, **told)


ACTS: dict[Does, Callable[[Case, Clock, Does], None]] = {
    **dict.fromkeys(TELLS, _tell),
    Does.EXPIRE: _expire,
    Does.CLOSE: _close,
}
