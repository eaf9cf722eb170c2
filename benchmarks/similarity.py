"""How well the product's search finds what people judged to be near: words, meaning, and both as the site uses them.

    python benchmarks/similarity.py FOLDER [--learn-from FOLDER] [--meaning FILE] [--keep FOLDER] [--json]

FOLDER holds any of `stard`, `lecardv2_qq`, `scm`, `muser_focus` and `lawbench`, in itself or in folders of any name: a
set is known by what its files hold (similarity_sets.py). Each row: plain BM25; the words of the product; its vectors
without and with the learnt layer; and `hybrid`, which is Library.by_text. The learnt layer saw 70 % of some texts:
`unseen` is what it never saw, and only that says how well it will do. Points in dispute (muser_focus) are learnt from
the folder itself in five parts that follow one another, each foretold from the four others, or from `--learn-from`
when that is given; the corpus of that folder serves questions that come without one. `--meaning` takes another learnt
layer than the one that ships.
Progress goes to the standard error. Vectors are kept in var/similarity, or `--keep` FOLDER: a first run takes some
seven minutes of CPU, a second one less than two. A set that cannot be measured is told as {"error": …}; the others
go on.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-bench-"))
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from benchmarks.similarity_focus import measure_focus
from benchmarks.similarity_sets import KEPT, Set, Task, find_set, find_sets, hash_of, read_lines
from benchmarks.similarity_vectors import KeptVectors, LearntVectors
from cases.similarity.e5 import LEARNT, E5Embedder
from cases.similarity.embedder import Embedder, Use
from cases.similarity.factors import Doc
from cases.similarity.lexical import LexicalIndex
from cases.similarity.search import Library, Query

PLAIN_LENGTH_WEIGHT = 0.75  # of BM25 as it is mostly used
Engines = tuple[Embedder, Embedder]
Figures = dict[str, float]
Measure = Callable[[np.ndarray, Sequence[set[int]]], Figures]


def ranked(scores: np.ndarray, wanted: Sequence[set[int]]) -> Figures:
    """MRR@10, R@10 and MAP over all queries that have a right passage."""
    reciprocal, recall, precision = [], [], []
    for row, right in zip(scores, wanted, strict=True):
        if not right:
            continue
        order = np.argsort(-row, kind="stable")
        places = np.sort(np.flatnonzero(np.isin(order, list(right)))) + 1
        best = places[places <= 10]
        reciprocal.append(1 / best[0] if len(best) else 0.0)
        recall.append(len(best) / len(right))
        precision.append(float(np.mean(np.arange(1, len(places) + 1) / places)))
    return _rounded({"MRR@10": reciprocal, "R@10": recall, "MAP": precision, "n": len(reciprocal)})


def five_alike(scores: np.ndarray, wanted: Sequence[set[int]]) -> Figures:
    """P@5: how many of the first five are of the query's own kind."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :5]
    right = [len(wanted[at] & set(row.tolist())) / 5 for at, row in enumerate(best)]
    return _rounded({"P@5": right, "n": len(right)})


def _rounded(values: dict[str, Any]) -> Figures:
    return {name: round(float(np.mean(value)), 4) if name != "n" else value for name, value in values.items()}


class Parts:
    """The scores of each part and of the product, one row a query."""

    def __init__(self, task: Task, plain: Embedder, learnt: Embedder) -> None:
        docs = [Doc(key=str(at), text=text) for at, text in enumerate(task.passages)]
        bm25 = LexicalIndex(task.passages, length_weight=PLAIN_LENGTH_WEIGHT)
        libraries = {
            engine: Library(docs, engine.encode(task.passages, kind=task.kind)) for engine in (plain, learnt)
        }
        kind: Use = "story" if task.kind == "story" else "query"
        asked = {engine: engine.encode(task.queries, kind=kind) for engine in (plain, learnt)}
        rows: dict[str, list[np.ndarray]] = {name: [] for name in self.names}
        begun = time.process_time()
        for at, text in enumerate(task.queries):
            first = Query(text=text, vector=asked[plain][at])
            query = Query(text=text, vector=asked[learnt][at])
            rows["bm25"].append(bm25.scores(text))
            rows["words"].append(libraries[learnt].by_words(query))
            rows["meaning_unlearnt"].append(libraries[plain].by_meaning(first))
            rows["meaning"].append(libraries[learnt].by_meaning(query))
            rows["hybrid_unlearnt"].append(_text(libraries[plain], first, at, task))
            rows["hybrid"].append(_text(libraries[learnt], query, at, task))
        self.milliseconds = round(1000 * (time.process_time() - begun) / max(1, len(task.queries)), 2)
        self.scores = {name: np.vstack(found) for name, found in rows.items()}
        if task.itself:
            for found in self.scores.values():
                np.fill_diagonal(found, -np.inf)

    names = ("bm25", "words", "meaning_unlearnt", "meaning", "hybrid_unlearnt", "hybrid")


def _text(library: Library, query: Query, at: int, task: Task) -> np.ndarray:
    """Library.by_text without the query's own text among the cases, as the product leaves a case itself out."""
    found = np.zeros(len(library), dtype=np.float32)
    rows = np.flatnonzero(np.arange(len(library)) != at) if task.itself else np.arange(len(library))
    found[rows] = library.by_text(query, rows)
    return found


def measure_task(task: Task, measure: Measure, engines: Engines, seen: set[int]) -> dict[str, Any]:
    parts = Parts(task, *engines)
    told: dict[str, Any] = {name: measure(found, task.wanted) for name, found in parts.scores.items()}
    unseen = [at for at, text in enumerate(task.queries) if hash_of(text) not in seen]
    if 0 < len(unseen) < len(task.queries):
        wanted = [task.wanted[at] for at in unseen]
        told["unseen"] = {name: measure(found[unseen], wanted) for name, found in parts.scores.items()}
        if task.itself:
            told["unseen_among_unseen"] = {
                name: measure(found[np.ix_(unseen, unseen)], _within(wanted, unseen))
                for name, found in parts.scores.items()
            }
    return told | {"milliseconds": parts.milliseconds}


def _within(wanted: Sequence[set[int]], rows: Sequence[int]) -> list[set[int]]:
    places = {row: place for place, row in enumerate(rows)}
    return [{places[row] for row in right if row in places} for right in wanted]


def measure_triples(files: dict[str, Path], engines: Engines) -> dict[str, Any]:
    """Which of two judgments is nearer to a third: all judgments of the file make the library."""
    answers = {str(row["id"]): row["closer"] for row in read_lines(files["answers"])}
    triples = [row for row in read_lines(files["triples"]) if str(row["id"]) in answers]
    if not triples:
        raise ValueError("no triple has an answer")
    texts = sorted({row[side] for row in triples for side in "BC"})
    places = {text: at for at, text in enumerate(texts)}
    task = Task([row["A"] for row in triples], texts, [set()] * len(triples), kind="story")
    parts = Parts(task, *engines)
    told: dict[str, Any] = {"n": len(triples)}
    for name, found in parts.scores.items():
        nearer = [
            "B" if found[at, places[row["B"]]] > found[at, places[row["C"]]] else "C"
            for at, row in enumerate(triples)
        ]
        right = [answers[str(row["id"])] == said for row, said in zip(triples, nearer, strict=True)]
        told[name] = {"accuracy": round(float(np.mean(right)), 4)}
    return told


def measure_all(folder: Path, learn_from: Path | None, meaning: Path, keep: Path = KEPT) -> dict[str, Any]:
    plain = KeptVectors(E5Embedder(learnt=None), keep, told=_say)
    engines: Engines = (plain, LearntVectors(plain, meaning))
    with np.load(meaning) as learnt:
        seen = set(map(int, learnt["seen"]))
    measures: dict[str, Callable[[Set], dict[str, Any]]] = {
        "stard": lambda one: measure_task(one.read(), ranked, engines, seen),
        "lecardv2_qq": lambda one: measure_task(one.read(), ranked, engines, seen),
        "lawbench_2_4": lambda one: measure_task(one.read(), five_alike, engines, seen),
        "scm": lambda one: measure_triples(one.files, engines),
        "muser_focus": lambda one: measure_focus(one.files["sentences"], learn, plain),
    }
    learn = find_set("muser_focus", learn_from).files["sentences"] if learn_from else None
    sets = [one for one in find_sets(folder, learn_from) if one.kind in measures]
    kinds = [one.kind for one in sets]
    told: dict[str, Any] = {"model": engines[1].name}
    if not sets:
        told["error"] = f"{folder} holds none of {', '.join(measures)}"
    for one in sets:
        name = one.kind if kinds.count(one.kind) == 1 else f"{one.kind} {one.folder.relative_to(folder)}"
        _say(f"{name} … ({one.folder})")
        begun, cpu = time.perf_counter(), time.process_time()
        try:
            told[name] = measures[one.kind](one)
        except Exception as error:  # whatever is wrong with one set, the others are measured
            told[name] = {"error": f"{type(error).__name__}: {error}"}
            _say(f"{name}: {told[name]['error']}")
        _say(f"{name}: {time.perf_counter() - begun:.0f} s, of them {time.process_time() - cpu:.0f} s CPU")
    return told


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--learn-from", type=Path, help="a folder whose muser_focus is learnt from")
    parser.add_argument("--meaning", type=Path, default=LEARNT, help="another learnt layer (.npz)")
    parser.add_argument("--keep", type=Path, default=KEPT, help="where vectors are kept for the next run")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    for given in (chosen.folder, chosen.learn_from):
        if given and not given.is_dir():
            parser.error(f"{given} is no folder")
    if not chosen.meaning.is_file():
        parser.error(f"{chosen.meaning} is no file")
    told = measure_all(chosen.folder, chosen.learn_from, chosen.meaning, chosen.keep)
    if chosen.json:
        print(json.dumps(told, ensure_ascii=False))
        return
    for name, rows in told.items():
        print(name, rows if isinstance(rows, str) else "")
        for part, figures in rows.items() if isinstance(rows, dict) else ():
            print("   ", part, figures)


if __name__ == "__main__":
    main()
