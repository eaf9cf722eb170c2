"""Makes cases/analysis/learned.npz: the small linear models beside the rules of the story analysis.

    python benchmarks/train_story.py [--settled cases.jsonl] [--try]

Learns from the development part of tests/stories, from the sample precedents, and (causes only, at a lower weight)
from invented settled disputes ({narrative, facts.cause}). The held-out third of the stories is never read. `--try`
writes nothing: it prints what each model reaches in five folds of the development stories, retellings kept together.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-train-"))

import numpy as np

from benchmarks.stories import CAUSE_NAMES, FOLDER, read_lines
from cases.analysis.cues import asked_for, cause_features, remedy_features, weigh_causes
from cases.analysis.learned import WEIGHTS, words_of
from cases.analysis.lenders import find_lenders, mentions
from cases.analysis.privacy import mask_personal
from cases.analysis.reading import Reading, read
from cases.analysis.slips import corrected
from cases.claims import ClaimKind, Remedy
from cases.segmentation import Token, tokens

SAMPLES = FOLDER.parent.parent / "cases" / "precedents" / "sample_settled.jsonl"
LABELS = {
    "cause": tuple(kind for kind in ClaimKind.values if kind != "other"),
    "remedy": tuple(Remedy.values),
}
LEAST_OFTEN = {"cause": 4, "remedy": 4}
SHRINK = {"cause": 2e-4, "remedy": 2e-4}
STEPS, PACE = 140, 0.08


@dataclass
class Examples:
    """Features, labels, weight and group (stories told again are one group) of the examples of a task."""

    features: list[dict[str, float]] = field(default_factory=list)
    labels: list[set[str]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def add(self, features: dict[str, float], labels: set[str], group: str, weight: float = 1.0) -> None:
        self.features.append(features)
        self.labels.append(labels)
        self.groups.append(group)
        self.weights.append(weight)


def reading_of(text: str) -> tuple[Reading, list[Token], list[tuple[int, int]]]:
    reading = read(mask_personal(text))
    reading = corrected(reading, list(tokens(reading.text)))
    words = list(tokens(reading.text))
    named = mentions(reading.text, [str(finding.value) for finding in find_lenders(reading.text, words)])
    return reading, words, named


def gather(settled: Path | None) -> dict[str, Examples]:
    tasks = {task: Examples() for task in LABELS}
    for story in read_lines(FOLDER / "stories.jsonl"):
        if story["split"] != "dev":
            continue
        group = story["id"].rsplit("-", 1)[0]
        reading, words, named = reading_of(story["text"])
        features = words_of(reading.text, named)
        if scores := weigh_causes(reading.text, words):
            tasks["cause"].add(cause_features(features, scores), set(story["causes"]), group)
        asked = remedy_features(asked_for(reading.text))
        tasks["remedy"].add({**features, **asked}, set(story["remedies"]), group)
    for row in read_lines(SAMPLES):
        reading, words, named = reading_of(row["story"])
        features = words_of(reading.text, named)
        scores = weigh_causes(reading.text, words)
        tasks["cause"].add(cause_features(features, scores), {row["cause"]}, row["id"], 0.7)
        asked = remedy_features(asked_for(reading.text))
        tasks["remedy"].add({**features, **asked}, set(row["remedies"]), row["id"], 0.4)
    for row in read_lines(settled)[::4] if settled else []:
        cause = row["facts"]["cause"]
        reading, words, named = reading_of(row["narrative"])
        features = cause_features(words_of(reading.text, named), weigh_causes(reading.text, words))
        tasks["cause"].add(features, {CAUSE_NAMES.get(cause, cause)}, row["id"], 0.15)
    return tasks


@dataclass
class Fitted:
    vocabulary: list[str]
    weights: np.ndarray
    bias: np.ndarray

    def scores(self, rows: list[dict[str, float]]) -> Any:
        return matrix(rows, self.vocabulary) @ self.weights + self.bias


def matrix(rows: list[dict[str, float]], vocabulary: list[str]) -> np.ndarray:
    place = {name: column for column, name in enumerate(vocabulary)}
    made = np.zeros((len(rows), len(vocabulary)), dtype=np.float32)
    for at, row in enumerate(rows):
        for name, value in row.items():
            if name in place:
                made[at, place[name]] = value
    return made


def fit(task: str, examples: Examples, rows: list[int]) -> Fitted:
    """Logistic regression with Adam and a penalty on large weights."""
    seen: Counter[str] = Counter()
    by_group: dict[str, set[str]] = {}
    for row in rows:
        by_group.setdefault(examples.groups[row], set()).update(examples.features[row])
    for names in by_group.values():
        seen.update(names)
    vocabulary = sorted(name for name, count in seen.items() if count >= LEAST_OFTEN[task])
    known = matrix([examples.features[row] for row in rows], vocabulary)
    labels = LABELS[task]
    wanted = np.array([[label in examples.labels[row] for label in labels] for row in rows], dtype=np.float32)
    importance = np.array([examples.weights[row] for row in rows], dtype=np.float32)[:, None]
    importance /= importance.sum()
    weights, bias = (
        np.zeros((len(vocabulary), len(labels)), np.float32),
        np.full(len(labels), -1.0, np.float32),
    )
    moments = [np.zeros_like(weights), np.zeros_like(weights), np.zeros_like(bias), np.zeros_like(bias)]
    for step in range(1, STEPS + 1):
        scores = known @ weights + bias
        guessed = 1 / (1 + np.exp(-scores))
        error = (guessed - wanted) * importance
        slopes = (known.T @ error + SHRINK[task] * weights, error.sum(axis=0))
        for part, slope, at in ((weights, slopes[0], 0), (bias, slopes[1], 2)):
            moments[at] = 0.9 * moments[at] + 0.1 * slope
            moments[at + 1] = 0.999 * moments[at + 1] + 0.001 * slope**2
            part -= (
                PACE * (moments[at] / (1 - 0.9**step)) / (np.sqrt(moments[at + 1] / (1 - 0.999**step)) + 1e-8)
            )
    return Fitted(vocabulary, weights, bias)


def in_folds(task: str, examples: Examples) -> dict[str, Any]:
    """F1 by threshold of the development stories, each read by a model that never saw its group."""
    told = sorted({group for group in examples.groups if group.startswith("told-")})
    scores = np.zeros((len(examples.features), len(LABELS[task])), np.float32)
    for fold in range(5):
        left_out = set(told[fold::5])
        asked = [row for row, group in enumerate(examples.groups) if group in left_out]
        rest = [row for row, group in enumerate(examples.groups) if group not in left_out]
        scores[asked] = fit(task, examples, rest).scores([examples.features[row] for row in asked])
    rows = [row for row, group in enumerate(examples.groups) if group.startswith("told-")]
    best: dict[str, Any] = {}
    for least in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        count: Counter[str] = Counter()
        for row in rows:
            likely = 1 / (1 + np.exp(-scores[row]))
            got = {label for label, value in zip(LABELS[task], likely, strict=True) if value >= least}
            want = examples.labels[row]
            count.update(right=len(got & want), extra=len(got - want), missed=len(want - got))
        f1 = 2 * count["right"] / max(1, 2 * count["right"] + count["extra"] + count["missed"])
        best[str(least)] = round(f1, 4)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--settled", type=Path)
    parser.add_argument("--try", dest="only_try", action="store_true")
    chosen = parser.parse_args()
    kept: dict[str, Any] = {}
    for task, examples in gather(chosen.settled).items():
        if chosen.only_try:
            print(task, json.dumps(in_folds(task, examples)))
            continue
        fitted = fit(task, examples, list(range(len(examples.features))))
        strong = np.abs(fitted.weights).max(axis=1) > 0.01
        weights = fitted.weights[strong]
        scale = np.float32(np.abs(weights).max() / 127)
        names = [name for name, is_kept in zip(fitted.vocabulary, strong, strict=True) if is_kept]
        kept[f"{task}_weights"] = np.round(weights / scale).astype(np.int8)
        kept[f"{task}_scale"] = scale
        kept[f"{task}_bias"] = fitted.bias
        kept[f"{task}_vocabulary"] = np.frombuffer("\n".join(names).encode(), np.uint8)
        kept[f"{task}_labels"] = np.frombuffer("\n".join(LABELS[task]).encode(), np.uint8)
        print(task, len(examples.features), "examples,", len(names), "features")
    if kept:
        np.savez_compressed(WEIGHTS, **kept)
        print(WEIGHTS.name, WEIGHTS.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
