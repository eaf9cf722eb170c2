"""The count agrees with a walk day by day on many random periods: CLOCK_CASES=100000 for all of them."""

import os
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.calendar import is_working_day
from cases.rules.counting import EARLIEST, LATEST, LONGEST, PauseError, PeriodError, Unit, count
from cases.rules.limits import TRACKS, due, load_profile
from tests.cases.day_by_day import Question, last_day, questions

CASES = int(os.environ.get("CLOCK_CASES", "5000"))
STARTS = st.dates(date(2006, 1, 1), date(2026, 6, 30))
UNITS = [Unit.DAY, Unit.WORKING, Unit.MONTH, Unit.YEAR]
LENGTHS = {Unit.DAY: 90, Unit.WORKING: 60, Unit.MONTH: 18, Unit.YEAR: 3}
PERIODS = st.sampled_from(UNITS).flatmap(
    lambda unit: st.tuples(st.integers(0, LENGTHS[unit]), st.just(unit), STARTS)
)


def test_a_walk_day_by_day_ends_on_the_same_day() -> None:
    wrong = [
        (asked, walked, counted)
        for asked in questions(CASES)
        if (walked := last_day(asked))
        != (counted := count(asked.n, Unit(asked.unit), asked.start, asked.pauses).ends_on)
    ]
    assert wrong == []


@pytest.mark.parametrize("track", TRACKS)
def test_every_rule_of_every_track_ends_where_the_walk_ends(track: str) -> None:
    for limit in load_profile(track, date(2026, 11, 1)).values():
        if limit.unit is Unit.HOUR or not limit.rolls or (limit.n > 3 and limit.unit is Unit.YEAR):
            continue
        for start in (date(2024, 2, 29), date(2025, 1, 31), date(2026, 1, 16), date(2026, 9, 30)):
            assert due(limit, start).due_on == last_day(Question(limit.n, limit.unit.value, start)), limit.key


@given(PERIODS)
def test_no_period_ever_ends_on_a_day_off(period: tuple[int, Unit, date]) -> None:
    ends_on = count(*period).ends_on

    assert ends_on is not None
    assert is_working_day(ends_on)
    assert ends_on >= period[2]


@given(PERIODS, st.integers(1, 400))
def test_a_later_start_never_ends_earlier(period: tuple[int, Unit, date], later: int) -> None:
    n, unit, start = period
    first, second = count(n, unit, start).ends_on, count(n, unit, start + timedelta(days=later)).ends_on

    assert first is not None
    assert second is not None
    assert first <= second


@given(PERIODS)
def test_a_longer_period_never_ends_earlier(period: tuple[int, Unit, date]) -> None:
    n, unit, start = period
    first, second = count(n, unit, start).ends_on, count(n + 1, unit, start).ends_on

    assert first is not None
    assert second is not None
    assert first <= second


@given(PERIODS, st.integers(1, 30), st.integers(0, 40))
def test_a_pause_moves_the_end_by_its_days_then_over_days_off(
    period: tuple[int, Unit, date], after: int, length: int
) -> None:
    n, unit, start = period
    first = start + timedelta(days=after)
    last = first + timedelta(days=length)
    plain, paused = count(n, unit, start), count(n, unit, start, [(first, last)])
    assert plain.counted_to is not None
    if first > plain.counted_to:
        if plain.ends_on is not None and first > plain.ends_on:
            assert paused == plain
        return
    if unit is Unit.WORKING:
        lost = sum(is_working_day(first + timedelta(days=day)) for day in range(length + 1))
        assert paused.ends_on == count(n + lost, unit, start).ends_on
    else:
        assert paused.counted_to == plain.counted_to + timedelta(days=length + 1)
        assert paused.ends_on == count(0, Unit.DAY, paused.counted_to).ends_on


@given(PERIODS, st.integers(-20, 60))
def test_a_pause_without_an_end_stops_every_period_that_it_meets(
    period: tuple[int, Unit, date], after: int
) -> None:
    n, unit, start = period
    first = start + timedelta(days=after)
    plain, paused = count(n, unit, start), count(n, unit, start, [(first, None)])

    assert plain.ends_on is not None
    if first > plain.ends_on:
        assert paused == plain
    elif n:
        assert paused.ends_on is None


@given(PERIODS, st.lists(st.tuples(st.integers(-20, 90), st.integers(0, 30)), max_size=4), st.randoms())
def test_the_order_of_pauses_does_not_matter(period: tuple[int, Unit, date], raw: list, order) -> None:
    n, unit, start = period
    pauses = [
        (start + timedelta(days=after), start + timedelta(days=after + length)) for after, length in raw
    ]
    mixed = list(pauses)
    order.shuffle(mixed)

    assert count(n, unit, start, pauses) == count(n, unit, start, mixed)


@pytest.mark.parametrize(
    ("n", "unit", "start", "ends"),
    [
        (0, Unit.DAY, date(2026, 3, 3), date(2026, 3, 3)),  # none at all: the day itself
        (0, Unit.WORKING, date(2026, 2, 21), date(2026, 2, 24)),  # or the first day of work after it
        (0, Unit.MONTH, date(2026, 5, 2), date(2026, 5, 6)),
        (1, Unit.WORKING, date(2026, 2, 16), date(2026, 2, 24)),  # an event in the Spring Festival
        (1, Unit.DAY, date(2026, 2, 14), date(2026, 2, 24)),  # a make-up Saturday, then the festival
        (1, Unit.WORKING, date(2026, 2, 13), date(2026, 2, 14)),  # the make-up Saturday is day one
        (5, Unit.WORKING, date(2026, 2, 26), date(2026, 3, 4)),  # 28 February is worked as well
        (1, Unit.MONTH, date(2026, 1, 28), date(2026, 2, 28)),
        (1, Unit.MONTH, date(2026, 1, 29), date(2026, 2, 28)),
        (1, Unit.MONTH, date(2026, 1, 30), date(2026, 2, 28)),
        (1, Unit.MONTH, date(2026, 1, 31), date(2026, 2, 28)),
        (1, Unit.MONTH, date(2024, 1, 31), date(2024, 2, 29)),  # a leap year
        (1, Unit.MONTH, date(2024, 2, 29), date(2024, 3, 29)),  # not the end of March
        (1, Unit.MONTH, date(2026, 2, 28), date(2026, 3, 30)),  # 28 March is a Saturday
        (12, Unit.MONTH, date(2024, 2, 29), date(2025, 2, 28)),
        (1, Unit.YEAR, date(2024, 2, 29), date(2025, 2, 28)),
        (4, Unit.YEAR, date(2020, 2, 29), date(2024, 2, 29)),
        (2, Unit.YEAR, date(2024, 10, 1), date(2026, 10, 8)),
        (3, Unit.MONTH, date(2025, 11, 30), date(2026, 2, 28)),
        (1, Unit.DAY, date(2025, 12, 31), date(2026, 1, 4)),  # New Year, then a Sunday that is worked
        (1, Unit.WORKING, date(2025, 12, 31), date(2026, 1, 4)),
    ],
)
def test_the_edges_of_the_calendar(n: int, unit: Unit, start: date, ends: date) -> None:
    assert count(n, unit, start).ends_on == ends
    assert last_day(Question(n, unit.value, start)) == ends


def test_next_year_is_counted_with_its_statutory_days() -> None:
    assert count(30, Unit.DAY, date(2027, 1, 6)).ends_on == date(2027, 2, 11)  # the Spring Festival, in lieu
    assert count(5, Unit.WORKING, date(2026, 12, 30)).ends_on == date(2027, 1, 7)
    assert count(3, Unit.WORKING, date(2027, 9, 30)).ends_on == date(2027, 10, 8)


@pytest.mark.parametrize(
    ("n", "unit", "start"),
    [
        (-1, Unit.DAY, date(2026, 1, 1)),
        (True, Unit.DAY, date(2026, 1, 1)),
        (1.0, Unit.DAY, date(2026, 1, 1)),
        *((LONGEST[unit] + 1, unit, date(2026, 1, 1)) for unit in Unit),
        (1, Unit.DAY, EARLIEST - timedelta(days=1)),
        (1, Unit.DAY, LATEST + timedelta(days=1)),
    ],
)
def test_what_cannot_be_counted_is_refused_with_words(n: int, unit: Unit, start: date) -> None:
    with pytest.raises(PeriodError) as refused:
        count(n, unit, start)
    assert len(str(refused.value)) > 5


@pytest.mark.parametrize("unit", UNITS)
def test_the_longest_periods_still_end(unit: Unit) -> None:
    assert count(LONGEST[unit], unit, LATEST).ends_on is not None


def test_a_pause_must_end_after_it_begins() -> None:
    with pytest.raises(PauseError):
        count(3, Unit.DAY, date(2026, 3, 2), [(date(2026, 3, 9), date(2026, 3, 8))])
