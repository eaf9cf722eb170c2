"""sherpa-onnx on this machine's processor, with a model folder that the operator has fetched: SenseVoice and others."""

import importlib
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from mediation.hearings.audio import RATE_HZ, Samples
from mediation.hearings.engines.stretches import moment_of_words, segments_of_words
from mediation.hearings.speech import Capabilities, Segment, TryLater

# The constructor of each family, and the files it wants: argument → names, int8 first.
FAMILIES: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "sensevoice-small": ("from_sense_voice", {"model": ("model.int8.onnx", "model.onnx")}),
    "paraformer-large": ("from_paraformer", {"paraformer": ("model.int8.onnx", "model.onnx")}),
    "dolphin": ("from_dolphin_ctc", {"model": ("model.int8.onnx", "model.onnx")}),
    "telespeech": ("from_telespeech_ctc", {"model": ("model.int8.onnx", "model.onnx")}),
    "fireredasr-aed": (
        "from_fire_red_asr",
        {"encoder": ("encoder.int8.onnx", "encoder.onnx"), "decoder": ("decoder.int8.onnx", "decoder.onnx")},
    ),
}


class SherpaEngine:
    """Hears with the model in the folder `model`, of the `family` it belongs to; nothing is fetched from anywhere."""

    name = "sherpa-onnx"

    def __init__(self, model: str = "", family: str = "sensevoice-small", cpu_threads: int = 2) -> None:
        self.folder, self.family, self.cpu_threads = Path(model) if model else None, family, cpu_threads
        self.version = f"{family} {self.folder.name if self.folder else ''}".strip()
        self.capabilities = Capabilities(family, streaming=True, hotwords=False)

    def transcribe(
        self,
        recording: Path,
        *,
        dialect: str,
        terms: Sequence[str] = (),
        on_progress: Callable[[float, float], None] | None = None,
    ) -> Iterator[Segment]:
        """Yield one segment for each stretch."""
        yield from segments_of_words(recording, self._hear, on_progress)

    def hear_short(
        self, samples: Samples, *, dialect: str, final: bool, terms: Sequence[str] = ()
    ) -> Segment:
        """A few seconds; these models are as quick for a guess as for a final."""
        return moment_of_words(samples, self._hear(samples))

    def make_ready(self) -> None:
        """Load the model."""
        self._recognizer  # noqa: B018 - loaded once

    def problems(self) -> list[str]:
        """The package, the family, the folder and its files."""
        if not find_spec("sherpa_onnx"):
            return [str(_("Speech to text needs these packages: %(names)s.") % {"names": "sherpa-onnx"})]
        if self.family not in FAMILIES:
            names = ", ".join(FAMILIES)
            return [str(_("sherpa-onnx knows these families of models here: %(names)s.") % {"names": names})]
        if self.folder is None or not self.folder.is_dir():
            return [
                str(_("There is no speech model in %(folder)s.") % {"folder": self.folder or "SPEECH_MODEL"})
            ]
        missing = [names[0] for names in self._wanted().values() if self._file(names) is None]
        return [
            str(_("In %(folder)s is no %(name)s.") % {"folder": self.folder, "name": name})
            for name in missing
        ]

    def _wanted(self) -> dict[str, tuple[str, ...]]:
        return {**FAMILIES[self.family][1], "tokens": ("tokens.txt",)}

    def _file(self, names: tuple[str, ...]) -> Path | None:
        folder = self.folder or Path()
        return next((folder / name for name in names if (folder / name).is_file()), None)

    @cached_property
    def _recognizer(self) -> Any:
        if problems := self.problems():
            raise TryLater(problems[0])
        make = getattr(importlib.import_module("sherpa_onnx").OfflineRecognizer, FAMILIES[self.family][0])
        files = {argument: str(self._file(names)) for argument, names in self._wanted().items()}
        try:
            return make(num_threads=self.cpu_threads, **files)
        except (RuntimeError, ValueError, TypeError) as error:
            raise TryLater(_("Speech to text is not ready yet. We will try again.")) from error

    def _hear(self, samples: Samples) -> str:
        stream = self._recognizer.create_stream()
        stream.accept_waveform(RATE_HZ, samples)
        self._recognizer.decode_stream(stream)
        return str(stream.result.text)
