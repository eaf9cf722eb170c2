"""An engine that takes its time over every line."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mediation.hearings.engines.scripted import ScriptedEngine
from mediation.hearings.speech import Segment

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
            time.sleep(float(os.environ.get("SLOW_S", "0.5")))
            yield segment
