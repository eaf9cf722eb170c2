"""Time limits as the desk shows them: the day, the working days left, the rule, and how it was counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cases.models import Case, Clock, Pause
from cases.rules import limits
from cases.rules.calendar import is_working_day
from cases.services.steps import PAUSED_LIMITS, rule_behind
from mediation.templatetags.house import when

WINDOWS = {
    "objection",
    "confirmation_window",
    "choice",
}  # a right that may be used; nobody is late who does not
SOON_WORKING_DAYS = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """One clock as it is drawn. `state` is ok, soon, late or paused; `fraction` is the used part, 0 to 1."""

    state: str
    label: str
    note: str
    fraction: float
    due_on: date | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """One clock with its explanation: the rule, its article, how far that was checked, and every line of the count."""

    clock: Clock
    shown: Shown
    limit: limits.Limit
    lines: Sequence[str]
    at_end: str
    max_extension: int | None


def working_days_between(first: date, last: date) -> int:
    """Working days after `first` up to and with `last`; negative when `last` lies before."""
    if last < first:
        return -working_days_between(last, first)
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def pressing(clocks: Iterable[Clock], today: date) -> Clock | None:
    """The clock to watch: the earliest that runs. A right whose window has passed presses nobody any more."""
    alive = [clock for clock in clocks if clock.limit not in WINDOWS or clock.overdue_on >= today]
    duties = [clock for clock in alive if clock.limit not in WINDOWS]
    return min(duties or alive, key=lambda clock: (clock.due_on, clock.pk), default=None)


def show_clock(clock: Clock, name: str, today: date) -> Shown:
    """Draw a running clock for a day."""
    total = max(1, (clock.due_on - clock.started_on).days)
    fraction = min(1.0, max(0.0, (today - clock.started_on).days / total))
    if today > clock.overdue_on:
        late = max(1, working_days_between(clock.due_on, today))
        label = _("%(n)s working days late") % {"n": late}
        return Shown("late", label, f"{name} · {_was_due(clock.due_on)}", 1.0, clock.due_on, name)
    if clock.due_on <= today:
        return Shown("soon", _("Due today"), name, fraction, clock.due_on, name)
    left = working_days_between(today, clock.due_on)
    state = "soon" if left <= SOON_WORKING_DAYS else "ok"
    label = _("%(n)s working days left") % {"n": left}
    return Shown(state, label, f"{name} · {when(clock.due_on)}", fraction, clock.due_on, name)


def _was_due(day: date) -> str:
    return _("was due %(day)s") % {"day": when(day)}


def show_paused(clock: Clock | None, row: Any) -> Shown:
    """Draw a clock that stands still: what is left, and why."""
    left = max(0, (clock.due_on - row.pause_from).days) if clock and row.pause_from else None
    label = _("Paused") if left is None else _("Paused, %(n)s days left") % {"n": left}
    return Shown("paused", label, row.pause_reason or "", 0.0, None)


def show_day(day: date, label: str, today: date) -> Shown:
    """Draw a day that is no limit of a rule, such as an instalment or a hearing."""
    if day < today:
        late = max(1, working_days_between(day, today))
        return Shown(
            "late", _("%(n)s working days late") % {"n": late}, f"{label} · {_was_due(day)}", 1.0, day, label
        )
    if day == today:
        return Shown("soon", _("Due today"), label, 1.0, day, label)
    return Shown(
        "ok",
        _("%(n)s working days left") % {"n": working_days_between(today, day)},
        f"{label} · {when(day)}",
        0,
        day,
        label,
    )


def count_out(clock: Clock, case: Case, pauses: Sequence[Pause], today: date) -> Counted | None:
    """A clock with the whole count behind it, exactly as the rules engine counts; None where the rule is gone."""
    limit = rule_behind(clock, case)
    if limit is None:
        return None
    stretches = [
        (pause.from_on, pause.until_on)
        for pause in pauses
        if clock.limit in PAUSED_LIMITS and pause.from_on >= clock.started_on
    ]
    result = limits.due(limit, clock.started_on, stretches, extension=clock.days_extended)
    stands_still = any(last is None for _first, last in stretches)
    shown = show_clock(clock, str(limit.name), today)
    return Counted(
        clock=clock,
        shown=Shown("paused", _("Paused"), shown.name, 0.0, None, shown.name) if stands_still else shown,
        limit=limit,
        lines=[str(line) for line in result.lines],
        at_end=str(limit.at_end),
        max_extension=limit.max_extension,
    )
