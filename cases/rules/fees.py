"""What the court ways cost, in fen: 诉讼费用交纳办法 (国务院令第481号). Mediation by a people's committee is free.

Each fee carries its article and how far that was checked. A court sets the fee; these are estimates for people.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.rules.tables import (
    HERE,
    Row,
    RuleTableError,
    Status,
    Words,
    read_table,
    status_of,
    text_of,
    words_of,
)


@dataclass(frozen=True, slots=True)
class Fee:
    """One fee in fen, what it is for, its article and the status of the weakest row behind it."""

    fen: int
    name: Words
    article: str
    status: Status


@dataclass(frozen=True, slots=True)
class Bracket:
    """A slice of the amount, up to `to_fen` (None: without end), charged at `per_10000`."""

    to_fen: int | None
    per_10000: int
    status: Status


def claim_fee(claim_fen: int, *, halved: bool = False) -> Fee:
    """Court fee for a property claim of so many fen (Art 13(1)); `halved` if mediated, withdrawn or simplified.

    Half a fee follows Art 15 (mediated or withdrawn) or Art 16 (simplified procedure).
    """
    fee = _by_brackets("claim", claim_fen)
    if not halved:
        return fee
    half = _row("halved")
    article = f"{fee.article}；{text_of(half, 'article')}"
    return Fee(_half_up(fee.fen, 2), fee.name, article, _weaker(fee.status, status_of(half)))


def payment_order_fee(claim_fen: int) -> Fee:
    """Fee for a payment order (支付令): one third of the fee for the same claim (Art 14(3))."""
    row, claim = _row("payment_order"), claim_fee(claim_fen)
    return Fee(
        _half_up(claim.fen, 3),
        words_of(row, "name"),
        text_of(row, "article"),
        _weaker(claim.status, status_of(row)),
    )


def enforcement_fee(claim_fen: int) -> Fee:
    """Fee for enforcing so many fen (Art 14(1)); not paid in advance, borne by the one who did not perform."""
    return _by_brackets("enforcement", claim_fen)


def preservation_fee(claim_fen: int) -> Fee:
    """Fee for freezing assets worth so many fen, at most 5,000 yuan (Art 14(2))."""
    return _by_brackets("preservation", claim_fen)


def confirmation_fee() -> Fee:
    """Judicial confirmation of a mediation agreement: free (2011 rules Art 11)."""
    row = _row("confirmation")
    return Fee(0, words_of(row, "name"), text_of(row, "article"), status_of(row))


def _row(key: str) -> Row:
    row: Row = read_table(HERE / "fees.toml")[key]
    return row


def _by_brackets(key: str, claim_fen: int) -> Fee:
    """A first sum for the first bracket, then a share of each further slice, rounded to the fen."""
    if claim_fen < 0:
        msg = "an amount of fen cannot be negative"
        raise ValueError(msg)
    row = _row(key)
    fen_10000, status = 0, status_of(row)
    floor = row["first_to_fen"]
    for bracket in _brackets(row):
        if claim_fen <= floor:
            break
        top = claim_fen if bracket.to_fen is None else min(claim_fen, bracket.to_fen)
        fen_10000 += (top - floor) * bracket.per_10000
        status = _weaker(status, bracket.status)
        floor = top
    fen = row["first_fee_fen"] + _half_up(fen_10000, 10000)
    fen = min(fen, row.get("most_fen", fen))
    return Fee(fen, words_of(row, "name"), text_of(row, "article"), status)


def _brackets(row: Row) -> Sequence[Bracket]:
    brackets = [Bracket(b.get("to_fen"), b["per_10000"], status_of(b)) for b in row["bracket"]]
    tops = [b.to_fen for b in brackets[:-1]]
    if brackets[-1].to_fen is not None or None in tops or tops != sorted(t or 0 for t in tops):
        msg = "fees.toml: brackets must rise and only the last is open"
        raise RuleTableError(msg)
    return brackets


def _weaker(one: Status, other: Status) -> Status:
    """The status to show for two rows together: the less checked of the two."""
    order = [Status.TEXT, Status.PAGE, Status.HOUSE, Status.MEMORY]
    return max(one, other, key=order.index)


def _half_up(amount: int, parts: int) -> int:
    return (2 * amount + parts) // (2 * parts)
