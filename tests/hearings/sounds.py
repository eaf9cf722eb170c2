"""Sounds for tests: made, never recorded."""

import io
import wave

import numpy as np

RATE_HZ = 16_000


def tone(seconds: float = 1.0, *, loud: float = 0.3) -> io.BytesIO:
    """A WAV file with a hum of so many seconds; `loud=0` gives silence."""
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    samples = (np.sin(times * 440 * 2 * np.pi) * loud * 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        sound.writeframes(samples.tobytes())
    file.seek(0)
    return file
