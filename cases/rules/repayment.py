"""What each payment really paid: costs, interest, principal, and what was too much (民法典 Arts 561, 670, 677).

A ledger is a pure function of its inputs, so that both sides can run it again and find the same figures. Money is
whole fen, rates are Decimal fractions; the interest of each stretch is rounded to the fen, half up.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Any, cast

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.rules.cost import DIGITS, MONTHS, Basis, CostError, Payment

ALLOCATION_ARTICLE = "民法典第561条"  # [T]
DEDUCTION_ARTICLE = "民法典第670条"  # [T]
EARLY_ARTICLE = "民法典第677条"  # [T]
DELAY_ARTICLE = "民事诉讼法（2023修正）第264条；法释〔2014〕8号"  # [T]
DELAY_A_DAY = (175, 1_000_000)  # 0.0175 % of the unpaid principal a day


class Part(TextChoices):
    """What a payment pays, in the order of 民法典 Art 561 unless the parties agreed otherwise."""

    COSTS = "costs", _("Costs of getting the debt paid")  # 实现债权的有关费用
    INTEREST = "interest", _("Interest")  # 利息
    PRINCIPAL = "principal", _("Principal")  # 主债务


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan as the ledger counts it.

    `annual` is the lawful yearly rate, the agreed one or the cap, whichever is lower; `basis` says how it is read:
    simple interest on the principal alone, or compound, on unpaid interest too. `deducted_fen` was kept back at the
    start and is no principal. With `paid_out_on` payments carry dates, else whole months after the payout.
    """

    contract_fen: int
    annual: Decimal
    basis: Basis = Basis.SIMPLE
    deducted_fen: int = 0
    paid_out_on: date | None = None
    days_in_year: int = 365
    source: str = ""

    @property
    def received_fen(self) -> int:
        """The principal: what the borrower really received (Art 670)."""
        return self.contract_fen - self.deducted_fen


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger: what accrued since the line before, how the payment was used, what is left."""

    when: date | int
    steps: int
    paid_fen: int
    costs_fen: int
    interest_fen: int
    to_costs_fen: int
    to_interest_fen: int
    to_principal_fen: int
    overpaid_fen: int
    costs_left_fen: int
    interest_left_fen: int
    principal_left_fen: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """All lines with their sums. `owed_fen` is what is left on the last line, `overpaid_fen` what is to be refunded."""

    loan: Loan
    order: tuple[Part, ...]
    rows: tuple[Row, ...]
    inputs: Mapping[str, Any]

    @property
    def paid_fen(self) -> int:
        return sum(row.paid_fen for row in self.rows)

    @property
    def lawful_interest_fen(self) -> int:
        return sum(row.interest_fen for row in self.rows)

    @property
    def overpaid_fen(self) -> int:
        return sum(row.overpaid_fen for row in self.rows)

    @property
    def owed_fen(self) -> int:
        if not self.rows:
            return self.loan.received_fen
        last = self.rows[-1]
        return last.costs_left_fen + last.interest_left_fen + last.principal_left_fen

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the inputs: the same for whoever runs the same figures."""
        told = json.dumps(self.inputs, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Inputs, lines and sums; `from_inputs(told["inputs"])` gives the same ledger again."""
        return {
            "inputs": dict(self.inputs),
            "fingerprint": self.fingerprint,
            "articles": [ALLOCATION_ARTICLE, DEDUCTION_ARTICLE, EARLY_ARTICLE],
            "rows": [
                {"when": _told(row.when)}
                | {name: getattr(row, name) for name in Row.__slots__ if name != "when"}
                for row in self.rows
            ],
            "paid_fen": self.paid_fen,
            "lawful_interest_fen": self.lawful_interest_fen,
            "overpaid_fen": self.overpaid_fen,
            "owed_fen": self.owed_fen,
        }


def run_ledger(
    loan: Loan,
    payments: Sequence[Payment],
    *,
    costs: Sequence[Payment] = (),
    until: date | int | None = None,
    order: Sequence[Part] = tuple(Part),
) -> Ledger:
    """Use each payment for what it lawfully paid, and show what was too much.

    `costs` are costs of getting the debt paid that the borrower owes, by the day they arose. `until` adds a last
    line for what is owed on a day (early repayment: interest for the actual period only, Art 677). Raises CostError
    for figures that cannot be a loan.
    """
    inputs = _inputs_of(loan, payments, costs, until, order)
    _check(loan, order)
    rows: list[Row] = []
    state = _State(loan.received_fen)
    for step, when, paid, cost in _events(loan, payments, costs, until):
        rows.append(state.take(loan, step, when, paid, cost, order))
    return Ledger(loan, tuple(order), tuple(rows), inputs)


def from_inputs(told: Mapping[str, Any]) -> Ledger:
    """Run a ledger again from the `inputs` of its JSON form. Raises CostError when they cannot be read."""
    try:
        loan = Loan(
            contract_fen=told["contract_fen"],
            annual=Decimal(told["annual"]),
            basis=Basis(told["basis"]),
            deducted_fen=told["deducted_fen"],
            paid_out_on=date.fromisoformat(told["paid_out_on"]) if told["paid_out_on"] else None,
            days_in_year=told["days_in_year"],
            source=told["source"],
        )
        lists = [[_payment(*pair) for pair in told[name]] for name in ("payments", "costs")]
        until = None if told["until"] is None else _when(told["until"])
        order = [Part(part) for part in told["order"]]
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise CostError(_("These figures cannot be read.")) from error
    return run_ledger(loan, lists[0], costs=lists[1], until=until, order=order)


def delay_interest_fen(unpaid_fen: int, days: int) -> int:
    """The doubled part of interest for late performance: 0.0175 % of the unpaid principal a day (DELAY_ARTICLE).

    `days` run from the end of the time for performance to the day of payment. Interest that the document itself
    orders comes on top and is counted apart.
    """
    if unpaid_fen < 0 or days < 0:
        raise CostError(_("An amount or a number of days cannot be below zero."))
    share, whole = DELAY_A_DAY
    return (2 * unpaid_fen * days * share + whole) // (2 * whole)


@dataclass(slots=True)
class _State:
    """What is owed between two lines."""

    principal: int
    interest: int = 0
    costs: int = 0
    step: int = 0

    def take(
        self, loan: Loan, step: int, when: date | int, paid: int, cost: int, order: Sequence[Part]
    ) -> Row:
        steps, self.step = step - self.step, step
        accrued = _interest(loan, self.principal, self.interest, steps)
        self.interest += accrued
        self.costs += cost
        owed = {Part.COSTS: self.costs, Part.INTEREST: self.interest, Part.PRINCIPAL: self.principal}
        used: dict[Part, int] = {}
        left = paid
        for part in order:
            used[part] = min(left, owed[part])
            left -= used[part]
        self.costs -= used[Part.COSTS]
        self.interest -= used[Part.INTEREST]
        self.principal -= used[Part.PRINCIPAL]
        return Row(
            when,
            steps,
            paid,
            cost,
            accrued,
            used[Part.COSTS],
            used[Part.INTEREST],
            used[Part.PRINCIPAL],
            left,
            self.costs,
            self.interest,
            self.principal,
        )


def _interest(loan: Loan, principal: int, unpaid: int, steps: int) -> int:
    """Interest of one stretch in fen, half up: simple on the principal, or compound on unpaid interest too."""
    with localcontext() as context:
        context.prec = DIGITS
        years = Decimal(steps) / (MONTHS if loan.paid_out_on is None else loan.days_in_year)
        if loan.basis is Basis.SIMPLE:
            amount = principal * loan.annual * years
        else:
            amount = (principal + unpaid) * ((1 + loan.annual) ** years - 1)
        return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def _events(
    loan: Loan, payments: Sequence[Payment], costs: Sequence[Payment], until: date | int | None
) -> Iterator[tuple[int, date | int, int, int]]:
    """(steps after the payout, when, paid, costs) in order of time; costs count before the payments of their day."""
    if any(fen <= 0 for _when, fen in [*payments, *costs]):
        raise CostError(_("Every payment must be more than zero."))
    events = [(_step(loan, when), 1, when, fen) for when, fen in payments]
    seen = {event[0] for event in events}
    arisen: dict[int, int] = {}
    for when, fen in costs:
        step = _step(loan, when)
        arisen[step] = arisen.get(step, 0) + fen
        if step not in seen:
            seen.add(step)
            events.append((step, 0, when, 0))
    if until is not None:
        last = _step(loan, until)
        if any(event[0] > last for event in events):
            raise CostError(_("A payment lies after the day up to which the ledger runs."))
        events.append((last, 2, until, 0))
    for step, _rank, when, paid in sorted(events, key=lambda event: event[:2]):
        yield step, when, paid, arisen.pop(step, 0)


def _step(loan: Loan, when: date | int) -> int:
    if isinstance(when, date) != (loan.paid_out_on is not None):
        raise CostError(_("Give every payment a date, or none of them."))
    step = (when - loan.paid_out_on).days if isinstance(when, date) and loan.paid_out_on else when
    if not isinstance(step, int) or step < 0:
        raise CostError(_("A payment must not come before the day the money was received."))
    return step


def _check(loan: Loan, order: Sequence[Part]) -> None:
    if loan.deducted_fen < 0 or loan.received_fen <= 0:
        raise CostError(_("The money received must be more than zero."))
    if loan.annual < 0:
        raise CostError(_("A rate cannot be below zero."))
    if loan.days_in_year not in (360, 365):
        raise CostError(_("A year has 360 or 365 days here."))
    if sorted(order) != sorted(Part):
        raise CostError(_("The order must name costs, interest and principal, each once."))


def _inputs_of(
    loan: Loan,
    payments: Sequence[Payment],
    costs: Sequence[Payment],
    until: date | int | None,
    order: Sequence[Part],
) -> dict[str, Any]:
    return {
        "contract_fen": loan.contract_fen,
        "deducted_fen": loan.deducted_fen,
        "annual": str(loan.annual),
        "basis": str(loan.basis.value),
        "paid_out_on": _told(loan.paid_out_on) if loan.paid_out_on else None,
        "days_in_year": loan.days_in_year,
        "source": loan.source,
        "payments": [[_told(when), fen] for when, fen in payments],
        "costs": [[_told(when), fen] for when, fen in costs],
        "until": None if until is None else _told(until),
        "order": [part.value for part in order],
    }


def _told(when: date | int) -> str | int:
    return when.isoformat() if isinstance(when, date) else when


def _when(told: str | int) -> date | int:
    return date.fromisoformat(told) if isinstance(told, str) else int(told)


def _payment(when: str | int, fen: int) -> Payment:
    return cast("Payment", (_when(when), int(fen)))
