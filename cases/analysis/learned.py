"""Small linear models beside the rules: what the words as a whole say of the causes and the remedies.

Weights stand in `learned.npz` (eight bits each), made by `benchmarks/train_story.py` from stories of our own alone.
The rules' own findings are among the features, so that a model weighs them and does not replace them.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

WEIGHTS = Path(__file__).parent / "learned.npz"
NUMBERS = re.compile(r"[¥￥]?[0-9][0-9,.]*[万千百wWkK]?|[零〇一二两三四五六七八九十百千万亿]{2,}")
LONGEST = 4_000  # characters of a story whose words are weighed; its beginning and its end
LAST = 40  # characters at the end, where people say what they want
Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Linear:
    """One model: the probability of each label from the features that it knows."""

    labels: tuple[str, ...]
    vocabulary: Mapping[str, int]
    weights: "np.ndarray[tuple[int, int], np.dtype[np.float32]]"
    bias: "np.ndarray[tuple[int], np.dtype[np.float32]]"

    def probabilities(self, features: Features) -> dict[str, float]:
        """Of each label by itself: several may be right."""
        return {label: 1 / (1 + math.exp(-score)) for label, score in self._scores(features)}

    def shares(self, features: Features) -> dict[str, float]:
        """Of each label among all: one of them is right."""
        scores = self._scores(features)
        largest = max(score for _label, score in scores)
        parts = [(label, math.exp(score - largest)) for label, score in scores]
        whole = sum(part for _label, part in parts)
        return {label: part / whole for label, part in parts}

    def _scores(self, features: Features) -> list[tuple[str, float]]:
        known = [
            (self.vocabulary[name], value) for name, value in features.items() if name in self.vocabulary
        ]
        rows = np.array([row for row, _value in known], dtype=np.int64)
        values = np.array([value for _row, value in known], dtype=np.float32)
        scores = (values @ self.weights[rows] + self.bias if known else self.bias).tolist()
        return list(zip(self.labels, scores, strict=True))


@cache
def kept(name: str) -> Any:
    """One array of the file of weights."""
    with np.load(WEIGHTS) as arrays:
        return arrays[name]


@cache
def model(task: str) -> Linear:
    """The model for `cause` or `remedy`."""
    with np.load(WEIGHTS) as kept:
        weights = kept[f"{task}_weights"].astype(np.float32) * kept[f"{task}_scale"]
        vocabulary = bytes(kept[f"{task}_vocabulary"]).decode("utf-8").split("\n")
        labels = bytes(kept[f"{task}_labels"]).decode("utf-8").split("\n")
        return Linear(
            tuple(labels),
            {name: row for row, name in enumerate(vocabulary)},
            weights,
            kept[f"{task}_bias"],
        )


def words_of(text: str, lenders: Iterable[tuple[int, int]] = ()) -> dict[str, float]:
    """Pairs and triples of characters of a story, numbers and names left out; once more those of its end."""
    letters = list(text)
    for start, end in lenders:
        letters[start:end] = ["□"] + [""] * (end - start - 1)
    plain = NUMBERS.sub("0", "".join(letters))
    if len(plain) > LONGEST:
        plain = plain[: LONGEST // 2] + "\n" + plain[-LONGEST // 2 :]
    grams = {f"g{plain[at : at + size]}" for size in (2, 3) for at in range(len(plain) - size + 1)}
    value = 3 / math.sqrt(len(grams)) if grams else 0.0
    told = dict.fromkeys((gram for gram in grams if " " not in gram and "\n" not in gram), value)
    last = plain[-LAST:]
    pairs = {f"T{last[at : at + 2]}" for at in range(len(last) - 1)}
    return {**told, **dict.fromkeys(pairs, 2.5 / math.sqrt(len(pairs) or 1))}
