"""The point in dispute of a court sentence: ridge regression from hashed character grams to the labels."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.similarity_sets import read_lines
from cases.similarity.words import grams

WIDTH = 8192
HELD_BACK = 1.0
PARTS = 5
COMMON = 60  # the labels that most sentences have
Floats = npt.NDArray[np.float32]


class Focus:
    """Learns labels from sentences; `scores` gives one number for each label."""

    def __init__(self, sentences: Sequence[str], labels: Sequence[Sequence[str]]) -> None:
        counted = [Counter(grams(sentence)) for sentence in sentences]
        holders = Counter(gram for count in counted for gram in count)
        self._rarity = {gram: np.log((len(counted) + 1) / (held + 1)) + 1 for gram, held in holders.items()}
        self.labels = [label for label, _n in Counter(name for row in labels for name in row).most_common()]
        places = {label: at for at, label in enumerate(self.labels)}
        right = np.zeros((len(labels), len(self.labels)), dtype=np.float32)
        for row, names in enumerate(labels):
            right[row, [places[name] for name in names]] = 1
        rows = self._rows(counted)
        self._weights = np.linalg.solve(
            rows.T @ rows + HELD_BACK * np.eye(WIDTH, dtype=np.float32), rows.T @ right
        )

    def scores(self, sentences: Sequence[str]) -> Floats:
        return np.asarray(self._rows([Counter(grams(sentence)) for sentence in sentences]) @ self._weights)

    def _rows(self, counted: Sequence[Counter[str]]) -> Floats:
        rows = np.zeros((len(counted), WIDTH), dtype=np.float32)
        for row, count in zip(rows, counted, strict=True):
            for gram, times in count.items():
                if gram in self._rarity:
                    place, sign = _place(gram)
                    row[place] += sign * (1 + np.log(times)) * self._rarity[gram]
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


@lru_cache(maxsize=300_000)
def _place(gram: str) -> tuple[int, int]:
    digest = int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=8).digest())
    return digest % WIDTH, 1 if digest >> 63 else -1


def measure_focus(folder: Path, learn_from: Path | None) -> dict[str, Any]:
    """Top-1 and top-3, of all sentences and of those with one of the sixty most common labels."""
    sentences, labels = _read(folder)
    if learn_from:
        pairs = [(_read(learn_from / "muser_focus"), np.arange(len(sentences)))]
    else:
        parts = np.array_split(np.arange(len(sentences)), PARTS)
        pairs = []
        for part in parts:
            others = np.setdiff1d(np.arange(len(sentences)), part)
            pairs.append((([sentences[at] for at in others], [labels[at] for at in others]), part))
    first, third, known = [], [], []
    for (learnt, named), part in pairs:
        model = Focus(learnt, named)
        common = set(model.labels[:COMMON])
        best = np.argsort(-model.scores([sentences[at] for at in part]), axis=1)[:, :3]
        for at, row in zip(part, best, strict=True):
            said = [model.labels[place] for place in row]
            first.append(said[0] in labels[at])
            third.append(bool(set(said) & set(labels[at])))
            known.append(bool(common & set(labels[at])))
    mask = np.array(known)
    return {
        "split": "learnt elsewhere" if learn_from else f"{PARTS} parts in the order of the file",
        "all": _told(first, third, np.ones(len(mask), dtype=bool)),
        "with_common_label": _told(first, third, mask),
    }


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
