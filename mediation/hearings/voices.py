"""Several voices in one file: told apart where they were recorded apart, in two channels; otherwise not at all.

A recording with one channel is written down as one. Who spoke there a person says; from the lines they named the others
may be proposed, on request (diarization/). Fully by itself it would name the wrong speaker too often (docs/speech.md).
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mediation.hearings import audio
from mediation.hearings.speech import Segment, SpeechEngine, SpeechError
from mediation.hearings.wording.writing import write_out


def hear_all(
    recording: Path,
    engine: SpeechEngine,
    *,
    dialect: str,
    terms: Sequence[str] = (),
    on_progress: Callable[[float, float], None] | None = None,
) -> Iterator[Segment]:
    """Every segment, written out, in order of time; `channel` is 1 or 2 where two voices were recorded apart.

    Raises as `SpeechEngine.transcribe`.
    """
    with tempfile.TemporaryDirectory(prefix="voices-") as folder:
        channels = _channels(recording, Path(folder))
        if len(channels) == 1:
            found = engine.transcribe(recording, dialect=dialect, terms=terms, on_progress=on_progress)
            yield from map(write_out, found)
            return
        heard = [
            replace(write_out(segment), channel=number)
            for number, path in enumerate(channels, 1)
            for segment in engine.transcribe(
                path, dialect=dialect, terms=terms, on_progress=_part(on_progress, number - 1, len(channels))
            )
        ]
        yield from sorted(heard, key=lambda segment: (segment.start, segment.channel))


def _channels(recording: Path, folder: Path) -> list[Path]:
    """The files to hear; a file that cannot be read goes to the engine, which says why."""
    try:
        return audio.split_channels(recording, folder)
    except SpeechError:
        return [recording]


def _part(
    on_progress: Callable[[float, float], None] | None, before: int, all_parts: int
) -> Callable[[float, float], None] | None:
    """Progress of one channel as a part of the whole."""
    if on_progress is None:
        return None
    told = on_progress
    return lambda done, total: told((before * total + done) / all_parts, total)
