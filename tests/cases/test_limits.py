"""Time limits: the dates a court would count, and the reasons shown beside them."""

import calendar as months
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.calendar import is_working_day
from cases.rules.counting import Unit, count, spans
from cases.rules.limits import (
    TRACKS,
    ExtensionError,
    Limit,
    PauseError,
    Who,
    due,
    explain,
    load_cautions,
    load_profile,
    profile_title,
    read_limits,
)
from cases.rules.tables import RuleTableError, Status, Words

OTHER = holidays.country_holidays("CN", years=(2024, 2025, 2026))
IN_TABLES = st.dates(date(2024, 1, 1), date(2026, 8, 1))
UNITS = st.sampled_from([Unit.DAY, Unit.WORKING, Unit.MONTH, Unit.YEAR])
BEIJING = ZoneInfo("Asia/Shanghai")


def limit_of(n: int, unit: Unit, **changes: object) -> Limit:
    """A limit like any other, of the length a test asks for."""
    row: dict[str, object] = {
        "key": "some",
        "name": Words("某期限", "Some limit"),
        "n": n,
        "unit": unit,
        "start": "event",
        "starts": Words("事件发生之日", "the day of the event"),
        "who": Who.PARTIES,
        "article": "某法第1条",
        "status": Status.TEXT,
        "at_end": Words("结束", "It ends"),
        "in_force_from": date(2020, 1, 1),
    }
    return Limit(**(row | changes))  # type: ignore[arg-type]


@pytest.fixture
def profile() -> Mapping[str, Limit]:
    return load_profile("self_accepted", date(2026, 1, 5))


@pytest.mark.parametrize(
    ("n", "unit", "start", "ends"),
    [
        (30, Unit.DAY, date(2026, 1, 16), date(2026, 2, 24)),  # raw end in the Spring Festival
        (15, Unit.DAY, date(2026, 1, 30), date(2026, 2, 14)),  # a Saturday that is a working day
        (30, Unit.DAY, date(2026, 9, 1), date(2026, 10, 8)),  # raw end on National Day
        (7, Unit.DAY, date(2026, 4, 24), date(2026, 5, 6)),  # raw end on Labour Day
        (3, Unit.WORKING, date(2026, 9, 30), date(2026, 10, 10)),  # the make-up Saturday counts
        (3, Unit.WORKING, date(2026, 2, 12), date(2026, 2, 24)),
        (1, Unit.MONTH, date(2026, 1, 31), date(2026, 2, 28)),  # February has no 31st; a make-up Saturday
        (6, Unit.MONTH, date(2025, 8, 31), date(2026, 2, 28)),
        (2, Unit.YEAR, date(2024, 2, 29), date(2026, 2, 28)),
        (3, Unit.YEAR, date(2023, 6, 20), date(2026, 6, 22)),  # a Saturday of the Dragon Boat Festival
        (1, Unit.DAY, date(2026, 11, 20), date(2026, 11, 23)),  # Saturday to Monday
    ],
)
def test_periods_end_where_a_court_says(n: int, unit: Unit, start: date, ends: date) -> None:
    assert due(limit_of(n, unit), start).due_on == ends


def brute_force(n: int, unit: Unit, start: date) -> date:
    """The same law, counted as slowly as possible with another library's holidays."""
    day = start
    if unit is Unit.WORKING:
        left = n
        while left:
            day += timedelta(days=1)
            left -= OTHER.is_working_day(day)
        return day
    if unit is Unit.DAY:
        for _ in range(n):
            day += timedelta(days=1)
    else:
        for _ in range(n * (12 if unit is Unit.YEAR else 1)):
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        day = day.replace(day=min(start.day, months.monthrange(day.year, day.month)[1]))
    while not OTHER.is_working_day(day):
        day += timedelta(days=1)
    return day


@given(IN_TABLES, st.integers(1, 60), st.sampled_from([Unit.DAY, Unit.WORKING]))
def test_a_slow_count_agrees_in_days(start: date, n: int, unit: Unit) -> None:
    assert due(limit_of(n, unit), start).due_on == brute_force(n, unit, start)


@given(IN_TABLES, st.integers(1, 4))
def test_a_slow_count_agrees_in_months(start: date, n: int) -> None:
    assert due(limit_of(n, Unit.MONTH), start).due_on == brute_force(n, Unit.MONTH, start)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 200), UNITS)
def test_every_period_ends_on_a_later_working_day(start: date, n: int, unit: Unit) -> None:
    result = due(limit_of(n, unit), start)

    assert result.due_on is not None
    assert result.due_on > start
    assert is_working_day(result.due_on)
    assert result.due_on == result.overdue_on
    assert explain(result)
    assert all(str(line) for line in result.lines)


@given(IN_TABLES, IN_TABLES, st.integers(1, 60), UNITS)
def test_a_later_start_never_ends_earlier(one: date, other: date, n: int, unit: Unit) -> None:
    first, second = (count(n, unit, day).ends_on for day in sorted((one, other)))

    assert first is not None
    assert second is not None
    assert first <= second


@given(IN_TABLES, st.integers(1, 60), UNITS, st.integers(-20, 90), st.integers(0, 30))
def test_a_pause_never_costs_a_day(start: date, n: int, unit: Unit, after: int, length: int) -> None:
    first = start + timedelta(days=after)
    last = first + timedelta(days=length)
    plain, paused = count(n, unit, start), count(n, unit, start, [(first, last)])

    assert plain.ends_on is not None
    assert paused.ends_on is not None
    assert paused.ends_on >= plain.ends_on
    assert not first <= paused.ends_on <= last
    if first > plain.ends_on or last <= start:
        assert paused.ends_on == plain.ends_on


def test_paused_days_are_given_back() -> None:
    limit = limit_of(30, Unit.DAY)
    result = due(limit, date(2026, 3, 2), [(date(2026, 3, 9), date(2026, 3, 18))])

    assert due(limit, date(2026, 3, 2)).due_on == date(2026, 4, 1)
    assert result.due_on == date(2026, 4, 13)  # 11 April is a Saturday
    assert len(result.paused) == 10


def test_overlapping_pauses_are_not_counted_twice() -> None:
    pauses = [(date(2026, 3, 9), date(2026, 3, 13)), (date(2026, 3, 11), date(2026, 3, 18))]
    assert count(30, Unit.DAY, date(2026, 3, 2), pauses).ends_on == date(2026, 4, 13)


def test_while_paused_there_is_no_due_day_and_nobody_is_late() -> None:
    result = due(limit_of(30, Unit.DAY), date(2026, 3, 2), [(date(2026, 3, 9), None)])

    assert (result.due_on, result.overdue_on) == (None, None)
    assert not result.is_late(date(2030, 1, 1))
    assert result.days_left(date(2026, 3, 10)) is None
    with translation.override("en"):
        assert explain(result).startswith("Paused")


def test_a_pause_after_the_end_changes_nothing() -> None:
    result = due(limit_of(3, Unit.WORKING), date(2026, 3, 2), [(date(2026, 4, 1), None)])

    assert result.due_on == date(2026, 3, 5)
    with translation.override("en"):
        assert not any("Paused" in str(line) for line in result.lines)


def test_a_pause_turned_round_is_refused() -> None:
    with pytest.raises(PauseError):
        due(limit_of(3, Unit.DAY), date(2026, 3, 2), [(date(2026, 3, 9), date(2026, 3, 8))])


def test_hours_start_with_the_next_full_hour() -> None:
    friday = datetime(2026, 11, 20, 9, 20, tzinfo=BEIJING)
    same_day = due(limit_of(6, Unit.HOUR), friday)
    over_weekend = due(limit_of(24, Unit.HOUR), friday)

    assert same_day.due_at == datetime(2026, 11, 20, 16, 0, tzinfo=BEIJING)
    assert over_weekend.due_on == date(2026, 11, 23)
    assert over_weekend.due_at == datetime(2026, 11, 24, 0, 0, tzinfo=BEIJING)


def test_an_instant_counts_as_its_day_in_china() -> None:
    late = datetime(2026, 11, 19, 17, 30, tzinfo=ZoneInfo("UTC"))  # already 20 November in Beijing
    assert due(limit_of(3, Unit.WORKING), late).due_on == date(2026, 11, 25)


def test_two_rules_side_by_side(profile: Mapping[str, Limit]) -> None:
    result = due(profile["court_decision"], date(2026, 11, 2))

    assert (result.due_on, result.overdue_on) == (date(2026, 11, 17), date(2026, 12, 2))
    assert not result.is_late(date(2026, 12, 2))
    assert result.is_late(date(2026, 12, 3))
    assert any("187" in str(line) for line in result.lines)


def test_a_due_day_without_a_notice_is_marked(profile: Mapping[str, Limit]) -> None:
    assert due(profile["mediation"], date(2026, 12, 20)).provisional
    assert not due(profile["mediation"], date(2026, 10, 12)).provisional
    with translation.override("en"):
        assert "may still change" in explain(due(profile["enforcement"], date(2026, 12, 1)))


def test_the_reasons_name_the_holiday_and_the_article(profile: Mapping[str, Limit]) -> None:
    with translation.override("zh-hans"):
        moved = [str(line) for line in due(profile["mediation"], date(2026, 1, 16)).lines]
        counted = [str(line) for line in due(profile["contact"], date(2026, 9, 30)).lines]

    assert "第24条" in moved[1]
    assert "春节" in moved[-1]
    assert any("国庆节" in line for line in counted)
    assert any("10月10日" in line for line in counted)


def test_reasons_follow_the_language_of_the_reader(profile: Mapping[str, Limit]) -> None:
    with translation.override("en"):
        assert str(profile["choice"].name) == "Choosing the mediator together"
    with translation.override("zh-hans"):
        assert str(profile["choice"].name) == "共同选定调解员"


@pytest.mark.parametrize("track", TRACKS)
def test_every_limit_can_say_where_it_comes_from(track: str) -> None:
    limits = load_profile(track, date(2026, 11, 21))

    assert {
        *("choice", "assignment", "acceptance", "contact", "mediation", "supplement", "answer"),
        *("confirmation_window", "court_acceptance", "court_decision", "objection", "interested_objection"),
        *("enforcement", "limitation", "credit_objection", "lender_complaint"),
    } <= limits.keys()
    for limit in limits.values():
        assert limit.article
        assert limit.status in Status
        assert limit.is_law == ("内部规则" not in limit.article and "参照" not in limit.article), limit.key
    assert profile_title(track).zh


@pytest.mark.parametrize(
    ("track", "on", "key", "n", "start", "longest"),
    [
        ("self_accepted", date(2026, 1, 1), "mediation", 30, "accepted", None),
        ("delegated", date(2021, 12, 31), "mediation", 30, "materials_signed_for", None),
        ("delegated", date(2022, 1, 1), "mediation", 30, "accepted", None),
        ("entrusted", date(2024, 12, 31), "mediation", 15, "accepted", None),
        ("entrusted", date(2025, 1, 1), "mediation", 15, "materials_signed_for", 30),
        ("entrusted_simplified", date(2026, 1, 1), "mediation", 7, "materials_signed_for", 30),
    ],
)
def test_an_old_case_keeps_its_old_rules(
    track: str, on: date, key: str, n: int, start: str, longest: int | None
) -> None:
    limit = load_profile(track, on)[key]
    assert (limit.n, limit.start, limit.max_extension) == (n, start, longest)


def test_no_rule_applies_before_it_existed() -> None:
    assert "mediation" not in load_profile("self_accepted", date(2015, 1, 1))


def test_staff_are_warned_about_delegation_since_2025() -> None:
    assert load_cautions("delegated", date(2024, 12, 31)) == []
    assert load_cautions("delegated", date(2025, 1, 1))[0].status is Status.PAGE


def test_extensions_stay_within_the_rule() -> None:
    entrusted = load_profile("entrusted", date(2026, 1, 5))

    assert due(entrusted["mediation"], date(2026, 3, 2), extension=30).due_on == date(2026, 4, 16)
    with translation.override("en"):
        assert "45" in explain(due(entrusted["mediation"], date(2026, 3, 2), extension=30))
    with pytest.raises(ExtensionError, match="30"):
        due(entrusted["mediation"], date(2026, 3, 2), extension=31)
    with pytest.raises(ExtensionError):
        due(entrusted["objection"], date(2026, 3, 2), extension=1)
    with pytest.raises(ExtensionError):
        due(entrusted["mediation"], date(2026, 3, 2), extension=-1)


ROW = """
[[limit]]
key = "some"
name = { zh = "某", en = "Some" }
n = 3
unit = "day"
start = "event"
starts = { zh = "某日", en = "some day" }
who = "parties"
article = "某法第1条"
status = "T"
at_end = { zh = "结束", en = "It ends" }
in_force_from = 2022-01-01
"""


@pytest.mark.parametrize(
    ("cut", "instead"),
    [
        ('article = "某法第1条"', ""),
        ('article = "某法第1条"', 'article = " "'),
        ('status = "T"', ""),
        ('status = "T"', 'status = "sure"'),
        ('who = "parties"', 'who = "someone"'),
        ("n = 3", "n = 0"),
        ("n = 3", 'n = "three"'),
        ('unit = "day"', 'unit = "week"'),
        ("in_force_from = 2022-01-01", ""),
        ('zh = "某", ', ""),
        ("n = 3", 'n = 3\nextension = { by = "parties", up_to = -1, article = "某法第2条", status = "T" }'),
        ("n = 3", 'n = 3\nextension = { by = "parties", up_to = 30, status = "T" }'),  # whose article?
        ("n = 3", 'n = 3\nextension = { by = "anyone", up_to = 30, article = "某法第2条", status = "T" }'),
        (
            "n = 3",
            'n = 3\nextension = { by = "court", up_to = 1, times = 0, article = "某法", status = "T" }',
        ),
        ("n = 3", "n = 3\nmax_extension = 30"),  # nobody reads it
        ("n = 3", 'n = 3\npaused_by = ["boredom"]'),
        ("n = 3", 'n = 3\nwindow = "yes"'),
        ("n = 3", "n = 3\nin_force_to = 2021-12-31"),
        ("[[limit]]", "[[limit"),
    ],
)
def test_a_row_that_cannot_answer_for_itself_is_refused(cut: str, instead: str, tmp_path: Path) -> None:
    assert cut in ROW
    table = tmp_path / "some.toml"
    table.write_text(ROW, encoding="utf-8")
    assert len(read_limits(table)) == 1

    table.write_text(ROW.replace(cut, instead), encoding="utf-8")
    with pytest.raises(RuleTableError):
        read_limits(table)


def test_an_unknown_track_is_refused() -> None:
    with pytest.raises(RuleTableError):
        load_profile("../secrets", date(2026, 1, 1))


def test_neighbouring_days_are_told_together() -> None:
    days = [date(2026, 10, 3), date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 7)]
    assert list(spans(days)) == [
        (date(2026, 10, 1), date(2026, 10, 3)),
        (date(2026, 10, 7), date(2026, 10, 7)),
    ]
    assert list(spans([])) == []
