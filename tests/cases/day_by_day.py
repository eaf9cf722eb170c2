"""Periods counted one day at a time, with the calendars of two other libraries: an oracle that shares no code.

Slow on purpose. It knows 民事诉讼法 Art 85 and 民法典 Arts 201–203 only; nothing of cases.rules is used here.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import chinese_calendar
import holidays

FIRST, LAST = date(2006, 1, 1), date(2026, 12, 31)  # where the first library knows every notice
AHEAD = holidays.country_holidays("CN", years=range(2027, 2032))  # only the statutory days are known
DAY = timedelta(days=1)


class Question(NamedTuple):
    """A period to count: its length, its unit, the day of the event, and stretches that do not count."""

    n: int
    unit: str
    start: date
    pauses: tuple[tuple[date, date | None], ...] = ()


@cache
def is_off(day: date) -> bool:
    return not (chinese_calendar.is_workday(day) if day <= LAST else AHEAD.is_working_day(day))


def last_day(asked: Question) -> date | None:
    """Walk from the event to the last day; None when a pause without an end stands in the way."""
    left = asked.n if asked.unit in ("day", "working") else days_to_the_same_day(asked)
    day = asked.start
    while left:
        day += DAY
        pause = pause_on(day, asked)
        if pause is not None:
            if pause[1] is None:
                return None
        elif asked.unit != "working" or not is_off(day):
            left -= 1
    while (pause := pause_on(day, asked)) is not None or is_off(day):
        if pause is not None and pause[1] is None:
            return None
        day += DAY
    return day


def days_to_the_same_day(asked: Question) -> int:
    """How many days it takes to walk into the last month and on to the day of the start, or to the month's end."""
    months = asked.n * (12 if asked.unit == "year" else 1)
    day, days = asked.start, 0
    while months:
        day += DAY
        days += 1
        months -= day.day == 1
    while day.day < asked.start.day and (day + DAY).month == day.month:
        day += DAY
        days += 1
    return days


def pause_on(day: date, asked: Question) -> tuple[date, date | None] | None:
    """A pause without an end comes first: nothing that runs beside it can end the wait."""
    on = [pause for pause in asked.pauses if pause[0] <= day and (pause[1] is None or day <= pause[1])]
    return next((pause for pause in on if pause[1] is None), on[0] if on else None)


def questions(count: int, seed: int = 20260116) -> Iterator[Question]:
    """Random periods between 2006 and 2026, of every unit, some with pauses; the same ones for the same seed."""
    rng = random.Random(seed)
    span = (date(2026, 10, 1) - FIRST).days
    for _ in range(count):
        unit = rng.choice(("day", "day", "working", "working", "month", "year"))
        n = rng.randint(0, {"day": 90, "working": 60, "month": 18, "year": 3}[unit])
        start = FIRST + timedelta(days=rng.randint(0, span))
        pauses = []
        for _pause in range(rng.choice((0, 0, 0, 1, 1, 2, 3))):
            first = start + timedelta(days=rng.randint(-10, n + 20 if unit in ("day", "working") else 400))
            pauses.append(
                (first, None if rng.random() < 0.03 else first + timedelta(days=rng.randint(0, 40)))
            )
        yield Question(n, unit, start, tuple(pauses))
