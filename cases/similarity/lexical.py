"""BM25 and cosines over character singles and pairs: on short Chinese stories they find more than segmented words do.

A question is looked up (BM25); between two stories both sides are weighed alike (the cosine of their BM25 weights).
A hundred thousand stories of 300 characters take less than 60 MB and some milliseconds a query.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from cases.similarity.words import gram_codes

SATURATION = 1.2  # k1: how soon a repeated word stops counting
LENGTH_WEIGHT = (
    1.0  # b: how much a long text is held back; all of it did best on questions and on long judgments
)
REPEATED = 3  # a word of the query counts as often at most
LARGE = 20_000  # of more texts than this, words that a fifth of them have are not indexed: they tell next to nothing
COMMON = 0.2
STEPS = 255
MOST_LOOKED_AT = 1_000_000  # places looked at for one query, the rarest words first
ADDED_AT_ONCE = 100_000
FLAT = 1e-9  # shorter is nothing
BLOCK = 1 << 16  # texts of a block: a place in it takes two bytes

Scores = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint64]


@dataclass(slots=True)
class _Block:
    """The words of up to 65,536 neighbouring texts. `rows` and `weights` of a term lie between its `ends`."""

    terms: Codes
    ends: npt.NDArray[np.int64]
    rows: npt.NDArray[np.uint16]
    weights: npt.NDArray[Any]  # how often, until all texts are counted
    lengths: Scores  # of the texts; in words, until those are weighed, then of their weights taken together
    scales: Scores

    @property
    def held(self) -> npt.NDArray[np.int64]:
        """In how many texts each term stands."""
        return np.diff(self.ends)

    def places(self, codes: Codes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where the rows of each code begin and end; nothing lies between for a code that is not here."""
        at = np.minimum(np.searchsorted(self.terms, codes), len(self.terms) - 1)
        begins = self.ends[at]
        return begins, np.where(self.terms[at] == codes, self.ends[at + 1], begins)

    def without(self, common: npt.NDArray[np.bool_]) -> None:
        """Let go of the terms that are too common."""
        held, kept = self.held, ~common
        places = np.repeat(kept, held)
        self.rows, self.weights = self.rows[places], self.weights[places]
        self.terms, self.scales = self.terms[kept], self.scales[kept]
        self.ends = _ends(held[kept])

    def weigh(self, rarity: Scores, room: Scores) -> None:
        """From how often a word stands in a text to what it is worth there."""
        often = self.weights.astype(np.float32)
        weights = np.repeat(rarity * (SATURATION + 1), self.held)
        weights *= often / (often + room[self.rows])
        self.weights = weights
        self.lengths = np.zeros(len(self.lengths), dtype=np.float32)
        for chosen in _portions(self.held):
            here = slice(self.ends[chosen[0]], self.ends[chosen[-1] + 1])
            part = np.square(weights[here], dtype=np.float64)
            self.lengths += np.bincount(self.rows[here], part, len(self.lengths)).astype(np.float32)
        self.lengths = np.sqrt(self.lengths)

    def pack(self) -> None:
        """A byte for each weight: the steps of a term are a 255th of its largest weight."""
        if len(self.terms):
            self.scales = np.asarray(
                np.maximum.reduceat(self.weights, self.ends[:-1]) / STEPS, dtype=np.float32
            )
            self.weights = np.round(self.weights / np.repeat(self.scales, self.held)).astype(np.uint8)

    @property
    def bytes(self) -> int:
        return sum(
            part.nbytes
            for part in (self.terms, self.ends, self.rows, self.weights, self.lengths, self.scales)
        )


class LexicalIndex:
    """All texts of a library, weighed once. A search costs a few additions for each place where a word stands."""

    def __init__(self, texts: Iterable[str], *, length_weight: float = LENGTH_WEIGHT) -> None:
        texts = iter(texts)
        self._blocks: list[_Block] = []
        while part := list(islice(texts, BLOCK)):
            self._blocks.append(_counted(part))
            del part
        self.size = sum(len(block.lengths) for block in self._blocks)
        lengths = np.concatenate([block.lengths for block in self._blocks] or [np.zeros(0, np.float32)])
        self._mean = float(lengths.mean()) if lengths.any() else 1.0
        self._length_weight = length_weight
        terms, held = self._in_all()
        for block in self._blocks:
            common = held[np.searchsorted(terms, block.terms)] > COMMON * self.size
            if self.size > LARGE:
                block.without(common)
            number = held[np.searchsorted(terms, block.terms)]
            block.weigh(self._rarity(number), self._room(block.lengths))
            if self.size > LARGE:
                block.pack()

    def _in_all(self) -> tuple[Codes, npt.NDArray[np.int64]]:
        """Every term, and in how many texts it stands."""
        terms = np.unique(np.concatenate([block.terms for block in self._blocks] or [np.zeros(0, np.uint64)]))
        held = np.zeros(len(terms), dtype=np.int64)
        for block in self._blocks:
            held[np.searchsorted(terms, block.terms)] += block.held
        return terms, held

    @property
    def bytes(self) -> int:
        """Memory that the index takes."""
        return sum(block.bytes for block in self._blocks)

    def scores(self, query: str) -> Scores:
        """One BM25 score for each text, in their order; all zero when nothing is shared."""
        return self.both(query)[0]

    def both(self, query: str) -> tuple[Scores, Scores]:
        """BM25 scores, and the cosines of the BM25 weights of the query and of each text."""
        found = np.zeros((2, self.size), dtype=np.float32)
        codes, times = np.unique(gram_codes(query), return_counts=True)
        number = times.sum()
        blocks = [block for block in self._blocks if len(block.terms)]
        if len(codes) and blocks:
            held = np.sum([np.subtract(*block.places(codes)[::-1]) for block in blocks], axis=0)
            codes, times, held = codes[held > 0], times[held > 0], held[held > 0]
        if not len(codes) or not blocks:
            return found[0], found[1]
        rarest = np.argsort(held, kind="stable")
        enough = int(np.searchsorted(np.cumsum(held[rarest]), MOST_LOOKED_AT, side="right"))
        chosen = np.sort(rarest[: max(1, enough)])
        room = self._room(number)
        alike = self._rarity(held) * (times / (times + room)).astype(np.float32)
        worth = np.vstack([np.minimum(times, REPEATED), alike / np.linalg.norm(alike)]).astype(np.float32)
        begin = 0
        for block in self._blocks:
            end = begin + len(block.lengths)
            if len(block.terms):
                found[:, begin:end] = _added(block, codes[chosen], worth[:, chosen])
            begin = end
        return found[0], found[1]

    def _rarity(self, held: npt.NDArray[np.int64]) -> Scores:
        return np.asarray(np.log(1 + (self.size - held + 0.5) / (held + 0.5)), dtype=np.float32)

    def _room(self, number: Any) -> Any:
        """What a text of so many words adds below the line."""
        return SATURATION * (1 - self._length_weight + self._length_weight * number / self._mean)


def _added(block: _Block, codes: Codes, worth: Scores) -> Scores:
    """What the texts of one block come to, for each row of `worth`; cosines in the second."""
    begins, ends = block.places(codes)
    at = np.minimum(np.searchsorted(block.terms, codes), len(block.terms) - 1)
    worth = worth * block.scales[at]
    whole = np.zeros((len(worth), len(block.lengths)))
    for chosen in _portions(ends - begins):
        held = (ends - begins)[chosen]
        rows, weights = np.empty(held.sum(), dtype=np.intp), np.empty((len(worth), held.sum()))
        for one, end, number in zip(chosen, np.cumsum(held), held, strict=True):
            here, there = slice(end - number, end), slice(begins[one], ends[one])
            rows[here] = block.rows[there]
            np.multiply(block.weights[there], worth[:, one, None], out=weights[:, here])
        for total, part in zip(whole, weights, strict=True):
            total += np.bincount(rows, weights=part, minlength=len(total))
    whole[1] /= np.maximum(block.lengths, FLAT)
    return whole.astype(np.float32)


def _portions(held: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.intp]]:
    """Which terms are added together, so that little memory is taken for a moment."""
    some = np.flatnonzero(held)
    if len(some):
        number = np.cumsum(held[some]) // ADDED_AT_ONCE
        yield from np.split(some, np.flatnonzero(np.diff(number)) + 1)


def _ends(held: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(held)]).astype(np.int64)


def _counted(texts: list[str]) -> _Block:
    """For each gram: the texts that it stands in, and how often."""
    codes, counts, sizes, lengths = [], [], [], []
    for text in texts:
        found, times = np.unique(gram_codes(text), return_counts=True)
        codes.append(found)
        counts.append(np.minimum(times, 60_000).astype(np.uint16))
        sizes.append(len(found))
        lengths.append(int(times.sum()))
    whole = np.concatenate(codes)
    del codes
    order = np.argsort(whole, kind="stable")
    whole = whole[order]
    begins = np.flatnonzero(np.diff(whole, prepend=~whole[:1]))
    terms = whole[begins]
    held = np.diff(begins, append=len(whole))
    del whole
    rows = np.repeat(np.arange(len(sizes), dtype=np.uint16), sizes)[order]
    return _Block(
        terms,
        _ends(held),
        rows,
        np.concatenate(counts)[order],
        np.array(lengths, dtype=np.float32),
        np.ones(len(terms), dtype=np.float32),
    )
