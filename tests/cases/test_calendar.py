"""Working days: what the yearly notices say, and what is done where no notice has spoken."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import calendar
from cases.rules.calendar import (
    holiday_name,
    is_holiday,
    is_make_up_day,
    is_provisional,
    is_working_day,
    next_working_day,
)
from cases.rules.tables import RuleTableError


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize("year", range(2006, 2024))
def test_the_past_is_known_from_the_package_and_another_one_agrees(year: int) -> None:
    for day in every_day(date(year, 1, 1), date(year, 12, 31)):
        assert is_working_day(day) == chinese_calendar.is_workday(day), day
        assert not is_provisional(day)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_two_independent_calendars_agree_with_every_notified_day(year: int) -> None:
    other = holidays.country_holidays("CN", years=year)
    for day in every_day(date(year, 1, 1), date(year, 12, 31)):
        assert is_working_day(day) == other.is_working_day(day), day
        assert is_working_day(day) == chinese_calendar.is_workday(day), day
        assert not is_provisional(day) or (year, day.month) == (2026, 12)


def test_next_year_holds_the_statutory_days_and_says_it_is_provisional() -> None:
    other = holidays.country_holidays("CN", years=2027)
    for day in every_day(date(2027, 1, 1), date(2027, 12, 31)):
        assert is_provisional(day)
        assert not is_make_up_day(day)
        assert is_working_day(day) == other.is_working_day(day), day


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # a Saturday, made up for the Spring Festival
        (date(2026, 2, 23), False),  # a Monday, still the Spring Festival
        (date(2026, 10, 10), True),  # a Saturday, made up for the National Day
        (date(2026, 10, 8), True),  # the first day back
        (date(2025, 10, 8), False),  # the longest National Day
        (date(2026, 11, 22), False),  # a plain Sunday
    ],
)
def test_days_that_a_naive_calendar_gets_wrong(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_a_weekend_is_a_day_off_but_no_holiday() -> None:
    assert not is_holiday(date(2026, 11, 21))
    assert not is_working_day(date(2026, 11, 21))
    assert str(holiday_name(date(2026, 2, 16))) == "春节"


def test_late_december_waits_for_the_next_notice() -> None:
    assert not is_provisional(date(2026, 12, 19))
    assert is_provisional(date(2026, 12, 26))
    assert not is_provisional(date(2025, 12, 31))


@given(st.dates())
def test_no_day_of_any_year_breaks_the_calendar(day: date) -> None:
    is_holiday(day)
    assert is_provisional(day) or 2001 <= day.year <= 2026
    assert is_working_day(day) in (True, False)
    if day.year < 9999:
        assert day <= next_working_day(day) <= day + timedelta(days=9)


def test_later_years_have_their_statutory_days_and_are_provisional() -> None:
    assert str(holiday_name(date(2028, 10, 2))) == "国庆节"
    assert is_provisional(date(2028, 10, 2))
    assert calendar.year(2028).known is calendar.Known.PROVISIONAL
    assert calendar.year(1990).known is calendar.Known.NOTHING
    assert calendar.year(2150).known is calendar.Known.NOTHING


def test_every_table_names_its_source() -> None:
    assert {2024, 2025, 2026, 2027} <= calendar.tables().keys()
    assert all(year.source for year in calendar.tables().values())


@pytest.mark.parametrize(
    "wrong",
    [
        'source = "x"\nstatus = "notified"\nmake_up = [2030-01-02]\n',  # a Wednesday
        'source = "x"\nstatus = "perhaps"\n',
        'status = "notified"\n',
        'source = "x"\nstatus = "notified"\nmake_up = [2031-01-04]\n',  # another year
        'source = "x"\nstatus = "notified"\nmake_up = ["2030-01-05"]\n',  # a text, no date
    ],
)
def test_a_table_that_contradicts_itself_is_refused(
    wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "holidays").mkdir()
    (tmp_path / "holidays" / "2030.toml").write_text(wrong, encoding="utf-8")
    monkeypatch.setattr(calendar, "HERE", tmp_path)
    with pytest.raises(RuleTableError):
        calendar.tables.__wrapped__()
