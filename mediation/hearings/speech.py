"""Port SpeechEngine: what was said, as text, and how sure the machine is. No engine is ever the last word."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any, Protocol, cast, runtime_checkable

from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class Dialect(TextChoices):
    """How people say they speak (方言). Only Mandarin is promised; the rest is written as heard and checked."""

    MANDARIN = "mandarin", _("Mandarin")
    SICHUAN = "sichuan", _("Sichuan")
    CANTONESE = "cantonese", _("Cantonese")
    WU = "wu", _("Wu (Shanghai, Jiangsu, Zhejiang)")
    MINNAN = "minnan", _("Southern Min")
    HAKKA = "hakka", _("Hakka")
    NORTHEAST = "northeast", _("Northeastern")
    ZHONGYUAN = "zhongyuan", _("Central Plains (Henan, Shaanxi)")
    OTHER = "other", _("Another way of speaking")


@dataclass(frozen=True, slots=True)
class Term:
    """At `text[start:end]` stands `shown`; it sounds like `other`. A person says which of them was said."""

    start: int
    end: int
    shown: str
    other: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a few signs of a segment, and when they were said: seconds of the recording.

    `sure` runs from 0 to 1: how likely the engine thought these signs. None where the engine gives times alone.
    """

    text: str
    start_s: float
    end_s: float
    sure: float | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech as heard (语音转写); a human may correct it, the original is kept.

    `text` is in simplified characters with machine loops cut; `heard_raw` is what the engine gave, untouched.
    `confidence` runs from 0 to 1 and sorts well from badly heard; it is no probability of being right.
    `terms` are words of the field that may have been meant instead (writing.py). `channel` is
    1 or 2 where two voices were recorded apart, else 0. `words` make up `text`, one after another, where the engine
    says when each was said; else there are none. `meant` are pairs (heard, term): terms which the sound fits about as
    well as what was heard.
    """

    start: timedelta
    end: timedelta
    text: str
    confidence: float
    heard_raw: str = ""
    terms: tuple[Term, ...] = ()
    channel: int = 0
    words: tuple[Word, ...] = ()
    meant: frozenset[tuple[str, str]] = frozenset()

    @property
    def start_s(self) -> float:
        """Seconds from the beginning of the recording."""
        return self.start.total_seconds()

    @property
    def end_s(self) -> float:
        """Seconds from the beginning of the recording."""
        return self.end.total_seconds()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do. `model` is a key of engines/published.py, "" where nothing is published of it.

    `streaming`: it hears a few seconds at once, for captions. `hotwords`: terms may be given as hints without harm.
    """

    model: str = ""
    streaming: bool = False
    hotwords: bool = False


def a_moment(
    seconds: float,
    text: str = "",
    confidence: float = 0.0,
    *,
    raw: str = "",
    meant: frozenset[tuple[str, str]] = frozenset(),
) -> Segment:
    """What was heard in a few seconds, for captions."""
    return Segment(timedelta(0), timedelta(seconds=seconds), text, confidence, raw, meant=meant)


class SpeechError(Exception):
    """Why a recording gave no text, in one plain translated sentence (`message`) fit for anybody."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message)


class TryLater(SpeechError):
    """It may work later: keep the debt and try again."""


class NeverWill(SpeechError):
    """It cannot work with this recording: say so and let a person look."""


class SpeechEngine(Protocol):
    """What hears. The caller runs it outside the request: an hour of speech takes minutes."""

    name: str
    version: str  # of the model, written beside every transcript
    capabilities: Capabilities

    def transcribe(
        self,
        recording: Path,
        *,
        dialect: str,
        terms: Sequence[str] = (),
        on_progress: Callable[[float, float], None] | None = None,
    ) -> Iterator[Segment]:
        """Yield segments in order of time. Raise TryLater if it may work later, NeverWill if it cannot.

        `dialect` is a value of Dialect; `terms` are words likely to be heard, which an engine may ignore.
        `on_progress(done, total)` counts seconds of audio, never goes back, and ends at `total`.
        """
        ...

    def problems(self) -> list[str]:
        """What an operator must mend before this engine can serve; empty when ready. Changes nothing."""
        ...


@runtime_checkable
class LiveEngine(Protocol):
    """An engine that can also hear a few seconds at once, fast enough for captions."""

    def hear_short(self, samples: Any, *, dialect: str, final: bool, terms: Sequence[str] = ()) -> Segment:
        """At most ten seconds of speech (mono floats, 16 kHz), as one segment from 0; without text where nothing was
        heard.

        `final` asks for the best the engine can do; otherwise for a quick guess. `terms` as of SpeechEngine. May be
        called by several threads. Raise TryLater if it cannot be heard now.
        """
        ...

    def make_ready(self) -> None:
        """Load what is needed, so that the first caption does not wait for it. Raise TryLater if it cannot."""
        ...

    def problems(self) -> list[str]:
        """As of SpeechEngine."""
        ...


def engine() -> SpeechEngine:
    """The engine named by `ADAPTERS["speech"]`, one per process (a model is loaded once)."""
    return _named("speech")


def live_engine() -> LiveEngine | None:
    """The engine of the captions named by `ADAPTERS["captions"]`; None where it cannot hear a few seconds at once."""
    found = _named("captions")
    return found if isinstance(found, LiveEngine) else None


def engine_at(dotted: str) -> SpeechEngine:
    """The engine of this class with what the settings tell engines of speech that it understands."""
    accepted = signature(import_string(dotted)).parameters
    kwargs = {name: value for name, value in settings.SPEECH.items() if name in accepted}
    return _engine_of(dotted, json.dumps(kwargs, sort_keys=True, default=str))


def _named(port: str) -> SpeechEngine:
    dotted, kwargs = settings.ADAPTERS[port]
    return _engine_of(dotted, json.dumps(kwargs, sort_keys=True, default=str))


@cache
def _engine_of(dotted: str, kwargs: str) -> SpeechEngine:
    return cast("SpeechEngine", import_string(dotted)(**json.loads(kwargs)))
