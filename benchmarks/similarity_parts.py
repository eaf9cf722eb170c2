"""What each part of the search adds: how well the cases it finds foretell what a case was settled for.

    python benchmarks/similarity_parts.py FOLDER [--keep FOLDER] [--every 5] [--json]

FOLDER holds a set of settled cases (as benchmarks/suggestion.py reads it). Each `--every`th case is looked for among
all others but its near-duplicates, once with all that is known of it, then with one part left untold: its words, its
meaning, all facts, each fact. The middle share of the claim that the twenty nearest were settled for foretells the sum.
`error`: the middle error as a share of the sum; `within_20`: how many lie within a fifth of it; `same_cause`: how many
of the twenty are of the case's own cause. Suggestions do not rest on this search; it is what people read beside them.
Nothing was tuned on this set's sums. What was asked for (remedies) is not told in it.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from statistics import mean, median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-bench-"))
os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.settled_cases import Told, load
from benchmarks.similarity_sets import KEPT
from benchmarks.similarity_vectors import KeptVectors
from cases.similarity.e5 import E5Embedder
from cases.similarity.factors import Doc
from cases.similarity.search import Library, Query

NEIGHBOURS = 20
UNTOLD: dict[str, dict[str, Any]] = {
    "all parts": {},
    "without words": {"text": ""},
    "without meaning": {"vector": None},
    "facts alone": {"text": "", "vector": None},
    "without cause": {"cause": None},
    "without amount": {"claim_fen": None, "principal_fen": None},
    "without product": {"product": ""},
    "without rate": {"annual_rate": None},
    "without papers": {"evidence_level": None},
    "without lender": {"licence": ""},
}
UNTOLD["words and meaning alone"] = {
    name: value
    for key, left in UNTOLD.items()
    for name, value in left.items()
    if name not in {"text", "vector"}
}


def measure(told: list[Told], every: int, keep: Path) -> dict[str, dict[str, float]]:
    """The figures of each way of asking."""
    engine = KeptVectors(E5Embedder(), keep, told=lambda words: print(words, file=sys.stderr, flush=True))
    vectors = engine.encode([case.narrative for case in told], kind="story")
    docs = [_doc(case) for case in told]
    library = Library(docs, vectors)
    twins: dict[str, set[str]] = defaultdict(set)
    for case in told:
        twins[case.settled.group].add(case.settled.key)
    found = {}
    for name, left in UNTOLD.items():
        rows = []
        for at in range(0, len(told), every):
            case, doc = told[at], docs[at]
            asked = Query(
                text=doc.text, vector=vectors[at], cause=doc.cause, product=doc.product, licence=doc.licence,
                claim_fen=doc.claim_fen, principal_fen=doc.principal_fen, annual_rate=doc.annual_rate,
                evidence_level=doc.evidence_level, without=frozenset(twins[case.settled.group]),
            )  # fmt: skip
            hits = [hit.doc for hit in library.nearest(replace(asked, **left), NEIGHBOURS).hits]
            rows.append(_judged(doc, hits))
        errors, causes = zip(*rows, strict=True)
        found[name] = {
            "error": round(median(errors), 4),
            "within_20": round(mean(error <= 0.2 for error in errors), 4),
            "same_cause": round(mean(causes), 4),
            "n": len(rows),
        }
    return found


def _judged(doc: Doc, hits: list[Doc]) -> tuple[float, float]:
    share = median((hit.settled_fen or 0) / (hit.claim_fen or 1) for hit in hits)
    settled = doc.settled_fen or 0
    error = abs(share * (doc.claim_fen or 0) - settled) / max(1, settled)
    return error, mean(hit.cause == doc.cause for hit in hits)


def _doc(case: Told) -> Doc:
    facts = case.settled.pleaded
    return Doc(
        key=case.settled.key, text=case.narrative, cause=facts.cause, product=facts.product, licence=facts.lender,
        claim_fen=facts.claim_fen, principal_fen=facts.principal_fen,
        annual_rate=None if facts.annual_rate is None else Decimal(str(facts.annual_rate)),
        evidence_level=facts.evidence_level, settled_fen=case.settled.settled_fen,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", type=Path, default=KEPT, help="where vectors are kept for the next run")
    parser.add_argument("--every", type=int, default=5, help="look for each such case")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    if not chosen.folder.is_dir():
        parser.error(f"{chosen.folder} is no folder")
    found = measure(load(chosen.folder), max(1, chosen.every), chosen.keep)
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for name, figures in found.items():
        print(f"{name:26}", figures)


if __name__ == "__main__":
    main()
