"""Fits the small models of the story analysis: logistic regression with Adam and a penalty on large weights."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from cases.analysis.name_tags import BUCKETS, TAGS

Floats = npt.NDArray[np.float32]


@dataclass
class Examples:
    """Features, labels, weight and group (stories told again are one group) of the examples of a task.

    `one`: the labels shut one another out.
    """

    labels: tuple[str, ...]
    one: bool = False
    features: list[dict[str, float]] = field(default_factory=list)
    right: list[set[str]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def add(self, features: dict[str, float], right: set[str], group: str, weight: float = 1.0) -> None:
        self.features.append(features)
        self.right.append(right)
        self.groups.append(group)
        self.weights.append(weight)


@dataclass
class Fitted:
    """A model: the score of each label is `features @ weights + bias`."""

    vocabulary: list[str]
    weights: Floats
    bias: Floats
    one: bool

    def likely(self, rows: list[dict[str, float]]) -> Floats:
        """How likely each label is for each row."""
        return _likely(matrix(rows, self.vocabulary) @ self.weights + self.bias, one=self.one)


def _likely(scores: Floats, *, one: bool) -> Floats:
    if not one:
        return np.asarray(1 / (1 + np.exp(-scores)), np.float32)
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True), np.float32)


def matrix(rows: list[dict[str, float]], vocabulary: Sequence[str]) -> Floats:
    place = {name: column for column, name in enumerate(vocabulary)}
    made = np.zeros((len(rows), len(vocabulary)), dtype=np.float32)
    for at, row in enumerate(rows):
        for name, value in row.items():
            if name in place:
                made[at, place[name]] = value
    return made


class Adam:
    """Steps of one array along its slopes."""

    def __init__(self, of: Floats, pace: float) -> None:
        self._pace, self._step = pace, 0
        self._mean, self._square = np.zeros_like(of), np.zeros_like(of)

    def step(self, of: Floats, slope: Floats) -> None:
        self._step += 1
        self._mean = 0.9 * self._mean + 0.1 * slope
        self._square = 0.999 * self._square + 0.001 * slope**2
        mean = self._mean / (1 - 0.9**self._step)
        of -= self._pace * mean / (np.sqrt(self._square / (1 - 0.999**self._step)) + 1e-8)


def fit(
    examples: Examples,
    rows: list[int],
    *,
    least_often: int,
    shrink: float,
    steps: int = 130,
    pace: float = 0.07,
) -> Fitted:
    """Learn from some rows; a feature counts that `least_often` groups have (none with a line's end: the file that
    keeps their names ends each by one).
    """
    seen: Counter[str] = Counter()
    by_group: dict[str, set[str]] = {}
    for row in rows:
        by_group.setdefault(examples.groups[row], set()).update(examples.features[row])
    for names in by_group.values():
        seen.update(names)
    vocabulary = sorted(name for name, count in seen.items() if count >= least_often and "\n" not in name)
    known = matrix([examples.features[row] for row in rows], vocabulary)
    wanted = np.array(
        [[label in examples.right[row] for label in examples.labels] for row in rows], np.float32
    )
    importance = np.array([examples.weights[row] for row in rows], dtype=np.float32)[:, None]
    importance /= importance.sum()
    weights = np.zeros((len(vocabulary), len(examples.labels)), np.float32)
    bias = np.full(len(examples.labels), 0.0 if examples.one else -1.0, np.float32)
    for_weights, for_bias = Adam(weights, pace), Adam(bias, pace)
    for _step in range(steps):
        error = (_likely(known @ weights + bias, one=examples.one) - wanted) * importance
        for_weights.step(weights, known.T @ error + shrink * weights)
        for_bias.step(bias, error.sum(axis=0))
    return Fitted(vocabulary, weights, bias, examples.one)


def fit_tags(
    rows: Sequence[Sequence[int]], tags: Sequence[int], importance: Sequence[float], *, steps: int = 50
) -> Floats:
    """The weights of `name_tags`: for each bucket of a feature, one for each tag."""
    widest = max(map(len, rows))
    places = np.full((len(rows), widest), BUCKETS, np.int32)
    for at, row in enumerate(rows):
        places[at, : len(row)] = row
    flat = places.ravel()
    wanted = np.eye(len(TAGS), dtype=np.float32)[list(tags)]
    weight = np.array(importance, np.float32)[:, None]
    weight /= weight.sum()
    weights = np.zeros((BUCKETS + 1, len(TAGS)), np.float32)
    adam = Adam(weights, 0.08)
    for _step in range(steps):
        scores = np.zeros_like(wanted)
        for column in range(widest):
            scores += weights[places[:, column]]
        error = (_likely(scores, one=True) - wanted) * weight
        slopes = [
            np.bincount(flat, weights=np.repeat(error[:, tag], widest), minlength=BUCKETS + 1)
            for tag in range(len(TAGS))
        ]
        adam.step(weights, np.stack(slopes, axis=1).astype(np.float32) + 2e-6 * weights)
        weights[-1] = 0
    return weights[:-1]


def small(weights: Floats) -> tuple[npt.NDArray[np.int8], np.float32]:
    """Eight bits for each weight, and what one step is worth."""
    scale = np.float32(np.abs(weights).max() / 127)
    return np.round(weights / scale).astype(np.int8), scale


def as_arrays(task: str, fitted: Fitted, labels: Sequence[str]) -> dict[str, Any]:
    """What `learned.model(task)` reads."""
    strong = np.abs(fitted.weights).max(axis=1) > 0.02
    weights, scale = small(fitted.weights[strong])
    names = [name for name, is_kept in zip(fitted.vocabulary, strong, strict=True) if is_kept]
    print(task, len(names), "features")
    return {
        f"{task}_weights": weights,
        f"{task}_scale": scale,
        f"{task}_bias": fitted.bias,
        f"{task}_vocabulary": np.frombuffer("\n".join(names).encode(), np.uint8),
        f"{task}_labels": np.frombuffer("\n".join(labels).encode(), np.uint8),
    }
