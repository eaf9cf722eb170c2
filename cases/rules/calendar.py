"""Chinese working days: weekends, holidays (法定休假日), make-up days (调休上班); one table a year.

A year is known from its notice: entered here or by staff, or kept by the package `holidays`. Before its notice a year
has only its statutory days and is provisional.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.metadata import version

from cases.rules.tables import (
    HERE,
    Row,
    RuleTableError,
    Words,
    added,
    date_of,
    read_table,
    text_of,
    words_of,
)

ONE_DAY = timedelta(days=1)
SATURDAY = 5
LATEST_MAKE_UP_FROM = 20  # a notice may turn the last weekend of December before its year into working days
PACKAGE_FROM, PACKAGE_TO = (
    2001,
    2100,
)  # yearly notices exist since 2001; the package computes lunar days to 2100


class Known(StrEnum):
    """How much is known of a year."""

    NOTICE = "notified"  # the State Council's notice has been entered
    PACKAGE = "package"  # the notice, as the package keeps it
    PROVISIONAL = "provisional"  # the statutory days only; the notice may move working days
    NOTHING = "nothing"  # weekends only


@dataclass(frozen=True, slots=True)
class Year:
    """One year's days off and make-up days, from which source."""

    source: str
    known: Known
    days_off: Mapping[date, Words]
    make_up_days: frozenset[date]

    @property
    def is_notified(self) -> bool:
        """Whether the notice for this year is known, so that no day can still change."""
        return self.known in (Known.NOTICE, Known.PACKAGE)


@cache
def tables() -> Mapping[int, Year]:
    """Every table written down, by year: the shipped ones and those that staff added."""
    return tables_with(added.years)


def tables_with(more: Sequence[Row]) -> Mapping[int, Year]:
    """The shipped tables together with more; a later one counts over an earlier one, a notice over a guess.

    Raises RuleTableError if a table contradicts itself.
    """
    years = {int(path.stem): read_year(path.stem) for path in sorted((HERE / "holidays").glob("*.toml"))}
    for row in more:
        name = str(row.get("year"))
        year = year_of(row, name)
        old = years.get(int(name))
        if old is None or year.is_notified or not old.is_notified:
            years[int(name)] = year
    return years


def read_year(name: str) -> Year:
    return year_of(read_table(HERE / "holidays" / f"{name}.toml"), name)


def year_of(table: Row, name: str) -> Year:
    """Read one year's table. Raises RuleTableError if it contradicts itself or names no source."""
    if not (name.isdecimal() and len(name) == 4):
        msg = f"“{name}” is not a year"
        raise RuleTableError(msg)
    days_off: dict[date, Words] = {}
    for row in table.get("holiday", []):
        day, last = date_of(row, "first"), date_of(row, "last")
        while day <= last:
            days_off[day] = words_of(row, "name")
            day += ONE_DAY
    make_up = frozenset(_days(table.get("make_up", []), name))
    if make_up & days_off.keys() or any(day.weekday() < SATURDAY for day in make_up):
        msg = f"{name}.toml: a make-up day must be a weekend day and not a holiday"
        raise RuleTableError(msg)
    if any(day.year != int(name) for day in days_off.keys() | make_up):
        msg = f"{name}.toml: a day of another year"
        raise RuleTableError(msg)
    status = text_of(table, "status")
    if status not in (Known.NOTICE, Known.PROVISIONAL):
        msg = f"{name}.toml: status must be notified or provisional"
        raise RuleTableError(msg)
    return Year(text_of(table, "source"), Known(status), days_off, make_up)


def _days(values: Iterable[object], name: str) -> Iterable[date]:
    for value in values:
        if type(value) is not date:
            msg = f"{name}.toml: a make-up day must be a date"
            raise RuleTableError(msg)
        yield value


@cache
def year(number: int) -> Year:
    """Everything known of one year, from the best source there is. Never raises for a year."""
    written = tables().get(number)
    if written is not None and written.is_notified:
        return written
    kept = _kept(number)
    if kept is not None and (kept.is_notified or written is None):
        return kept
    return written or Year("", Known.NOTHING, {}, frozenset())


def _kept(number: int) -> Year | None:
    """What the package keeps: a year of the past, or one whose make-up days it knows, counts as notified."""
    if not PACKAGE_FROM <= number <= PACKAGE_TO:
        return None
    import holidays

    zh, en = (holidays.country_holidays("CN", years=number, language=name) for name in ("zh_CN", "en_US"))
    make_up = frozenset(day for day in zh.weekend_workdays if day.year == number)
    days_off = {day: Words(name, en.get(day) or name) for day, name in zh.items() if day not in make_up}
    first_table = min(tables(), default=PACKAGE_TO)
    known = Known.PACKAGE if make_up or number < first_table else Known.PROVISIONAL
    return Year(f"软件库 holidays {version('holidays')}", known, days_off, make_up)


@cache
def _open_days(number: int) -> tuple[int, bytes]:
    """For each day of a year whether offices work on it, with the ordinal of 1 January."""
    table = year(number)
    day, flags = date(number, 1, 1), bytearray()
    first = day.toordinal()
    for ordinal in range(first, date(number, 12, 31).toordinal() + 1):
        day = date.fromordinal(ordinal)
        flags.append(day in table.make_up_days or (day.weekday() < SATURDAY and day not in table.days_off))
    return first, bytes(flags)


def is_holiday(day: date) -> bool:
    """Whether a holiday notice gives this day off; a plain weekend is not a holiday. Never raises."""
    return holiday_name(day) is not None


def holiday_name(day: date) -> Words | None:
    """Return the name of the holiday this day off belongs to, in the reader's language, or None."""
    return year(day.year).days_off.get(day)


def is_make_up_day(day: date) -> bool:
    """Whether a notice makes this weekend day a working day (调休上班)."""
    return day.weekday() >= SATURDAY and day in year(day.year).make_up_days


def is_working_day(day: date) -> bool:
    """Whether offices and courts work on this day; where nothing is known only weekends count. Never raises."""
    first, flags = _open_days(day.year)
    return bool(flags[day.toordinal() - first])


def is_provisional(day: date) -> bool:
    """Whether a notice not yet entered may still change what this day is.

    True in every year without a notice, and in late December while next year's notice is open, because the
    New Year's holiday has moved working days into it before.
    """
    if not year(day.year).is_notified:
        return True
    return (day.month, day.day) >= (12, LATEST_MAKE_UP_FROM) and not year(day.year + 1).is_notified


def next_working_day(day: date) -> date:
    """Return the day itself if it is a working day, else the first one after it."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def forget_years() -> None:
    """Read every year anew: another table was added."""
    for kept in (tables, year, _open_days):
        kept.cache_clear()
