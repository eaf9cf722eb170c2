"""A due date laid open: every day of the count, the rule and its version, in words and as data."""

import json
from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.explanation import Mark, explanation_of
from cases.rules.limits import (
    TRACKS,
    Limit,
    PauseError,
    PauseKind,
    Stretch,
    Unit,
    due,
    load_profile,
    plain_limit,
    rule_for,
)

BEIJING = ZoneInfo("Asia/Shanghai")
EVERY_LIMIT = [
    limit for track in TRACKS for limit in load_profile(track, date(2026, 11, 1)).values() if limit.n < 4
] + [limit for track in TRACKS for limit in load_profile(track, date(2026, 11, 1)).values() if limit.n >= 7]


def limit_on(key: str, day: date, track: str = "self_accepted") -> Limit:
    limit = rule_for(track, key, start_on=day)
    assert limit is not None
    return limit


def test_a_limit_over_the_spring_festival_tells_everything() -> None:
    start = date(2026, 1, 16)
    told = explanation_of(due(limit_on("mediation", start), start)).as_json()

    assert told["due_on"] == "2026-02-24"
    assert told["first_counted_on"] == "2026-01-17"
    assert told["counted_to"] == "2026-02-15"
    assert told["moved"] == {"from": "2026-02-15", "to": "2026-02-24"}
    assert [day["reason"] for day in told["skipped"]] == ["holiday"] * 9
    assert told["rule"]["article"] == "人民法院在线调解规则（法释〔2021〕23号）第24条"
    assert (told["rule"]["version"], told["rule"]["status"]) == ("mediation@2022-01-01", "T")
    assert told["extension"]["by"] == "parties"
    assert told["extension"]["left"] is None
    assert told["provisional"] is False
    assert told["at_end"]
    assert json.loads(json.dumps(told)) == told


def test_working_days_name_each_day_that_did_not_count() -> None:
    start = date(2026, 9, 30)
    told = explanation_of(due(limit_on("contact", start), start))

    assert [(day.on.day, day.mark) for day in told.skipped] == [(day, Mark.HOLIDAY) for day in range(1, 8)]
    assert told.made_up == (date(2026, 10, 10),)
    assert told.moved is None
    assert [day.number for day in told.days() if day.number] == [1, 2, 3]


def test_the_small_calendar_shows_every_day_once() -> None:
    start = date(2026, 1, 16)
    pause = Stretch(date(2026, 1, 20), date(2026, 1, 22), PauseKind.APPRAISAL, "鉴定笔迹")
    days = list(explanation_of(due(limit_on("mediation", start), start, [pause])).days())
    marks = Counter(day.mark for day in days)

    assert [day.on.toordinal() for day in days] == list(
        range(days[0].on.toordinal(), days[-1].on.toordinal() + 1)
    )
    assert (days[0].mark, days[-1].mark, days[-1].on) == (Mark.EVENT, Mark.LAST, date(2026, 2, 24))
    assert marks[Mark.PAUSED] == 3
    assert marks[Mark.COUNTED] + marks[Mark.MAKE_UP] == 30
    assert {day.name for day in days if day.mark is Mark.PAUSED} == {"鉴定笔迹"}


@given(st.sampled_from(EVERY_LIMIT), st.dates(date(2023, 1, 1), date(2027, 6, 1)))
def test_every_clock_can_be_explained_in_both_languages(limit: Limit, start: date) -> None:
    explained = explanation_of(due(limit, start))
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told = json.dumps(explained.as_json())
            assert limit.version in told
            assert explained.sentence
            assert explained.plain
    assert explained.result.provisional == (explained.provisional_from is not None)


@given(
    st.integers(1, 60),
    st.sampled_from([Unit.DAY, Unit.WORKING]),
    st.dates(date(2020, 1, 1), date(2026, 9, 1)),
)
def test_the_numbers_on_the_calendar_run_up_to_the_length(n: int, unit: Unit, start: date) -> None:
    numbers = [day.number for day in explanation_of(due(plain_limit(n, unit), start)).days() if day.number]
    assert numbers == list(range(1, n + 1))


def test_a_pause_of_our_own_does_not_hide_the_day_by_the_law() -> None:
    start = date(2026, 3, 2)
    mediation = limit_on("mediation", start)
    waiting = Stretch(date(2026, 3, 9), date(2026, 3, 18), PauseKind.WAITING, "等机构的材料", "institution")
    appraisal = Stretch(date(2026, 3, 9), date(2026, 3, 18), PauseKind.APPRAISAL)

    ours, lawful = due(mediation, start, [waiting]), due(mediation, start, [appraisal])
    assert (ours.due_on, ours.due_by_law_on) == (date(2026, 4, 13), date(2026, 4, 1))
    assert (lawful.due_on, lawful.due_by_law_on) == (date(2026, 4, 13), date(2026, 4, 13))
    with translation.override("en"):
        assert any("by the law alone" in str(line) for line in ours.lines)
        assert not any("by the law alone" in str(line) for line in lawful.lines)
    (told,) = explanation_of(ours).as_json()["pauses"]
    assert (told["days"], told["kind"], told["status"], told["waiting_for"]) == (
        10,
        "waiting",
        "H",
        "institution",
    )


def test_while_we_wait_the_law_goes_on() -> None:
    start = date(2026, 3, 2)
    result = due(limit_on("mediation", start), start, [Stretch(date(2026, 3, 9), None, PauseKind.WAITING)])

    assert result.due_on is None
    assert result.due_by_law_on == date(2026, 4, 1)
    with translation.override("en"):
        assert "stands still" in explanation_of(result).plain


def test_an_appraisal_stops_only_mediation_before_filing() -> None:
    start = date(2026, 3, 2)
    appraisal = Stretch(date(2026, 3, 4), date(2026, 3, 6), PauseKind.APPRAISAL)
    granted = Stretch(date(2026, 3, 4), date(2026, 3, 6), PauseKind.FORCE_MAJEURE)

    assert due(limit_on("mediation", start, "delegated"), start, [appraisal]).due_on == date(2026, 4, 7)
    with pytest.raises(PauseError):
        due(limit_on("mediation", start, "entrusted"), start, [appraisal])
    with pytest.raises(PauseError):
        due(limit_on("confirmation_window", start), start, [appraisal])
    assert due(limit_on("confirmation_window", start), start, [granted]).due_on == date(2026, 4, 7)


def test_two_rules_are_both_shown_and_the_later_one_makes_it_late() -> None:
    start = date(2026, 11, 2)
    told = explanation_of(due(limit_on("court_decision", start), start, extension=10)).as_json()

    assert (told["due_on"], told["overdue_on"]) == ("2026-11-27", "2026-12-14")
    assert told["other_rule"] == {
        "n": 30,
        "unit": "day",
        "article": "民事诉讼法（2023修正）第187条",
        "status": "T",
        "due_on": "2026-12-14",
    }
    assert (told["extension"]["by"], told["extension"]["used"], told["extension"]["left"]) == (
        "president",
        10,
        0,
    )


def test_what_lies_beyond_the_notices_says_so() -> None:
    start = date(2026, 12, 10)
    explained = explanation_of(due(limit_on("mediation", start), start))

    assert explained.result.provisional
    assert explained.provisional_from == date(2027, 1, 9)
    with translation.override("en"):
        assert "not announced yet" in explained.plain
        assert "only weekends" in explanation_of(due(plain_limit(5, Unit.DAY), date(1990, 5, 1))).plain


def test_hours_are_told_to_the_hour_and_an_urgent_ruling_does_not_wait_for_monday() -> None:
    friday = datetime(2026, 11, 20, 9, 20, tzinfo=BEIJING)
    urgent = explanation_of(due(limit_on("preservation_ruling", friday.date()), friday))

    assert urgent.as_json()["due_at"] == "2026-11-22T10:00:00+08:00"
    assert list(urgent.days()) == []
    with translation.override("en"):
        assert any("all the same" in line for line in urgent.lines)


def test_a_bad_mark_goes_after_five_years_to_the_day() -> None:
    limit = limit_on("credit_record_end", date(2021, 10, 3))
    assert due(limit, date(2021, 10, 3)).due_on == date(
        2026, 10, 3
    )  # a holiday: nothing has to be done on it


def test_plain_words_hold_no_article_but_say_what_comes_after() -> None:
    start = date(2026, 1, 16)
    with translation.override("zh-hans"):
        plain = explanation_of(due(limit_on("mediation", start), start)).plain

    assert "法释" not in plain
    assert "春节" in plain
    assert "起诉" in plain
