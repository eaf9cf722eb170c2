"""What a microphone sends: eight bytes of place, one of form, then at most a second of sound."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
HEAD_BYTES = 9
MOST_SAMPLES = RATE_HZ
PCM16, OPUS = 0, 1
_FRAME_MS = (*(10, 20, 40, 60) * 3, *(10, 20) * 2, *(Fraction(5, 2), 5, 10, 20) * 4)  # RFC 6716, table 2
_LONGEST_PACKET_MS = 120
_TAPS = 96
_DOWN = 3


class Unreadable(ValueError):
    """Not a message of a microphone."""


@dataclass(frozen=True, slots=True)
class Packet:
    """`pcm` (PCM16LE mono 16 kHz) begins at sample `offset`; `is_torn` where silence stands for a broken packet."""

    offset: int
    pcm: bytes
    is_torn: bool = False


class PacketReader:
    """Turns the messages of one stream, in order, into sound."""

    def __init__(self) -> None:
        self._opus: _Opus | None = None

    def read(self, message: bytes) -> Packet:
        """One message. A broken Opus packet becomes silence of its length. Raises Unreadable for anything else."""
        if len(message) <= HEAD_BYTES:
            raise Unreadable
        offset, form, payload = int.from_bytes(message[:8], "big"), message[8], message[HEAD_BYTES:]
        if form == PCM16:
            if len(payload) % 2 or len(payload) > 2 * MOST_SAMPLES:
                raise Unreadable
            return Packet(offset, payload)
        if form == OPUS:
            length = opus_samples(payload)
            self._opus = self._opus or _Opus()
            pcm = self._opus.decode(payload, length)
            return Packet(offset, pcm or bytes(2 * length), is_torn=not pcm)
        raise Unreadable


def opus_samples(packet: bytes) -> int:
    """How many samples at 16 kHz a packet stands for, by its first bytes (RFC 6716, 3.1). Raises Unreadable."""
    kind = packet[0] & 3
    if kind == 3 and len(packet) < 2:
        raise Unreadable
    frames = packet[1] & 63 if kind == 3 else (1, 2, 2)[kind]
    length_ms = _FRAME_MS[packet[0] >> 3] * frames
    if not 0 < length_ms <= _LONGEST_PACKET_MS:
        raise Unreadable
    return int(length_ms * RATE_HZ / 1000)


class _Opus:
    """Opus at 48 kHz to PCM at 16 kHz; each packet gives exactly its own length, so that places stay true."""

    def __init__(self) -> None:
        import av

        self._av: Any = av
        self._decoder: Any = self._fresh()
        reach = np.arange(_TAPS) - (_TAPS - 1) / 2
        taps = np.sinc(reach * 0.9 / _DOWN) * np.hamming(_TAPS)
        self._taps: NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
        self._before = np.zeros(_TAPS - 1, np.float32)

    def decode(self, payload: bytes, length: int) -> bytes:
        """`length` samples; nothing where the packet is broken."""
        try:
            frames = self._decoder.decode(self._av.Packet(payload))
        except self._av.error.FFmpegError:
            self._decoder = self._fresh()
            return b""
        pieces = [_mono(frame) for frame in frames]
        sound = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
        sound = np.pad(sound[: length * _DOWN], (max(length * _DOWN - sound.size, 0), 0))
        joined = np.concatenate([self._before, sound])
        self._before = joined[-(_TAPS - 1) :]
        slow = np.convolve(joined, self._taps, mode="valid")[::_DOWN]
        return (np.clip(slow, -1, 1) * 32767).astype("<i2").tobytes()

    def _fresh(self) -> Any:
        decoder = self._av.CodecContext.create("libopus", "r")
        decoder.sample_rate, decoder.layout = 48_000, "mono"
        return decoder


def _mono(frame: Any) -> NDArray[np.float32]:
    """One channel between -1 and 1, from whatever form the decoder gives."""
    channels = len(frame.layout.channels)
    found: NDArray[Any] = frame.to_ndarray()
    samples = found.reshape(-1, channels) if frame.format.is_packed else found.reshape(channels, -1).T
    scale = np.float32(1 / 32768) if samples.dtype == np.int16 else np.float32(1)
    mixed: NDArray[np.float32] = samples.astype(np.float32).mean(axis=1) * scale
    return mixed
