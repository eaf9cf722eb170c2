"""The point in dispute of a court sentence: kernel ridge regression from words and meaning to the labels.

Two sentences are alike by their character singles, pairs and triples (figures and hidden names blanked out) and by the
square of the cosine of their vectors. A judgment is read as a whole: to each sentence belong its neighbours, the less
the further away they stand and the fewer words they share with it, so that sentences put in another order merely stand
alone. Beside that, a sentence speaks for the labels whose own names it resembles, and labels of like names learn from
one another. All weights were chosen on the first three fifths of the developers' sentences; nothing of the last two
fifths was looked at. Beside it: the labels of the sentences that BM25 finds nearest.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.similarity_sets import read_lines
from cases.similarity.embedder import Embedder
from cases.similarity.lexical import LexicalIndex

LONGEST_GRAM = 3
FEWEST_HOLDERS = 2  # a piece that one sentence alone has tells nothing
MANY_HOLDERS = 150  # pieces of more sentences are multiplied as blocks
BLOCK = 2_048
WEIGHT_MEANING = 0.5
WEIGHT_NAMES = 0.3
LIKE_NAMES = 0.3  # how much of a label goes to labels of like names
NEIGHBOURS = {1: 0.35, 2: 0.245, 3: 0.1715}  # places away: how much of the neighbour
SAME_SUBJECT = 0.1  # likeness from which on a neighbour counts in full
HELD_BACK = 0.7
PARTS = 5
UNSEEN_PARTS = 2  # the last ones, at which nobody looked
COMMON = 60  # the labels that most sentences have
NEAREST = 30  # sentences by BM25 among which three labels are sought
PLAIN_LENGTH_WEIGHT = 0.75  # of BM25 as it is mostly used
FIGURE, HIDDEN = re.compile(r"\d+(?:[.,]\d+)*"), re.compile(r"[×xX*某]+")
Floats = npt.NDArray[np.float32]


class Sentences:
    """All sentences of a measurement, and how alike each two are; `starts` are those that follow no other."""

    def __init__(self, texts: Sequence[str], engine: Embedder, starts: Sequence[int] = (0,)) -> None:
        self._texts = [HIDDEN.sub("某", FIGURE.sub("0", text)) for text in texts]
        self._engine, self._starts = engine, starts
        self.vectors = engine.encode(texts, kind="query")
        self.centre = self.vectors.mean(axis=0)

    @cached_property
    def alike(self) -> Floats:
        """The kernel, every sentence with every other, neighbours joined in."""
        words = self._by_words()
        near = [(step, self._same_subject(words, step)) for step in NEIGHBOURS]
        rows = self._moved(self.vectors)
        words += WEIGHT_MEANING * np.maximum(rows @ rows.T, 0) ** 2
        return _joined(_joined(words, near).T, near)

    def _by_words(self) -> Floats:
        """Cosines of weighed pieces."""
        holders: dict[str, tuple[list[int], list[int]]] = {}
        for at, text in enumerate(self._texts):
            for gram, times in _grams(text).items():
                rows, counts = holders.setdefault(gram, ([], []))
                rows.append(at)
                counts.append(times)
        number = len(self._texts)
        found = np.zeros((number, number), dtype=np.float32)
        many = []
        for rows, counts in holders.values():
            if len(rows) < FEWEST_HOLDERS:
                continue
            rarity = np.log((number + 1) / (len(rows) + 1)) + 1
            weights = ((1 + np.log(counts)) * rarity).astype(np.float32)
            if len(rows) > MANY_HOLDERS:
                many.append((rows, weights))
            else:
                found[np.ix_(rows, rows)] += np.outer(weights, weights)
        for begin in range(0, len(many), BLOCK):
            block = np.zeros((number, BLOCK), dtype=np.float32)
            for place, (rows, weights) in enumerate(many[begin : begin + BLOCK]):
                block[rows, place] = weights
            found += block @ block.T
        lengths = np.sqrt(np.maximum(np.diag(found), 1e-9))
        found /= lengths[:, None]
        found /= lengths[None, :]
        return found

    def _same_subject(self, words: Floats, step: int) -> Floats:
        """How much each sentence has to do with the one `step` places on; nothing with one of another file."""
        rows = np.arange(len(words) - step)
        found = np.minimum(1, words[rows, rows + step] / SAME_SUBJECT)
        for start in self._starts:
            found[max(0, start - step) : start] = 0
        return np.asarray(found, dtype=np.float32)

    def near_names(self, names: Sequence[str]) -> Floats:
        """How near each sentence is to the names of labels."""
        return np.asarray(self._moved(self.vectors) @ self._of_names(names).T)

    def like_names(self, names: Sequence[str]) -> Floats:
        """How alike the names of two labels are, from 0 to 1."""
        rows = self._of_names(names)
        return np.asarray(np.maximum(rows @ rows.T, 0) ** 2)

    def _of_names(self, names: Sequence[str]) -> Floats:
        vectors = self._engine.encode(names, kind="query")
        return self._moved(vectors, vectors.mean(axis=0))

    def _moved(self, rows: Floats, centre: Floats | None = None) -> Floats:
        moved = rows - (self.centre if centre is None else centre)
        return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9))


def _joined(rows: Floats, near: Sequence[tuple[int, Floats]]) -> Floats:
    """Each row with its neighbours."""
    whole = rows.copy()
    for step, subject in near:
        weights = NEIGHBOURS[step] * subject[:, None]
        whole[:-step] += weights * rows[step:]
        whole[step:] += weights * rows[:-step]
    return whole


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
    like = sentences.like_names(names)
    np.fill_diagonal(like, 0)
    right += LIKE_NAMES * np.minimum(1, right @ like)
    alike = sentences.alike[np.ix_(learnt, learnt)]
    alike[np.diag_indices(len(learnt))] += HELD_BACK
    scores = sentences.alike[np.ix_(rest, learnt)] @ np.linalg.solve(alike, right)
    return names, np.asarray(scores + WEIGHT_NAMES * sentences.near_names(names)[rest])


def _grams(text: str) -> Counter[str]:
    return Counter(
        text[at : at + size] for size in range(1, LONGEST_GRAM + 1) for at in range(len(text) - size + 1)
    )


@dataclass(frozen=True, slots=True)
class Said:
    """Of one sentence: whether the first, and one of the first three labels was right; the same of BM25's; its kind."""

    first: bool
    third: bool
    plain_first: bool
    plain_third: bool
    kinds: frozenset[str]


def measure_focus(file: Path, learn_from: Path | None, engine: Embedder) -> dict[str, Any]:
    """Top-1 and top-3, of all sentences and of some kinds. `file` holds sentences; so does `learn_from`.

    `with_common_label`: one of the sixty most common. `not_read_before`: none that is learnt from has the same words
    (judgments stand in the file twice). `last_parts`: the parts at which nobody looked. Raises ValueError.
    """
    texts, labels = _read(file)
    if len(texts) < PARTS:
        raise ValueError(f"{len(texts)} sentences with labels: too few to learn from")
    rest = np.arange(len(texts))
    starts = [0, len(texts)]
    if learn_from:
        more, named = _read(learn_from)
        texts, labels = [*texts, *more], [*labels, *named]
        pairs = [(np.arange(len(rest), len(texts)), rest)]
    else:
        pairs = [(np.setdiff1d(rest, part), part) for part in np.array_split(rest, PARTS)]
    sentences = Sentences(texts, engine, starts)
    parts = [_said_of_part(sentences, texts, labels, learnt, part) for learnt, part in pairs]
    said = [one for part in parts for one in part]
    told = {"split": "learnt elsewhere" if learn_from else f"{PARTS} parts in the order of the file"}
    told |= _told("all", said)
    for kind in ("with_common_label", "not_read_before"):
        told |= _told(kind, [one for one in said if kind in one.kinds])
    if not learn_from:
        told |= _told("last_parts", [one for part in parts[-UNSEEN_PARTS:] for one in part])
    return told


def _said_of_part(
    sentences: Sentences,
    texts: Sequence[str],
    labels: Sequence[Sequence[str]],
    learnt: npt.NDArray[np.intp],
    part: npt.NDArray[np.intp],
) -> list[Said]:
    names, scores = foretold(sentences, labels, learnt, part)
    common, read = set(names[:COMMON]), {texts[at] for at in learnt}
    bm25 = LexicalIndex([texts[at] for at in learnt], length_weight=PLAIN_LENGTH_WEIGHT)
    said = []
    for at, row in zip(part, np.argsort(-scores, axis=1)[:, :3], strict=True):
        right = set(labels[at])
        ours = [names[place] for place in row]
        plain = _of_the_nearest(bm25.scores(texts[at]), [labels[one] for one in learnt])
        kinds = {"with_common_label": bool(common & right), "not_read_before": texts[at] not in read}
        said.append(
            Said(
                ours[0] in right,
                bool(right & set(ours)),
                plain[0] in right,
                bool(right & set(plain)),
                frozenset(kind for kind, has in kinds.items() if has),
            )
        )
    return said


def _of_the_nearest(scores: Floats, labels: Sequence[Sequence[str]]) -> list[str]:
    """The first three labels that the nearest sentences have."""
    said: list[str] = []
    for at in np.argsort(-scores, kind="stable")[:NEAREST]:
        said += [name for name in labels[at] if name not in said]
    return said[:3]


def _told(kind: str, said: Sequence[Said]) -> dict[str, Any]:
    if not said:
        return {}
    ours = np.array([(one.first, one.third) for one in said]).mean(axis=0)
    plain = np.array([(one.plain_first, one.plain_third) for one in said]).mean(axis=0)
    return {
        kind: {"top-1": round(float(ours[0]), 4), "top-3": round(float(ours[1]), 4), "n": len(said)},
        "bm25" if kind == "all" else f"bm25_{kind}": {
            "top-1": round(float(plain[0]), 4),
            "top-3": round(float(plain[1]), 4),
            "n": len(said),
        },
    }


def _read(file: Path) -> tuple[list[str], list[list[str]]]:
    rows = [row for row in read_lines(file) if row["labels"]]
    return [row["sentence"] for row in rows], [row["labels"] for row in rows]
