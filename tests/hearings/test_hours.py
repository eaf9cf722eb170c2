"""Hours of speech: no two stretches are equally long, and the program must not keep something for every length."""

import ctypes
from typing import Any

import numpy as np
import pytest

from mediation.hearings.audio import RATE_HZ
from mediation.hearings.engines.stretches import PARTS, InParts
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


class Counting:
    """A session that remembers how many windows it was asked for at once, and counts them in its state."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def run(self, names: None, given: dict[str, Any]) -> list[Any]:
        windows = given["input"]
        self.asked.append(len(windows))
        return [windows[:, :1] + given["h"], given["h"] + len(windows), given["c"]]


def test_any_number_of_windows_is_asked_for_in_few_and_none_is_lost() -> None:
    session, state = Counting(), np.zeros(1)
    for number in (1, 2, 255, 256, 257, 1_733):
        session.asked.clear()
        windows = np.arange(number, dtype=np.float32)[:, None]
        likely, after, _ = InParts(session).run(None, {"input": windows, "h": state, "c": state})
        assert set(session.asked) <= set(PARTS)
        assert after == number
        begins = np.repeat(np.cumsum([0, *session.asked[:-1]]), session.asked)
        assert (
            likely == windows + begins[:, None]
        ).all()  # each part begins with the state that the last one left


@needs_weights
def test_silero_says_the_same_in_parts() -> None:
    from faster_whisper.utils import get_assets_path
    from faster_whisper.vad import SileroVADModel

    model = SileroVADModel(f"{get_assets_path()}/silero_vad_v6.onnx")
    sound = np.random.default_rng(7).normal(0, 0.1, 512 * 333).astype(np.float32)
    whole = model(sound)
    model.session = InParts(model.session)
    assert (model(sound) == whole).all()
