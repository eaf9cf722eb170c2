"""FunASR's own runtime over its WebSocket: SenseVoice, Paraformer and others, on a machine of one's own."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
from django.utils.translation import gettext_lazy as _
from websockets.exceptions import InvalidURI, WebSocketException
from websockets.sync.client import connect

from mediation.hearings.audio import RATE_HZ, Samples
from mediation.hearings.engines.stretches import stretches_of
from mediation.hearings.speech import Capabilities, Segment, TryLater
from mediation.hearings.text import cut_loops, simplified

UNSAID = 0.5  # it gives no confidence: all of it is to be checked
PIECE = 2 * RATE_HZ
HINT_WEIGHT = 20


class FunasrEngine:
    """Hears through a FunASR runtime at `url` (ws:// or wss://), a stretch of speech at a time.

    `published` is the model of engines/published.py that the server runs. Terms are given as hotwords, which FunASR
    weighs and does not repeat.
    """

    name = "funasr"

    def __init__(self, url: str = "", model: str = "", published: str = "", patience_s: float = 60.0) -> None:
        self.url, self.patience_s = url, patience_s
        self.version = model or "server"
        self.capabilities = Capabilities(published, streaming=True, hotwords=True)

    def transcribe(
        self,
        recording: Path,
        *,
        dialect: str,
        terms: Sequence[str] = (),
        on_progress: Callable[[float, float], None] | None = None,
    ) -> Iterator[Segment]:
        """Yield one segment for each stretch."""
        for start_s, samples in stretches_of(recording, on_progress):
            raw = self._ask(samples, terms)
            text, looped = cut_loops(simplified(raw).strip())
            if text:
                yield Segment(
                    timedelta(seconds=round(start_s, 2)),
                    timedelta(seconds=round(start_s + samples.size / RATE_HZ, 2)),
                    text,
                    0.3 if looped else UNSAID,
                    raw,
                )

    def hear_short(self, samples: Samples, *, dialect: str, final: bool) -> tuple[str, float]:
        """A few seconds; guesses are not asked for, they would keep the server from finals."""
        return (cut_loops(simplified(self._ask(samples, ())).strip())[0], UNSAID) if final else ("", 0.0)

    def make_ready(self) -> None:
        """Nothing is loaded here."""

    def problems(self) -> list[str]:
        """The address; whether the server answers is seen when it is asked."""
        if self.url.startswith(("ws://", "wss://")):
            return []
        return [
            str(_("FunASR needs the address of its server (SPEECH_URL), beginning with wss:// or ws://."))
        ]

    def _ask(self, samples: Samples, terms: Sequence[str]) -> str:
        pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2")
        begin = {
            "mode": "offline",
            "wav_name": "speech",
            "wav_format": "pcm",
            "audio_fs": RATE_HZ,
            "is_speaking": True,
            "itn": False,
            "hotwords": json.dumps(dict.fromkeys(terms, HINT_WEIGHT), ensure_ascii=False),
        }
        try:
            with connect(self.url, subprotocols=["binary"], open_timeout=self.patience_s) as talk:  # type: ignore[list-item]
                talk.send(json.dumps(begin, ensure_ascii=False))
                for at in range(0, pcm.size, PIECE):
                    talk.send(pcm[at : at + PIECE].tobytes())
                talk.send(json.dumps({"is_speaking": False}))
                answer = json.loads(talk.recv(timeout=self.patience_s))
        except (OSError, ValueError, WebSocketException, InvalidURI) as error:
            raise TryLater(_("The speech server does not answer. We will try again.")) from error
        return str(answer.get("text", "")) if isinstance(answer, dict) else ""
