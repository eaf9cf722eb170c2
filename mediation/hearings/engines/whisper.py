"""Whisper base on this machine's processor: no network, no graphics card, about 0.2 s for a second of speech.

Silero finds the speech; each stretch is decoded alone in a window barely longer than itself, which on short
utterances is faster and more exact than Whisper's fixed thirty seconds. Three things keep the short window
honest: timestamp tokens, four seconds of silence behind the speech, and a limit of tokens per second.
"""

import logging
import math
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from django.utils.translation import gettext_lazy as _

from mediation.hearings.audio import RATE_HZ, Samples
from mediation.hearings.engines.alignment import Group, Listening, first_of, words_of
from mediation.hearings.engines.stretches import stretches_of
from mediation.hearings.engines.weighing import meant
from mediation.hearings.engines.weights import Weights
from mediation.hearings.speech import Capabilities, Dialect, Segment, TryLater, a_moment
from mediation.hearings.wording.terms import nearby
from mediation.hearings.wording.text import cut_loops, simplified
from mediation.hearings.wording.words import carried

SILENCE_BEHIND_S = 4.0
GUESS_BEHIND_S = 2.0
WINDOW_S = 30.0
TOKENS_PER_S = 12
LOOPED = 0.3  # the most a looped or hardly-speech stretch may be believed
HARDLY_SPEECH = 0.6
LEFT_OUT_S = 2.5  # of a stretch, in which nobody is silent for longer than a second
SECONDS_PER_STAMP = 0.02
# It writes something for these, nearly all of it wrong (63 to 100 of a hundred characters): never as if sure.
UNKNOWN = {Dialect.WU, Dialect.MINNAN, Dialect.HAKKA}
UNKNOWN_AT_MOST = 0.5
OTHER_DIALECT = 0.9
# oneDNN keeps the compiled kernels of the last 1,024 lengths of sound, and no two stretches are equally long: four
# hundred MB over an hour of speech, and no time saved. An operator's own setting stays.
KERNELS_KEPT = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "0")

log = logging.getLogger(__name__)
_loading = threading.Lock()
_loaded: dict[tuple[str, str, int, int], "_Decoder"] = {}


class WhisperEngine:
    """Whisper through CTranslate2, always told that it hears Chinese: left to guess, it takes Wu for Burmese.

    `terms` are weighed against the sound where something near was heard (weighing.py); given as a prompt they tripled
    the errors. Dialects other than Mandarin come out badly and say so by a low confidence; where they matter, put an
    engine that knows them behind the port. `model` is a folder in CTranslate2's format instead of the packaged weights;
    `side_by_side` is how many stretches are heard at once, each on `cpu_threads` threads.
    """

    name = "whisper"

    def __init__(
        self,
        model: str | None = None,
        compute_type: str = "int8",
        cpu_threads: int = 2,
        beam: int = 5,
        side_by_side: int = 1,
    ) -> None:
        self.weights = Weights(Path(model) if model else None)
        self.compute_type = compute_type
        self.cpu_threads = cpu_threads
        self.beam = beam
        self.side_by_side = side_by_side
        self.version = f"{self.weights.version} {compute_type}"
        self.capabilities = Capabilities(
            Path(model).name if model else "whisper-base", streaming=True, hotwords=False
        )

    def transcribe(
        self,
        recording: Path,
        *,
        dialect: str,
        terms: Sequence[str] = (),
        on_progress: Callable[[float, float], None] | None = None,
    ) -> Iterator[Segment]:
        """Yield segments as they are heard. Silence yields none."""
        decoder = self._decoder()
        try:
            for start_s, speech in stretches_of(recording, on_progress):
                for segment in decoder.hear(speech, start_s=start_s, beam=self.beam, hints=tuple(terms)):
                    yield replace(segment, confidence=_in(dialect, segment.confidence))
        except (RuntimeError, MemoryError) as error:
            raise TryLater(_("Speech to text did not finish. We will try again.")) from error

    def hear_short(
        self, samples: Samples, *, dialect: str, final: bool, terms: Sequence[str] = ()
    ) -> Segment:
        """A few seconds of speech: with five beams and terms weighed for the final, one beam for a guess."""
        decoder = self._decoder()
        try:
            heard = list(
                decoder.hear(
                    samples,
                    start_s=0.0,
                    beam=self.beam if final else 1,
                    behind_s=SILENCE_BEHIND_S if final else GUESS_BEHIND_S,
                    hints=tuple(terms) if final else None,
                )
            )
        except (RuntimeError, MemoryError) as error:
            raise TryLater(_("Speech to text did not finish. We will try again.")) from error
        sure = min((segment.confidence for segment in heard), default=0.0)
        return a_moment(
            samples.size / RATE_HZ,
            "".join(segment.text for segment in heard),
            _in(dialect, sure),
            raw="".join(segment.heard_raw for segment in heard),
            meant=frozenset(pair for segment in heard for pair in segment.meant),
        )

    def make_ready(self) -> None:
        """Load the model, then the terms into what loading it has freed, and hear a moment of silence."""
        self._decoder()
        nearby("逾期")
        self.hear_short(np.zeros(RATE_HZ, np.float32), dialect="mandarin", final=True)

    def problems(self) -> list[str]:
        """Missing packages or weights."""
        return self.weights.problems()

    def _decoder(self) -> "_Decoder":
        """The loaded model, shared by every engine and thread of this process."""
        how = (self.compute_type, self.cpu_threads, self.side_by_side)
        key = (str(self.weights.folder), *how)
        with _loading:
            if key not in _loaded:
                _loaded[key] = _Decoder(self.weights.ready(), *how)
            return _loaded[key]


def _in(dialect: str, sure: float) -> float:
    """How far words of this dialect may be believed: the model is as sure of what it does not know."""
    if dialect in UNKNOWN:
        return min(sure, UNKNOWN_AT_MOST)
    return sure if dialect == Dialect.MANDARIN else round(sure * OTHER_DIALECT, 3)


class _Decoder:
    """The model in memory. Its methods may be called by several threads at once."""

    def __init__(self, folder: Path, compute_type: str, cpu_threads: int, side_by_side: int) -> None:
        os.environ.setdefault(*KERNELS_KEPT)
        try:
            import ctranslate2
            import tokenizers
            from faster_whisper.feature_extractor import FeatureExtractor

            self.model = ctranslate2.models.Whisper(
                str(folder),
                device="cpu",
                compute_type=compute_type,
                intra_threads=cpu_threads,
                inter_threads=side_by_side,
            )
            self.words = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            log.exception("The speech model in %s cannot be loaded", folder)
            raise TryLater(_("Speech to text is not ready yet. We will try again.")) from error
        self.storage = ctranslate2.StorageView
        self.features = FeatureExtractor(feature_size=self.model.n_mels)
        self.first_stamp = self._mark("notimestamps") + 1
        self.end = self._mark("endoftext")
        self.prompt = [self._mark(word) for word in ("startoftranscript", "zh", "transcribe")]

    def hear(
        self,
        speech: Samples,
        *,
        start_s: float,
        beam: int,
        behind_s: float = SILENCE_BEHIND_S,
        hints: tuple[str, ...] | None = None,
    ) -> Iterator[Segment]:
        """The segments of one stretch of speech that begins `start_s` seconds into the recording.

        `hints`: listen closely: also when each word was said, how sure it is, and which terms, these among them, the
        sound speaks for. Where the decoder has left out seconds of the stretch, as it does when another voice begins,
        they are heard again alone.
        """
        length_s, reached_s = speech.size / RATE_HZ, 0.0
        for segment in [*self._once(speech, start_s, beam, behind_s, hints), None]:
            begins_s = segment.start_s - start_s if segment else length_s
            if hints is not None and LEFT_OUT_S <= begins_s - reached_s < length_s - 1:
                part = speech[int(reached_s * RATE_HZ) : int(begins_s * RATE_HZ)]
                yield from self.hear(
                    part, start_s=start_s + reached_s, beam=beam, behind_s=behind_s, hints=hints
                )
            if segment:
                yield segment
                reached_s = max(segment.end_s - start_s, reached_s)

    def _once(
        self, speech: Samples, start_s: float, beam: int, behind_s: float, hints: tuple[str, ...] | None
    ) -> Iterator[Segment]:
        """What one pass over the stretch gives."""
        length_s = speech.size / RATE_HZ
        behind_s = min(behind_s, WINDOW_S - 0.02 - length_s)  # the features add one frame
        padded = np.pad(speech, (0, int(behind_s * RATE_HZ)))
        features = self.features(padded)
        features = np.ascontiguousarray(features[None, :, : features.shape[-1] // 2 * 2])
        encoded = self.model.encode(self.storage.from_array(features))
        result = self.model.generate(
            encoded,
            [self.prompt],
            beam_size=beam,
            max_length=min(len(self.prompt) + 8 + math.ceil(length_s * TOKENS_PER_S), 448),
            max_initial_timestamp_index=50,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = result.sequences_ids[0]
        sure = math.exp(min(result.scores[0] * len(tokens) / (len(tokens) + 1), 0.0))
        if result.no_speech_prob > HARDLY_SPEECH:
            sure = min(sure, LOOPED)
        parts = list(self._split(tokens, length_s))
        groups, terms = list[Group](), frozenset[tuple[str, str]]()
        if hints is not None:
            listening = Listening(self, encoded, features.shape[-1], length_s)
            groups = listening.align([token for *_, part in parts for token in part])
            terms = meant(groups, listening.read, hints)
        for from_s, to_s, part in parts:
            raw = self.words.decode(part)
            text, looped = cut_loops(simplified(raw).replace("\N{REPLACEMENT CHARACTER}", "").strip())
            mine, groups = first_of(groups, len(part))
            if text:
                yield Segment(
                    start=timedelta(seconds=round(start_s + from_s, 2)),
                    end=timedelta(seconds=round(start_s + to_s, 2)),
                    text=text,
                    confidence=round(min(sure, LOOPED) if looped else sure, 3),
                    heard_raw=raw,
                    words=carried(words_of(mine, start_s), text),
                    meant=terms,
                )

    def _mark(self, word: str) -> int:
        """The number of a control token."""
        number = self.words.token_to_id(f"<|{word}|>")
        if number is None:
            raise TryLater(_("Speech to text is not ready yet. We will try again."))
        return number

    def _split(self, tokens: Sequence[int], length_s: float) -> Iterator[tuple[float, float, list[int]]]:
        """Cut the tokens at their timestamps: (from, to, tokens of words) in seconds within the stretch."""
        from_s, words = 0.0, list[int]()
        for token in [*tokens, self.first_stamp + round(length_s / SECONDS_PER_STAMP)]:
            if token < self.end:
                words.append(token)
            elif token >= self.first_stamp:
                at_s = min(max((token - self.first_stamp) * SECONDS_PER_STAMP, from_s), length_s)
                if words:
                    yield from_s, at_s, words
                from_s, words = at_s, []
