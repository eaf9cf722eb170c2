"""A rule that changes while a case is open, rules that staff add, and what is never overwritten."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cases.rules import additions
from cases.rules.calendar import is_provisional, is_working_day
from cases.rules.limit_rows import effect_of
from cases.rules.limit_tables import all_versions
from cases.rules.limits import (
    TRACKS,
    ExtensionError,
    VersionBy,
    check_extension,
    due,
    effective_on,
    load_conflicts,
    load_effect,
    load_profile,
    profile_title,
    rule_for,
)
from cases.rules.pausing import PauseKind, pause_rules
from cases.rules.tables import RuleTableError

SHIPPED = Path(__file__).with_name("rule_versions.json")


@pytest.fixture(autouse=True)
def _shipped_tables_only() -> Iterator[None]:
    yield
    additions.install()


def row(**changes: Any) -> dict[str, Any]:
    """A new version of the mediation period, as staff would enter it."""
    return {
        "key": "mediation",
        "name": {"zh": "调解期限", "en": "Mediation period"},
        "n": 20,
        "unit": "day",
        "start": "accepted",
        "starts": {"zh": "接受之日", "en": "the day of acceptance"},
        "who": "mediator",
        "article": "某新规定第1条",
        "status": "T",
        "at_end": {"zh": "结束", "en": "It ends"},
        "in_force_from": date(2027, 3, 1),
        "replaces": "mediation@2022-01-01",
    } | changes


def notice(**changes: Any) -> dict[str, Any]:
    """The notice for 2027, shortened and invented."""
    return {
        "year": 2027,
        "source": "某通知",
        "status": "notified",
        "make_up": [date(2027, 1, 30)],
        "holiday": [
            {
                "name": {"zh": "春节", "en": "Spring Festival"},
                "first": date(2027, 2, 5),
                "last": date(2027, 2, 12),
            }
        ],
    } | changes


def test_a_case_keeps_the_rules_of_the_day_it_was_filed() -> None:
    before, after = date(2024, 12, 20), date(2025, 1, 10)

    old = rule_for("entrusted", "mediation", start_on=after, filed_on=before)
    new = rule_for("entrusted", "mediation", start_on=after, filed_on=after)
    assert old is not None
    assert new is not None
    assert (old.version, old.max_extension) == ("mediation@2022-01-01", None)
    assert (new.version, new.max_extension) == ("mediation@2025-01-01", 30)


def test_a_proceeding_of_its_own_follows_the_law_of_the_day_it_starts() -> None:
    window = rule_for(
        "self_accepted", "confirmation_window", start_on=date(2024, 2, 1), filed_on=date(2023, 12, 1)
    )
    assert window is not None
    assert window.version_by is VersionBy.START
    assert window.article == "民事诉讼法（2023修正）第205条"


def test_what_did_not_exist_on_that_day_is_not_there() -> None:
    assert rule_for("self_accepted", "mediation", start_on=date(2021, 5, 1)) is None
    assert (
        rule_for("self_accepted", "mediation", start_on=date(2022, 5, 1), filed_on=date(2021, 5, 1)) is None
    )
    assert rule_for("commercial_mediation", "mediation", start_on=date(2026, 4, 30)) is None
    assert rule_for("commercial_mediation", "mediation", start_on=date(2026, 5, 1)) is not None
    assert rule_for("self_accepted", "nothing", start_on=date(2026, 5, 1)) is None


def test_a_new_version_ends_the_old_one_and_open_cases_keep_theirs() -> None:
    additions.install(limits={"self_accepted": [row()]})

    open_case = rule_for("self_accepted", "mediation", start_on=date(2027, 3, 5), filed_on=date(2027, 2, 26))
    new_case = rule_for("self_accepted", "mediation", start_on=date(2027, 3, 5))
    assert open_case is not None
    assert new_case is not None
    assert (open_case.n, new_case.n) == (30, 20)
    assert open_case.in_force_to == date(2027, 2, 28)
    assert load_profile("delegated", date(2027, 3, 5))["mediation"].n == 30


@pytest.mark.parametrize(
    "wrong",
    [
        row(replaces="mediation@2019-01-01"),
        row(replaces="contact@2022-01-01"),
        row(in_force_from=date(2022, 1, 1)),
        row(article=""),
        row(status="sure"),
        {key: value for key, value in row().items() if key != "replaces"},  # two versions on one day
    ],
)
def test_a_wrong_row_changes_nothing(wrong: dict[str, Any]) -> None:
    additions.install(years=[notice()])
    with pytest.raises(RuleTableError):
        additions.install(limits={"self_accepted": [wrong]})

    assert load_profile("self_accepted", date(2027, 3, 5))["mediation"].n == 30
    assert not is_provisional(date(2027, 5, 5))


def test_an_unknown_track_is_refused() -> None:
    with pytest.raises(RuleTableError):
        additions.install(limits={"nowhere": [row()]})


def test_next_years_notice_is_added_and_the_doubt_is_gone() -> None:
    limit = load_profile("self_accepted", date(2027, 1, 6))["mediation"]
    before = due(limit, date(2027, 1, 6))
    additions.install(years=[notice()])
    after = due(limit, date(2027, 1, 6))

    assert (before.provisional, after.provisional) == (True, False)
    assert (before.due_on, after.due_on) == (date(2027, 2, 11), date(2027, 2, 15))
    assert is_working_day(date(2027, 1, 30))
    assert not is_provisional(date(2026, 12, 28))


def test_a_correction_counts_over_the_notice_before_it() -> None:
    additions.install(years=[notice(), notice(make_up=[date(2027, 1, 31)])])
    assert is_working_day(date(2027, 1, 31))
    assert not is_working_day(date(2027, 1, 30))


def test_a_guess_never_covers_a_notice() -> None:
    additions.install(years=[notice(), notice(status="provisional", make_up=[])])
    assert is_working_day(date(2027, 1, 30))


@pytest.mark.parametrize(
    "wrong", [notice(year="next"), notice(source=""), notice(make_up=[date(2027, 2, 6)])]
)
def test_a_wrong_notice_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RuleTableError):
        additions.install(years=[wrong])
    assert is_provisional(date(2027, 5, 5))


def test_no_version_that_was_shipped_is_ever_rewritten() -> None:
    """To add a version, add its line to rule_versions.json. A line that stands there stays as it is."""
    known = json.loads(SHIPPED.read_text(encoding="utf-8"))
    now = {
        f"{track}/{limit.version}": f"{limit.n} {limit.unit.value} from {limit.start}"
        for track in TRACKS
        for limit in all_versions(track)
    }
    assert now == known


def test_every_track_has_a_name_and_an_hour_of_effect() -> None:
    for track in TRACKS:
        assert str(profile_title(track))
        assert load_effect(track, date(2026, 11, 1)) is not None


def test_an_agreement_takes_effect_when_its_track_says_so() -> None:
    day = date(2026, 11, 1)
    online, people = load_effect("self_accepted", day), load_effect("people_mediation", day)
    signed = {"parties": date(2026, 11, 2), "mediator": date(2026, 11, 3), "seal": None}

    assert online is not None
    assert people is not None
    assert effective_on(online, signed) == date(2026, 11, 2)
    assert effective_on(people, signed) is None
    assert effective_on(people, signed | {"seal": date(2026, 11, 5)}) == date(2026, 11, 5)
    with pytest.raises(RuleTableError):
        effect_of({"needs": ["cat"]})


def test_every_conflict_names_two_articles_and_a_choice() -> None:
    known = {limit.key for track in TRACKS for limit in all_versions(track)}
    for conflict in load_conflicts():
        assert conflict.one_article != conflict.other_article
        assert str(conflict.choice)
        assert set(conflict.limits) <= known


def test_every_kind_of_pause_has_an_article() -> None:
    assert pause_rules().keys() == set(PauseKind)
    assert all(rule.article for rule in pause_rules().values())


def test_an_extension_has_a_ceiling_and_a_number_of_times() -> None:
    trial = load_profile("self_accepted", date(2026, 11, 1))["trial_simplified"]

    assert due(trial, date(2026, 8, 31), extension=1).due_on == date(2026, 12, 31)
    with pytest.raises(ExtensionError):
        check_extension(trial, 2)
    with pytest.raises(ExtensionError):
        check_extension(trial, 1, times=2)
