"""BM25 over character singles and pairs: on short Chinese stories it finds more than segmented words do."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cases.similarity.words import grams

SATURATION = 1.2  # k1: how soon a repeated word stops counting
LENGTH_WEIGHT = 0.75  # b: how much a long text is held back

Scores = npt.NDArray[np.float32]


class LexicalIndex:
    """All texts of a library, weighed once; a query then costs a few additions a term."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(grams(text)) for text in texts]
        lengths = np.array([count.total() for count in counts], dtype=np.float32)
        mean = float(lengths.mean()) if len(texts) and lengths.any() else 1.0
        holders: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, count in enumerate(counts):
            for term, times in count.items():
                holders[term].append((at, times))
        self.size = len(texts)
        self._rows: dict[str, npt.NDArray[np.int32]] = {}
        self._weights: dict[str, Scores] = {}
        for term, held in holders.items():
            rows = np.array([at for at, _times in held], dtype=np.int32)
            often = np.array([times for _at, times in held], dtype=np.float32)
            rarity = np.log(1 + (self.size - len(held) + 0.5) / (len(held) + 0.5))
            room = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths[rows] / mean)
            self._rows[term] = rows
            self._weights[term] = (rarity * often * (SATURATION + 1) / (often + room)).astype(np.float32)

    def scores(self, query: str) -> Scores:
        """One BM25 score for each text, in their order; all zero when nothing is shared."""
        found = np.zeros(self.size, dtype=np.float32)
        for term, times in Counter(grams(query)).items():
            if term in self._rows:  # no text holds a term twice, so plain addition by row is exact
                found[self._rows[term]] += min(times, 3) * self._weights[term]
        return found
