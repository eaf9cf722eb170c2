"""Sound files as they come from phones: what they are, their samples, and a picture of them."""

import logging
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from mediation.hearings.speech import NeverWill, TryLater

Samples = NDArray[np.float32]

RATE_HZ = 16_000
LONGEST_S = 6 * 3600.0
BLOCK_S = 30.0
APART, QUIET = 0.3, 0.01  # shares of the sound: what two voices have not in common, what a voice has at least
FINE = 800  # samples in a twentieth of a second
# Formats that hold sound and cannot point at other files or addresses, as playlists can.
FORMATS = "wav,w64,mp3,mov,aac,amr,amrnb,amrwb,ogg,matroska,flac,caf,aiff"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sound:
    """What a file holds, counted from its packets and not believed from its header."""

    duration_s: float
    codec: str
    sample_rate: int
    channels: int


def probe(path: Path) -> Sound:
    """What sound `path` holds. Raise NeverWill if there is none to hear, TryLater if it cannot be read."""
    with _opened(path) as (container, stream):
        first = end = None
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            first = packet.pts if first is None else min(first, packet.pts)
            end = max(end or 0, packet.pts + (packet.duration or 0))
        if first is None or end is None or end <= first:
            raise NeverWill(_("There is no sound in this file. Please record again or choose another file."))
        duration_s = float((end - first) * stream.time_base)
        codec = stream.codec_context
        _refuse_endless(duration_s)
        return Sound(duration_s, str(codec.name), int(codec.sample_rate), int(codec.channels))


def decode(path: Path) -> Samples:
    """All samples of `path`: mono, 16 kHz, between -1 and 1. Raise as `probe` does. An hour takes 230 MB."""
    return np.concatenate(list(decode_blocks(path)))


def decode_blocks(path: Path, *, block_s: float = BLOCK_S) -> Iterator[Samples]:
    """The samples of `path` in pieces of `block_s` seconds, the last one shorter: hours fit in memory."""
    size = int(block_s * RATE_HZ)
    held: list[Samples] = []
    count = heard = 0
    for piece in _pieces(path):
        heard += piece.size
        _refuse_endless(heard / RATE_HZ)
        held.append(piece)
        count += piece.size
        if count >= size:
            joined = np.concatenate(held)
            yield joined[:size]
            held, count = [joined[size:]], count - size
    if not heard:
        raise NeverWill(_("There is no sound in this file. Please record again or choose another file."))
    if count:
        yield np.concatenate(held)


def peaks(samples: Samples, n: int) -> list[int]:
    """The loudest of each of `n` equal stretches, 0 to 100 of the loudest of all: the bars of a waveform."""
    if not samples.size or n < 1:
        return [0] * max(n, 0)
    edges = np.linspace(0, samples.size, n + 1).astype(int)
    loudest = np.array([np.abs(samples[a : max(b, a + 1)]).max(initial=0.0) for a, b in pairwise(edges)])
    top = float(loudest.max())
    return [round(100 * float(value) / top) for value in loudest] if top > 0 else [0] * n


def peaks_of(path: Path, n: int) -> list[int]:
    """As `peaks`, of a whole file; hours of it fit in memory. Raise as `probe` does."""
    loudest = [
        np.abs(block[: block.size - block.size % FINE] if block.size >= FINE else block)
        .reshape(-1, min(FINE, block.size))
        .max(axis=1)
        for block in decode_blocks(path)
        if block.size
    ]
    return peaks(np.concatenate(loudest), n)


def _pieces(path: Path) -> Iterator[Samples]:
    for frame in _frames(path, layout="mono"):
        yield _as_floats(frame)


def _frames(path: Path, *, layout: str) -> Iterator[Any]:
    """16-bit frames at 16 kHz."""
    import av  # the decoder is loaded where sound is read, and nowhere else

    damaged = 0
    with _opened(path) as (container, stream):
        resampler = av.AudioResampler(format="s16", layout=layout, rate=RATE_HZ)
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:  # one torn packet must not cost the rest of a recording
                damaged += 1
                continue
            for frame in frames:
                yield from resampler.resample(frame)
        yield from resampler.resample(None)
    if damaged:
        log.warning("%s: %d damaged packets were left out", path.name, damaged)


def _as_floats(frame: Any) -> Samples:
    floats: Samples = frame.to_ndarray().reshape(-1).astype(np.float32) / np.float32(32768)
    return floats


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """The container and its first stream of sound; every failure of the decoder becomes one of our two."""
    import av

    try:
        if not path.stat().st_size:
            raise NeverWill(_("This recording is empty. Please record again."))
        with path.open("rb") as file, av.open(file, options={"format_whitelist": FORMATS}) as container:
            if not container.streams.audio:
                raise NeverWill(
                    _("There is no sound in this file. Please record again or choose another file.")
                )
            if container.streams.audio[0].codec_context is None:
                raise NeverWill(_("This file cannot be played. Please record again or choose another file."))
            yield container, container.streams.audio[0]
    except MemoryError as error:
        raise TryLater(_("The recording cannot be read just now. We will try again.")) from error
    except (av.error.FFmpegError, ValueError) as error:  # the decoder's own errors may be OSErrors too
        raise NeverWill(
            _("This file cannot be played. Please record again or choose another file.")
        ) from error
    except OSError as error:
        raise TryLater(_("The recording cannot be read just now. We will try again.")) from error


def _refuse_endless(seconds: float) -> None:
    if seconds > LONGEST_S:
        raise NeverWill(_("This recording is longer than six hours. Please cut it into shorter ones."))


def split_channels(path: Path, folder: Path) -> list[Path]:
    """One WAV for each of two voices that were recorded apart, as some telephones do: left, right; else `path` alone.

    Two channels are two voices where they have little in common and neither is silent. Raise as `probe` does.
    """
    if probe(path).channels != 2:
        return [path]
    targets = [folder / "left.wav", folder / "right.wav"]
    energy, apart = np.zeros(2), 0.0
    with wave.open(str(targets[0]), "wb") as left, wave.open(str(targets[1]), "wb") as right:
        for file in (left, right):
            file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        for frame in _frames(path, layout="stereo"):
            pair = frame.to_ndarray().reshape(-1, 2)
            left.writeframes(np.ascontiguousarray(pair[:, 0]).tobytes())
            right.writeframes(np.ascontiguousarray(pair[:, 1]).tobytes())
            loud = pair.astype(np.float64)
            energy += (loud**2).sum(axis=0)
            apart += float(((loud[:, 0] - loud[:, 1]) ** 2).sum())
    both = float(energy.sum())
    are_two = both > 0 and apart > APART * both and energy.min() > QUIET * both
    return targets if are_two else [path]
