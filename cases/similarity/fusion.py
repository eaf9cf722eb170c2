"""Words, meaning and what judgments say of a loan, put together into one number from 0 to 1 for each case."""

from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
# A short question shares few words with its answer, a long story many: the share of words grows with the length.
SHORT, LONG = 60, 400  # characters of the query
WORDS_WHEN_SHORT, WORDS_WHEN_LONG = 0.2, 0.7
# Between two judgments on loans: half by what they say of the loan, the rest by words and meaning alike.
WEIGHT_LENDING = 0.5
FLAT = 1e-9  # scores that are spread less tell nothing apart
STEEPEST = 0.25  # how much `squashed` changes at most where its argument changes by one


@dataclass(slots=True)
class Texts:
    """How near the texts of some rows are: standings by words, by meaning and by what judgments say of a loan."""

    words: Scores
    meaning: Scores
    lending: Scores | None
    share: float  # of the words, against the meaning
    centre: float  # of the cosines
    spread: float
    best_meaning: float  # the highest standing by meaning

    @property
    def weights(self) -> tuple[float, float]:
        """What a standing by words and one by meaning are worth: the best of each as much as its share says."""
        if self.lending is not None:
            return (1 - WEIGHT_LENDING) / 2, (1 - WEIGHT_LENDING) / 2
        words, meaning = float(self.words.max(initial=0)) or 1.0, self.best_meaning or 1.0
        size = self.share * words + (1 - self.share) * meaning
        return size * self.share / words, size * (1 - self.share) / meaning

    def total(self) -> Scores:
        """From 0 to 1."""
        words, meaning = self.weights
        whole = np.float32(words) * self.words + np.float32(meaning) * self.meaning
        if self.lending is not None:
            whole += np.float32(WEIGHT_LENDING) * self.lending
        return squashed(np.asarray(whole, dtype=np.float32))


def way_to_long(text: str) -> float:
    """From 0, a short question, to 1, a long story."""
    return min(1.0, max(0.0, (log(max(1, len(text))) - log(SHORT)) / (log(LONG) - log(SHORT))))


def share_of_words(text: str) -> float:
    """How much words count against meaning for a query of this length."""
    return WORDS_WHEN_SHORT + (WORDS_WHEN_LONG - WORDS_WHEN_SHORT) * way_to_long(text)


def by_words(text: str, looked_up: Scores, alike: Scores) -> Scores:
    """Standings by words: a question is looked up, between two stories both sides are weighed alike."""
    way = np.float32(way_to_long(text))
    return standing((1 - way) * standing(looked_up) + way * standing(alike))


def standing(scores: Scores) -> Scores:
    """How far each score stands above the others, in standard deviations; zeros when nothing tells them apart."""
    spread = float(scores.std()) if len(scores) else 0.0
    if spread < FLAT:
        return np.zeros(len(scores), dtype=np.float32)
    return np.asarray((scores - scores.mean()) / spread, dtype=np.float32)


def squashed(standings: Scores) -> Scores:
    """Standings as numbers from 0 to 1, in the same order."""
    return np.asarray(1 / (1 + np.exp(-standings)), dtype=np.float32)
