"""方案建议: the range that settled cases of the same cause point at. A starting point for a mediator, never a decision.

The legal base comes first; like cases say what share of it is settled for. Every like case is moved to the facts at
hand by what the stock taught, weighed by likeness, and the range is widened until it holds as often as it says.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from cases.similarity.suggest_calibrate import (
    FEWEST_OF_A_CAUSE,
    FEWEST_TOLD,
    NOMINAL,
    Foretold,
    foretell,
    quantiles,
)
from cases.similarity.suggest_facts import LegalBase, Pleaded, Settled, legal_base
from cases.similarity.suggest_learn import STEP_FEN, CauseModel, Floats, learn

FEWEST = 8  # fewer fully alike cases than this say nothing
CITED = 5
MONEY = ("refund", "reduce", "compensate")
TIME = "reschedule"
UNKNOWN_CAUSES = frozenset({"", "other"})


class Confidence(StrEnum):
    """How far the range can be leaned on."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def label(self) -> Promise:
        return {"low": _("Weak basis"), "medium": _("Fair basis"), "high": _("Good basis")}[self.value]


class Silence(StrEnum):
    """Why nothing is suggested."""

    NO_SUM = "no_sum"
    NO_CASES = "no_cases"
    TOO_FEW = "too_few"
    TOO_WIDE = "too_wide"

    @property
    def label(self) -> Promise:
        return {
            "no_sum": _("No amount is in dispute, so no range is named."),
            "no_cases": _("The library holds no settled case of this cause."),
            "too_few": _(
                "Fewer than eight settled cases of this cause are comparable, so no range is named."
            ),
            "too_wide": _("Like cases ended so differently that a range would say nothing."),
        }[self.value]


@dataclass(frozen=True, slots=True)
class Say:
    """A reason in words, put together in the reader's language when it is shown."""

    words: Promise
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.words) % self.values


@dataclass(frozen=True, slots=True)
class Like:
    """A settled case behind the range: how alike (0 to 1), and what it comes to with the facts at hand, in fen."""

    case: Settled
    likeness: float
    moved_fen: int


@dataclass(frozen=True, slots=True)
class RemedyRange:
    """What like cases with one remedy came to. Money in fen; for more time to pay, in months instead.

    `n` of `of` like cases had it; `least` and `most` are Wilson's 95 % bounds of that share.
    """

    remedy: str
    n: int
    of: int
    least: float
    most: float
    low: int
    middle: int
    high: int
    in_months: bool = False


@dataclass(frozen=True, slots=True)
class Suggested:
    """From the 10 % to the 90 % end of like cases, in fen, and what it rests on. Without a range, `silence` says why.

    `held` of `asked` settled cases of this cause fell inside ranges made in the same way; both are 0 where fewer than
    ten were asked, of which nothing can be said.
    """

    base: LegalBase
    likes: tuple[Like, ...] = ()
    effective_n: float = 0.0
    low_fen: int = 0
    middle_fen: int = 0
    high_fen: int = 0
    confidence: Confidence = Confidence.LOW
    reasons: tuple[Say, ...] = ()
    remedies: tuple[RemedyRange, ...] = ()
    held: int = 0
    asked: int = 0
    silence: Silence | None = None

    @property
    def cited(self) -> tuple[Like, ...]:
        """Up to five, most alike first; the one that went worst for the claimant is always among them."""
        if not self.likes:
            return ()
        least = min(self.likes, key=_share)
        first = self.likes[:CITED]
        return first if least in first else (*first[: CITED - 1], least)


class Stock:
    """Settled cases, what they teach, and how far that held. Learnt at first use; the same cases give the same."""

    def __init__(self, cases: Sequence[Settled]) -> None:
        self.cases = tuple(sorted(cases, key=lambda case: case.key))

    def __len__(self) -> int:
        return len(self.cases)

    @cached_property
    def models(self) -> dict[str, CauseModel]:
        """One fitted model a cause."""
        return learn(self.cases)

    @cached_property
    def foretold(self) -> Foretold:
        """Every case foretold without itself."""
        return foretell(self.cases)

    @cached_property
    def held(self) -> dict[str, tuple[int, int]]:
        """For each cause: how many foretold cases fell inside their ranges, and how many were asked."""
        return {
            cause: self.foretold.coverage(causes=frozenset({cause}))
            for cause in sorted(set(self.foretold.causes.tolist()))
        }

    def suggest(
        self, facts: Pleaded, *, without: frozenset[str] = frozenset(), most_fen: int | None = None
    ) -> Suggested:
        """A range for these facts, or why there is none. `without`: keys of cases that must not speak.

        Nothing goes beyond `most_fen` (what the cost audit leaves) nor beyond what was asked for.
        """
        base = legal_base(facts)
        if facts.claim_fen <= 0:
            return Suggested(base, silence=Silence.NO_SUM)
        model = None if facts.cause in UNKNOWN_CAUSES else self.models.get(facts.cause)
        if model is None:
            return Suggested(base, silence=Silence.NO_CASES)
        ceiling = base.most_fen if most_fen is None else max(0, min(base.most_fen, most_fen))
        likes, values, weights = _likes(model, facts, base, ceiling, without)
        effective = float(weights.sum() ** 2 / (weights**2).sum()) if len(likes) else 0.0
        if effective < FEWEST:
            return Suggested(base, likes, round(effective, 1), silence=Silence.TOO_FEW)
        return self._range(facts, base, ceiling, likes, values, weights, effective)

    def _range(
        self,
        facts: Pleaded,
        base: LegalBase,
        ceiling: int,
        likes: tuple[Like, ...],
        values: Floats,
        weights: Floats,
        effective: float,
    ) -> Suggested:
        wider = self.foretold.widening(facts.cause)
        if not math.isfinite(wider):
            return Suggested(base, likes, round(effective, 1), silence=Silence.TOO_WIDE)
        low, middle, high = quantiles(values, weights, (0.1, 0.5, 0.9))
        low, high = min(low - wider, middle), max(high + wider, middle)
        low_fen, middle_fen, high_fen = (_fen(share, base.fen, ceiling) for share in (low, middle, high))
        held, asked = self.held.get(facts.cause, (0, 0))
        confidence, reasons = _confidence(effective, high_fen - low_fen, facts, held, asked)
        if asked < FEWEST_TOLD:
            held, asked = 0, 0
        return Suggested(
            base=base,
            likes=likes,
            effective_n=round(effective, 1),
            low_fen=low_fen,
            middle_fen=middle_fen,
            high_fen=high_fen,
            confidence=confidence,
            reasons=reasons,
            remedies=_remedies(likes, values, weights, base.fen, ceiling, wider),
            held=held,
            asked=asked,
        )


def wilson(hits: int, of: int, *, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval for a share: 95 % by default. Raises ZeroDivisionError for no cases at all."""
    share, spread = hits / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    reach = z / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach))


def _likes(
    model: CauseModel, facts: Pleaded, base: LegalBase, ceiling: int, without: frozenset[str]
) -> tuple[tuple[Like, ...], Floats, Floats]:
    """The like cases, most alike first, with their moved log shares and weights in the same order."""
    measured = base if base.fen > 0 else LegalBase(1, base.kind, 1, base.cap)
    values, weights = model.adjusted(facts, measured)
    order = [
        at
        for at in np.lexsort((np.arange(len(values)), -weights)).tolist()
        if model.cases[at].key not in without
    ]
    likes = tuple(
        Like(model.cases[at], float(weights[at]), _fen(float(values[at]), base.fen, ceiling)) for at in order
    )
    return likes, values[order], weights[order]


def _fen(log_share: float, base_fen: int, ceiling: int) -> int:
    value = math.exp(min(log_share, 5.0)) * base_fen
    return min(ceiling, max(0, round(value / STEP_FEN) * STEP_FEN))


def _share(like: Like) -> float:
    return like.case.settled_fen / max(1, like.case.pleaded.claim_fen)


def _confidence(
    effective: float, width_fen: int, facts: Pleaded, held: int, asked: int
) -> tuple[Confidence, tuple[Say, ...]]:
    """The tier, and every reason for it in words."""
    width = width_fen / facts.claim_fen
    unknown = facts.evidence_level is None
    reasons = [
        Say(_("It rests on what %(n)s fully alike cases would say."), {"n": f"{effective:.0f}"}),
        Say(_("The range spans %(percent)s %% of the claim."), {"percent": f"{width * 100:.0f}"}),
    ]
    if asked:
        reasons.append(Say(_("Ranges of this cause were tried on %(n)s settled cases."), {"n": asked}))
    if asked < FEWEST_OF_A_CAUSE:
        reasons.append(
            Say(
                _(
                    "That is too few to go by alone: it is as wide as all causes need, or this one where it needs more."
                )
            )
        )
    fails = asked >= FEWEST_TOLD and wilson(held, asked)[1] < NOMINAL
    if fails:
        reasons.append(Say(_("Ranges of this cause held less often than promised. Do not lean on it.")))
    if unknown:
        reasons.append(Say(_("How good the papers are is not known.")))
    if effective >= 25 and width <= 0.4 and asked >= FEWEST_OF_A_CAUSE and not unknown and not fails:
        return Confidence.HIGH, tuple(reasons)
    fair = effective >= 12 and width <= 0.65 and not fails
    return (Confidence.MEDIUM if fair else Confidence.LOW), tuple(reasons)


def _remedies(
    likes: Sequence[Like], values: Floats, weights: Floats, base_fen: int, ceiling: int, wider: float
) -> tuple[RemedyRange, ...]:
    """A range for each remedy that eight like cases had; more time to pay is counted in months."""
    found = []
    for remedy in (*MONEY, TIME):
        had = np.array([remedy in like.case.remedies for like in likes])
        months = remedy == TIME
        if months:
            had &= np.array([like.case.instalments > 1 for like in likes])
        n = int(had.sum())
        if n < FEWEST:
            continue
        if months:
            counts = np.array([like.case.instalments for like in likes], dtype=np.float64)[had]
            low, middle, high = map(round, quantiles(counts, weights[had], (0.1, 0.5, 0.9)))
        else:
            lower, half, upper = quantiles(values[had], weights[had], (0.1, 0.5, 0.9))
            low, middle, high = (
                _fen(share, base_fen, ceiling)
                for share in (min(lower - wider, half), half, max(upper + wider, half))
            )
        least, most = wilson(n, len(likes))
        found.append(RemedyRange(remedy, n, len(likes), least, most, low, middle, high, months))
    return tuple(found)
