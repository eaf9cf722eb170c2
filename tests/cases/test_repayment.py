"""What each payment lawfully paid: the order of the law, money kept back, early repayment, what was too much."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cases.rules.cost import Basis, CostError, Payment, loan_cost
from cases.rules.repayment import Loan, Part, delay_interest_fen, from_inputs, run_ledger

CAP = Decimal("0.24")
START = date(2026, 1, 1)


def monthly(fen: int, months: int = 12) -> list[Payment]:
    return [(month, fen) for month in range(1, months + 1)]


def test_a_payment_pays_costs_then_interest_then_principal() -> None:
    ledger = run_ledger(Loan(1_000_000, CAP), [(1, 100_000)], costs=[(1, 30_000)])
    (row,) = ledger.rows

    assert row.interest_fen == 20_000  # 2 % of 10,000 yuan
    assert (row.to_costs_fen, row.to_interest_fen, row.to_principal_fen) == (30_000, 20_000, 50_000)
    assert (row.costs_left_fen, row.interest_left_fen, row.principal_left_fen) == (0, 0, 950_000)


def test_the_parties_may_agree_on_another_order() -> None:
    order = (Part.PRINCIPAL, Part.INTEREST, Part.COSTS)
    (row,) = run_ledger(Loan(1_000_000, CAP), [(1, 100_000)], order=order).rows

    assert (row.to_principal_fen, row.interest_left_fen) == (100_000, 20_000)


def test_unpaid_interest_bears_no_interest_unless_compound() -> None:
    late = [(3, 1_100_000)]

    assert run_ledger(Loan(1_000_000, CAP), late).lawful_interest_fen == 60_000
    assert run_ledger(Loan(1_000_000, CAP, Basis.COMPOUND), late).lawful_interest_fen == 55_250


def test_money_kept_back_is_no_principal() -> None:
    kept = run_ledger(Loan(1_000_000, CAP, deducted_fen=100_000), monthly(94_356))
    whole = run_ledger(Loan(1_000_000, CAP), monthly(94_356))

    assert kept.loan.received_fen == 900_000
    assert kept.rows[0].interest_fen == 18_000
    assert kept.overpaid_fen > 100_000
    assert whole.overpaid_fen == 0


def test_each_line_can_be_followed_by_hand() -> None:
    ledger = run_ledger(Loan(1_000_000, CAP), monthly(500_000, 3))

    assert [(row.interest_fen, row.to_principal_fen, row.overpaid_fen) for row in ledger.rows] == [
        (20_000, 480_000, 0),
        (10_400, 489_600, 0),
        (608, 30_400, 468_992),
    ]
    assert (ledger.paid_fen, ledger.lawful_interest_fen, ledger.overpaid_fen) == (1_500_000, 31_008, 468_992)
    assert ledger.owed_fen == 0


def test_days_are_counted_by_the_year_that_was_named() -> None:
    payment = [(START + timedelta(days=73), 1_100_000)]

    assert run_ledger(Loan(1_000_000, CAP, paid_out_on=START), payment).lawful_interest_fen == 48_000
    assert (
        run_ledger(Loan(1_000_000, CAP, paid_out_on=START, days_in_year=360), payment).lawful_interest_fen
        == 48_667
    )


def test_paying_early_costs_only_the_days_that_were_used() -> None:
    loan = Loan(1_000_000, Decimal("0.10"), paid_out_on=START)
    ledger = run_ledger(loan, [], until=START + timedelta(days=73))

    assert ledger.owed_fen == 1_020_000
    assert run_ledger(loan, []).owed_fen == 1_000_000


@given(
    st.integers(100_000, 10_000_000),
    st.lists(st.tuples(st.integers(1, 36), st.integers(1_000, 1_000_000)), min_size=1, max_size=24),
    st.decimals(0, 2, places=4),
    st.sampled_from(Basis),
)
def test_no_fen_is_lost_and_nothing_falls_below_zero(
    received: int, payments: list[Payment], annual: Decimal, basis: Basis
) -> None:
    ledger = run_ledger(Loan(received, annual, basis), payments)

    for row in ledger.rows:
        used = row.to_costs_fen + row.to_interest_fen + row.to_principal_fen + row.overpaid_fen
        assert used == row.paid_fen
        assert min(row.principal_left_fen, row.interest_left_fen, row.costs_left_fen, row.overpaid_fen) >= 0
    assert ledger.paid_fen - ledger.overpaid_fen + ledger.owed_fen == received + ledger.lawful_interest_fen


@given(
    st.integers(100_000, 10_000_000),
    st.lists(st.tuples(st.integers(1, 24), st.integers(10_000, 1_000_000)), min_size=1, max_size=24),
)
def test_at_its_own_price_a_loan_ends_at_nothing(received: int, payments: list[Payment]) -> None:
    """The rate that the payments imply, compound, leaves nothing owed and nothing overpaid, but for rounding."""
    if sum(fen for _when, fen in payments) <= received:
        return
    annual = loan_cost(received_fen=received, payments=payments).compound_annual
    assume(annual < 2)  # beyond that the rounding of a fen grows with the interest
    ledger = run_ledger(Loan(received, annual, Basis.COMPOUND), payments)

    assert ledger.owed_fen <= 10 * len(payments)
    assert ledger.overpaid_fen <= 10 * len(payments)


@given(st.integers(80_000, 200_000), st.decimals(0, 1, places=3), st.decimals(0, 1, places=3))
def test_a_lower_rate_never_means_a_smaller_refund(fen: int, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    refunds = [run_ledger(Loan(1_000_000, rate), monthly(fen)).overpaid_fen for rate in (low, high)]

    assert refunds[0] >= refunds[1]


def test_both_sides_can_run_it_again() -> None:
    first = run_ledger(
        Loan(1_000_000, CAP, deducted_fen=50_000, paid_out_on=START, source="法发〔2017〕22号第2点"),
        [(START + timedelta(days=30), 600_000), (START + timedelta(days=60), 600_000)],
        costs=[(START + timedelta(days=45), 1_000)],
        until=START + timedelta(days=90),
    )
    sent = json.loads(json.dumps(first.as_json()))
    again = from_inputs(sent["inputs"])

    assert again.as_json() == first.as_json() == sent
    assert again.fingerprint == first.fingerprint
    other = from_inputs(sent["inputs"] | {"annual": "0.2401"})
    assert other.fingerprint != first.fingerprint


@pytest.mark.parametrize(
    "wrong",
    [
        {"annual": "much"},
        {"basis": "none"},
        {"payments": [["tomorrow", 5]]},
        {"payments": [["2025-12-31", 5]]},  # before the payout
        {"payments": [[1, 5]]},  # a month beside a day
        {"payments": [["2026-02-01", 0]]},
        {"deducted_fen": 1_000_000},
        {"days_in_year": 300},
        {"annual": "-0.1"},
        {"order": ["interest", "principal"]},
        {"until": "2026-01-05"},  # before a payment
    ],
)
def test_figures_that_cannot_be_a_loan_are_refused_with_words(wrong: dict[str, object]) -> None:
    right = run_ledger(Loan(1_000_000, CAP, paid_out_on=START), [(date(2026, 2, 1), 5)]).as_json()["inputs"]
    with pytest.raises(CostError) as refused:
        from_inputs(right | wrong)
    assert len(str(refused.value)) > 5


def test_an_input_that_is_missing_is_refused() -> None:
    with pytest.raises(CostError):
        from_inputs({})


def test_late_performance_doubles_the_interest() -> None:
    assert delay_interest_fen(10_000_000, 100) == 175_000  # 100,000 yuan, 100 days: 1,750 yuan
    assert delay_interest_fen(1, 1) == 0
    with pytest.raises(CostError):
        delay_interest_fen(-1, 1)
