"""Any server that speaks OpenAI's transcription interface: POST …/v1/audio/transcriptions (speaches, FunASR, vLLM)."""

import io
import json
import math
import urllib.error
import urllib.request
import uuid
import wave
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from mediation.hearings.audio import RATE_HZ, Samples
from mediation.hearings.engines.stretches import UNSAID, stretches_of
from mediation.hearings.speech import Capabilities, NeverWill, Segment, TryLater, Word, a_moment
from mediation.hearings.wording.text import cut_loops, simplified
from mediation.hearings.wording.words import carried

MOST_ANSWER_BYTES = 4 * 1024 * 1024


class ServerEngine:
    """Hears through a server of one's own; nothing leaves for anywhere else than `url`.

    Speech is found here and sent stretch by stretch, so that a long recording shows progress and a lost connection
    costs one stretch. `model` is the name the server knows, `published` the model of engines/published.py behind it.
    Terms are sent as `prompt` only with `hotwords`: some models repeat them instead of hearing.
    """

    name = "server"

    def __init__(
        self,
        url: str = "",
        model: str = "",
        key: str = "",
        published: str = "",
        hotwords: bool = False,
        patience_s: float = 60.0,
    ) -> None:
        self.url, self.model, self.key, self.patience_s = url.rstrip("/"), model, key, patience_s
        self.version = model
        self.capabilities = Capabilities(published, streaming=True, hotwords=hotwords)

    def transcribe(
        self,
        recording: Path,
        *,
        dialect: str,
        terms: Sequence[str] = (),
        on_progress: Callable[[float, float], None] | None = None,
    ) -> Iterator[Segment]:
        """Yield segments stretch by stretch."""
        for start_s, samples in stretches_of(recording, on_progress):
            yield from self._segments(self._ask(samples, dialect, terms), start_s, samples.size / RATE_HZ)

    def hear_short(
        self, samples: Samples, *, dialect: str, final: bool, terms: Sequence[str] = ()
    ) -> Segment:
        """A few seconds; guesses are not asked for, they would keep the server from finals."""
        seconds = samples.size / RATE_HZ
        if not final:
            return a_moment(seconds)
        found = list(self._segments(self._ask(samples, dialect, terms), 0.0, seconds))
        return a_moment(
            seconds,
            "".join(part.text for part in found),
            min((part.confidence for part in found), default=0.0),
            raw="".join(part.heard_raw for part in found),
        )

    def make_ready(self) -> None:
        """Nothing is loaded here."""

    def problems(self) -> list[str]:
        """The address and the name of the model; whether the server answers is seen when it is asked."""
        found = []
        if not self.url.startswith(("http://", "https://")):
            found.append(
                str(_("Speech to text by a server needs its address (SPEECH_URL), beginning with https://."))
            )
        if not self.model:
            found.append(str(_("Speech to text by a server needs the name of its model (SPEECH_MODEL).")))
        return found

    def _ask(self, samples: Samples, dialect: str, terms: Sequence[str]) -> dict[str, Any]:
        fields = {"model": self.model, "language": "zh", "response_format": "verbose_json"}
        if terms and self.capabilities.hotwords:
            fields["prompt"] = "，".join(terms)
        body, kind = _multipart(fields, as_wav(samples))
        asked = urllib.request.Request(f"{self.url}/v1/audio/transcriptions", body, {"Content-Type": kind})  # noqa: S310 - problems() looks at it
        if self.key:
            asked.add_header("Authorization", f"Bearer {self.key}")
        try:
            with urllib.request.urlopen(asked, timeout=self.patience_s) as answer:  # noqa: S310 - the operator's address
                found = json.loads(answer.read(MOST_ANSWER_BYTES))
        except urllib.error.HTTPError as error:
            raise _meaning(error.code) from error
        except (OSError, ValueError) as error:
            raise TryLater(_("The speech server does not answer. We will try again.")) from error
        if not isinstance(found, dict):
            raise TryLater(_("The speech server does not answer. We will try again."))
        return found

    def _segments(self, answer: dict[str, Any], start_s: float, length_s: float) -> Iterator[Segment]:
        parts = answer.get("segments") or [{"text": answer.get("text", ""), "start": 0.0, "end": length_s}]
        for part in parts:
            raw = str(part.get("text", ""))
            text, looped = cut_loops(simplified(raw).strip())
            if text:
                from_s = min(max(float(part.get("start", 0.0)), 0.0), length_s)
                to_s = min(max(float(part.get("end", length_s)), from_s), length_s)
                yield Segment(
                    timedelta(seconds=round(start_s + from_s, 2)),
                    timedelta(seconds=round(start_s + to_s, 2)),
                    text,
                    0.3 if looped else _confidence(part),
                    raw,
                    words=carried(_words(part.get("words"), start_s, length_s), text),
                )


def as_wav(samples: Samples) -> bytes:
    """PCM16 mono 16 kHz as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        sound.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return file.getvalue()


def _words(told: Any, start_s: float, length_s: float) -> list[Word]:
    """The words of a part, where the server gives their times; none where one of them is without."""
    words = list[Word]()
    for one in told if isinstance(told, list) else []:
        text, times = str(one.get("word", "")), (one.get("start"), one.get("end"))
        if not text or not all(isinstance(at, int | float) and math.isfinite(at) for at in times):
            return []
        from_s, to_s = (round(start_s + min(max(float(at), 0.0), length_s), 2) for at in times)
        sure = one.get("probability")
        words.append(Word(simplified(text), from_s, to_s, sure if isinstance(sure, int | float) else None))
    return words


def _confidence(part: dict[str, Any]) -> float:
    sure = part.get("avg_logprob")
    if not isinstance(sure, int | float) or not math.isfinite(sure):
        return UNSAID
    return round(math.exp(min(float(sure), 0.0)), 3)


def _multipart(fields: dict[str, str], sound: bytes) -> tuple[bytes, str]:
    mark = uuid.uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="speech.wav"\r\n'
    parts += [head.encode(), b"Content-Type: audio/wav\r\n\r\n", sound, f"\r\n--{mark}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={mark}"


def _meaning(status: int) -> NeverWill | TryLater:
    """Whether it is worth asking again."""
    if status in {400, 413, 415, 422}:
        return NeverWill(
            _("The speech server cannot hear this recording. Please listen to it and type the words.")
        )
    return TryLater(_("The speech server does not answer. We will try again."))
