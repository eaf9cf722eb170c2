"""Learns the last layer of the embedded sentence model from public sets that may be learnt from.

    python benchmarks/learn_meaning.py FOLDER

FOLDER holds `stard` (lay questions and the articles that answer them, MIT), `lawbench` (questions of a kind, 2-4,
Apache-2.0), `muser_focus` (sentences on one point in dispute, MIT) and `synthetic_settled` (invented stories of one
cause, our own). 70 % of each, chosen by the hash of the text, is
learnt from; the hashes are kept in the file, so that benchmarks/similarity.py can tell what was never seen. Writes
cases/similarity/learnt/meaning.npz: one 384 × 384 matrix for queries, one for passages. Needs torch
(requirements-nlp.txt); two minutes on one core when the vectors are kept already.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-bench-"))

import numpy as np
import numpy.typing as npt
import torch  # type: ignore[import-not-found,unused-ignore]
from torch.nn import functional  # type: ignore[import-not-found,unused-ignore]

from benchmarks.similarity_sets import KEPT, STARD, hash_of, read_lines
from benchmarks.similarity_vectors import KeptVectors
from cases.similarity.e5 import LEARNT, E5Embedder

STEPS = 60
SHARE = 0.7  # of the texts
HEAT_ANSWERS, HEAT_ALIKE = 0.05, 0.1  # how sharply the right one must stand out
WEIGHT_ALIKE = 0.3
SENTENCES = 1_000  # of the points in dispute, drawn anew each step


@dataclass(frozen=True, slots=True)
class Alike:
    """Texts of which those with one label belong together."""

    rows: torch.Tensor
    labels: npt.NDArray[Any]


class Layer:
    """Each vector is moved by a matrix of its use, from which nothing is held back at first."""

    def __init__(self, width: int) -> None:
        self.query = torch.zeros(width, width, requires_grad=True)
        self.passage = torch.zeros(width, width, requires_grad=True)

    def loss(self, query: torch.Tensor, passage: torch.Tensor, right: torch.Tensor, heat: float) -> Any:
        """How far the right passages are from being the nearest of all."""
        asked = functional.normalize(query + query @ self.query, dim=1)
        found = functional.normalize(passage + passage @ self.passage, dim=1)
        likely = functional.log_softmax(asked @ found.T / heat - 1e4 * (right < 0), dim=1)
        wanted = right.clamp(min=0)
        some = wanted.sum(dim=1) > 0
        return -((likely * wanted).sum(dim=1)[some] / wanted.sum(dim=1)[some]).mean()


def learnt_from(texts: Sequence[str]) -> list[int]:
    return [at for at, text in enumerate(texts) if (hash_of(text) >> 56) / 256 < SHARE]


def right_among(labels: npt.NDArray[Any]) -> torch.Tensor:
    """1 where two texts have one label, -1 for each with itself."""
    same = torch.tensor((labels[:, None] == labels[None, :]).astype(np.float32))
    return same.fill_diagonal_(-1)


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
    folder: Path = parser.parse_args().folder
    torch.manual_seed(0)
    engine = KeptVectors(E5Embedder(learnt=None), KEPT)
    seen: list[str] = []

    stard = STARD.read(folder / "stard")
    chosen = learnt_from(stard.queries)
    seen += [stard.queries[at] for at in chosen]
    questions = torch.tensor(engine.encode([stard.queries[at] for at in chosen], kind="query"))
    articles = torch.tensor(engine.encode(stard.passages, kind="passage"))
    answers = torch.zeros(len(chosen), len(stard.passages))
    for row, at in enumerate(chosen):
        answers[row, sorted(stard.wanted[at])] = 1

    groups = []
    for told in groups_of(folder):
        chosen = learnt_from([text for text, _label in told])
        texts = [told[at][0] for at in chosen]
        seen += texts
        labels = np.array([told[at][1] for at in chosen])
        groups.append(Alike(torch.tensor(engine.encode(texts, kind="query")), labels))

    layer = Layer(engine.dimensions)
    steps = torch.optim.AdamW([layer.query, layer.passage], lr=1e-3, weight_decay=0.0)
    for step in range(STEPS):
        loss = layer.loss(questions, articles, answers, HEAT_ANSWERS)
        for group in groups:
            drawn = np.random.default_rng(step).permutation(len(group.labels))[:SENTENCES]
            rows = group.rows[drawn]
            right = right_among(group.labels[drawn])
            loss = loss + WEIGHT_ALIKE * layer.loss(rows, rows, right, HEAT_ALIKE)
        steps.zero_grad()
        loss.backward()
        steps.step()
        print(step, round(loss.item(), 4), flush=True)
    LEARNT.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        LEARNT,
        query=layer.query.detach().numpy().astype(np.float16),
        passage=layer.passage.detach().numpy().astype(np.float16),
        seen=np.array(sorted({hash_of(text) for text in seen}), dtype=np.uint64),
    )
    print(f"{LEARNT.name}: {len(seen)} texts")


if __name__ == "__main__":
    main()
