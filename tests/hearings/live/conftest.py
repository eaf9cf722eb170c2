"""What comes out of a microphone."""

import numpy as np

RATE = 16_000


def noise(seconds: float, seed: int = 1) -> bytes:
    return np.random.default_rng(seed).integers(-9000, 9000, int(seconds * RATE), "<i2").tobytes()


def message(offset: int, payload: bytes, form: int = 0) -> bytes:
    return offset.to_bytes(8, "big") + bytes([form]) + payload
