"""The point in dispute of a court sentence: kernel ridge regression from its words and its meaning to the labels.

Two sentences are alike by their hashed character singles, pairs and triples, and by the square of the cosine of their
vectors; beside that, a sentence speaks for the labels whose own names it resembles. Weights were chosen by learning
from the first 70 % of the developers' sentences and foretelling the others. Beside it: the labels of the sentences
that BM25 finds nearest.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.similarity_sets import read_lines
from cases.similarity.embedder import Embedder
from cases.similarity.lexical import LexicalIndex

WIDTH, BLOCK = 32_768, 4_096  # hashed places, and how many of them are multiplied at once
LONGEST_GRAM = 3
WEIGHT_MEANING = 0.5
WEIGHT_NAMES = 0.2
HELD_BACK = 0.5
PARTS = 5
COMMON = 60  # the labels that most sentences have
NEAREST = 30  # sentences by BM25 among which three labels are sought
PLAIN_LENGTH_WEIGHT = 0.75  # of BM25 as it is mostly used
Floats = npt.NDArray[np.float32]


class Sentences:
    """All sentences of a measurement, and how alike each two are."""

    def __init__(self, texts: Sequence[str], engine: Embedder) -> None:
        self._counted = [_grams(text) for text in texts]
        self._engine = engine
        self.vectors = engine.encode(texts, kind="query")
        self.centre = self.vectors.mean(axis=0)

    @cached_property
    def alike(self) -> Floats:
        """The kernel, every sentence with every other."""
        holders = Counter(gram for count in self._counted for gram in count)
        number = len(self._counted)
        places = {gram: _place(gram) for gram in holders}
        rarity = {gram: np.log((number + 1) / (held + 1)) + 1 for gram, held in holders.items()}
        found = np.zeros((number, number), dtype=np.float32)
        lengths = np.zeros(number, dtype=np.float32)
        for begin in range(0, WIDTH, BLOCK):
            rows = np.zeros((number, BLOCK), dtype=np.float32)
            for row, count in zip(rows, self._counted, strict=True):
                for gram, times in count.items():
                    place, sign = places[gram]
                    if begin <= place < begin + BLOCK:
                        row[place - begin] += sign * (1 + np.log(times)) * rarity[gram]
            lengths += (rows**2).sum(axis=1)
            found += rows @ rows.T
        lengths = np.sqrt(np.maximum(lengths, 1e-9))
        found /= lengths[:, None]
        found /= lengths[None, :]
        rows = self._moved(self.vectors)
        found += WEIGHT_MEANING * np.maximum(rows @ rows.T, 0) ** 2
        return found

    def near_names(self, names: Sequence[str]) -> Floats:
        """How near each sentence is to the names of labels."""
        vectors = self._engine.encode(names, kind="query")
        return np.asarray(self._moved(self.vectors) @ self._moved(vectors, vectors.mean(axis=0)).T)

    def _moved(self, rows: Floats, centre: Floats | None = None) -> Floats:
        moved = rows - (self.centre if centre is None else centre)
        return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9))


def foretold(
    sentences: Sentences,
    labels: Sequence[Sequence[str]],
    learnt: npt.NDArray[np.intp],
    rest: npt.NDArray[np.intp],
) -> tuple[list[str], Floats]:
    """The labels, most common first, and how much speaks for each of them in the sentences of `rest`."""
    names = [name for name, _n in Counter(name for at in learnt for name in labels[at]).most_common()]
    places = {name: at for at, name in enumerate(names)}
    right = np.zeros((len(learnt), len(names)), dtype=np.float32)
    for row, at in zip(right, learnt, strict=True):
        row[[places[name] for name in labels[at]]] = 1
    alike = sentences.alike[np.ix_(learnt, learnt)]
    alike[np.diag_indices(len(learnt))] += HELD_BACK
    scores = sentences.alike[np.ix_(rest, learnt)] @ np.linalg.solve(alike, right)
    return names, np.asarray(scores + WEIGHT_NAMES * sentences.near_names(names)[rest])


def _grams(text: str) -> Counter[str]:
    return Counter(
        text[at : at + size] for size in range(1, LONGEST_GRAM + 1) for at in range(len(text) - size + 1)
    )


def _place(gram: str) -> tuple[int, int]:
    digest = int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=8).digest())
    return digest % WIDTH, 1 if digest >> 63 else -1


def measure_focus(folder: Path, learn_from: Path | None, engine: Embedder) -> dict[str, Any]:
    """Top-1 and top-3, of all sentences and of those with one of the sixty most common labels."""
    texts, labels = _read(folder)
    rest = np.arange(len(texts))
    if learn_from:
        more, named = _read(learn_from / "muser_focus")
        texts, labels = [*texts, *more], [*labels, *named]
        pairs = [(np.arange(len(rest), len(texts)), rest)]
    else:
        pairs = [(np.setdiff1d(rest, part), part) for part in np.array_split(rest, PARTS)]
    sentences = Sentences(texts, engine)
    first, third, known = [], [], []
    plain_first, plain_third = [], []
    for learnt, part in pairs:
        names, scores = foretold(sentences, labels, learnt, part)
        common = set(names[:COMMON])
        bm25 = LexicalIndex([texts[at] for at in learnt], length_weight=PLAIN_LENGTH_WEIGHT)
        for at, row in zip(part, np.argsort(-scores, axis=1)[:, :3], strict=True):
            said = [names[place] for place in row]
            first.append(said[0] in labels[at])
            third.append(bool(set(said) & set(labels[at])))
            known.append(bool(common & set(labels[at])))
            said = _of_the_nearest(bm25.scores(texts[at]), [labels[one] for one in learnt])
            plain_first.append(said[0] in labels[at])
            plain_third.append(bool(set(said) & set(labels[at])))
    mask = np.array(known)
    every = np.ones(len(mask), dtype=bool)
    return {
        "split": "learnt elsewhere" if learn_from else f"{PARTS} parts in the order of the file",
        "bm25": _told(plain_first, plain_third, every),
        "all": _told(first, third, every),
        "bm25_with_common_label": _told(plain_first, plain_third, mask),
        "with_common_label": _told(first, third, mask),
    }


def _of_the_nearest(scores: Floats, labels: Sequence[Sequence[str]]) -> list[str]:
    """The first three labels that the nearest sentences have."""
    said: list[str] = []
    for at in np.argsort(-scores, kind="stable")[:NEAREST]:
        said += [name for name in labels[at] if name not in said]
    return said[:3]


def _told(first: list[bool], third: list[bool], rows: npt.NDArray[np.bool_]) -> dict[str, float]:
    one, three = np.array(first)[rows], np.array(third)[rows]
    return {
        "top-1": round(float(one.mean()), 4),
        "top-3": round(float(three.mean()), 4),
        "n": int(rows.sum()),
    }


def _read(folder: Path) -> tuple[list[str], list[list[str]]]:
    rows = [row for row in read_lines(folder / "sentences.jsonl") if row["labels"]]
    return [row["sentence"] for row in rows], [row["labels"] for row in rows]
