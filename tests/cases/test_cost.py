"""What a loan costs a year, and how much of it lies beyond a cap."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import pyxirr
from hypothesis import assume, given
from hypothesis import strategies as st

from cases.rules.caps import Licence, Strength, caps_for, one_year_lpr
from cases.rules.cost import Basis, CostError, Payment, excess_over, loan_cost, total_at
from cases.rules.tables import Status


def monthly(fen: int, months: int = 12) -> list[Payment]:
    return [(month, fen) for month in range(1, months + 1)]


def percent(rate: Decimal) -> Decimal:
    return (rate * 100).quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("received", "instalment", "simple", "compound"),
    [
        (1_000_000, 89_333, "13.03", "13.84"),  # fee of 0.6 % a month on the first principal
        (1_000_000, 93_333, "21.46", "23.70"),  # 1 % a month on the first principal
        (1_000_000, 94_560, "24.00", "26.83"),  # 2 % a month is 26.8242 %; the fen rounded up make 26.8252 %
        (900_000, 94_356, "44.66", "55.04"),  # 1,000 yuan kept back at the start
    ],
)
def test_the_real_price_of_a_loan(received: int, instalment: int, simple: str, compound: str) -> None:
    cost = loan_cost(received_fen=received, payments=monthly(instalment))

    assert percent(cost.simple_annual) == Decimal(simple)
    assert percent(cost.compound_annual) == Decimal(compound)
    assert cost.total_paid_fen == 12 * instalment
    assert cost.cost_fen == 12 * instalment - received
    assert str(cost.basis)


def test_24_per_cent_compound_is_not_24_per_cent_simple() -> None:
    cost = loan_cost(received_fen=100_000_000, payments=[(12, 124_000_000)])

    assert round(cost.monthly * 100, 5) == Decimal("1.80876")
    assert round(cost.simple_annual * 100, 3) == Decimal("21.705")
    assert cost.annual(Basis.COMPOUND) == Decimal("0.24")


def test_no_float_ever_decides_a_rate() -> None:
    cost = loan_cost(received_fen=1_000_000, payments=monthly(94_560))

    assert all(type(rate) is Decimal for rate in (cost.monthly, cost.simple_annual, cost.compound_annual))


@pytest.mark.parametrize("instalment", [100_000, 99_999])
def test_an_interest_free_loan_costs_nothing_even_when_rounded_down(instalment: int) -> None:
    cost = loan_cost(received_fen=1_200_000, payments=monthly(instalment))

    assert {cost.monthly, cost.simple_annual, cost.compound_annual} == {Decimal(0)}


def test_a_schedule_that_pays_back_too_little_is_not_finished() -> None:
    with pytest.raises(CostError):
        loan_cost(received_fen=1_200_000, payments=monthly(99_998))


def test_days_and_months_tell_the_same_story() -> None:
    start = date(2025, 3, 1)
    cost = loan_cost(
        received_fen=1_000_000, payments=[(start + timedelta(days=365), 1_240_000)], received_on=start
    )
    assert cost.compound_annual == Decimal("0.24")


def test_days_are_counted_exactly() -> None:
    start = date(2025, 1, 1)
    cost = loan_cost(
        received_fen=100_000, payments=[(start + timedelta(days=73), 110_000)], received_on=start
    )
    assert cost.compound_annual == Decimal("1.1") ** 5 - 1


def test_an_outrageous_loan_still_has_a_price() -> None:
    cost = loan_cost(
        received_fen=70_000, payments=[(date(2025, 1, 8), 100_000)], received_on=date(2025, 1, 1)
    )
    assert cost.compound_annual > 1_000_000


LOANS = st.tuples(
    st.integers(10_000, 100_000_000),
    st.lists(st.tuples(st.integers(1, 60), st.integers(100, 10_000_000)), min_size=1, max_size=40),
)


@given(LOANS)
def test_the_rate_found_pays_the_loan_back_exactly(loan: tuple[int, list[Payment]]) -> None:
    received, payments = loan
    total = sum(fen for _month, fen in payments)
    if total < received - len(payments):
        with pytest.raises(CostError):
            loan_cost(received_fen=received, payments=payments)
        return
    rate = loan_cost(received_fen=received, payments=payments).monthly
    if total <= received:
        assert rate == 0
        return
    worth = sum(fen / (1 + rate) ** int(month) for month, fen in payments if isinstance(month, int))
    assert abs(worth - received) < Decimal("0.001")  # of a fen


@given(LOANS)
def test_another_library_finds_the_same_rate(loan: tuple[int, list[Payment]]) -> None:
    received, payments = loan
    assume(sum(fen for _month, fen in payments) > received)
    amounts = [0.0] * 61
    amounts[0] = -float(received)
    for month, fen in payments:
        amounts[int(month)] += fen  # type: ignore[arg-type]
    found = pyxirr.irr(amounts, silent=True)
    assume(found is not None and 0 < found < 10)

    assert float(loan_cost(received_fen=received, payments=payments).monthly) == pytest.approx(
        found, rel=1e-6
    )


@pytest.mark.parametrize(
    ("received", "payments", "received_on"),
    [
        (0, [(1, 100)], None),
        (-5, [(1, 100)], None),
        (100, [], None),
        (100, [(1, 50)], None),
        (100, [(1, 200), (2, -50)], None),
        (100, [(0, 200)], None),
        (100, [(601, 200)], None),
        (100, [(date(2025, 1, 1), 200)], None),
        (100, [(1, 200)], date(2025, 1, 1)),
        (100, [(date(2025, 1, 1), 200)], date(2025, 1, 1)),
        (100, [(date(2024, 1, 1), 200)], date(2025, 1, 1)),
    ],
)
def test_figures_without_an_answer_are_refused_with_words(
    received: int, payments: list[Payment], received_on: date | None
) -> None:
    with pytest.raises(CostError) as refused:
        loan_cost(received_fen=received, payments=payments, received_on=received_on)
    assert len(str(refused.value)) > 5


def test_at_the_cap_nothing_is_over_it() -> None:
    assert total_at(0.24, received_fen=1_000_000, payments=monthly(1), basis=Basis.SIMPLE) == 1_134_715
    assert excess_over(0.24, received_fen=1_000_000, payments=monthly(94_559), basis=Basis.SIMPLE) == 0


def test_the_same_loan_is_over_a_cap_read_as_compound() -> None:
    loan = {"received_fen": 1_000_000, "payments": monthly(94_560)}

    assert excess_over(Decimal("0.24"), basis=Basis.SIMPLE, **loan) == 5  # type: ignore[arg-type]
    assert excess_over(Decimal("0.24"), basis=Basis.COMPOUND, **loan) > 10_000  # type: ignore[arg-type]


def test_money_kept_back_makes_the_overcharge_larger() -> None:
    at_start = excess_over(0.24, received_fen=900_000, payments=monthly(94_356), basis=Basis.SIMPLE)
    whole = excess_over(0.24, received_fen=1_000_000, payments=monthly(94_356), basis=Basis.SIMPLE)

    assert at_start == 111_028
    assert whole == 0


def test_overcharge_by_days() -> None:
    start = date(2025, 1, 1)
    day = start + timedelta(days=365)
    assert (
        excess_over(
            0.24, received_fen=100_000, payments=[(day, 130_000)], received_on=start, basis=Basis.COMPOUND
        )
        == 6_000
    )
    with pytest.raises(CostError):
        excess_over(-0.1, received_fen=1, payments=[(1, 2)], basis=Basis.SIMPLE)


@given(st.integers(80_000, 200_000), st.floats(0.01, 0.5), st.floats(0.01, 0.5), st.sampled_from(Basis))
def test_a_lower_cap_never_means_a_smaller_overcharge(
    fen: int, one: float, other: float, basis: Basis
) -> None:
    low, high = sorted((one, other))
    loan = monthly(fen)
    assert excess_over(low, received_fen=1_000_000, payments=loan, basis=basis) >= excess_over(
        high, received_fen=1_000_000, payments=loan, basis=basis
    )


@pytest.mark.parametrize(
    ("on", "rate"),
    [
        (date(2019, 8, 20), "0.0425"),
        (date(2020, 8, 20), "0.0385"),
        (date(2024, 7, 21), "0.0345"),
        (date(2024, 7, 22), "0.0335"),
        (date(2025, 6, 1), "0.03"),
    ],
)
def test_the_prime_rate_of_the_day(on: date, rate: str) -> None:
    lpr = one_year_lpr(on)
    assert lpr is not None
    assert lpr.rate == Decimal(rate)
    assert lpr.status.needs_check
    assert not lpr.provisional


def test_the_prime_rate_knows_what_it_does_not_know() -> None:
    later = one_year_lpr(date(2026, 11, 21))
    assert later is not None
    assert later.provisional
    assert one_year_lpr(date(2019, 8, 19)) is None


def test_a_private_lender_may_take_four_times_the_prime_rate() -> None:
    (cap,) = caps_for(Licence.PRIVATE, date(2025, 6, 1))

    assert cap.rate == Decimal("0.12")
    assert (cap.strength, cap.status) == (Strength.LAW, Status.TEXT)
    assert caps_for("private", date(2020, 8, 19))[0].rate == Decimal("0.24")


def test_the_private_cap_never_reaches_a_licensed_lender() -> None:
    for licence in set(Licence) - {Licence.PRIVATE}:
        assert all(cap.strength is not Strength.LAW for cap in caps_for(licence, date(2025, 6, 1)))


def test_strong_documents_come_before_mere_reports() -> None:
    caps = caps_for(Licence.CONSUMER_FINANCE, date(2025, 11, 1))

    assert [cap.strength for cap in caps] == [Strength.RULE, Strength.POLICY, Strength.REPORTED]
    assert [cap.rate for cap in caps] == [Decimal("0.24"), Decimal("0.24"), Decimal("0.20")]
    assert [cap.key for cap in caps_for(Licence.CONSUMER_FINANCE, date(2025, 9, 30))] == ["licensed_24"]


def test_a_platform_may_charge_the_borrower_nothing() -> None:
    (cap,) = caps_for(Licence.PLATFORM, date(2025, 11, 1))
    assert cap.rate == 0


def test_no_cap_is_claimed_where_none_is_known() -> None:
    assert caps_for("moonlight", date(2025, 6, 1)) == []
    assert caps_for(Licence.BANK, date(2010, 1, 1)) == []


@pytest.mark.parametrize("licence", Licence)
def test_every_cap_names_its_source(licence: Licence) -> None:
    for cap in caps_for(licence, date(2026, 11, 21)):
        assert cap.source
        assert cap.status in Status
        assert str(cap.covers)
        assert str(cap.basis)
