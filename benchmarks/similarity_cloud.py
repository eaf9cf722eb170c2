"""Many vectors that lie as real ones do: each between a real sentence vector and one of its neighbours, and shaken.

The real ones are those that benchmarks/similarity.py has kept (some ten thousand of questions, articles, judgments
and stories), after the learnt layer. Drawn around random centres in all 384 directions they would be a case that no
library has: real vectors fill some sixty.
"""

import sqlite3
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.similarity_sets import KEPT
from cases.similarity.e5 import LEARNT, layers_of, moved

Floats = npt.NDArray[np.float32]
NEIGHBOURS = 10
SHAKEN = 0.35  # length of the random part, where the vector itself has length one
AT_ONCE = 20_000
FEWEST = 5_000


class NoVectors(RuntimeError):
    """Too few real vectors are kept."""


class Cloud:
    """`draw` gives any number of vectors, the same for the same seed. Raises NoVectors."""

    def __init__(self, folder: Path = KEPT) -> None:
        path = folder / "vectors.sqlite3"
        rows = sqlite3.connect(path).execute("SELECT vector FROM kept ORDER BY mark") if path.exists() else ()
        vectors = [np.frombuffer(vector, dtype="<f4") for (vector,) in rows]
        if len(vectors) < FEWEST:
            raise NoVectors(
                "run benchmarks/similarity.py first: it keeps the real vectors that are needed here"
            )
        self.real = moved(np.vstack(vectors), layers_of(LEARNT)["passage"])
        self.real = self.real[np.linalg.norm(self.real, axis=1) > 0.5]
        self._near = np.empty((len(self.real), NEIGHBOURS), dtype=np.int32)
        for begin in range(0, len(self.real), 1_000):
            cosines = self.real[begin : begin + 1_000] @ self.real.T
            best = np.argpartition(-cosines, NEIGHBOURS, axis=1)[:, : NEIGHBOURS + 1]
            own = best == np.arange(begin, begin + len(best))[:, None]
            self._near[begin : begin + len(best)] = np.take_along_axis(
                best, np.argsort(own, axis=1, kind="stable")[:, :NEIGHBOURS], axis=1
            )

    def draw(self, number: int, *, seed: int) -> Floats:
        """Unit rows."""
        chance = np.random.default_rng(seed)
        width = self.real.shape[1]
        rows = np.empty((number, width), dtype=np.float32)
        for begin in range(0, number, AT_ONCE):
            part = rows[begin : begin + AT_ONCE]
            one = chance.integers(0, len(self.real), len(part))
            other = self._near[one, chance.integers(0, NEIGHBOURS, len(part))]
            way = chance.random((len(part), 1), dtype=np.float32)
            part[:] = (1 - way) * self.real[one] + way * self.real[other]
            part += SHAKEN / np.sqrt(width) * chance.standard_normal(part.shape, dtype=np.float32)
            part /= np.linalg.norm(part, axis=1, keepdims=True)
        return rows
