"""Finds the retrieval sets that a folder holds, whatever their files are called, and reads them into one shape.

A file is known by what its lines hold. The files of a set lie in one folder:
the one that is named, or one or two below.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cases.similarity.embedder import Use

USUAL = re.compile("2-4|qrel|pair|case|sentence|triple|answer|quer|question|corpus", re.IGNORECASE)
PAIR = re.compile(r"\s*[\w.:-]+(?:[ \t]+[\w.:-]+){1,3}\s*(?:\n|$)")  # two names, and perhaps a grade
TREC = 4  # columns: question, nothing, passage, grade
LONGEST_ROW = 1 << 20
LONGEST_KIND = 15
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
    """The rows of a file of JSON lines, or of one JSON list. Raises ValueError where a line is none."""
    text = path.read_text(encoding="utf-8-sig")
    if text.lstrip().startswith("["):
        return [row for row in json.loads(text) if isinstance(row, dict)]
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """What belongs together: two columns, a third with a grade; or the four of TREC. Grades of nothing are left out."""
    lines = (line.split() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip())
    pairs = []
    for line in lines:
        one, other, grade = (
            (line[0], line[2], line[3]) if len(line) >= TREC else (*line[:2], *line[2:], "1")[:3]
        )
        if grade not in {"0", "0.0"}:
            pairs.append((one, other))
    return pairs


@dataclass(frozen=True, slots=True)
class Set:
    """A set that was found: what it is like, where it lies, and its files by what they hold."""

    kind: str
    folder: Path
    files: dict[str, Path]

    def read(self) -> Task:
        """Queries and passages. Raises ValueError, KeyError, OSError."""
        return READERS[self.kind](self.files)


def find_sets(folder: Path, besides: Path | None = None) -> list[Set]:
    """All sets that lie in a folder, or in the folders one and two below, in the order of NEEDS.

    Questions without a corpus are looked up in that of the folder `besides`.
    """
    folders = [
        folder,
        *sorted(path for depth in ("*", "*/*") for path in folder.glob(depth) if path.is_dir()),
    ]
    held = {one: _files_of(one) for one in folders}
    if besides and (corpora := [one.files["corpus"] for one in find_sets(besides) if "corpus" in one.files]):
        for files in held.values():
            files.setdefault("corpus", corpora[0])
    return [
        Set(kind, one, {name: files[name] for name in names})
        for kind, names in NEEDS.items()
        for one, files in held.items()
        if all(name in files for name in names)
    ]


def find_set(kind: str, folder: Path) -> Set:
    """The first of its kind. Raises FileNotFoundError."""
    for one in find_sets(folder):
        if one.kind == kind:
            return one
    needed = " and ".join(f"{name} ({', '.join(sorted(KEYS.get(name, ())))})" for name in NEEDS[kind])
    raise FileNotFoundError(f"{folder} holds no set {kind}: it needs {needed} in one folder")


def _files_of(folder: Path) -> dict[str, Path]:
    """The files of a folder by what they hold; of several alike the one whose name says most."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir(), key=lambda path: (not USUAL.search(path.name), path.name)):
        if path.is_file() and (holds := _holds(path)):
            found.setdefault(holds, path)
    return found


def _holds(path: Path) -> str | None:
    if path.suffix in {".tsv", ".txt", ".trec", ".qrels"}:
        return "pairs" if PAIR.match(_begin(path)) else None
    if path.suffix not in {".jsonl", ".json", ".ndjson"}:
        return None
    try:
        row, _end = json.JSONDecoder().raw_decode(_begin(path).lstrip("[ \n"))
        keys = set(row) if isinstance(row, dict) else set()
        if {"answer", "text"} <= keys:
            return "consults" if _of_few_kinds(path) else None
    except ValueError:
        return None
    return next((name for name, wanted in KEYS.items() if wanted <= keys), None)


def _begin(path: Path) -> str:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return file.read(LONGEST_ROW)


def _of_few_kinds(path: Path) -> bool:
    """Whether the answers are names of kinds, as those of consults are, and no sentences."""
    answers = [str(row.get("answer", "")) for row in read_lines(path)]
    if any("争议焦点" in answer for answer in answers):
        return False  # points in dispute of judgments: another task
    return max(map(len, answers)) <= LONGEST_KIND and len(set(answers)) * 2 <= len(answers) + 1


def _stard(files: dict[str, Path]) -> Task:
    corpus = read_lines(files["corpus"])
    rows = {str(article["id"]): at for at, article in enumerate(corpus)}
    right: dict[str, set[int]] = defaultdict(set)
    for question, article in read_pairs(files["pairs"]):
        if article in rows:
            right[question].add(rows[article])
    queries = [query for query in read_lines(files["questions"]) if right.get(str(query["id"]))]
    if not queries:
        raise ValueError("no question has an article of the corpus as its answer")
    return Task(
        queries=[query["question"] for query in queries],
        passages=[f"{article.get('name', '')} {article['text']}" for article in corpus],
        wanted=[right[str(query["id"])] for query in queries],
    )


def _cases(files: dict[str, Path]) -> Task:
    cases = read_lines(files["cases"])
    rows = {str(case["id"]): at for at, case in enumerate(cases)}
    right: list[set[int]] = [set() for _ in cases]
    for one, other in read_pairs(files["pairs"]):
        if one in rows and other in rows and one != other:
            right[rows[one]].add(rows[other])
            right[rows[other]].add(rows[one])
    if not any(right):
        raise ValueError("no pair names two of the cases")
    texts = [case["fact"] for case in cases]
    return Task(queries=texts, passages=texts, wanted=right, itself=True, kind="story")


def _consults(files: dict[str, Path]) -> Task:
    rows = [row for row in read_lines(files["consults"]) if row.get("answer")]
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


KEYS = {
    "questions": {"id", "question"},
    "corpus": {"id", "text"},
    "cases": {"id", "fact"},
    "triples": {"id", "A", "B", "C"},
    "answers": {"id", "closer"},
    "sentences": {"sentence", "labels"},
    "settled": {"narrative", "facts", "outcome"},
}
NEEDS = {
    "stard": ("questions", "corpus", "pairs"),
    "lecardv2_qq": ("cases", "pairs"),
    "lawbench_2_4": ("consults",),
    "scm": ("triples", "answers"),
    "muser_focus": ("sentences",),
    "settled": ("settled",),
}
READERS: dict[str, Callable[[dict[str, Path]], Task]] = {
    "stard": _stard,
    "lecardv2_qq": _cases,
    "lawbench_2_4": _consults,
}
