"""Cuts text into the pieces of a Unigram vocabulary: the likeliest way to cut, as SentencePiece does.

A quarter of a million pieces are kept as sorted hashes, some 4 MB; a prefix tree of them would take 250 MB.
"""

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint64]
BASE = 0x9E3779B97F4A7C15  # odd: every power of it can be undone
MIXED = np.uint64(0xD6E8FEB86659FD93)
UNKNOWN_COSTS = 10.0  # how much less likely than the rarest piece a character is that no piece has
AT_ONCE = 2_000  # characters looked up at once


class Pieces:
    """`texts` of all pieces in one string, cut at `ends` (one more than pieces); `scores` are logarithms."""

    def __init__(
        self, texts: str, ends: npt.NDArray[np.int64], scores: npt.NDArray[np.float32], *, unknown: int
    ) -> None:
        self.unknown = unknown
        lengths = np.diff(ends)
        self._longest = int(lengths.max())
        powers = _powers(BASE, self._longest)
        within = np.arange(int(ends[-1])) - np.repeat(ends[:-1], lengths)
        sums = np.concatenate([[np.uint64(0)], np.cumsum(_mixed(texts) * powers[within], dtype=np.uint64)])
        keys = sums[ends[1:]] - sums[ends[:-1]]
        kept = np.flatnonzero(lengths)
        order = kept[np.argsort(keys[kept], kind="stable")]
        self._keys, self._ids = keys[order], order.astype(np.int32)
        self._scores = scores[order]
        self._least = float(scores.min()) - UNKNOWN_COSTS

    def cut(self, text: str) -> list[int]:
        """Numbers of the pieces; neighbouring unknown characters are one unknown piece."""
        ids: list[int] = []
        for _start, _end, piece in self.places(text):
            if not (ids and ids[-1] == piece == self.unknown):
                ids.append(piece)
        return ids

    def places(self, text: str) -> list[tuple[int, int, int]]:
        """Start, end and number of each piece, in order."""
        size = len(text)
        best, came, by = [float("-inf")] * (size + 1), [0] * (size + 1), [0] * (size + 1)
        best[0] = 0.0
        for begin in range(0, size, AT_ONCE):
            for start, length, score, piece in self._found(text, begin):
                end = start + length
                worth = best[start] + score
                if worth > best[end]:
                    best[end], came[end], by[end] = worth, start, piece
        places: list[tuple[int, int, int]] = []
        at = size
        while at:
            places.append((came[at], at, by[at]))
            at = came[at]
        return places[::-1]

    def _found(self, text: str, begin: int) -> "zip[tuple[int, int, float, int]]":
        """Every piece that begins in this stretch: where, how long, how likely, which; unknown characters too."""
        part = text[begin : begin + AT_ONCE + self._longest - 1]
        size = min(AT_ONCE, len(text) - begin)
        codes = _mixed(part)
        sums = np.concatenate([[np.uint64(0)], np.cumsum(codes * _powers(BASE, len(part)), dtype=np.uint64)])
        ends = np.arange(size)[:, None] + np.arange(1, self._longest + 1)
        inside = ends <= len(part)
        undone = _powers(pow(BASE, -1, 1 << 64), size)[:, None]
        keys = (sums[np.minimum(ends, len(part))] - sums[:size, None]) * undone
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = (self._keys[places] == keys) & inside
        scores = np.where(known, self._scores[places], self._least).astype(np.float64)
        ids = np.where(known, self._ids[places], self.unknown)
        known[:, 0] = True
        starts, lengths = np.nonzero(known)
        chosen = (starts, lengths)
        return zip(
            (starts + begin).tolist(),
            (lengths + 1).tolist(),
            scores[chosen].tolist(),
            ids[chosen].tolist(),
            strict=True,
        )


def _mixed(text: str) -> Codes:
    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    return (signs + np.uint64(1)) * MIXED


def _powers(base: int, number: int) -> Codes:
    steps = np.full(max(number, 1), base, dtype=np.uint64)
    steps[0] = 1
    return np.cumprod(steps, dtype=np.uint64)[:number]
