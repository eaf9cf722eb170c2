"""Ten minutes without a word: silence, hiss, hum, clicks, music. Whatever is written down was invented."""

import tempfile
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
EACH_S = 75


def noises() -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Eight kinds, 75 seconds each."""
    random, n = np.random.default_rng(3), EACH_S * RATE
    times = np.arange(n) / RATE
    white = random.normal(0, 1, n)
    pink = np.fft.irfft(np.fft.rfft(white) / np.sqrt(np.arange(n // 2 + 1) + 1), n)
    clicks = np.zeros(n)
    clicks[random.integers(0, n, 200)] = 0.8
    yield "silence", np.zeros(n, np.float32)
    for name, sound, loud in (
        ("hiss, low", white, 0.003),
        ("hiss, loud", white, 0.03),
        ("pink noise", pink / np.abs(pink).max(), 0.3),
        ("hum", np.sin(times * 50 * 2 * np.pi) + 0.5 * np.sin(times * 100 * 2 * np.pi), 0.1),
        ("clicks", clicks, 1.0),
        ("chords", _chords(times), 0.15),
        ("melody", _melody(times), 0.3),
    ):
        yield name, np.clip(sound * loud, -1, 1).astype(np.float32)


def _chords(times: NDArray[Any]) -> NDArray[Any]:
    """Four chords by turns, struck and fading."""
    tones = np.array([(262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294)])[
        (times // 2).astype(int) % 4
    ]
    fading = np.exp(-(times % 2))
    struck: NDArray[Any] = np.sin(times[:, None] * tones * 2 * np.pi).sum(axis=1) * fading
    return struck


def _melody(times: NDArray[Any]) -> NDArray[Any]:
    """A tune of half-second tones with overtones and vibrato: the nearest to a voice."""
    steps = np.random.default_rng(5).choice([262, 294, 330, 392, 440, 523], EACH_S * 2)
    tone = steps[np.minimum((times * 2).astype(int), steps.size - 1)] * (
        1 + 0.01 * np.sin(times * 5 * 2 * np.pi)
    )
    phase = np.cumsum(tone) / RATE * 2 * np.pi
    tune: NDArray[Any] = (np.sin(phase) + 0.5 * np.sin(2 * phase) + 0.3 * np.sin(3 * phase)) * np.exp(
        -(times * 2 % 1)
    )
    return tune


def invented(hear: Callable[[Path, str], Any]) -> dict[str, Any]:
    """Characters written down of each kind, and in all."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, sound in noises():
            path = Path(folder) / "noise.wav"
            with wave.open(str(path), "wb") as file:
                file.setparams((1, 2, RATE, 0, "NONE", ""))
                file.writeframes((sound * 32767).astype("<i2").tobytes())
            found[name] = sum(len(part.text) for part in hear(path, "mandarin"))
    return {"characters": {**found, "all": sum(found.values())}}
