"""Hours of speech: no two stretches are equally long, and the program must not keep something for every length."""

import ctypes

import numpy as np
import pytest

from mediation.hearings.audio import RATE_HZ
from mediation.hearings.engines.whisper import WhisperEngine

FIRST, MORE = 10, 40  # stretches, each a fortieth of a second longer than the one before
KERNELS_MB = 0.4  # what each length once left behind


class Heap(ctypes.Structure):
    """What glibc's mallinfo2 tells."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "mapped",
            "usmblks", "fsmblks", "in_use", "free", "keepcost",
        )
    )  # fmt: skip


def in_use_mb() -> float:
    """Memory that C code holds and has not given back; pages that are free but kept do not count."""
    tell = ctypes.CDLL(None).mallinfo2
    tell.restype = Heap
    heap = tell()
    return float(heap.in_use + heap.mapped) / 1e6


needs_weights = pytest.mark.skipif(
    bool(WhisperEngine().problems()), reason="; ".join(WhisperEngine().problems())
)
needs_glibc = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="memory in use is told by glibc 2.33 and later only"
)


@needs_weights
@needs_glibc
def test_fifty_lengths_of_sound_leave_nothing_behind() -> None:
    engine = WhisperEngine()

    def hear(number: int) -> None:
        sound = np.zeros(RATE_HZ + number * RATE_HZ // 40, np.float32)
        engine.hear_short(sound, dialect="mandarin", final=False)

    for number in range(FIRST):
        hear(number)
    before_mb = in_use_mb()
    for number in range(FIRST, FIRST + MORE):
        hear(number)
    assert in_use_mb() - before_mb < MORE * KERNELS_MB / 4
