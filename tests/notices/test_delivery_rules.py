"""The table of delivery: a row without article, status or day is refused, and a ladder keeps the rules of its day."""

import copy
import tomllib
from datetime import datetime

import pytest

from cases.rules import delivery as rules
from cases.rules.tables import HERE, RuleTableError

TABLE = tomllib.loads((HERE / "delivery.toml").read_text(encoding="utf-8"))


# ---- the table


@pytest.mark.parametrize("part", ["matter", "step", "basis"])
@pytest.mark.parametrize("key", ["article", "status", "in_force_from", "words", "key"])
def test_a_row_without_article_status_or_day_is_refused(part, key) -> None:
    table = copy.deepcopy(TABLE)
    del table[part][0][key]
    with pytest.raises(RuleTableError):
        rules.rows_of(table)


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("matter", {"to": "everybody"}),
        ("matter", {"events": []}),
        ("matter", {"stage": "war"}),
        ("step", {"channel": "pigeon"}),
        ("step", {"n": -1}),
        ("step", {"times": 0}),
        ("step", {"does": "hope"}),
        ("basis", {"needs": "silence"}),
        ("basis", {"status": "X"}),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(part, changes) -> None:
    table = copy.deepcopy(TABLE)
    table[part][0] |= changes
    with pytest.raises(RuleTableError):
        rules.rows_of(table)


def test_two_versions_may_not_hold_on_one_day_and_a_ladder_keeps_the_rules_of_its_own(monkeypatch) -> None:
    table = copy.deepcopy(TABLE)
    table["step"].append(dict(table["step"][4]))
    with pytest.raises(RuleTableError, match="call"):
        rules.rows_of(table)

    old = table["step"][4]
    new = table["step"][-1] | {"n": 5, "in_force_from": datetime(2027, 1, 1).date()}
    table["step"][-1] = new
    old["in_force_to"] = datetime(2026, 12, 31).date()
    read = rules.rows_of(table)
    monkeypatch.setattr(rules, "every_row", lambda: read)
    rules.delivery_rules.cache_clear()
    try:
        assert rules.delivery_rules(datetime(2026, 9, 7).date()).steps["call"].n == 2
        assert rules.delivery_rules(datetime(2027, 9, 7).date()).steps["call"].n == 5
    finally:
        rules.delivery_rules.cache_clear()


def test_every_event_of_the_table_is_one_that_people_are_told_of() -> None:
    from mediation.notices.tellings import TELLINGS

    named = {event for matter in rules.every_row()[0] for event in matter.events}
    assert named <= set(TELLINGS)
