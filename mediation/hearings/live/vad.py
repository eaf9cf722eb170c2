"""Where people speak, while they speak: Silero on a stream, and the stretches of speech that follow from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
CHUNK = 512
CONTEXT = 64
SURE = 0.5  # above it begins speech
STILL = 0.35  # above it speech goes on
BEGINS_AFTER = 4  # chunks of speech in a row: 0.13 s
MAYBE_AFTER = 7  # chunks of silence: 0.22 s, speech may be over
ENDS_AFTER = 15  # chunks of silence: 0.48 s, it is
BEFORE = 10  # chunks kept before the first sure one: 0.32 s
LONGEST = int(10 * RATE_HZ / CHUNK)  # then it is cut at its quietest place
CUT_WITHIN = int(3 * RATE_HZ / CHUNK)

Samples = NDArray[np.float32]


@cache
def _session() -> Any:
    from faster_whisper.vad import get_vad_model

    return get_vad_model().session


class Silero:
    """How likely each chunk is speech; keeps its state between calls."""

    def __init__(self) -> None:
        self._h = self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)

    def __call__(self, samples: Samples) -> NDArray[np.float32]:
        """One figure a chunk; `samples` are whole chunks."""
        chunks = samples.reshape(-1, CHUNK)
        before = np.concatenate([self._context[None], chunks[:-1, -CONTEXT:]])
        self._context = chunks[-1, -CONTEXT:]
        found, self._h, self._c = _session().run(
            None, {"input": np.concatenate([before, chunks], 1), "h": self._h, "c": self._c}
        )
        likely: NDArray[np.float32] = np.asarray(found, np.float32).reshape(-1)
        return likely


@dataclass(slots=True)
class Stretch:
    """Speech from sample `start` to sample `end`, which grows until it `is_over`; `may_be_over` after a short pause,
    of which `pauses` counts all.
    """

    start: int
    end: int
    is_over: bool = False
    may_be_over: bool = False
    pauses: int = 0


@dataclass(slots=True)
class Listener:
    """Cuts a stream into stretches. Feed it in order; it says what changed.

    `at` is the sample up to which it has listened; no stretch reaches back before the one it began with.
    """

    at: int = 0
    likely: Any = field(default_factory=Silero)
    current: Stretch | None = None
    _rest: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    _sure: int = 0
    _still: int = 0
    _heard: list[float] = field(default_factory=list)
    _reached: int = field(init=False)  # all before it belongs to an earlier stretch

    def __post_init__(self) -> None:
        self._reached = self.at

    def feed(self, samples: Samples) -> Iterator[Stretch]:
        """Listen on; yield the current stretch whenever it began, grew by a chunk, or is over."""
        joined = np.concatenate([self._rest, samples])
        whole = joined.size // CHUNK * CHUNK
        self._rest = joined[whole:]
        if whole:
            for likely in self.likely(joined[:whole]):
                self.at += CHUNK
                yield from self._step(float(likely))

    def finish(self) -> Iterator[Stretch]:
        """The stream is complete: what is still being said is over."""
        if self.current is not None:
            self.current.pauses += not self.current.may_be_over
            yield self._close(self.current)

    def _step(self, likely: float) -> Iterator[Stretch]:
        if self.current is None:
            self._sure = self._sure + 1 if likely >= SURE else 0
            if self._sure >= BEGINS_AFTER:
                self.current = Stretch(max(self.at - (BEGINS_AFTER + BEFORE) * CHUNK, self._reached), self.at)
                self._still, self._heard = 0, [likely]
                yield self.current
            return
        stretch = self.current
        self._still = 0 if likely >= STILL else self._still + 1
        self._heard.append(likely)
        stretch.end, stretch.may_be_over = self.at, self._still >= MAYBE_AFTER
        stretch.pauses += self._still == MAYBE_AFTER
        if self._still >= ENDS_AFTER:
            yield self._close(stretch)
        elif len(self._heard) >= LONGEST:
            yield from self._cut(stretch)
        else:
            yield stretch

    def _close(self, stretch: Stretch) -> Stretch:
        stretch.is_over = stretch.may_be_over = True
        self.current, self._sure, self._reached = None, 0, stretch.end
        return stretch

    def _cut(self, stretch: Stretch) -> Iterator[Stretch]:
        """End a long stretch where it was quietest of late; what follows is the beginning of the next."""
        tail = self._heard[-CUT_WITHIN:]
        back = int(np.argmin(tail[::-1]))
        stretch.end = self.at - back * CHUNK
        stretch.pauses += 1  # another end than any that was guessed
        yield self._close(stretch)
        self.current = Stretch(stretch.end, self.at)
        self._still, self._heard = 0, self._heard[len(self._heard) - back :]
        yield self.current
