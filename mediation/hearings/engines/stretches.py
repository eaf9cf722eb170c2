"""The stretches of speech in a file, for engines that hear a stretch at a time."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mediation.hearings.audio import RATE_HZ, Samples, decode_blocks, probe
from mediation.hearings.speech import Segment, a_moment
from mediation.hearings.wording.text import cut_loops, simplified

LONGEST_S = 25.0
SILENCE = RATE_HZ  # samples: so much of it ends a stretch
UNSAID = 0.5  # the confidence of an engine that says none: always to be checked
LOOPED = 0.3
PARTS = (256, 128, 64, 32, 16, 8, 4, 2, 1)  # windows of Silero at once: any number of them is made of these
FindSpeech = Callable[[Samples], list[Any]]


class InParts:
    """Silero's session, asked for few numbers of windows: of ever new ones the memory of hours falls to pieces.

    The answer is the same to the bit, its state included, so that captions may share it.
    """

    def __init__(self, session: Any) -> None:
        self.session = session

    def run(self, names: None, given: dict[str, Any]) -> list[Any]:
        """As the session's own."""
        windows, h, c = given["input"], given["h"], given["c"]
        found, at = list[Any](), 0
        for size in PARTS:
            while len(windows) - at >= size:
                likely, h, c = self.session.run(names, {"input": windows[at : at + size], "h": h, "c": c})
                found.append(likely)
                at += size
        return [np.concatenate(found), h, c]


@cache
def silero() -> FindSpeech:
    """Where speech is, in samples: [{"start", "end"}]. Silence of a second ends a stretch; none is over 25 s."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps, get_vad_model

    model = get_vad_model()
    model.session = InParts(model.session)
    options = VadOptions(min_silence_duration_ms=1000, speech_pad_ms=400, max_speech_duration_s=LONGEST_S)
    return lambda samples: get_speech_timestamps(samples, options)


def stretches_of(
    recording: Path,
    on_progress: Callable[[float, float], None] | None = None,
    find_speech: FindSpeech | None = None,
) -> Iterator[tuple[float, Samples]]:
    """Every stretch of speech and the second it begins at; progress is told when the next one is asked for, and through
    silence, too.

    Raises as `audio.probe`.
    """
    total, furthest = probe(recording).duration_s, 0.0
    told = on_progress or (lambda done, total: None)

    def passed(done_s: float) -> None:
        nonlocal furthest
        furthest = max(furthest, min(done_s, total))
        told(furthest, total)

    passed(0.0)
    for start_s, samples in _cut(recording, find_speech or silero(), passed):
        yield start_s, samples
        passed(start_s + samples.size / RATE_HZ)
    passed(total)


def segments_of_words(
    recording: Path, hear: Callable[[Samples], str], on_progress: Callable[[float, float], None] | None
) -> Iterator[Segment]:
    """A segment for each stretch in which `hear` finds words, for engines that give words alone."""
    for start_s, samples in stretches_of(recording, on_progress):
        heard = moment_of_words(samples, hear(samples))
        if heard.text:
            start, end = (
                timedelta(seconds=round(at, 2)) for at in (start_s, start_s + samples.size / RATE_HZ)
            )
            yield replace(heard, start=start, end=end)


def moment_of_words(samples: Samples, raw: str) -> Segment:
    """What an engine that gives words alone gave for a few seconds."""
    text, looped = cut_loops(simplified(raw).strip())
    return a_moment(samples.size / RATE_HZ, text, LOOPED if looped else UNSAID, raw=raw)


def _cut(
    recording: Path, find_speech: FindSpeech, passed: Callable[[float], None] = lambda done_s: None
) -> Iterator[tuple[float, Samples]]:
    """A stretch that the end of a block may cut waits for the next block; one with silence behind it does not: an hour
    of silence is not held in memory.
    """
    held = np.zeros(0, np.float32)
    held_from = 0  # samples before `held`
    blocks = decode_blocks(recording)
    block: Samples | None = next(blocks)
    while block is not None:
        following = next(blocks, None)
        samples = np.concatenate([held, block])
        keep_from = max(samples.size - SILENCE, 0)
        for speech in find_speech(samples):
            if following is not None and speech["end"] > samples.size - SILENCE:
                keep_from = speech["start"]
                break
            yield (held_from + speech["start"]) / RATE_HZ, samples[speech["start"] : speech["end"]]
        held, held_from, block = samples[keep_from:].copy(), held_from + keep_from, following
        passed(held_from / RATE_HZ)
