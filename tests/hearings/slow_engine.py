"""An engine that takes its time over every line."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mediation.hearings.audio import RATE_HZ, Samples
from mediation.hearings.engines.scripted import ScriptedEngine
from mediation.hearings.speech import Segment, a_moment

SCRIPT = [{"start": n, "end": n + 1, "text": f"第{n + 1}句。"} for n in range(20)]


class SlowEngine(ScriptedEngine):
    """Waits SLOW_S seconds before each of twenty lines."""

    name = "slow"

    def __init__(self) -> None:
        super().__init__(SCRIPT)

    def transcribe(
        self,
        recording: Path,
        *,
        dialect: str,
        terms: Sequence[str] = (),
        on_progress: Callable[[float, float], None] | None = None,
    ) -> Iterator[Segment]:
        """Yield the script, slowly."""
        for segment in super().transcribe(recording, dialect=dialect, terms=terms, on_progress=on_progress):
            self._take_time()
            yield segment

    def hear_short(
        self, samples: Samples, *, dialect: str, final: bool, terms: Sequence[str] = ()
    ) -> Segment:
        """So many signs as seconds, slowly."""
        self._take_time()
        seconds = samples.size / RATE_HZ
        return a_moment(seconds, "字" * max(round(seconds), 1), 0.9)

    def make_ready(self) -> None:
        """Nothing to load."""

    def _take_time(self) -> None:
        time.sleep(float(os.environ.get("SLOW_S", "0.5")))
