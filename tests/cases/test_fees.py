"""What the court ways cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import fees
from cases.rules.fees import (
    claim_fee,
    confirmation_fee,
    enforcement_fee,
    payment_order_fee,
    preservation_fee,
)
from cases.rules.tables import Status

YUAN = 100


@pytest.mark.parametrize(
    ("claim", "fee"),
    [
        (0, 50),
        (8_000, 50),
        (10_000, 50),
        (15_000, 175),
        (50_000, 1_050),
        (100_000, 2_300),
        (120_000, 2_700),
        (200_000, 4_300),
        (500_000, 8_800),
        (1_000_000, 13_800),
        (2_000_000, 22_800),
        (5_000_000, 46_800),
        (10_000_000, 81_800),
        (20_000_000, 141_800),
        (30_000_000, 191_800),
    ],
)
def test_the_fee_for_a_claim(claim: int, fee: int) -> None:
    assert claim_fee(claim * YUAN).fen == fee * YUAN


def test_mediation_halves_it() -> None:
    fee = claim_fee(50_000 * YUAN, halved=True)

    assert fee.fen == 525 * YUAN
    assert "第15条" in fee.article
    assert claim_fee(15_000 * YUAN, halved=True).fen == 8_750


def test_a_payment_order_costs_a_third() -> None:
    assert payment_order_fee(50_000 * YUAN).fen == 350 * YUAN
    assert payment_order_fee(8_000 * YUAN).fen == 1_667


@pytest.mark.parametrize(
    ("claim", "fee"),
    [(10_000, 50), (50_000, 650), (500_000, 7_400), (5_000_000, 52_400), (20_000_000, 87_400)],
)
def test_enforcement(claim: int, fee: int) -> None:
    assert enforcement_fee(claim * YUAN).fen == fee * YUAN


def test_confirmation_is_free() -> None:
    assert confirmation_fee().fen == 0
    assert "第11条" in confirmation_fee().article


@pytest.mark.parametrize(
    ("assets", "fee"),
    [(0, 30), (1_000, 30), (50_000, 520), (100_000, 1_020), (200_000, 1_520), (9_000_000, 5_000)],
)
def test_freezing_assets_costs_five_thousand_at_most(assets: int, fee: int) -> None:
    assert preservation_fee(assets * YUAN).fen == fee * YUAN


def test_a_fee_is_no_better_checked_than_its_weakest_row(monkeypatch: pytest.MonkeyPatch) -> None:
    assert claim_fee(300_000 * YUAN).status is Status.TEXT
    table = fees.read_table(fees.HERE / "fees.toml")
    table["claim"]["bracket"][2]["status"] = "M"
    monkeypatch.setattr(fees, "read_table", lambda _path: table)

    assert claim_fee(200_000 * YUAN).status is Status.TEXT
    assert claim_fee(300_000 * YUAN).status is Status.MEMORY
    assert payment_order_fee(300_000 * YUAN).status is Status.MEMORY


def test_a_negative_claim_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="negative"):
        claim_fee(-1)


@given(st.integers(0, 10**11), st.integers(0, 10**11))
def test_more_money_never_costs_less(one: int, other: int) -> None:
    low, high = sorted((one, other))
    for fee in (claim_fee, payment_order_fee, enforcement_fee):
        assert fee(low).fen <= fee(high).fen
    assert claim_fee(low, halved=True).fen <= claim_fee(low).fen
