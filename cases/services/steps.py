"""The only place where a case changes stage."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Min
from django.utils import timezone

from cases.models import Case, Clock, StepTaken, User
from cases.roles import Role
from cases.rules import limits
from cases.services import duties
from cases.services.reckoning import reckon, rule_behind
from cases.workflow import Step
from evidence import ledger
from evidence.models import Entry

__all__ = ["lock_case", "meet", "recount", "refresh_due", "remember", "rule_behind", "start", "stop", "take"]


def lock_case(case_id: UUID) -> Case:
    """The case, locked until the end of the transaction. Call it before the first look."""
    return Case.objects.select_for_update().get(pk=case_id)


def take(
    step: Step,
    case: Case,
    *,
    by: User | None,
    role: Role | None = None,
    note: str = "",
    begun: Mapping[str, date] | None = None,
    **facts: Any,
) -> StepTaken:
    """Take one step. Stage, clocks and ledger entry change together, or none of them does.

    `facts` go into the sealed body of the ledger entry: strings, integers, lists and mappings of them. Without a
    person (`by=None`) the step is the system's own. `begun` names clocks that count from another day than today.
    Raises StepRefused.
    """
    acting = Role(role or (by.role if by else Role.SYSTEM))
    step.check(case.stage, acting)
    taken = case.steps.create(
        name=step.name, source=case.stage, target=step.target, by=by, role=acting, note=note
    )
    case.stage = step.target
    for limit in step.meets:
        meet(case, limit)
    for limit in step.starts:
        start(case, limit, on=(begun or {}).get(limit))
    refresh_due(case)
    case.save()
    remember(
        case,
        f"case.{step.name}",
        by=by,
        role=acting,
        source=taken.source,
        target=taken.target,
        note=note,
        **facts,
    )
    return taken


def remember(case: Case, event: str, *, by: User | None, role: Role | None = None, **facts: Any) -> Entry:
    """Append what happened to the case's evidence chain. The body is sealed; the envelope names nobody."""
    acting = Role(role or (by.role if by else Role.SYSTEM))
    record = {"by": str(by.pk) if by else "", "name": str(by) if by else "", **facts}
    return ledger.append(chain=case.chain, event=event, record=record, role=acting)


def start(case: Case, limit_key: str, *, on: date | None = None) -> Clock | None:
    """Start the clock `limit_key` of the case's profile, by the version of the rule that holds for this case."""
    begins = on or timezone.localdate()
    filed_on = timezone.localdate(case.filed_at) if case.filed_at else None
    limit = limits.rule_for(case.profile, limit_key, start_on=begins, filed_on=filed_on)
    if limit is None:
        return None
    result = limits.due(limit, begins)
    stop(case, limit_key)
    clock = case.clocks.create(
        limit=limit_key,
        started_on=begins,
        due_on=result.due_on or begins,
        overdue_on=result.overdue_on or result.due_on or begins,
        provisional=result.provisional,
    )
    duties.plan(clock, case)
    return clock


def meet(case: Case, limit_key: str) -> None:
    """The duty behind this clock is done."""
    _end(case, limit_key, Clock.State.MET)


def stop(case: Case, limit_key: str | None = None) -> None:
    """End the clock, or every clock, as no longer needed."""
    _end(case, limit_key, Clock.State.STOPPED)


def _end(case: Case, limit_key: str | None, state: Clock.State) -> None:
    running = case.clocks.filter(state=Clock.State.RUNNING)
    if limit_key:
        running = running.filter(limit=limit_key)
    duties.strike_out_of(running)
    running.update(state=state, ended_at=timezone.now())


def refresh_due(case: Case) -> None:
    """Set `due_on` to the earliest running clock. Changes the object; the caller saves it."""
    earliest = case.clocks.filter(state=Clock.State.RUNNING).aggregate(on=Min("due_on"))["on"]
    case.due_on = earliest


def recount(clock: Clock, case: Case | None = None) -> bool:
    """Count a running clock anew: its rule of the day, the pauses of the case, the days both sides added.

    While a pause lasts the old day stays and nothing is owed because of it. Returns whether a day, or its being
    provisional, changed.
    """
    case = case or clock.case
    result = reckon(clock, case)
    if result is None:
        return False
    if result.due_on is None:
        duties.strike_out(clock.duties.open())
        return False
    found = (result.due_on, result.overdue_on or result.due_on, result.provisional)
    if changed := found != (clock.due_on, clock.overdue_on, clock.provisional):
        clock.due_on, clock.overdue_on, clock.provisional = found
    clock.save()
    duties.plan(clock, case)
    return changed
