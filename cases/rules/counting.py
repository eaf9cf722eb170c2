"""Counting a period: 民事诉讼法 Art 85, 民法典 Arts 201–203. Dates in, dates out; no rule table is read.

The day of the event is not counted. Months and years end on the same day of the last month, or on its last day.
A period whose last day is a day off ends on the next working day. Paused days are not counted.
"""

import calendar as months
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.rules.calendar import is_make_up_day, is_working_day

Span = tuple[date, date | None]
"""First and last day of a pause, both not counted; None while it still lasts."""

ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)
EARLIEST, LATEST = date(1950, 1, 1), date(2200, 12, 31)


class Unit(TextChoices):
    """What a period is counted in."""

    HOUR = "hour", _("hours")
    DAY = "day", _("days")
    WORKING = "working", _("working days")
    MONTH = "month", _("months")
    YEAR = "year", _("years")


LONGEST = {Unit.HOUR: 8_784, Unit.DAY: 73_200, Unit.WORKING: 73_200, Unit.MONTH: 2_400, Unit.YEAR: 200}


class PeriodError(ValueError):
    """A period that cannot be counted; `message` says in plain words what to change."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class PauseError(PeriodError):
    """A pause that ends before it begins, or that does not stop this period."""


@dataclass(frozen=True, slots=True)
class Count:
    """How a period was counted.

    `ends_on` is None while a pause stands in its way. `first_on` is the first day that counted, `counted_to` the
    last before it moved to a working day. `skipped` are days off that did not count (in working days) or over which
    the end moved; `made_up` make-up weekends that counted; `paused` days of a pause.
    """

    ends_on: date | None
    counted_to: date | None
    first_on: date | None = None
    skipped: tuple[date, ...] = ()
    made_up: tuple[date, ...] = ()
    paused: tuple[date, ...] = ()
    ends_at: datetime | None = None

    @property
    def has_moved(self) -> bool:
        """Whether the counted end fell on a day off, so that the period ends later."""
        return self.ends_on is not None and self.ends_on != self.counted_to


def count(n: int, unit: Unit, start: date, pauses: Sequence[Span] = (), *, rolls: bool = True) -> Count:
    """Count n units after the day (or, for hours, the instant) of the event.

    Days are calendar days unless the unit says working days; a datetime counts as its local day, except for hours.
    None of a unit (n = 0) ends on the day itself, or on the next working day. With `rolls` off the end stays where
    it falls, also on a day off. Raises PeriodError for an n or a day out of reach, PauseError for a pause that ends
    before it begins.
    """
    day = timezone.localdate(start) if isinstance(start, datetime) else start
    _check(n, unit, day)
    spans = _joined(pauses)
    if unit is Unit.HOUR:
        return _count_hours(n, start, spans, rolls)
    if unit is Unit.WORKING and n:
        return _count_working(n, day, spans)
    return _count_calendar(_same_day(n, unit, day), day, spans, rolls)


def _check(n: int, unit: Unit, day: date) -> None:
    if type(n) is not int or not 0 <= n <= LONGEST[unit]:
        raise PeriodError(
            _("The length must be a whole number from 0 to %(most)s.") % {"most": LONGEST[unit]}
        )
    if not EARLIEST <= day <= LATEST:
        raise PeriodError(
            _("Please give a day between %(first)s and %(last)s.") % {"first": EARLIEST, "last": LATEST}
        )


def _joined(pauses: Sequence[Span]) -> list[Span]:
    """Pauses in order, those that meet or overlap made one."""
    if any(last is not None and last < first for first, last in pauses):
        raise PauseError(_("A pause must end after it begins."))
    joined: list[Span] = []
    for first, last in sorted(pauses, key=lambda span: span[0]):
        if not joined:
            joined.append((first, last))
            continue
        before_first, before_last = joined[-1]
        if before_last is None:
            break
        if first > before_last + ONE_DAY:
            joined.append((first, last))
        elif last is None or last > before_last:
            joined[-1] = (before_first, last)
    return joined


def _count_working(n: int, start: date, pauses: Sequence[Span]) -> Count:
    day, left = start, n
    first_on: date | None = None
    skipped: list[date] = []
    made_up: list[date] = []
    paused: list[date] = []
    while left:
        day += ONE_DAY
        span = _pause_on(day, pauses)
        if span is None:
            if not is_working_day(day):
                skipped.append(day)
                continue
            left -= 1
            first_on = first_on or day
            if is_make_up_day(day):
                made_up.append(day)
        elif span[1] is None:
            return Count(None, None, first_on, tuple(skipped), tuple(made_up), tuple(paused))
        else:
            paused.append(day)
    return Count(day, day, first_on, tuple(skipped), tuple(made_up), tuple(paused))


def _count_calendar(last: date, start: date, pauses: Sequence[Span], rolls: bool) -> Count:
    """Every paused day that the period meets moves its end by a day; then the end leaves days off."""
    paused: list[date] = []
    for first, until in pauses:
        begins = max(first, start + ONE_DAY)
        if begins > last:
            break
        if until is None:
            return Count(None, None, _first_counted(start, paused, begins), paused=tuple(paused))
        length = max(0, (until - begins).days + 1)
        paused.extend(begins + timedelta(days=n) for n in range(length))
        last += timedelta(days=length)
    first_on = _first_counted(start, paused, last + ONE_DAY)
    if not rolls:
        return Count(last, last, first_on, paused=tuple(paused))
    return _move_to_working_day(last, pauses, paused, first_on)


def _first_counted(start: date, paused: Sequence[date], before: date) -> date | None:
    """The first day after the event that no pause took away, if it comes before another day."""
    day = start + ONE_DAY
    for taken in paused:
        if taken != day:
            break
        day += ONE_DAY
    return day if day < before else None


def _move_to_working_day(
    day: date, pauses: Sequence[Span], paused: Sequence[date], first_on: date | None
) -> Count:
    counted_to, stopped = day, list(paused)
    skipped: list[date] = []
    while True:
        span = _pause_on(day, pauses)
        if span is not None:
            if span[1] is None:
                return Count(None, None, first_on, tuple(skipped), paused=tuple(stopped))
            if day not in stopped:
                stopped.append(day)
        elif is_working_day(day):
            break
        else:
            skipped.append(day)
        day += ONE_DAY
    made_up = (day,) if is_make_up_day(day) else ()
    return Count(day, counted_to, first_on, tuple(skipped), made_up, tuple(stopped))


def _count_hours(n: int, start: date, pauses: Sequence[Span], rolls: bool) -> Count:
    """Full hours, from the hour after the event; one ending on a day off runs to the end of the next working day."""
    if isinstance(start, datetime):
        instant = timezone.localtime(start).replace(minute=0, second=0, microsecond=0) + ONE_HOUR
    else:
        instant = timezone.make_aware(datetime.combine(start + ONE_DAY, datetime.min.time()))
    left = n
    first_on: date | None = None
    paused: list[date] = []
    while left:
        today = instant.date()
        span = _pause_on(today, pauses)
        if span is None:
            left -= 1
            first_on = first_on or today
        elif span[1] is None:
            return Count(None, None, first_on, paused=tuple(paused))
        elif today not in paused:
            paused.append(today)
        instant += ONE_HOUR
    last = (instant - timedelta(microseconds=1)).date()
    if not rolls:
        return Count(last, last, first_on, paused=tuple(paused), ends_at=instant)
    moved = _move_to_working_day(last, pauses, paused, first_on)
    if moved.ends_on and moved.has_moved:
        instant = timezone.make_aware(datetime.combine(moved.ends_on + ONE_DAY, datetime.min.time()))
    ends_at = instant if moved.ends_on else None
    return Count(
        moved.ends_on, moved.counted_to, first_on, moved.skipped, moved.made_up, moved.paused, ends_at
    )


def _same_day(n: int, unit: Unit, start: date) -> date:
    """The day n days, months or years on; a month too short for it gives its last day (民法典 Art 202)."""
    if unit in (Unit.DAY, Unit.WORKING):
        return start + timedelta(days=n)
    total = start.year * 12 + start.month - 1 + n * (12 if unit is Unit.YEAR else 1)
    year, month = divmod(total, 12)
    longest = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, longest))


def _pause_on(day: date, pauses: Sequence[Span]) -> Span | None:
    for span in pauses:
        if day < span[0]:
            return None
        if span[1] is None or day <= span[1]:
            return span
    return None


def spans(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Join neighbouring days: 1, 2, 3, 7 → (1, 3), (7, 7)."""
    ordered = sorted(days)
    first = 0
    for index in range(1, len(ordered) + 1):
        if index == len(ordered) or ordered[index] - ordered[index - 1] > ONE_DAY:
            yield ordered[first], ordered[index - 1]
            first = index
