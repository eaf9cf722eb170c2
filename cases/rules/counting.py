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
from django.utils.translation import gettext_lazy as _

from cases.rules.calendar import is_make_up_day, is_working_day

Pause = tuple[date, date | None]
"""First and last day of a pause, both not counted; None while it still lasts."""

ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)


class Unit(TextChoices):
    """What a period is counted in."""

    HOUR = "hour", _("hours")
    DAY = "day", _("days")
    WORKING = "working", _("working days")
    MONTH = "month", _("months")
    YEAR = "year", _("years")


class PauseError(ValueError):
    """A pause that ends before it begins."""


@dataclass(frozen=True, slots=True)
class Count:
    """How a period was counted.

    `ends_on` is None while a pause stands in its way. `counted_to` is its last day before it moved to a
    working day; `skipped` are days off not counted, `made_up` make-up weekends counted, `paused` days of a pause.
    """

    ends_on: date | None
    counted_to: date | None
    skipped: tuple[date, ...] = ()
    made_up: tuple[date, ...] = ()
    paused: tuple[date, ...] = ()
    ends_at: datetime | None = None


def count(n: int, unit: Unit, start: date, pauses: Sequence[Pause] = ()) -> Count:
    """Count n units after the day (or, for hours, the instant) of the event.

    Days are calendar days unless the unit says working days; a datetime counts as its local day, except for
    hours. Raises PauseError for a pause that ends before it begins.
    """
    if any(last is not None and last < first for first, last in pauses):
        raise PauseError(_("A pause must end after it begins."))
    if unit is Unit.HOUR:
        return _count_hours(n, start, pauses)
    day = timezone.localdate(start) if isinstance(start, datetime) else start
    if unit is Unit.WORKING:
        return _count_working(n, day, pauses)
    return _count_calendar(_same_day(n, unit, day), day, pauses)


def _count_working(n: int, start: date, pauses: Sequence[Pause]) -> Count:
    day, left = start, n
    skipped: list[date] = []
    made_up: list[date] = []
    paused: list[date] = []
    while left:
        day += ONE_DAY
        if _stands_still(day, pauses):
            return Count(None, None, tuple(skipped), tuple(made_up), tuple(paused))
        if _is_paused(day, pauses):
            paused.append(day)
        elif not is_working_day(day):
            skipped.append(day)
        else:
            left -= 1
            if is_make_up_day(day):
                made_up.append(day)
    return Count(day, day, tuple(skipped), tuple(made_up), tuple(paused))


def _count_calendar(last: date, start: date, pauses: Sequence[Pause]) -> Count:
    """Add a day for every paused day, also those met while adding; then move off days off."""
    day = start
    paused: list[date] = []
    while day < last:
        day += ONE_DAY
        if _stands_still(day, pauses):
            return Count(None, None, paused=tuple(paused))
        if _is_paused(day, pauses):
            paused.append(day)
            last += ONE_DAY
    return _move_to_working_day(day, pauses, tuple(paused))


def _move_to_working_day(day: date, pauses: Sequence[Pause], paused: tuple[date, ...]) -> Count:
    counted_to = day
    skipped: list[date] = []
    while not is_working_day(day) or _is_paused(day, pauses):
        if _stands_still(day, pauses):
            return Count(None, None, tuple(skipped), paused=paused)
        skipped.append(day)
        day += ONE_DAY
    made_up = (day,) if is_make_up_day(day) else ()
    return Count(day, counted_to, tuple(skipped), made_up, paused)


def _count_hours(n: int, start: date, pauses: Sequence[Pause]) -> Count:
    """Full hours, from the hour after the event; one ending on a day off runs to the end of the next working day."""
    if isinstance(start, datetime):
        instant = timezone.localtime(start).replace(minute=0, second=0, microsecond=0) + ONE_HOUR
    else:
        instant = timezone.make_aware(datetime.combine(start + ONE_DAY, datetime.min.time()))
    left = n
    paused: list[date] = []
    while left:
        today = instant.date()
        if _stands_still(today, pauses):
            return Count(None, None, paused=tuple(paused))
        if _is_paused(today, pauses):
            paused.extend([] if today in paused else [today])
        else:
            left -= 1
        instant += ONE_HOUR
    moved = _move_to_working_day((instant - timedelta(microseconds=1)).date(), pauses, tuple(paused))
    if moved.ends_on and moved.skipped:
        instant = timezone.make_aware(datetime.combine(moved.ends_on + ONE_DAY, datetime.min.time()))
    ends_at = instant if moved.ends_on else None
    return Count(moved.ends_on, moved.counted_to, moved.skipped, moved.made_up, moved.paused, ends_at)


def _same_day(n: int, unit: Unit, start: date) -> date:
    """The day n days, months or years on; a month too short for it gives its last day (民法典 Art 202)."""
    if unit is Unit.DAY:
        return start + timedelta(days=n)
    total = start.year * 12 + start.month - 1 + n * (12 if unit is Unit.YEAR else 1)
    year, month = divmod(total, 12)
    longest = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, longest))


def _is_paused(day: date, pauses: Sequence[Pause]) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last in pauses)


def _stands_still(day: date, pauses: Sequence[Pause]) -> bool:
    return any(last is None and first <= day for first, last in pauses)


def spans(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Join neighbouring days: 1, 2, 3, 7 → (1, 3), (7, 7)."""
    ordered = sorted(days)
    first = 0
    for index in range(1, len(ordered) + 1):
        if index == len(ordered) or ordered[index] - ordered[index - 1] > ONE_DAY:
            yield ordered[first], ordered[index - 1]
            first = index
