"""What would change a suggestion: the same question asked again with one fact different, truly worked out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from cases.similarity.suggest import Say, Stock, Suggested
from cases.similarity.suggest_facts import Base, Pleaded, legal_base

FULL_PAPERS, RECORDS, NOTHING = 3, 2, 0
A_STEP_OF_RATE = 0.06


@dataclass(frozen=True, slots=True)
class Change:
    """One “what if” in words, and the range it would give; `said` may be silent, too."""

    say: Say
    said: Suggested


def what_would_change(
    stock: Stock, facts: Pleaded, *, without: frozenset[str] = frozenset(), most_fen: int | None = None
) -> tuple[Change, ...]:
    """Every “what if” that fits these facts, each by asking the stock again.

    The ceiling of the cost audit holds for the facts as they are; where the rate is changed it is left out.
    """
    return tuple(
        Change(
            say,
            stock.suggest(
                other, without=without, most_fen=most_fen if other.annual_rate == facts.annual_rate else None
            ),
        )
        for say, other in _others(facts)
    )


def _others(facts: Pleaded) -> Iterator[tuple[Say, Pleaded]]:
    if facts.evidence_level is not None and facts.evidence_level >= FULL_PAPERS:
        yield (
            Say(_("Without the signed contract and cost sheet, with payment records only")),
            replace(facts, evidence_level=RECORDS),
        )
    if facts.evidence_level is not None and facts.evidence_level < FULL_PAPERS:
        yield (
            Say(_("With the signed contract and all payment records")),
            replace(facts, evidence_level=FULL_PAPERS),
        )
    if facts.evidence_level:
        yield Say(_("With no papers at all")), replace(facts, evidence_level=NOTHING)
    base = legal_base(facts)
    if base.kind is Base.EXCESS and base.cap and facts.annual_rate:
        at_cap, higher = float(base.cap.rate), facts.annual_rate + A_STEP_OF_RATE
        for rate in (at_cap, higher):
            yield (
                Say(_("With a yearly rate of %(percent)s %%"), {"percent": f"{rate * 100:.1f}"}),
                replace(facts, annual_rate=rate),
            )
    yield (
        Say(_("If half as much were asked for")),
        replace(
            facts,
            claim_fen=facts.claim_fen // 2,
            fee_fen=_half(facts.fee_fen),
            paid_interest_fen=_half(facts.paid_interest_fen),
            principal_fen=_half(facts.principal_fen),
        ),
    )


def _half(fen: int | None) -> int | None:
    """The sums that the claim is a part of shrink with it."""
    return None if fen is None else fen // 2
