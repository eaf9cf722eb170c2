"""Time limits as the desk shows them: the day, the working days left, the rule, and how it was counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.utils.translation import gettext as _

from cases.models import Case, Clock, Pause
from cases.rules import limits
from cases.rules.calendar import is_working_day
from cases.rules.pausing import PauseKind
from cases.services.reckoning import does_stop, rule_behind
from mediation.dates.clocks import Explained, explained_of
from mediation.templatetags.house import when

SOON_WORKING_DAYS = 2


class Days(Protocol):
    """The days of a clock: a row, or a slip of the queue."""

    @property
    def started_on(self) -> date: ...
    @property
    def due_on(self) -> date: ...
    @property
    def overdue_on(self) -> date: ...
    @property
    def provisional(self) -> bool: ...


class Pausing(Protocol):
    """A pause that lasts."""

    @property
    def kind(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def since(self) -> date: ...


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
    """One clock with its explanation: the rule, its article, how far that was checked, and every day of the count."""

    clock: Clock
    shown: Shown
    explained: Explained

    @property
    def limit(self) -> limits.Limit:
        return self.explained.limit

    @property
    def lines(self) -> Sequence[str]:
        return self.explained.lines


@dataclass(frozen=True, slots=True)
class Ticking:
    """A running clock beside the rule it runs by; `is_paused` when a lasting pause of its case stops it."""

    clock: Clock
    limit: limits.Limit | None
    is_paused: bool = False

    @property
    def name(self) -> str:
        return str(self.limit.name) if self.limit else self.clock.limit

    @property
    def is_window(self) -> bool:
        """A right that may go unused: nobody is late who does not use it."""
        return bool(self.limit and self.limit.window)


def ticking(clocks: Iterable[Clock], case: Case, pause_kind: str | None) -> list[Ticking]:
    """The running clocks of a case with their rules; `pause_kind` is that of the pause that lasts now, if one does."""
    found = []
    for clock in clocks:
        limit = rule_behind(clock, case)
        paused = bool(pause_kind and limit and does_stop(limit, PauseKind(pause_kind)))
        found.append(Ticking(clock, limit, paused))
    return found


def working_days_between(first: date, last: date) -> int:
    """Working days after `first` up to and with `last`; negative when `last` lies before."""
    if last < first:
        return -working_days_between(last, first)
    return sum(is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def pressing(clocks: Iterable[Ticking], today: date) -> Ticking | None:
    """The clock to watch: the earliest that runs, before any that stands still.

    A right whose window has passed presses nobody any more.
    """
    alive = [one for one in clocks if not one.is_window or one.clock.overdue_on >= today]
    duties = [one for one in alive if not one.is_window]
    return min(duties or alive, key=lambda one: (one.is_paused, one.clock.due_on, one.clock.pk), default=None)


def show_clock(clock: "Days", name: str, today: date) -> Shown:
    """Draw a running clock for a day."""
    total = max(1, (clock.due_on - clock.started_on).days)
    fraction = min(1.0, max(0.0, (today - clock.started_on).days / total))
    if today > clock.overdue_on:
        late = max(1, working_days_between(clock.overdue_on, today))
        label = _("%(n)s working days late") % {"n": late}
        return Shown("late", label, f"{name} · {_was_due(clock.due_on)}", 1.0, clock.due_on, name)
    if clock.due_on < today:  # two rules: past the earlier day, not yet past the later
        note = _("%(name)s · was due %(day)s, late after %(last)s") % {
            "name": name,
            "day": when(clock.due_on),
            "last": when(clock.overdue_on),
        }
        return Shown("soon", _("Past its day"), note, 1.0, clock.due_on, name)
    if clock.due_on == today:
        return Shown("soon", _("Due today"), name, fraction, clock.due_on, name)
    left = working_days_between(today, clock.due_on)
    state = "soon" if left <= SOON_WORKING_DAYS else "ok"
    label = _("%(n)s working days left") % {"n": left}
    note = f"{name} · {when(clock.due_on)}"
    if clock.provisional:
        note = _("%(note)s, provisional") % {"note": note}
    return Shown(state, label, note, fraction, clock.due_on, name)


def _was_due(day: date) -> str:
    return _("was due %(day)s") % {"day": when(day)}


def show_paused(clock: "Days | None", pause: "Pausing") -> Shown:
    """Draw a clock that stands still: what is left, and why."""
    left = max(0, (clock.due_on - pause.since).days) if clock else None
    label = _("Paused") if left is None else _("Paused, %(n)s days left") % {"n": left}
    kind = "" if pause.kind == PauseKind.WAITING else str(PauseKind(pause.kind).label)
    return Shown("paused", label, " · ".join(filter(None, [kind, pause.reason])), 0.0, None)


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


def count_out(one: Ticking, case: Case, pauses: Sequence[Pause], today: date) -> Counted | None:
    """A clock with the whole count behind it, exactly as the rules engine counts; None where the rule is gone."""
    explained = explained_of(one.clock, case, pauses, today=today)
    if explained is None:
        return None
    shown = show_clock(one.clock, one.name, today)
    if one.is_paused:
        pause = next(pause for pause in pauses if pause.until_on is None)
        shown = Shown("paused", _("Paused"), f"{one.name} · {pause.reason}", 0.0, None, one.name)
    return Counted(one.clock, shown, explained)
