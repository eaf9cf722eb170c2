"""方案建议: the range that nearest settled cases point at. A starting point for a mediator, never a decision."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.similarity.search import FEWEST, Answer, Hit

CITED = 5
ROUND_TO = 10_00  # fen: a suggestion more exact than ten yuan would pretend to know


class Confidence(StrEnum):
    """How far the range can be leaned on."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def label(self) -> Promise:
        return {"low": _("Weak basis"), "medium": _("Fair basis"), "high": _("Good basis")}[self.value]


@dataclass(frozen=True, slots=True)
class Range:
    """From the 10 % to the 90 % quantile of like cases, in fen, and what it rests on.

    `basis` is `legal` when the shares are of what the law gives, `claim` when of what was asked. `cited` names up to
    five cases, nearest first, with the least favourable one always among them.
    """

    low_fen: int
    middle_fen: int
    high_fen: int
    n: int
    effective_n: float
    confidence: Confidence
    basis: str
    cited: tuple[str, ...]
    instalments: int
    all_samples: bool


def suggest_range(answer: Answer, *, claim_fen: int | None, legal_base_fen: int | None) -> Range | None:
    """A range for this claim; None when fewer than eight settled cases are comparable or no sum is at stake.

    `legal_base_fen` is what the rules alone give (the interest over the cap, the fee without consent).
    """
    rows = [(hit, share) for hit in answer.comparable if (share := _share(hit)) is not None]
    base = claim_fen if legal_base_fen is None else legal_base_fen
    if len(rows) < FEWEST or base is None or base < 0 or (claim_fen is not None and claim_fen <= 0):
        return None
    shares = np.array([share for _hit, share in rows])
    weights = np.array([hit.score**4 for hit, _share in rows])
    low, middle, high = (_quantile(shares, weights, at) for at in (0.1, 0.5, 0.9))
    low_fen, middle_fen, high_fen = (
        _fen(share * base, base if claim_fen is None else claim_fen) for share in (low, middle, high)
    )
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    return Range(
        low_fen=low_fen,
        middle_fen=middle_fen,
        high_fen=high_fen,
        n=len(rows),
        effective_n=round(effective, 1),
        confidence=_confidence(effective, high - low, float(np.mean([hit.score for hit, _share in rows]))),
        basis="claim" if legal_base_fen is None else "legal",
        cited=_cited(rows),
        instalments=int(np.median([hit.doc.instalments for hit, _share in rows])),
        all_samples=all(hit.doc.is_sample for hit, _share in rows),
    )


def _share(hit: Hit) -> float | None:
    base = hit.doc.legal_base_fen or hit.doc.claim_fen
    if not base or hit.doc.settled_fen is None:
        return None
    return min(1.5, hit.doc.settled_fen / base)


def _quantile(values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], at: float) -> float:
    """The value below which the share `at` of the weight lies, between neighbours in a straight line."""
    order = np.argsort(values)
    values, weights = values[order], weights[order]
    middles = (np.cumsum(weights) - weights / 2) / weights.sum()
    return float(np.interp(at, middles, values))


def _fen(value: float, ceiling: int) -> int:
    return min(ceiling, max(0, round(value / ROUND_TO) * ROUND_TO))


def _confidence(effective: float, spread: float, nearness: float) -> Confidence:
    if effective >= 15 and spread <= 0.35 and nearness >= 0.6:
        return Confidence.HIGH
    return Confidence.MEDIUM if effective >= FEWEST and spread <= 0.6 else Confidence.LOW


def _cited(rows: list[tuple[Hit, float]]) -> tuple[str, ...]:
    least = min(rows, key=lambda row: row[1])[0].doc.key
    keys = [hit.doc.key for hit, _share in rows[:CITED]]
    return tuple(keys if least in keys else [*keys[: CITED - 1], least])
