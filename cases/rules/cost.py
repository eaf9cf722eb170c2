"""What a loan really costs a year: every payment against the money really received.

The yardstick is 中国人民银行公告〔2021〕第3号 [P]: all costs over the principal actually in use, made yearly.
Its annex (compound, IRR, as the rule; simple if said so) was not seen [M], so both are computed and named.
Rates are plain fractions: 0.24 is 24 % a year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyxirr
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Payment = tuple[int, int] | tuple[date, int]
"""When and how much: whole months after the loan was paid out, or a day; and fen."""

MONTHS = 12
DAYS = 365
LONGEST_MONTHS = 600


class CostError(ValueError):
    """Figures from which no yearly cost follows; `message` says in plain words what to check."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Basis(TextChoices):
    """How a monthly rate becomes a yearly one."""

    SIMPLE = "simple", _("Monthly rate × 12 (simple)")  # 单利
    COMPOUND = "compound", _("With interest on interest (compound, IRR)")  # 复利


@dataclass(frozen=True, slots=True)
class Cost:
    """The price of a loan. `monthly`, `simple_annual`, `compound_annual` are fractions; money is in fen."""

    monthly: float
    simple_annual: float
    compound_annual: float
    received_fen: int
    total_paid_fen: int
    basis: Promise

    @property
    def cost_fen(self) -> int:
        """All that was paid beyond the money received, in fen."""
        return self.total_paid_fen - self.received_fen

    def annual(self, basis: Basis) -> float:
        return self.simple_annual if basis is Basis.SIMPLE else self.compound_annual


def loan_cost(*, received_fen: int, payments: Sequence[Payment], received_on: date | None = None) -> Cost:
    """Compute the yearly cost of a loan from the money really received and every payment made or due.

    Pass what reached the borrower, after anything kept back at the start (砍头息, 民法典 Art 670), and count
    every fee as a payment. Payments are (months after payout, fen), or (day, fen) with `received_on`; then
    years have 365 days. Raises CostError for figures from which no cost follows.
    """
    flows = _flows(received_fen, payments, received_on)
    total = sum(fen for _time, fen in flows)
    if total < received_fen:
        raise CostError(
            _("The payments add up to less than the money received. Add the payments that are still due.")
        )
    if received_on is None:
        monthly = _monthly_rate(received_fen, flows)
        compound = (1 + monthly) ** MONTHS - 1
        basis = _("From equal months, every payment against the money received")
    else:
        compound = _daily_rate(received_fen, payments, received_on, flows)
        monthly = (1 + compound) ** (1 / MONTHS) - 1
        basis = _("From the days of payment, 365 days a year, every payment against the money received")
    return Cost(monthly, monthly * MONTHS, compound, received_fen, total, basis)


def excess_over(
    cap_annual: Decimal | float,
    *,
    received_fen: int,
    payments: Sequence[Payment],
    basis: Basis,
    received_on: date | None = None,
) -> int:
    """Fen paid beyond a yearly cap: all payments less what the same loan would cost at the cap; never below 0.

    The comparison is equal instalments on the same days as the payments, for the money received, at the cap.
    `basis` says how the cap is read and must be shown beside the sum: 24 % simple is 2 % a month, 24 %
    compound only 1.81 %. Raises CostError as loan_cost does, and for a negative cap.
    """
    paid = sum(fen for _time, fen in _flows(received_fen, payments, received_on))
    at_cap = total_at(
        cap_annual, received_fen=received_fen, payments=payments, basis=basis, received_on=received_on
    )
    return max(0, paid - at_cap)


def total_at(
    cap_annual: Decimal | float,
    *,
    received_fen: int,
    payments: Sequence[Payment],
    basis: Basis,
    received_on: date | None = None,
) -> int:
    """Fen that the loan would cost in all at a yearly rate, in equal instalments on the same days."""
    if cap_annual < 0:
        raise CostError(_("A rate cannot be below zero."))
    flows = _flows(received_fen, payments, received_on)
    rate = float(cap_annual)
    monthly = rate / MONTHS if basis is Basis.SIMPLE else (1 + rate) ** (1 / MONTHS) - 1
    worth_of_one = float(sum((1 + monthly) ** -time for time, _fen in flows))
    return round(received_fen / worth_of_one * len(flows))


def _flows(
    received_fen: int, payments: Sequence[Payment], received_on: date | None
) -> list[tuple[float, int]]:
    """Payments as (months after payout, fen); refuse what cannot be a loan."""
    if received_fen <= 0:
        raise CostError(_("The money received must be more than zero."))
    if not payments:
        raise CostError(_("There are no payments yet. Add at least one."))
    flows = [(_months_after(when, received_on), fen) for when, fen in payments]
    if any(fen <= 0 for _time, fen in flows):
        raise CostError(_("Every payment must be more than zero."))
    if any(time <= 0 for time, _fen in flows):
        raise CostError(_("A payment must come after the day the money was received."))
    if any(time > LONGEST_MONTHS for time, _fen in flows):
        raise CostError(_("A payment lies more than fifty years ahead. Please check its date."))
    return flows


def _months_after(when: int | date, received_on: date | None) -> float:
    if isinstance(when, date):
        if received_on is None:
            raise CostError(_("Add the day on which the money was received."))
        return (when - received_on).days / DAYS * MONTHS
    if received_on is not None:
        raise CostError(_("Give every payment a date, or none of them."))
    return when


def _monthly_rate(received_fen: int, flows: Sequence[tuple[float, int]]) -> float:
    amounts = [0.0] * (int(max(time for time, _fen in flows)) + 1)
    amounts[0] = -float(received_fen)
    for time, fen in flows:
        amounts[int(time)] += fen
    return _checked(pyxirr.irr(amounts, silent=True), received_fen, flows, months=1)


def _daily_rate(
    received_fen: int, payments: Sequence[Payment], received_on: date, flows: Sequence[tuple[float, int]]
) -> float:
    days = [received_on, *(when for when, _fen in payments)]
    amounts = [-float(received_fen), *(float(fen) for _when, fen in payments)]
    return _checked(pyxirr.xirr(days, amounts, silent=True), received_fen, flows, months=MONTHS)


def _checked(
    found: float | None, received_fen: int, flows: Sequence[tuple[float, int]], *, months: int
) -> float:
    """Take the rate per so many months if it balances the loan to a fen; else find it by halving."""
    if found is not None and found > -1:
        worth = sum(fen * (1 + found) ** (-time / months) for time, fen in flows)
        if abs(worth - received_fen) < 1:
            return float(found)
    low, high = 0.0, 1.0
    while sum(fen * (1 + high) ** (-time / months) for time, fen in flows) > received_fen:
        high *= 2
        if high > 1e9:
            raise CostError(_("These figures give no sensible rate. Please check the amounts and dates."))
    for _round in range(200):
        middle = (low + high) / 2
        worth = sum(fen * (1 + middle) ** (-time / months) for time, fen in flows)
        low, high = (middle, high) if worth > received_fen else (low, middle)
    return low
