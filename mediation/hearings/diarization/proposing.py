"""Which of the named voices an open line has: proposed where it is sure, left open where it is not.

The bars were chosen on one half of the speakers of benchmarks/voices.py and measured on the other (docs/speech.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mediation.hearings.audio import RATE_HZ, Samples
from mediation.hearings.diarization.prints import Prints

SHORTEST_S = 1.5  # a shorter line has too little voice in it, to be named by or to be proposed
SAMPLES_EACH = 2  # named lines that every speaker needs at least
VOICED_S = 1.0  # of a line, at least, that is not silence
SILENCE_DB = -35.0  # below the loud places of the same line
MARGIN = 0.35  # by how much a line is closer to one voice than to every other, on a scale of 2
SURE_MARGIN = 0.6
LIKE = 0.7  # the cosine with the nearest voice, at least: else it may be somebody whom nobody has named
FRAME = RATE_HZ // 40


@dataclass(frozen=True, slots=True)
class Proposal:
    """The voice that a line has, and by how much it is closer to it than to any other."""

    speaker: str
    margin: float

    @property
    def is_very_sure(self) -> bool:
        """Whether it is far beyond the bar."""
        return self.margin >= SURE_MARGIN


def has_voice(samples: Samples) -> bool:
    """Whether enough of these samples (16 kHz) is not silence."""
    count = len(samples) // FRAME
    if count * FRAME < SHORTEST_S * RATE_HZ * 0.99:
        return False
    energy = np.square(samples[: count * FRAME].astype(np.float64)).reshape(count, FRAME).mean(axis=1)
    loud = float(np.percentile(energy, 95))
    voiced = energy > max(loud * 10 ** (SILENCE_DB / 10), 1e-10)
    return bool(voiced.sum() * FRAME / RATE_HZ >= VOICED_S)


def propose(named: Mapping[str, Sequence[Prints]], line: Prints) -> Proposal | None:
    """Whose voice this line has; None where it is not sure, or where fewer than two voices are named.

    `named` holds the prints of lines whose speaker a person has said; those of a speaker with too few are not used.
    """
    voices = {
        speaker: _unit(np.mean([_unit(one.mean(axis=0)) for one in lines], axis=0))
        for speaker, lines in named.items()
        if len(lines) >= SAMPLES_EACH
    }
    if len(voices) < 2:
        return None
    speakers, known = list(voices), np.stack(list(voices.values()))
    centre = known.mean(axis=0)
    apart = _units(known - centre)
    whole = _unit(line.mean(axis=0))
    scores = apart @ _unit(whole - centre)
    first, second = np.argsort(-scores)[:2]
    margin = float(scores[first] - scores[second])
    if margin < MARGIN or float(known[first] @ whole) < LIKE:
        return None
    if any(int(np.argmax(apart @ _unit(part - centre))) != first for part in _ends(line)):
        return None
    return Proposal(speakers[first], round(margin, 3))


def may_compare(named: Iterable[Sequence[object]]) -> bool:
    """Whether enough lines of enough speakers are named."""
    return sum(1 for lines in named if len(lines) >= SAMPLES_EACH) >= 2


def _ends(line: Prints) -> list[Prints]:
    """The first and the last third of a longer line: two voices in one line do not agree there."""
    third = len(line) // 3
    return [line[:third].mean(axis=0), line[-third:].mean(axis=0)] if third else []


def _unit(vector: Prints) -> Prints:
    found: Prints = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return found


def _units(vectors: Prints) -> Prints:
    return np.stack([_unit(vector) for vector in vectors])
