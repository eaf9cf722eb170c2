"""Limitation: when a claim expires, what starts it anew, and the warning before an act that gives the defence away."""

from datetime import date

import pytest
from django.utils import translation

from cases.rules.counting import PauseError
from cases.rules.limitation import Interruption, acts, limitation_of, warning_before
from cases.rules.tables import RuleTableError

KNOWN = date(2023, 3, 1)


def test_three_years_from_the_day_one_knew() -> None:
    state = limitation_of(KNOWN, harm_on=date(2022, 12, 5))

    assert state.expires_on == date(2026, 3, 2)  # 1 March 2026 is a Sunday
    assert state.longest_on == date(2042, 12, 5)
    assert not state.has_expired(date(2026, 3, 2))
    assert state.has_expired(date(2026, 3, 3))


def test_a_part_payment_starts_it_anew() -> None:
    state = limitation_of(KNOWN, interruptions=[Interruption("promise", date(2025, 6, 3))])

    assert (state.runs_from, state.expires_on) == (date(2025, 6, 3), date(2028, 6, 5))
    with translation.override("en"):
        assert any("195" in str(line) for line in state.lines)


def test_mediation_holds_it_until_it_is_over() -> None:
    running = limitation_of(KNOWN, interruptions=[Interruption("mediation", date(2026, 2, 1))])
    over = limitation_of(
        KNOWN, interruptions=[Interruption("mediation", date(2026, 2, 1), ended_on=date(2026, 3, 10))]
    )

    assert running.expires_on is None
    assert not running.has_expired(date(2040, 1, 1))
    assert over.expires_on == date(2029, 3, 12)


def test_a_request_that_comes_too_late_changes_nothing() -> None:
    state = limitation_of(KNOWN, interruptions=[Interruption("request", date(2026, 5, 1))])
    assert state.expires_on == date(2026, 3, 2)


def test_a_promise_after_the_end_gives_the_defence_away() -> None:
    state = limitation_of(KNOWN, interruptions=[Interruption("promise", date(2026, 5, 6))])

    assert state.revived_on == date(2026, 5, 6)
    assert state.expires_on == date(2029, 5, 7)


def test_an_obstacle_in_the_last_six_months_gives_six_months_after_it() -> None:
    touching = limitation_of(KNOWN, obstacles=[(date(2025, 12, 1), date(2026, 1, 31))])
    before = limitation_of(KNOWN, obstacles=[(date(2025, 1, 1), date(2025, 8, 1))])

    assert touching.expires_on == date(2026, 7, 31)
    assert before.expires_on == date(2026, 3, 2)
    with pytest.raises(PauseError):
        limitation_of(KNOWN, obstacles=[(date(2026, 2, 1), date(2026, 1, 1))])


def test_the_guard_speaks_before_an_expired_debt_is_revived() -> None:
    expired = limitation_of(KNOWN)
    with translation.override("en"):
        warning = str(warning_before("promise", date(2026, 6, 1), expired))
    assert "can no longer say so" in warning
    assert warning_before("request", date(2026, 6, 1), expired) is None


def test_the_guard_speaks_before_the_time_runs_anew() -> None:
    with translation.override("en"):
        assert "run anew" in str(warning_before("promise", date(2025, 6, 1), limitation_of(KNOWN)))
    assert warning_before("mediation", date(2025, 6, 1), limitation_of(KNOWN)) is None


def test_every_act_has_an_article_and_an_unknown_one_is_refused() -> None:
    assert all(act.article for act in acts().values())
    with pytest.raises(RuleTableError):
        limitation_of(KNOWN, interruptions=[Interruption("dance", KNOWN)])
