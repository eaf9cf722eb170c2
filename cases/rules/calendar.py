"""Chinese working days: weekends, holidays (法定休假日), make-up days (调休上班); one table a year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from cases.rules.tables import HERE, RuleTableError, Words, date_of, read_table, text_of, words_of

ONE_DAY = timedelta(days=1)
SATURDAY = 5
LATEST_MAKE_UP_FROM = 20  # a notice may turn the last weekend of December before its year into working days


@dataclass(frozen=True, slots=True)
class Year:
    """One year's table; `is_notified` once the State Council's notice for it has been entered."""

    source: str
    is_notified: bool
    days_off: Mapping[date, Words]
    make_up_days: frozenset[date]


@cache
def tables() -> Mapping[int, Year]:
    """Every yearly table, by year. Raises RuleTableError if a table contradicts itself."""
    return {int(path.stem): _read_year(path.stem) for path in sorted((HERE / "holidays").glob("*.toml"))}


def _read_year(name: str) -> Year:
    table = read_table(HERE / "holidays" / f"{name}.toml")
    days_off: dict[date, Words] = {}
    for row in table.get("holiday", []):
        day, last = date_of(row, "first"), date_of(row, "last")
        while day <= last:
            days_off[day] = words_of(row, "name")
            day += ONE_DAY
    make_up = frozenset(table.get("make_up", []))
    if make_up & days_off.keys() or any(day.weekday() < SATURDAY for day in make_up):
        msg = f"{name}.toml: a make-up day must be a weekend day and not a holiday"
        raise RuleTableError(msg)
    if any(day.year != int(name) for day in days_off.keys() | make_up):
        msg = f"{name}.toml: a day of another year"
        raise RuleTableError(msg)
    status = text_of(table, "status")
    if status not in ("notified", "provisional"):
        msg = f"{name}.toml: status must be notified or provisional"
        raise RuleTableError(msg)
    return Year(text_of(table, "source"), status == "notified", days_off, make_up)


def is_holiday(day: date) -> bool:
    """Whether a holiday notice gives this day off; a plain weekend is not a holiday. Never raises."""
    return holiday_name(day) is not None


def holiday_name(day: date) -> Words | None:
    """Return the name of the holiday this day off belongs to, in the reader's language, or None."""
    year = tables().get(day.year)
    return year.days_off.get(day) if year else None


def is_make_up_day(day: date) -> bool:
    """Whether a notice makes this weekend day a working day (调休上班)."""
    year = tables().get(day.year)
    return year is not None and day in year.make_up_days


def is_working_day(day: date) -> bool:
    """Whether offices and courts work on this day; outside the tables only weekends count. Never raises."""
    return is_make_up_day(day) or (day.weekday() < SATURDAY and not is_holiday(day))


def is_provisional(day: date) -> bool:
    """Whether a notice not yet entered may still change what this day is.

    True in every year without a notice, and in late December while next year's notice is open, because the
    New Year's holiday has moved working days into it before.
    """
    if not _is_notified(day.year):
        return True
    return (day.month, day.day) >= (12, LATEST_MAKE_UP_FROM) and not _is_notified(day.year + 1)


def _is_notified(year: int) -> bool:
    return year in tables() and tables()[year].is_notified


def next_working_day(day: date) -> date:
    """Return the day itself if it is a working day, else the first one after it."""
    while not is_working_day(day):
        day += ONE_DAY
    return day
