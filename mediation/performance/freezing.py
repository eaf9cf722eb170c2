"""What stops a default from being stated: while something about it is open, nobody takes it to enforcement here.

House rules, no law: whoever has a ruling may go to the court by themselves at any time. None of them lets one side
hold the other up for ever.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from mediation.court.models import Objection
from mediation.performance.models import Instalment, Payment

DISPUTE_DAYS = 15  # so long after the first dispute about an instalment the mediator has to look at it


@dataclass(frozen=True, slots=True)
class Freeze:
    """One thing that stops it. `until_on` is the last day on which it does, None while it depends on somebody."""

    code: str  # objection, dispute, unanswered
    words: str | Promise
    until_on: date | None = None


def freezes(case: Case, late: Iterable[Instalment], *, on: date) -> list[Freeze]:
    """Everything that stops a default about these instalments on this day, for both sides to see."""
    found = list(_objections(case))
    for instalment in late:
        payments = list(instalment.payments.all())
        found += _disputes(payments, on)
        found += _unanswered(payments)
    return list({freeze.code: freeze for freeze in reversed(found)}.values())[::-1]


def _objections(case: Case) -> Iterator[Freeze]:
    """An objection to the ruling that the court has not answered (民诉法解释 Art 372)."""
    if Objection.objects.filter(ruling__application__case=case, answered_at__isnull=True).exists():
        yield Freeze("objection", _("An objection to the ruling waits for the answer of the court."))


def _disputes(payments: list[Payment], on: date) -> Iterator[Freeze]:
    """The sides do not agree whether it was paid, and the mediator has not looked at it yet."""
    disputed = [one for one in payments if one.disputed_at]
    if any(not one.rejected_at and not one.confirmed_at for one in disputed):
        first = min(timezone.localdate(one.disputed_at) for one in disputed if one.disputed_at)
        if on <= (until := first + timedelta(days=DISPUTE_DAYS)):
            words = _("The sides do not agree whether a payment arrived. The mediator looks at it.")
            yield Freeze("dispute", words, until)


def _unanswered(payments: list[Payment]) -> Iterator[Freeze]:
    """The payer says that it was paid, and the other side has not said whether it arrived."""
    if any(not one.confirmed_at and not one.disputed for one in payments):
        yield Freeze("unanswered", _("A payment was recorded, and nobody has said yet whether it arrived."))
