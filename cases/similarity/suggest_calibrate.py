"""How often ranges made this way held in the centre's own settled cases (校准), and how much they must be widened.

Split-conformal by cause: each settled case is foretold by a model that never saw it nor its near-duplicates. What
falls outside says how far the ends must move so that four of five future cases fall inside. Nothing is fixed in
advance; it is worked out anew whenever the stock changes.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cases.similarity.suggest_facts import LegalBase, Settled, legal_base
from cases.similarity.suggest_learn import STEP_FEN, Floats, learn

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9)
NOMINAL = 0.8
FOLDS = 5
FEWEST_OF_A_CAUSE = 30  # a cause with fewer foretold cases is widened by what all causes need
FEWEST_TOLD = 10  # how often ranges held is told of no fewer cases: the figure would say nothing
FEWEST_TO_WIDEN = 5  # as many foretold cases of such a cause may widen it further, never narrow it
MOST_OF_A_CAUSE = 600  # foretold for the widening; more would not move it


@dataclass(frozen=True, slots=True)
class Foretold:
    """Settled cases foretold without themselves: for each level how far outside its range the case fell (log share).

    Negative: that far inside. `keys`, `causes`, `folds` and `scores` stand row by row.
    """

    keys: tuple[str, ...]
    causes: npt.NDArray[np.str_]
    folds: npt.NDArray[np.int64]
    scores: Floats

    def widening(self, cause: str, level: float = NOMINAL, *, without_fold: int | None = None) -> float:
        """By how much both ends of a raw range move outwards (log share); infinite without any foretold case.

        By cause where thirty cases are known. With fewer it is what all causes need, or what the few of this cause need
        where that is more: a cause whose cases end more variously than others must not borrow their certainty.
        """
        column = LEVELS.index(level)
        kept = self.folds != (-1 if without_fold is None else without_fold)
        own, every = self.scores[kept & (self.causes == cause), column], self.scores[kept, column]
        if not len(every):
            return math.inf
        if len(own) >= FEWEST_OF_A_CAUSE:
            return _point(own, level)
        few = _point(own, level) if len(own) >= FEWEST_TO_WIDEN else -math.inf
        return max(few, _point(every, level))

    def coverage(
        self,
        level: float = NOMINAL,
        *,
        causes: frozenset[str] | None = None,
        keys: frozenset[str] | None = None,
    ) -> tuple[int, int]:
        """How many foretold cases fell inside a range of this level, and how many were asked.

        Each is judged by a widening that was worked out without its own fold. `causes` and `keys` ask only about some.
        """
        column, held, asked = LEVELS.index(level), 0, 0
        wide: dict[tuple[str, int], float] = {}
        for key, cause, fold, score in zip(
            self.keys, self.causes, self.folds, self.scores[:, column], strict=True
        ):
            if (keys is not None and key not in keys) or (causes is not None and cause not in causes):
                continue
            place = (str(cause), int(fold))
            if place not in wide:
                wide[place] = self.widening(place[0], level, without_fold=place[1])
            asked += 1
            held += bool(score <= wide[place])
        return held, asked


def _point(scores: Floats, level: float) -> float:
    """The score that this share of future ones will not pass, as split-conformal counts it."""
    place = math.ceil((len(scores) + 1) * level) - 1
    return float(np.sort(scores)[min(place, len(scores) - 1)])


def foretell(cases: Sequence[Settled]) -> Foretold:
    """Foretell each case by the others, in five parts; near-duplicates (`group`) lie in the same part."""
    parts = [part_of(case) for case in cases]
    keys: list[str] = []
    causes: list[str] = []
    folds: list[int] = []
    scores: list[list[float]] = []
    counts: dict[str, int] = {}
    for fold in range(FOLDS):
        models = learn([case for case, part in zip(cases, parts, strict=True) if part != fold])
        for case in (case for case, part in zip(cases, parts, strict=True) if part == fold):
            base, model = legal_base(case.pleaded), models.get(case.pleaded.cause)
            if model is None or base.fen <= 0 or counts.get(case.pleaded.cause, 0) >= MOST_OF_A_CAUSE:
                continue
            counts[case.pleaded.cause] = counts.get(case.pleaded.cause, 0) + 1
            values, weights = model.adjusted(case.pleaded, base)
            keys.append(case.key)
            causes.append(case.pleaded.cause)
            folds.append(fold)
            scores.append(outside(case, base, values, weights))
    return Foretold(
        tuple(keys),
        np.array(causes, dtype=np.str_),
        np.array(folds, dtype=np.int64),
        np.array(scores, dtype=np.float64).reshape(len(keys), len(LEVELS)),
    )


def ends(values: Floats, weights: Floats, level: float) -> tuple[float, float]:
    """The raw range of a level: as much weight is left out below as above."""
    tail = (1 - level) / 2
    low, high = quantiles(values, weights, (tail, 1 - tail))
    return low, high


def quantiles(values: Floats, weights: Floats, at: Sequence[float]) -> list[float]:
    """The values below which these shares of the weight lie, between neighbours in a straight line."""
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    middles = (np.cumsum(weights) - weights / 2) / weights.sum()
    return [float(value) for value in np.interp(at, middles, values)]


def outside(case: Settled, base: LegalBase, values: Floats, weights: Floats) -> list[float]:
    """For each level how far the settled sum, known to half a step, lies outside the raw range (log share).

    Nothing lies above the ceiling of a case, so a range that reaches it has no upper end to miss.
    """
    found = quantiles(
        values, weights, [tail for level in LEVELS for tail in ((1 - level) / 2, (1 + level) / 2)]
    )
    at_least = math.log(max(case.settled_fen - STEP_FEN / 2, STEP_FEN / 4) / base.fen)
    at_most = math.log((case.settled_fen + STEP_FEN / 2) / base.fen)
    is_capped = case.settled_fen >= base.most_fen
    scores = []
    for low, high in zip(found[::2], found[1::2], strict=True):
        below = low - at_most
        scores.append(below if is_capped and high >= at_least else max(below, at_least - high))
    return scores


def part_of(case: Settled) -> int:
    """The fold of a case; near-duplicates (`group`) share one. Always the same for the same case."""
    name = case.group or case.key
    return hashlib.blake2b(name.encode("utf-8", "ignore"), digest_size=4).digest()[0] % FOLDS
