"""What a clock brings about, and when: reminders before its day, a word on it, the supervisor after it, its end.

The table is `escalation.toml`, house rules. A reminder that would fall on the day of the event or before is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache

from django.utils import timezone

from cases.rules.calendar import is_working_day
from cases.rules.counting import ONE_DAY, Unit
from cases.rules.limit_rows import Limit
from cases.rules.tables import (
    HERE,
    Row,
    RuleTableError,
    Status,
    Words,
    read_table,
    status_of,
    text_of,
    words_of,
)


class When(StrEnum):
    """On which side of the last day."""

    BEFORE = "before"
    ON = "on"
    AFTER = "after"


class Does(StrEnum):
    """What is done at the moment."""

    NEAR = "near"
    ENDING = "ending"
    TODAY = "today"
    LATE = "late"
    SUPERVISE = "supervise"
    EXPIRE = "expire"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """One row of the table. Empty `limits` and `tracks` mean all."""

    key: str
    words: Words
    when: When
    n: int
    unit: Unit
    at: time
    does: Does
    article: str
    status: Status
    limits: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    tracks: frozenset[str] = frozenset()
    windows: str = "no"
    from_days: int = 0
    to_days: int = 10**6

    def holds_for(self, limit: Limit, track: str, days: int) -> bool:
        """Whether this step belongs to a clock of this limit that runs so many calendar days."""
        kind = {"yes": True, "no": not limit.window, "only": limit.window}[self.windows]
        named = (not self.limits or limit.key in self.limits) and limit.key not in self.but
        return (
            kind
            and named
            and (not self.tracks or track in self.tracks)
            and self.from_days <= days <= self.to_days
        )

    def moment(self, due_on: date, overdue_on: date) -> datetime:
        """When it is to be done, for a clock with these days."""
        match self.when:
            case When.BEFORE:
                day = _moved(due_on, self.n, self.unit, -ONE_DAY)
            case When.ON:
                day = due_on
            case _:
                day = _moved(overdue_on, self.n, self.unit, ONE_DAY)
        return timezone.make_aware(datetime.combine(day, self.at))


def _moved(day: date, n: int, unit: Unit, by: timedelta) -> date:
    while n:
        day += by
        n -= unit is not Unit.WORKING or is_working_day(day)
    return day


@cache
def escalation() -> dict[str, EscalationStep]:
    """Every step by its key. Raises RuleTableError for a row that makes no sense."""
    return _steps("step")


@cache
def agreed_steps() -> dict[str, EscalationStep]:
    """What is done about a day that both sides agreed on, by key. Raises RuleTableError as `escalation`."""
    return _steps("agreed")


def _steps(kind: str) -> dict[str, EscalationStep]:
    table = read_table(HERE / "escalation.toml")
    steps = [_step_of(row, text_of(table, "article"), status_of(table)) for row in table.get(kind, [])]
    if len({step.key for step in steps}) < len(steps):
        msg = "escalation.toml: two steps of one key"
        raise RuleTableError(msg)
    return {step.key: step for step in steps}


def _step_of(row: Row, article: str, status: Status) -> EscalationStep:
    at, n = row.get("at"), row.get("n")
    windows = row.get("windows", "no")
    if not isinstance(at, time) or type(n) is not int or n < 0 or windows not in {"yes", "no", "only"}:
        msg = f"{row.get('key', row)}: “at” must be a time, “n” a number from 0 up, “windows” yes, no or only"
        raise RuleTableError(msg)
    try:
        return EscalationStep(
            key=text_of(row, "key"),
            words=words_of(row, "words"),
            when=When(text_of(row, "when")),
            n=n,
            unit=Unit(text_of(row, "unit")),
            at=at,
            does=Does(text_of(row, "does")),
            article=article,
            status=status,
            limits=frozenset(row.get("limits", ())),
            but=frozenset(row.get("except", ())),
            tracks=frozenset(row.get("tracks", ())),
            windows=windows,
            from_days=int(row.get("from_days", 0)),
            to_days=int(row.get("to_days", 10**6)),
        )
    except ValueError as error:
        msg = f"{row.get('key', row)}: {error}"
        raise RuleTableError(msg) from error


def steps_of(
    limit: Limit, track: str, *, started_on: date, due_on: date, overdue_on: date
) -> Iterator[tuple[EscalationStep, datetime]]:
    """What a clock brings about, each with its moment, in order."""
    days = (due_on - started_on).days
    found = [
        (step, step.moment(due_on, overdue_on))
        for step in escalation().values()
        if step.holds_for(limit, track, days)
    ]
    for step, at in sorted(found, key=lambda pair: pair[1]):
        if step.when is not When.BEFORE or timezone.localdate(at) > started_on:
            yield step, at
