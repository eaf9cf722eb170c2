"""What a sentence model makes of a story beside the linear models: roles of sums, rates, names, causes and the like.

The model is the port "stories" (settings.ADAPTERS): multilingual-e5-small with the small changes that `tuned.npz`
holds, beside one linear layer a task; all learnt by `benchmarks/tune_story.py` from stories of our own. Where there is
no such model, or it cannot be loaded, everything is read by the linear models alone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cases.pieces import Floats, parts_of, pieces_of, states_of

TUNED = Path(__file__).parent / "tuned.npz"
LONGEST = 3_000  # characters of a story that are read so: a second of CPU
TAGS = 4  # as many as `name_tags.TAGS`
PORT = "stories"


@dataclass(frozen=True, slots=True)
class Head:
    """One linear layer and what its columns mean."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats

    def scores(self, rows: Floats) -> Floats:
        return np.asarray(rows @ self.weights + self.bias, dtype=np.float32)


class Seen:
    """A story as the model sees it: `length` characters of it, each with its piece."""

    def __init__(self, rows: Floats, spans: Sequence[tuple[int, int]], length: int) -> None:
        self._rows, self.length = rows, length
        self._piece, self._slot = pieces_of(spans, length)

    def shares(self, task: str, start: int, end: int) -> Mapping[str, float] | None:
        """The share of each label of a task, "" for none, for the words there; None for what was not read."""
        if end > self.length:
            return None
        first, last = int(self._piece[start]), int(self._piece[end - 1])
        row = np.concatenate([self._rows[first : last + 1].mean(axis=0), self._rows[max(0, first - 1)]])
        labels = head(task)
        return dict(zip(labels.labels, parts_of(labels.scores(row)).tolist(), strict=True))

    def tag_scores(self) -> Floats:
        """A score for each character and tag of a name (`name_tags.TAGS`), logarithms of shares."""
        scores = head("tag").scores(self._rows).reshape(len(self._rows), -1, TAGS)
        mine = scores[self._piece, self._slot]
        return np.asarray(mine - np.logaddexp.reduce(mine, axis=1, keepdims=True), dtype=np.float32)

    def likely(self, task: str) -> dict[str, float]:
        """How likely each label of a task is for the story as a whole: its pieces, and those that say most of it."""
        labels = head(task)
        looked_at = parts_of(head(f"{task}_look").scores(self._rows)[:, 0]) @ self._rows
        scores = labels.scores(np.concatenate([self._rows.mean(axis=0), looked_at])).tolist()
        return {label: 1 / (1 + math.exp(-score)) for label, score in zip(labels.labels, scores, strict=True)}


@cache
def head(task: str) -> Head:
    with np.load(TUNED) as kept:
        labels = bytes(kept[f"{task}_labels"]).decode("utf-8").split("\n") if f"{task}_labels" in kept else []
        return Head(
            tuple(labels), kept[f"{task}_weights"].astype(np.float32), kept[f"{task}_bias"].astype(np.float32)
        )


def see(text: str) -> Seen | None:
    """The story through the model; None without one."""
    part = text[:LONGEST]
    states = states_of(PORT, part, otherwise="stories are read by the linear models alone")
    return Seen(*states, len(part)) if states else None


def mixed(one: Mapping[Any, float], other: Mapping[Any, float], part: float) -> dict[Any, float]:
    """Shares of two models as one: the mean of their logarithms, `part` of it from the other."""
    scores = {
        label: (1 - part) * math.log(max(share, 1e-6)) + part * math.log(max(other.get(label, 0.0), 1e-6))
        for label, share in one.items()
    }
    whole = sum(math.exp(score) for score in scores.values())
    return {label: math.exp(score) / whole for label, score in scores.items()}


def mixed_alone(one: Mapping[str, float], other: Mapping[str, float], part: float) -> dict[str, float]:
    """As `mixed`, of labels that do not shut one another out."""

    def odds(share: float) -> float:
        share = min(max(share, 1e-4), 1 - 1e-4)
        return math.log(share / (1 - share))

    scores = {label: (1 - part) * odds(share) + part * odds(other[label]) for label, share in one.items()}
    return {label: 1 / (1 + math.exp(-score)) for label, score in scores.items()}
