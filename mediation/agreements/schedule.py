"""Dividing an amount into monthly instalments, to the fen."""

import calendar
from datetime import date

from mediation.agreements.models import Term


def parts_of(term: Term) -> list[tuple[date, int]]:
    """The instalments of a term as (day, fen): equal, the remainder on the last, on the same day of each month."""
    if not term.amount_fen:
        return [(term.due_on, 0)]
    each = term.amount_fen // term.parts
    amounts = [each] * (term.parts - 1) + [term.amount_fen - each * (term.parts - 1)]
    return [(months_after(term.due_on, n), fen) for n, fen in enumerate(amounts)]


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
