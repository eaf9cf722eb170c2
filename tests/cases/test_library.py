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
from cases.similarity.embedder import HashingEmbedder
from cases.similarity.factors import Doc
from cases.similarity.search import Library, Query
from cases.similarity.suggest import suggest_range

SAMPLES = Path(cases.__file__).parent / "precedents" / "sample_settled.jsonl"
ROWS = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]


def as_doc(row: dict) -> Doc:
    return Doc(
        key=row["id"],
        text=row["story"],
        cause=row["cause"],
        product=row["product"],
        licence=row["licence"],
        claim_fen=row["claim_fen"],
        principal_fen=row["principal_fen"],
        annual_rate=Decimal(row["annual_rate"]) if row["annual_rate"] else None,
        evidence_level=row["evidence_level"],
        settled_fen=row["settled_fen"],
        instalments=row["instalments"],
        is_sample=row["sample"],
    )


def as_query(doc: Doc, vector: object) -> Query:
    return Query(
        text=doc.text,
        vector=vector,
        without=frozenset({doc.key}),
        cause=doc.cause,
        product=doc.product,
        licence=doc.licence,
        claim_fen=doc.claim_fen,
        principal_fen=doc.principal_fen,
        annual_rate=doc.annual_rate,
        evidence_level=doc.evidence_level,
    )


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


def test_left_out_samples_are_foretold_from_the_others() -> None:
    """Invented cases: this says that the machinery holds together, nothing about the world."""
    docs = [as_doc(row) for row in ROWS]
    vectors = HashingEmbedder().encode([doc.text for doc in docs], kind="passage")
    library = Library(docs, vectors)
    errors, covered = [], []
    for doc, vector in zip(docs, vectors, strict=True):
        answer = library.nearest(as_query(doc, vector))
        foretold = suggest_range(answer, claim_fen=doc.claim_fen, legal_base_fen=None)
        if foretold and doc.settled_fen:
            errors.append(abs(foretold.middle_fen - doc.settled_fen) / doc.settled_fen)
            covered.append(foretold.low_fen <= doc.settled_fen <= foretold.high_fen)

    assert len(errors) >= 100
    assert sorted(errors)[len(errors) // 2] < 0.2
    assert sum(covered) / len(covered) > 0.7
