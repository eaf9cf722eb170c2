"""What settled cases teach: how the share of the legal base moves with the facts, and what is left to chance.

For each cause a small ridge regression of log(settled ÷ base) on the facts, drawn towards one that all causes share.
It adjusts every like case to the facts of the one at hand; the spread of the adjusted cases is the range.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cases.similarity.suggest_facts import LegalBase, Pleaded, Settled, legal_base

Floats = npt.NDArray[np.float64]

STEP_FEN = 10_00  # settlements are round sums: half a step stands for “nothing”
SHARED_RIDGE = 3.0
CAUSE_RIDGE = 4.0
MANY = 30
HOW_MEASURED = 10  # the column that says whether the base is the claim itself
NARROWEST = 0.1  # no column is finer than a tenth: a share in logs, or one case in a hundred
FARTHEST = 3.0  # spreads: a fact that few cases have must not push all of them away
FEWEST_OF_A_SORT = 8  # a lender or product seen less often than that has no effect of its own
ROUNDS = 6
TAIL = 2.5  # spreads: what lies further out pulls no more


@dataclass(frozen=True, slots=True)
class Line:
    """One fitted regression: centre and scale of the columns, and their weights; the first is the level."""

    centre: Floats
    scale: Floats
    weights: Floats

    def at(self, columns: Floats) -> Floats:
        return np.asarray(self.weights[0] + self.standard(columns) @ self.weights[1:], dtype=np.float64)

    def standard(self, columns: Floats) -> Floats:
        """Columns in spreads from their middle, at most three; what is not known stands at the middle."""
        return np.clip(np.nan_to_num((columns - self.centre) / self.scale, nan=0.0), -FARTHEST, FARTHEST)


@dataclass(frozen=True, slots=True)
class CauseModel:
    """What was learnt of one cause from `cases`, row by row: their facts in spreads, and what the facts leave open."""

    cases: tuple[Settled, ...]
    sorts: tuple[str, ...]
    shared: Line
    own: Line
    standards: Floats
    residuals: Floats
    spread: float

    def level(self, facts: Sequence[Pleaded], bases: Sequence[LegalBase]) -> Floats:
        """The expected log share for each."""
        common, own = _columns(facts, bases, self.sorts)
        return self.shared.at(common) + self.own.at(own)

    def adjusted(self, facts: Pleaded, base: LegalBase) -> tuple[Floats, Floats]:
        """Every like case's log share moved to these facts, and how alike each is (0 to 1)."""
        here = self.level([facts], [base])[0]
        _common, own = _columns([facts], [base], self.sorts)
        gaps = self.standards - self.own.standard(own)
        pull = np.abs(self.own.weights[1:]) / max(self.spread, 0.15) + 0.15
        pull[HOW_MEASURED] = 0.0  # no fact of the dispute
        pull *= min(1.0, math.sqrt(len(self.cases) / MANY))  # few cases look further around them
        likeness = np.exp(-0.5 * np.minimum(12.0, ((gaps * pull) ** 2).sum(axis=1)))
        return here + self.residuals, np.asarray(0.05 + 0.95 * likeness, dtype=np.float64)


def learn(cases: Sequence[Settled]) -> dict[str, CauseModel]:
    """Fit every cause that has settled cases with a base above zero. The order of the cases does not matter."""
    usable = [(case, base) for case in cases if (base := legal_base(case.pleaded)).fen > 0]
    by_cause: dict[str, list[tuple[Settled, LegalBase]]] = defaultdict(list)
    for case, base in sorted(usable, key=lambda pair: pair[0].key):
        by_cause[case.pleaded.cause].append((case, base))
    if not by_cause:
        return {}
    rows = [pair for cause in sorted(by_cause) for pair in by_cause[cause]]
    shared = _fit_shared(rows)
    return {cause: _fit_cause(pairs, shared) for cause, pairs in sorted(by_cause.items())}


def log_share(case: Settled, base: LegalBase) -> float:
    """log(settled ÷ base); nothing at all counts as half a step."""
    return math.log(max(case.settled_fen, STEP_FEN / 2) / base.fen)


def _fit_shared(rows: Sequence[tuple[Settled, LegalBase]]) -> Line:
    """What all causes share, after each cause's own level is taken out."""
    common, _own = _columns([case.pleaded for case, _b in rows], [base for _c, base in rows], ())
    shares = np.array([log_share(case, base) for case, base in rows])
    causes = np.array([case.pleaded.cause for case, _base in rows])
    levels = np.zeros(len(rows))
    for cause in set(causes.tolist()):
        levels[causes == cause] = np.median(shares[causes == cause])
    ceilings = np.array([_ceiling(case, base) for case, base in rows])
    line, _spread, _residuals = _ridge(common, shares - levels, ceilings - levels, SHARED_RIDGE)
    return Line(line.centre, line.scale, np.concatenate([[0.0], line.weights[1:]]))


def _fit_cause(pairs: Sequence[tuple[Settled, LegalBase]], shared: Line) -> CauseModel:
    facts, bases = [case.pleaded for case, _base in pairs], [base for _case, base in pairs]
    sorts = _sorts(facts)
    common, own = _columns(facts, bases, sorts)
    known = shared.at(common)
    shares = np.array([log_share(case, base) for case, base in pairs]) - known
    ceilings = np.array([_ceiling(case, base) for case, base in pairs]) - known
    line, spread, residuals = _ridge(own, shares, ceilings, CAUSE_RIDGE)
    cases = tuple(case for case, _base in pairs)
    return CauseModel(cases, sorts, shared, line, line.standard(own), residuals, spread)


def _ceiling(case: Settled, base: LegalBase) -> float:
    """The log share above which nobody can settle; infinite when this case stayed below it."""
    return math.log(base.most_fen / base.fen) if case.settled_fen >= base.most_fen > 0 else math.inf


def _ridge(columns: Floats, aims: Floats, ceilings: Floats, ridge: float) -> tuple[Line, float, Floats]:
    """Weights, the spread and the residuals. Cases at their ceiling count as expected above it."""
    with np.errstate(invalid="ignore"):
        known = ~np.isnan(columns)
        counts = np.maximum(known.sum(axis=0), 1)
        centre = np.where(known, columns, 0).sum(axis=0) / counts
        scale = np.sqrt(np.where(known, (columns - centre) ** 2, 0).sum(axis=0) / counts)
    line = Line(centre, np.maximum(scale, NARROWEST), np.zeros(columns.shape[1] + 1))
    standard = line.standard(columns)
    design = np.column_stack([np.ones(len(aims)), standard])
    penalty = np.diag([0.0] + [ridge] * columns.shape[1])
    capped, seen = np.isfinite(ceilings), aims.copy()
    weights, spread = np.zeros(design.shape[1]), float(np.std(aims)) or 0.1
    weights[0] = np.median(aims)
    for _round in range(ROUNDS):
        fitted = design @ weights
        seen[capped] = _expected_above(fitted[capped], ceilings[capped], spread)
        bounded = np.clip(seen, fitted - TAIL * spread, fitted + TAIL * spread)
        weights = np.linalg.solve(design.T @ design + penalty, design.T @ bounded)
        gaps = bounded - design @ weights
        spread = max(0.03, float(np.sqrt((gaps**2).mean())))
    return Line(line.centre, line.scale, weights), spread, seen - design @ weights


def _expected_above(fitted: Floats, ceilings: Floats, spread: float) -> Floats:
    """The mean of a bell around `fitted`, given that it lies above the ceiling."""
    at = np.clip((ceilings - fitted) / spread, -6, 6)
    density = np.exp(-0.5 * at**2) / math.sqrt(2 * math.pi)
    beyond = np.array([max(1e-9, math.erfc(one / math.sqrt(2)) / 2) for one in at.tolist()])
    return np.asarray(fitted + spread * density / beyond, dtype=np.float64)


def _sorts(facts: Sequence[Pleaded]) -> tuple[str, ...]:
    """Lenders and products that are seen often enough to have an effect, in a fixed order."""
    counts: dict[str, int] = defaultdict(int)
    for fact in facts:
        counts[f"lender:{fact.lender}"] += 1
        counts[f"product:{fact.product}"] += 1
    return tuple(sorted(name for name, n in counts.items() if FEWEST_OF_A_SORT <= n < len(facts)))


def _columns(
    facts: Sequence[Pleaded], bases: Sequence[LegalBase], sorts: Sequence[str]
) -> tuple[Floats, Floats]:
    """Columns that all causes share (the evidence), and those of a cause; NaN where a fact is not known."""
    common = np.array(
        [[_level(fact.evidence_level, 0), _level(fact.evidence_level, 1), _level(fact.evidence_level, 3)]
         for fact in facts]
    )  # fmt: skip
    own = np.array(
        [
            [
                *common[at],
                _log_ratio(fact.claim_fen, base.fen),
                _log(base.fen),
                _log_ratio(fact.principal_fen, base.fen),
                _log_ratio(fact.fee_fen, base.fen),
                _log(fact.overdue_days),
                _log(base.fen / fact.paid_interest_fen) if fact.paid_interest_fen else math.nan,
                math.nan if fact.done is None else fact.done,
                float(base.kind == "claim"),
                *(float(sort in {f"lender:{fact.lender}", f"product:{fact.product}"}) for sort in sorts),
            ]
            for at, (fact, base) in enumerate(zip(facts, bases, strict=True))
        ]
    )
    return common, own


def _level(level: int | None, wanted: int) -> float:
    return math.nan if level is None else float(level == wanted)


def _log(value: float | None) -> float:
    return math.log(value) if value and value > 0 else math.nan


def _log_ratio(value: int | None, base: int) -> float:
    return math.log(value / base) if value and value > 0 else math.nan
