"""Reads the retrieval sets, as far as a folder holds them, into one shape: queries, passages, and what is right."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cases.similarity.embedder import Use

KEPT = Path(__file__).resolve().parent.parent / "var" / "similarity"


@dataclass(frozen=True, slots=True)
class Task:
    """Queries and passages, and for each query the rows of its right passages. `itself`: query i is passage i."""

    queries: list[str]
    passages: list[str]
    wanted: list[set[int]]
    itself: bool = False
    kind: Use = "passage"


def hash_of(text: str) -> int:
    """64 bits of a text, for splitting and for knowing it again."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8])


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def read_pairs(path: Path) -> list[tuple[str, str]]:
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [(line[0], line[1]) for line in lines]


@dataclass(frozen=True, slots=True)
class Set:
    """A set of a folder: its name there, the file without which it is not there, and how it is read."""

    name: str
    needs: str
    read: Callable[[Path], Task]


def _stard(folder: Path) -> Task:
    corpus = read_lines(folder / "corpus.jsonl")
    rows = {article["id"]: at for at, article in enumerate(corpus)}
    right: dict[str, set[int]] = defaultdict(set)
    for question, article in read_pairs(folder / "qrels.tsv"):
        if article in rows:
            right[question].add(rows[article])
    queries = [query for query in read_lines(folder / "queries.jsonl") if right.get(query["id"])]
    return Task(
        queries=[query["question"] for query in queries],
        passages=[f"{article.get('name', '')} {article['text']}" for article in corpus],
        wanted=[right[query["id"]] for query in queries],
    )


def _cases(folder: Path) -> Task:
    cases = read_lines(folder / "cases.jsonl")
    rows = {case["id"]: at for at, case in enumerate(cases)}
    right: list[set[int]] = [set() for _ in cases]
    for one, other in read_pairs(folder / "pairs.tsv"):
        right[rows[one]].add(rows[other])
        right[rows[other]].add(rows[one])
    texts = [case["fact"] for case in cases]
    return Task(queries=texts, passages=texts, wanted=right, itself=True, kind="story")


def _consults(folder: Path) -> Task:
    rows = read_lines(folder / "2-4.jsonl")
    labels = [row["answer"] for row in rows]
    holders: dict[str, set[int]] = defaultdict(set)
    for at, label in enumerate(labels):
        holders[label].add(at)
    texts = [row["text"] for row in rows]
    return Task(
        queries=texts,
        passages=texts,
        wanted=[holders[label] - {at} for at, label in enumerate(labels)],
        itself=True,
        kind="story",
    )


STARD = Set("stard", "qrels.tsv", _stard)
LECARD = Set("lecardv2_qq", "pairs.tsv", _cases)
CONSULTS = Set("lawbench", "2-4.jsonl", _consults)
