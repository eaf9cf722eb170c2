"""How a clock of a case was counted: its rule, the pauses that stop it, the days both sides added."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone

from cases.models import Case, Clock, Pause
from cases.roles import Role, Side
from cases.rules import limits
from cases.rules.explanation import Explanation, explanation_of
from cases.rules.pausing import PauseKind, Stretch

WAITED_FOR: dict[str, object] = {  # parties are named as in the case
    Role.CITIZEN: Side.CLAIMANT.label,
    Role.INSTITUTION: Side.RESPONDENT.label,
}


def rule_behind(clock: Clock, case: Case | None = None) -> limits.Limit | None:
    """The version of the rule that a clock runs by: of the filing or of its own start, as the tables say.

    Whoever has the case at hand passes it along and saves a query.
    """
    case = case or clock.case
    filed_on = timezone.localdate(case.filed_at) if case.filed_at else None
    return limits.rule_for(case.profile, clock.limit, start_on=clock.started_on, filed_on=filed_on)


def does_stop(limit: limits.Limit, kind: str) -> bool:
    """Whether a pause of this kind stops this limit: the row names it, or a court granted the time (CPC Art 86)."""
    return kind == PauseKind.FORCE_MAJEURE or kind in limit.paused_by


def stretch_of(pause: Pause, resumed_on: date | None = None, *, reasons: bool = True) -> Stretch:
    """A pause as the rules count it, with its reason and by whom we wait; `resumed_on` ends one that still lasts."""
    if not reasons:
        return Stretch(pause.from_on, pause.until_on, PauseKind(pause.kind))
    waits_for = pause.person or WAITED_FOR.get(pause.waiting_for) or pause.get_waiting_for_display()
    last = pause.until_on or (max(resumed_on, pause.from_on) if resumed_on else None)
    return Stretch(pause.from_on, last, PauseKind(pause.kind), pause.reason, str(waits_for))


def reckon(
    clock: Clock,
    case: Case | None = None,
    pauses: Iterable[Pause] | None = None,
    *,
    resumed_on: date | None = None,
    reasons: bool = True,
) -> limits.Due | None:
    """Count a clock from its start, exactly as the rules engine counts; None where no rule is known.

    Pass the case and its pauses where they are at hand, and nothing is asked of the database. With `resumed_on` a
    pause that still lasts is counted as if it ended that day. Without `reasons` nothing that people wrote is in it.
    """
    case = case or clock.case
    limit = rule_behind(clock, case)
    if limit is None:
        return None
    stops = [
        stretch_of(pause, resumed_on, reasons=reasons)
        for pause in (case.pauses.all() if pauses is None else pauses)
        if does_stop(limit, pause.kind) and (pause.until_on is None or pause.until_on > clock.started_on)
    ]
    try:
        return limits.due(limit, clock.started_on, stops, extension=clock.days_extended)
    except limits.ExtensionError:  # granted under a rule that allowed it: what both sides agreed stands
        return limits.due(_without_ceiling(limit), clock.started_on, stops, extension=clock.days_extended)


def _without_ceiling(limit: limits.Limit) -> limits.Limit:
    by, article, status = limits.Who.PARTIES, limit.article, limit.status
    return replace(limit, extension=limits.Extension(by, None, article, status))


def explain(
    clock: Clock, case: Case | None = None, pauses: Iterable[Pause] | None = None
) -> Explanation | None:
    """The whole explanation behind a clock: sentence, lines, plain words, every day. None where no rule is known."""
    result = reckon(clock, case, pauses)
    return explanation_of(result) if result else None


def is_stopped(clock: Clock, case: Case, kinds: Sequence[str]) -> bool:
    """Whether one of these kinds of pause, lasting now, stops this clock."""
    limit = rule_behind(clock, case)
    return limit is not None and any(does_stop(limit, kind) for kind in kinds)


def clock_as_json(
    clock: Clock, case: Case, pauses: Sequence[Pause], *, reasons: bool = True
) -> dict[str, Any]:
    """One clock for the interface and the packet: how it stands, and the whole explanation of its day."""
    result = reckon(clock, case, pauses, reasons=reasons)
    lasting = [pause.kind for pause in pauses if pause.until_on is None]
    return {
        "limit": clock.limit,
        "state": clock.state,
        "started_on": clock.started_on.isoformat(),
        "due_on": clock.due_on.isoformat(),
        "overdue_on": clock.overdue_on.isoformat(),
        "is_paused": clock.state == Clock.State.RUNNING and is_stopped(clock, case, lasting),
        "extended": clock.days_extended,
        "provisional": clock.provisional,
        "ended_at": clock.ended_at.isoformat() if clock.ended_at else None,
        "explanation": explanation_of(result).as_json() if result else None,
    }


def clocks_as_json(case: Case, *, reasons: bool = True) -> list[dict[str, Any]]:
    """Every clock that ever ran in a case, in the order they began, as plain JSON data; two queries at most.

    With `reasons` what people wrote about pauses is in it: for those who may read the case. A packet for others
    takes it without: kinds, articles and days stay.
    """
    pauses = list(case.pauses.all())
    clocks = sorted(case.clocks.all(), key=lambda one: (one.started_on, one.pk))
    return [clock_as_json(clock, case, pauses, reasons=reasons) for clock in clocks]
