"""先例库: the sample settled cases that come with the site are honest, whole, varied, and lead back to themselves."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import cases
from cases.analysis import analyse, mask_personal
from cases.claims import ClaimKind, Remedy

SAMPLES = Path(cases.__file__).parent / "precedents" / "sample_settled.jsonl"
ROWS = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]


def test_there_are_enough_of_every_cause_and_each_says_it_is_a_sample() -> None:
    assert len(ROWS) >= 130
    assert all(row["sample"] is True for row in ROWS)
    assert len({row["id"] for row in ROWS}) == len({row["story"] for row in ROWS}) == len(ROWS)
    assert len({row["city"] for row in ROWS}) >= 20
    assert {row["cause"] for row in ROWS} <= set(ClaimKind.values) - {"other"}
    assert min(Counter(row["cause"] for row in ROWS).values()) >= 9


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_sample_is_whole_and_its_sums_agree(row: dict) -> None:
    assert 80 <= len(row["story"]) <= 250
    assert mask_personal(row["story"]) == row["story"]
    assert set(row["remedies"]) <= set(Remedy.values)
    assert row["remedies"]
    assert 0 <= row["settled_fen"] <= (row["claim_fen"] or row["settled_fen"])
    assert row["principal_fen"] > 0
    assert row["evidence_level"] in range(4)
    assert row["instalments"] in range(25)
    assert date.fromisoformat(row["closed_on"]) < date(2026, 12, 31)
    assert row["annual_rate"] is None or 0 < Decimal(row["annual_rate"]) < 1
    if row["settled_fen"]:
        assert f"{row['settled_fen'] // 100:,}元" in "".join(row["terms"])


def test_nine_in_ten_samples_are_read_as_what_they_are() -> None:
    right = [analyse(row["story"], today=date(2026, 6, 10)).cause == row["cause"] for row in ROWS]
    assert sum(right) / len(right) >= 0.9
