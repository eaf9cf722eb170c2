"""FunASR's own runtime over its WebSocket: SenseVoice, Paraformer and others, on a machine of one's own."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from django.utils.translation import gettext_lazy as _
from websockets.exceptions import InvalidURI, WebSocketException
from websockets.sync.client import connect

from mediation.hearings.audio import RATE_HZ, Samples
from mediation.hearings.engines.stretches import moment_of_words, segments_of_words
from mediation.hearings.speech import Capabilities, Segment, TryLater, a_moment

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
        yield from segments_of_words(recording, lambda samples: self._ask(samples, terms), on_progress)

    def hear_short(
        self, samples: Samples, *, dialect: str, final: bool, terms: Sequence[str] = ()
    ) -> Segment:
        """A few seconds; guesses are not asked for, they would keep the server from finals."""
        if not final:
            return a_moment(samples.size / RATE_HZ)
        return moment_of_words(samples, self._ask(samples, terms))

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
