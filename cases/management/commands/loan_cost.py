"""`manage.py loan_cost`: what a loan really costs a year, and which caps apply, for one loan or a whole file."""

import re
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.management.lines import AnsweringCommand, Row, Unanswerable, text_in, whole_in
from cases.money import AmountError, format_yuan, parse_yuan
from cases.rules.caps import Cap, Licence, caps_for, caps_on
from cases.rules.cost import Basis, Cost, CostError, Payment, excess_over, loan_cost

MOST_PAYMENTS = 600
PART = re.compile(r"(?:(?P<n>\d{1,4})\s*[x×*]\s*)?(?P<amount>[^x×*]+)")
EXAMPLES = """examples:
  manage.py loan_cost --received 10000 --payments 12x893.33 --json
  manage.py loan_cost --received 9000 --payments 11x943.56+943.60 --licence bank --contract-on 2026-03-01
  manage.py loan_cost --batch loans.jsonl     {"received": 10000, "payment": 893.33, "n": 12}"""


class Command(AnsweringCommand):
    """Money in yuan, exact to the fen; rates as fractions and, beside them, in per cent."""

    help = "Compute the yearly cost of a loan, simple and compound, and compare it with the caps."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.epilog = EXAMPLES
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--received", help="yuan that really reached the borrower")
        parser.add_argument(
            "--payments", help="12x893.33, or several groups joined by +, one payment a month"
        )
        parser.add_argument("--licence", help=", ".join(Licence.values))
        parser.add_argument("--contract-on", help="the day of the contract (without it: today)")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("received", "payments", "licence", "contract_on")
        self.reply({name: options[name] for name in names if options[name] is not None}, options)

    def answer(self, asked: Row, *, brief: bool) -> dict[str, Any]:
        received_fen = _fen_in(asked, "received")
        payments: list[Payment] = list(enumerate(_amounts_in(asked), start=1))
        try:
            cost = loan_cost(received_fen=received_fen, payments=payments)
            caps = [_cap(cap, cost, payments) for cap in _caps_in(asked)]
        except CostError as refused:
            raise Unanswerable(str(refused)) from refused
        return {
            "monthly": _fraction(cost.monthly),
            "simple": _fraction(cost.simple_annual),
            "compound": _fraction(cost.compound_annual),
            "monthly_percent": _percent(cost.monthly, "0.0001"),
            "simple_percent": _percent(cost.simple_annual),
            "compound_percent": _percent(cost.compound_annual),
            "received_fen": cost.received_fen,
            "total_paid_fen": cost.total_paid_fen,
            "cost_fen": cost.cost_fen,
            "basis": str(cost.basis),
            "caps": caps,
        }

    def in_words(self, told: dict[str, Any]) -> str:
        lines = [
            _("Received %(received)s yuan, paid %(paid)s yuan: %(cost)s yuan more.")
            % {
                "received": format_yuan(told["received_fen"]),
                "paid": format_yuan(told["total_paid_fen"]),
                "cost": format_yuan(told["cost_fen"]),
            },
            _("A month: %(monthly)s %%. A year: simple %(simple)s %%, compound %(compound)s %%.")
            % {
                "monthly": told["monthly_percent"],
                "simple": told["simple_percent"],
                "compound": told["compound_percent"],
            },
            told["basis"],
        ]
        for cap in told["caps"]:
            sign = "!" if cap["is_over_simple"] or cap["is_over_compound"] else "·"
            names = ", ".join(str(Licence(licence).label) for licence in cap["licences"])
            lines.append(f"{sign} {cap['rate_percent']} % {names}: {cap['source']} [{cap['status']}]")
        return "\n".join(lines)


def _caps_in(asked: Row) -> list[Cap]:
    """The caps for the licence and the day of the contract; without a licence those for every kind of lender."""
    day = timezone.localdate()
    if asked.get("contract_on") is not None:
        try:
            day = date.fromisoformat(text_in(asked, "contract_on"))
        except ValueError as error:
            raise Unanswerable(_("“%(name)s” must be a real day.") % {"name": "contract_on"}) from error
    if asked.get("licence") is None:
        return caps_on(day)
    licence = text_in(asked, "licence")
    if licence not in Licence.values:
        raise Unanswerable(
            _("“licence” must be one of %(licences)s.") % {"licences": ", ".join(Licence.values)}
        )
    return caps_for(licence, day)


def _cap(cap: Cap, cost: Cost, payments: list[Payment]) -> dict[str, Any]:
    """One cap beside the loan. A rate counts as over when it is so at two places of the per cent."""
    over = {
        basis: excess_over(cap.rate, received_fen=cost.received_fen, payments=payments, basis=basis)
        for basis in Basis
    }
    return {
        "key": cap.key,
        "rate": _fraction(cap.rate),
        "rate_percent": _percent(cap.rate),
        "licences": [licence.value for licence in cap.licences],
        "covers": str(cap.covers),
        "basis": str(cap.basis),
        "strength": cap.strength.value,
        "source": cap.source,
        "status": cap.status.value,
        "note": str(cap.note) if cap.note else "",
        "provisional": cap.lpr is not None and cap.lpr.provisional,
        "is_over_simple": round(cost.simple_annual, 4) > cap.rate,
        "is_over_compound": round(cost.compound_annual, 4) > cap.rate,
        "over_simple_fen": over[Basis.SIMPLE],
        "over_compound_fen": over[Basis.COMPOUND],
    }


def _amounts_in(asked: Row) -> Iterator[int]:
    """The payments in fen, month by month: `payments` as text or list, or `n` times `payment`."""
    if "payments" not in asked:
        n = whole_in(asked, "n")
        yield from _times(n, _fen_in(asked, "payment"))
        return
    told = asked["payments"]
    if isinstance(told, list):
        for amount in told:
            yield _fen_in({"payments": amount}, "payments")
        return
    for part in re.split(r"[+;，,\s]+(?=\S)", text_in(asked, "payments")):
        found = PART.fullmatch(part.strip())
        if not found:
            raise Unanswerable(_("Write the payments like 12x893.33, several groups joined by +."))
        yield from _times(int(found["n"] or 1), _fen_in({"payments": found["amount"]}, "payments"))


def _times(n: int, fen: int) -> list[int]:
    if not 1 <= n <= MOST_PAYMENTS:
        raise Unanswerable(_("The number of payments must be from 1 to %(most)s.") % {"most": MOST_PAYMENTS})
    return [fen] * n


def _fen_in(asked: Row, name: str) -> int:
    """An amount of yuan, as a number or as people write it, in fen."""
    value = asked.get(name)
    if value is None or isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        raise Unanswerable(_("“%(name)s” is missing.") % {"name": name})
    written = value if isinstance(value, str) else format(Decimal(value), "f")
    try:
        return parse_yuan(written)
    except AmountError as refused:
        raise Unanswerable(f"{name}: {refused}") from refused


def _fraction(rate: Decimal) -> float:
    """A rate as a JSON number with ten places; it was computed exactly and is only shown so."""
    return float(round(rate, 10))


def _percent(rate: Decimal, step: str = "0.01") -> str:
    return str((rate * 100).quantize(Decimal(step)))
