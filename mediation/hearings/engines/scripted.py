"""An engine that reads the text beside the recording: for the demo and tests, where no word may change."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from mediation.hearings.speech import Capabilities, NeverWill, Segment

LINES: list[dict[str, Any]] = [
    {"start": 0.4, "end": 4.2, "text": "我去年三月借了三万元，分十二期还。"},
    {"start": 4.9, "end": 9.1, "text": "每个月多收两百元服务费，我不同意。", "confidence": 0.52},
]


class ScriptedEngine:
    """Hears what `<recording>.json` says was said; without such a file, `script` or two fixed lines.

    The JSON holds `segments`, each with `start` and `end` in seconds, `text`, and `confidence` if not 0.9.
    It never opens the recording, but an empty or missing one is refused as a real engine would refuse it.
    """

    name = "scripted"
    version = "1"
    capabilities = Capabilities()

    def __init__(self, script: Sequence[dict[str, Any]] | None = None) -> None:
        self.script = script

    def transcribe(
        self,
        recording: Path,
        *,
        dialect: str,
        terms: Sequence[str] = (),
        on_progress: Callable[[float, float], None] | None = None,
    ) -> Iterator[Segment]:
        """Yield the script line by line."""
        if not recording.is_file() or not recording.stat().st_size:
            raise NeverWill(_("This recording is empty. Please record again."))
        lines = self._lines(recording)
        total = max((float(line["end"]) for line in lines), default=0.0)
        for line in lines:
            yield Segment(
                start=timedelta(seconds=line["start"]),
                end=timedelta(seconds=line["end"]),
                text=line["text"],
                confidence=float(line.get("confidence", 0.9)),
                heard_raw=line.get("heard_raw", line["text"]),
            )
            if on_progress:
                on_progress(float(line["end"]), total)
        if on_progress and not lines:
            on_progress(total, total)

    def problems(self) -> list[str]:
        """Nothing is ever missing."""
        return []

    def _lines(self, recording: Path) -> Sequence[dict[str, Any]]:
        beside = recording.with_suffix(".json")
        if beside.is_file():
            lines: list[dict[str, Any]] = json.loads(beside.read_text(encoding="utf-8"))["segments"]
            return lines
        return LINES if self.script is None else self.script
