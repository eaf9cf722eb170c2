"""What words mean, as short vectors: so that a model which has seen 住院 also understands 手术.

`meanings.npz` holds 32 numbers of eight bits for the commonest words and the words of our trade, taken once by
`benchmarks/stories_meanings.py` from multilingual-e5-small (MIT), and how much each word tells.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

VECTORS = Path(__file__).parent / "meanings.npz"
STORY, CONTEXT = 0.35, 0.3  # how large a vector is beside the other features
IN_CONTEXT = 24  # of the 32 numbers, those that are used for the words around a sum
FADING = 0.8  # each word farther off counts so much less
MOST_WORDS = 1_200  # of a story


@dataclass(frozen=True, slots=True)
class Meanings:
    """Row and weight of each word, and the rows."""

    place: Mapping[str, int]
    weight: tuple[float, ...]
    rows: npt.NDArray[np.float32]


@cache
def meanings() -> Meanings:
    with np.load(VECTORS) as kept:
        words = bytes(kept["words"]).decode("utf-8").split("\n")
        return Meanings(
            {word: row for row, word in enumerate(words)},
            tuple((kept["weights"].astype(np.float32) / 16).tolist()),
            kept["vectors"].astype(np.float32) * kept["scale"],
        )


def of_story(words: Iterable[str]) -> dict[str, float]:
    """The meaning of a whole story: each word once, the telling ones more."""
    known = meanings()
    rows = [known.place[word] for word in list(dict.fromkeys(words))[:MOST_WORDS] if word in known.place]
    if not rows:
        return {}
    weights = np.array([known.weight[row] for row in rows], dtype=np.float32)
    size = math.sqrt(float(weights @ weights)) or 1.0
    told = weights @ known.rows[rows] * (STORY / size)
    return {f"v{place}": value for place, value in enumerate(told.tolist())}


def of_context(words: Iterable[str], side: str) -> dict[str, float]:
    """The meaning of the few words on one side of a sum, the nearest first."""
    known = meanings()
    found = [
        (known.place[word], max(0.2, known.weight[known.place[word]]) * FADING**far)
        for far, word in enumerate(words)
        if word in known.place
    ]
    if not found:
        return {}
    weights = np.array([weight for _row, weight in found], dtype=np.float32)
    told = weights @ known.rows[[row for row, _weight in found], :IN_CONTEXT]
    told *= CONTEXT / math.sqrt(float(weights @ weights))
    return {f"{side}{place}": value for place, value in enumerate(told.tolist())}
