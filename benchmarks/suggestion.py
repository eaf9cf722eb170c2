"""How well settled cases foretell a settlement: the suggestion beside the median of the cause and the nearest by BM25.

    python benchmarks/suggestion.py FOLDER [--base FOLDER] [--json]

FOLDER, or a folder in it, holds a file of JSON lines (id, narrative, facts, evidence_level, vulnerable, outcome), under
any name. Cases are grouped first: two of the same cause and lender whose wordings, figures blanked out, share 70 % of
their three-character pieces are near-duplicates and stay together.

* `suggestion`: ten parts, made of whole groups. Every part is tested once against a stock of the other nine; the
  widening of the ranges is worked out inside that stock (five folds of whole groups), never on the tested part.
* `ordered`: in the order of the file, base (first half) < calibration (next quarter) < test (last quarter); a group
  lies where its first case does. The widening comes from the middle quarter alone.
* `text_only`: as `suggestion`, but the facts of the tested case are read from its narrative.

With `--base` the stock is the other folder and all of FOLDER is tested. Settled cases only; money in yuan here.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-bench-"))

import numpy as np

from benchmarks.settled_cases import LENDERS, PARTS, TODAY, Told, load, split
from cases.similarity.lexical import LexicalIndex
from cases.similarity.suggest import Stock, Suggested
from cases.similarity.suggest_calibrate import LEVELS, Foretold, outside
from cases.similarity.suggest_facts import Pleaded, Settled, legal_base
from mediation.suggestions.reading import read_pleaded

NEIGHBOURS = 20
CAUSES = {
    "high_rate": "rate_too_high", "hidden_fee": "tied_sale", "forced_insurance": "tied_sale",
    "early_repayment": "prepay_penalty", "deduction": "head_deduction", "hardship": "hardship_plan",
    "rental_loan": "rent_loan", "harassment": "collection_abuse", "unauthorised_loan": "card_fraud",
}  # fmt: skip


@dataclass(frozen=True)
class Foreseen:
    """What one method said of one case, in fen; nothing when it abstained."""

    told: Told
    low: float = 0.0
    middle: float | None = None
    high: float = 0.0


@lru_cache(maxsize=PARTS)
def shelf_of(stock: tuple[Told, ...]) -> Stock:
    """Learnt once, though several methods ask."""
    return Stock([case.settled for case in stock])


def by_suggestion(stock: Sequence[Told], test: Sequence[Told], *, text_only: bool = False) -> list[Foreseen]:
    """What the product says of each tested case."""
    shelf = shelf_of(tuple(stock))
    return [_foreseen(case, shelf.suggest(_facts(case, text_only))) for case in test]


def _facts(case: Told, text_only: bool) -> Pleaded:
    if not text_only:
        return case.settled.pleaded
    read = read_pleaded(case.narrative, today=TODAY)
    lender = next((code for word, code in LENDERS.items() if word in case.narrative), "")
    return replace(read, cause=CAUSES.get(read.cause, read.cause), lender=lender)


def _foreseen(case: Told, said: Suggested) -> Foreseen:
    return Foreseen(case) if said.silence else Foreseen(case, said.low_fen, said.middle_fen, said.high_fen)


def by_cause(stock: Sequence[Told], test: Sequence[Told]) -> list[Foreseen]:
    """The median share of the claim in the same cause, with the 10 % and 90 % ends."""
    shares = defaultdict(list)
    for case in stock:
        shares[case.settled.pleaded.cause].append(_share(case))
    return [_from_shares(case, shares[case.settled.pleaded.cause]) for case in test]


def by_bm25(stock: Sequence[Told], test: Sequence[Told]) -> list[Foreseen]:
    """The median share of the claim in the twenty nearest by words."""
    index = LexicalIndex([case.narrative for case in stock])
    return [
        _from_shares(
            case,
            [
                _share(stock[at])
                for at in np.argsort(-index.scores(case.narrative), kind="stable")[:NEIGHBOURS]
            ],
        )
        for case in test
    ]


def by_share_alone(stock: Sequence[Told], test: Sequence[Told]) -> list[Foreseen]:
    """The legal base and the median share of it in the same cause: the suggestion without what it learns."""
    shares = defaultdict(list)
    for case in stock:
        if owed_fen := legal_base(case.settled.pleaded).fen:
            shares[case.settled.pleaded.cause].append(case.settled.settled_fen / owed_fen)
    told = []
    for case in test:
        base, known = legal_base(case.settled.pleaded), shares[case.settled.pleaded.cause]
        ends_ = [float(np.quantile(known, at)) for at in (0.1, 0.5, 0.9)] if known else [0.0] * 3
        low, middle, high = (min(base.most_fen, base.fen * share) for share in ends_)
        told.append(Foreseen(case, low, middle, high))
    return told


def _share(case: Told) -> float:
    return case.settled.settled_fen / case.settled.pleaded.claim_fen


def _from_shares(case: Told, shares: Sequence[float]) -> Foreseen:
    if not shares:
        return Foreseen(case)
    low, middle, high = (
        float(np.quantile(shares, at)) * case.settled.pleaded.claim_fen for at in (0.1, 0.5, 0.9)
    )
    return Foreseen(case, low, middle, high)


def figures(seen: Sequence[Foreseen]) -> dict[str, float | int]:
    """The row of the table. A case settled at nothing counts as exact only when nothing was foretold."""
    said = [(one, one.middle) for one in seen if one.middle is not None]
    if not said:
        return {"n": len(seen), "abstains": 1.0}
    real = np.array([one.told.settled.settled_fen for one, _middle in said], dtype=np.float64)
    middle = np.array([middle for _one, middle in said], dtype=np.float64)
    claim = np.array([one.told.settled.pleaded.claim_fen for one, _middle in said], dtype=np.float64)
    low, high = np.array([one.low for one, _m in said]), np.array([one.high for one, _m in said])
    error = np.where(real > 0, np.abs(middle - real) / np.maximum(real, 1), (middle > 0).astype(float))
    return {
        "n": len(seen),
        "MdAPE": round(float(np.median(error)), 4),
        "within_20": round(float((error <= 0.2).mean()), 4),
        "covers_80": round(float(((low <= real) & (real <= high)).mean()), 4),
        "width": round(float(((high - low) / claim).mean()), 4),
        "bias": round(float(np.median((middle - real) / claim)), 4),
        "abstains": round(1 - len(said) / len(seen), 4),
    }


def grouped(
    seen: Sequence[Foreseen], names: Callable[[Told], list[str]]
) -> dict[str, dict[str, float | int]]:
    shelves: dict[str, list[Foreseen]] = defaultdict(list)
    for one in seen:
        for name in names(one.told):
            shelves[name].append(one)
    return {name: figures(shelf) for name, shelf in sorted(shelves.items())}


def in_order(told: Sequence[Told]) -> dict[str, float | int]:
    """Base < calibration < test, by the order of the file; only the middle quarter widens the ranges."""
    place: dict[str, int] = {}
    for at, case in enumerate(told):
        place.setdefault(case.settled.group, at)
    base, middle, test = (
        [case for case in told if start <= place[case.settled.group] / len(told) < end]
        for start, end in ((0, 0.5), (0.5, 0.75), (0.75, 1))
    )
    shelf = Stock([case.settled for case in base])
    shelf.__dict__["foretold"] = _foretold_by(shelf, [case.settled for case in middle])
    return figures([_foreseen(case, shelf.suggest(case.settled.pleaded)) for case in test]) | {
        "base": len(base),
        "calibration": len(middle),
    }


def _foretold_by(shelf: Stock, cases: Sequence[Settled]) -> Foretold:
    rows = [
        (case, outside(case, legal_base(case.pleaded), *moved))
        for case in cases
        if legal_base(case.pleaded).fen > 0 and (model := shelf.models.get(case.pleaded.cause))
        for moved in [model.adjusted(case.pleaded, legal_base(case.pleaded))]
    ]
    return Foretold(
        tuple(case.key for case, _scores in rows),
        np.array([case.pleaded.cause for case, _scores in rows]),
        np.zeros(len(rows), dtype=np.int64),
        np.array([scores for _case, scores in rows]),
    )


def nominal_and_actual(parts: Sequence[tuple[list[Told], list[Told]]]) -> dict[str, float]:
    """For each level, how often the tested cases fell inside."""
    held, asked = np.zeros(len(LEVELS)), 0
    for stock, test in parts:
        shelf = shelf_of(tuple(stock))
        for case in test:
            facts, base = case.settled.pleaded, legal_base(case.settled.pleaded)
            if base.fen > 0 and (model := shelf.models.get(facts.cause)):
                scores = outside(case.settled, base, *model.adjusted(facts, base))
                held += [
                    score <= shelf.foretold.widening(facts.cause, level)
                    for score, level in zip(scores, LEVELS, strict=True)
                ]
                asked += 1
    return {str(level): round(float(n) / max(1, asked), 4) for level, n in zip(LEVELS, held, strict=True)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", type=Path, help="take the stock from this folder and test all of FOLDER")
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    chosen = parser.parse_args()
    try:
        told = load(chosen.folder)
        parts = [(load(chosen.base), told)] if chosen.base else split(told)
    except (OSError, ValueError, KeyError) as error:
        parser.error(f"{type(error).__name__}: {error}")
    methods: dict[str, Callable[[Sequence[Told], Sequence[Told]], list[Foreseen]]] = {
        "suggestion": by_suggestion,
        "text_only": lambda stock, test: by_suggestion(stock, test, text_only=True),
        "legal_base_and_median": by_share_alone,
        "same_cause_median": by_cause,
        "nearest_20_bm25": by_bm25,
    }
    seen = {
        name: [one for stock, test in parts for one in method(stock, test)]
        for name, method in methods.items()
    }
    result: dict[str, Any] = {
        "settled": len(told),
        "groups": len({case.settled.group for case in told}),
        "split": "other folder" if chosen.base else "ten parts of whole groups",
        **{name: figures(rows) for name, rows in seen.items()},
    }
    if not chosen.base:
        result["ordered"] = in_order(told)
    result["nominal_and_actual"] = nominal_and_actual(parts)
    result["by_cause"] = grouped(seen["suggestion"], lambda case: [case.settled.pleaded.cause])
    result["by_group"] = grouped(seen["suggestion"], lambda case: case.groups)
    if chosen.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    for name, row in {**result, **result["by_cause"], **result["by_group"]}.items():
        if isinstance(row, dict) and "n" in row:
            print(f"{name:24}", "  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
