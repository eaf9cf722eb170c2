"""Learns the last layer of the embedded sentence model from public sets that may be learnt from.

    python benchmarks/learn_meaning.py FOLDER [--share 0.7 --to FILE]

FOLDER holds `stard` (lay questions and the articles that answer them, MIT), `lawbench` (questions of a kind, 2-4,
Apache-2.0), `muser_focus` (sentences on one point in dispute, MIT) and `synthetic_settled` (invented stories of one
cause, our own). `--share` of each, chosen by the hash of the text, is learnt from; the hashes are kept in the file, so
that benchmarks/similarity.py can tell what was never seen. What ships learnt from all; measure with 0.7. Writes two
384 × 384 matrices: one for questions, one for what answers them and for stories, on both sides. Needs nothing but
numpy; some minutes on one core.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-bench-"))

import numpy as np
import numpy.typing as npt

from benchmarks.similarity_sets import KEPT, find_set, hash_of, read_lines
from benchmarks.similarity_vectors import KeptVectors
from cases.similarity.e5 import LEARNT, E5Embedder

STEPS = 60
PACE = 1e-3
SHARE = 1.0  # of the texts: what ships; figures are told of layers that learnt from 0.7
HEAT_ANSWERS, HEAT_ALIKE = 0.05, 0.1  # how sharply the right one must stand out
WEIGHT_ALIKE = 0.3
QUESTIONS, SENTENCES = 400, 1_000  # of the questions and of each group, drawn anew each step

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Alike:
    """Texts of which those with one label belong together."""

    rows: Floats
    labels: npt.NDArray[np.str_]


class Layer:
    """Moves each vector by what it learnt; nothing at first. Steps as Adam takes them."""

    def __init__(self, width: int) -> None:
        self.matrix: Floats = np.zeros((width, width), dtype=np.float32)
        self._slope: Floats = np.zeros_like(self.matrix)
        self._square: Floats = np.zeros_like(self.matrix)
        self._steps = 0

    def move(self, rows: Floats) -> tuple[Floats, Floats]:
        """Unit rows, and how long each was."""
        moved = rows + rows @ self.matrix
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.asarray(moved / lengths, dtype=np.float32), lengths

    def step(self, slope: Floats) -> None:
        self._steps += 1
        self._slope = 0.9 * self._slope + 0.1 * slope
        self._square = 0.999 * self._square + 0.001 * slope**2
        first, second = 1 - 0.9**self._steps, 1 - 0.999**self._steps
        self.matrix = self.matrix - PACE * (self._slope / first) / (np.sqrt(self._square / second) + 1e-8)


def slopes(
    asked: Floats, one: Layer, answers: Floats, other: Layer, right: Floats, heat: float
) -> tuple[float, Floats, Floats]:
    """How far the right answers are from being the nearest of all, and where each layer must go.

    `right` is 1 for a right answer, 0 for a wrong one, -1 for what does not count.
    """
    near, lengths = one.move(asked)
    found, found_lengths = other.move(answers)
    scores = near @ found.T / heat
    scores[right < 0] = -1e4
    scores -= scores.max(axis=1, keepdims=True)
    likely = np.exp(scores)
    likely /= likely.sum(axis=1, keepdims=True)
    wanted = np.maximum(right, 0)
    number = wanted.sum(axis=1, keepdims=True)
    wanted = wanted / np.maximum(number, 1)
    some = (number > 0) / max(1, int((number > 0).sum()))
    loss = -float((np.log(likely + 1e-12) * wanted * some).sum())
    pull = (likely - wanted) * some / heat
    return (
        loss,
        _through(asked, near, lengths, pull @ found),
        _through(answers, found, found_lengths, pull.T @ near),
    )


def _through(rows: Floats, moved: Floats, lengths: Floats, slope: Floats) -> Floats:
    """The slope of unit rows as one of the matrix that moved them."""
    across = slope - (slope * moved).sum(axis=1, keepdims=True) * moved
    return np.asarray(rows.T @ (across / lengths), dtype=np.float32)


def learnt_from(texts: Sequence[str], share: float) -> list[int]:
    return [at for at, text in enumerate(texts) if (hash_of(text) >> 56) / 256 < share]


def right_among(labels: npt.NDArray[np.str_]) -> Floats:
    """1 where two texts have one label, -1 for each with itself."""
    same: Floats = np.equal(labels[:, None], labels[None, :]).astype(np.float32)
    np.fill_diagonal(same, -1)
    return same


def groups_of(folder: Path) -> list[list[tuple[str, str]]]:
    """Texts with the label that they share with those of their kind, one list a set."""
    consults = read_lines(folder / "lawbench" / "2-4.jsonl")
    sentences = read_lines(folder / "muser_focus" / "sentences.jsonl")
    stories = read_lines(folder / "synthetic_settled" / "cases.jsonl")
    return [
        [(row["text"], row["answer"]) for row in consults],
        [(row["sentence"], row["labels"][0]) for row in sentences if row["labels"]],
        [(row["narrative"], row["facts"]["cause"]) for row in stories],
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--share", type=float, default=SHARE, help="how much of each set is learnt from")
    parser.add_argument("--to", type=Path, default=LEARNT, help="the file to write")
    asked = parser.parse_args()
    folder: Path = asked.folder
    engine = KeptVectors(E5Embedder(learnt=None), KEPT)
    seen: list[str] = []

    stard = find_set("stard", folder / "stard").read()
    chosen = learnt_from(stard.queries, asked.share)
    seen += [stard.queries[at] for at in chosen]
    questions = engine.encode([stard.queries[at] for at in chosen], kind="query")
    articles = engine.encode(stard.passages, kind="passage")
    answers = np.zeros((len(chosen), len(stard.passages)), dtype=np.float32)
    for row, at in enumerate(chosen):
        answers[row, sorted(stard.wanted[at])] = 1

    groups = []
    for told in groups_of(folder):
        chosen = learnt_from([text for text, _label in told], asked.share)
        texts = [told[at][0] for at in chosen]
        seen += texts
        labels = np.array([told[at][1] for at in chosen])
        groups.append(Alike(engine.encode(texts, kind="query"), labels))

    query, passage = Layer(engine.dimensions), Layer(engine.dimensions)
    for step in range(STEPS):
        chance = np.random.default_rng(step)
        drawn = chance.permutation(len(questions))[:QUESTIONS]
        loss, to_query, to_passage = slopes(
            questions[drawn], query, articles, passage, answers[drawn], HEAT_ANSWERS
        )
        for group in groups:
            drawn = chance.permutation(len(group.labels))[:SENTENCES]
            rows, right = group.rows[drawn], right_among(group.labels[drawn])
            more, one, other = slopes(rows, passage, rows, passage, right, HEAT_ALIKE)
            loss, to_passage = loss + WEIGHT_ALIKE * more, to_passage + WEIGHT_ALIKE * (one + other)
        query.step(to_query)
        passage.step(to_passage)
        print(step, round(loss, 4), flush=True)
    asked.to.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        asked.to,
        query=query.matrix.astype(np.float16),
        passage=passage.matrix.astype(np.float16),
        seen=np.array(sorted({hash_of(text) for text in seen}), dtype=np.uint64),
    )
    print(f"{asked.to.name}: {len(seen)} texts")


if __name__ == "__main__":
    main()
