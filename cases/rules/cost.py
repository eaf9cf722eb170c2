"""What a loan really costs a year: every payment against the money really received.

The yardstick is 中国人民银行公告〔2021〕第3号 [P]: all costs over the principal actually in use, made yearly.
Its annex (compound, IRR, as the rule; simple if said so) was not seen [M], so both are computed and named.
Money is whole fen and rates are Decimal fractions: 0.24 is 24 % a year. No float decides anything.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Payment = tuple[int, int] | tuple[date, int]
"""When and how much: whole months after the loan was paid out, or a day; and fen."""

MONTHS = 12
DAYS = 365
LONGEST_MONTHS = 600
DIGITS = 50
RATE_STEP = Decimal("1e-15")
CENT_A_PAYMENT = 1  # fen: a schedule rounded to the fen may fall short by that much a payment


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

    monthly: Decimal
    simple_annual: Decimal
    compound_annual: Decimal
    received_fen: int
    total_paid_fen: int
    basis: Promise

    @property
    def cost_fen(self) -> int:
        """All that was paid beyond the money received, in fen."""
        return self.total_paid_fen - self.received_fen

    def annual(self, basis: Basis) -> Decimal:
        return self.simple_annual if basis is Basis.SIMPLE else self.compound_annual


@dataclass(frozen=True, slots=True)
class _Flows:
    """Payments by whole months or days after the payout, in order; `a_month` of those steps make a month."""

    at: tuple[tuple[int, int], ...]
    a_month: Decimal

    @property
    def total(self) -> int:
        return sum(fen for _time, fen in self.at)


def loan_cost(*, received_fen: int, payments: Sequence[Payment], received_on: date | None = None) -> Cost:
    """Compute the yearly cost of a loan from the money really received and every payment made or due.

    Pass what reached the borrower, after anything kept back at the start (砍头息, 民法典 Art 670), and count
    every fee as a payment. Payments are (months after payout, fen), or (day, fen) with `received_on`; then
    years have 365 days. The rate is exact to fifteen places. Raises CostError for figures from which no cost
    follows.
    """
    flows = _flows(received_fen, payments, received_on)
    if flows.total < received_fen - CENT_A_PAYMENT * len(flows.at):
        raise CostError(
            _("The payments add up to less than the money received. Add the payments that are still due.")
        )
    with _digits():
        step = _rate_a_step(received_fen, flows)
        monthly = (1 + step) ** flows.a_month - 1
        compound = (1 + step) ** (flows.a_month * MONTHS) - 1
        monthly, simple, compound = (_rounded(rate) for rate in (monthly, monthly * MONTHS, compound))
    basis = (
        _("From equal months, every payment against the money received")
        if received_on is None
        else _("From the days of payment, 365 days a year, every payment against the money received")
    )
    return Cost(monthly, simple, compound, received_fen, flows.total, basis)


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
    compound only 1.81 %. For payments as they were really made use cases.rules.repayment. Raises CostError as
    loan_cost does, and for a negative cap.
    """
    paid = _flows(received_fen, payments, received_on).total
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
    rate = Decimal(str(cap_annual))
    if rate < 0:
        raise CostError(_("A rate cannot be below zero."))
    flows = _flows(received_fen, payments, received_on)
    with _digits():
        step = (1 + monthly_rate(rate, basis)) ** (1 / flows.a_month)
        worth_of_one = sum((step**-time for time, _fen in flows.at), Decimal(0))
        total = received_fen / worth_of_one * len(flows.at)
        return int(total.quantize(Decimal(1), ROUND_HALF_UP))


def monthly_rate(annual: Decimal, basis: Basis) -> Decimal:
    """The monthly rate that a yearly one means on a basis: 24 % simple is 2 %, 24 % compound 1.80876 %."""
    with _digits():
        if basis is Basis.SIMPLE:
            return annual / MONTHS
        return (1 + annual) ** (Decimal(1) / MONTHS) - 1


@contextmanager
def _digits() -> Iterator[None]:
    """Enough digits for fifty years of days."""
    with localcontext() as context:
        context.prec = DIGITS
        yield


def _rounded(rate: Decimal) -> Decimal:
    """To fifteen places; above that size the places that fifty digits still carry."""
    return rate.quantize(RATE_STEP, ROUND_HALF_UP) if rate < Decimal("1e20") else +rate


def _flows(received_fen: int, payments: Sequence[Payment], received_on: date | None) -> _Flows:
    """Payments as steps after the payout; refuse what cannot be a loan."""
    if received_fen <= 0:
        raise CostError(_("The money received must be more than zero."))
    if not payments:
        raise CostError(_("There are no payments yet. Add at least one."))
    at = sorted((_steps_after(when, received_on), fen) for when, fen in payments)
    if any(fen <= 0 for _time, fen in at):
        raise CostError(_("Every payment must be more than zero."))
    if at[0][0] <= 0:
        raise CostError(_("A payment must come after the day the money was received."))
    a_month = Decimal(1) if received_on is None else Decimal(DAYS) / MONTHS
    if at[-1][0] > LONGEST_MONTHS * a_month:
        raise CostError(_("A payment lies more than fifty years ahead. Please check its date."))
    return _Flows(tuple(at), a_month)


def _steps_after(when: int | date, received_on: date | None) -> int:
    if isinstance(when, date):
        if received_on is None:
            raise CostError(_("Add the day on which the money was received."))
        return (when - received_on).days
    if received_on is not None:
        raise CostError(_("Give every payment a date, or none of them."))
    return when


def _rate_a_step(received_fen: int, flows: _Flows) -> Decimal:
    """The rate of one step at which the payments are worth what was received.

    The worth of the payments, as a function of the logarithm of the discount of one step, grows and bends upwards,
    so Newton's way down from no interest cannot miss; floats bring it near, Decimals make it exact.
    """
    if flows.total <= received_fen:
        return Decimal(0)
    discount = _near(received_fen, flows)
    for _round in range(6):
        worth, slope = _worth(discount, flows)
        change = (worth - received_fen) / slope
        discount *= 1 - change
        if abs(change) < Decimal(10) ** (5 - DIGITS):
            break
    return 1 / discount - 1


def _near(received_fen: int, flows: _Flows) -> Decimal:
    goal, log = math.log(received_fen), 0.0
    for _round in range(200):
        parts = [math.log(fen) + time * log for time, fen in flows.at]
        top = max(parts)
        weights = [math.exp(part - top) for part in parts]
        whole = math.fsum(weights)
        late = math.fsum(weight * time for weight, (time, _fen) in zip(weights, flows.at, strict=True))
        change = (top + math.log(whole) - goal) / (late / whole)
        log -= change
        if abs(change) < 1e-14:
            break
    return Decimal(log).exp()


def _worth(discount: Decimal, flows: _Flows) -> tuple[Decimal, Decimal]:
    """What the payments are worth at a discount a step, and how fast that grows with its logarithm."""
    worth = slope = Decimal(0)
    power, before = Decimal(1), 0
    for time, fen in flows.at:
        power *= discount ** (time - before)
        before = time
        worth += fen * power
        slope += time * fen * power
    return worth, slope
