"""One stream as the captioning program sees it: what was said, what of it waits for a final, what can be guessed."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from mediation.hearings.hints import hints_for
from mediation.hearings.live.agreement import Agreement
from mediation.hearings.live.captions import Line
from mediation.hearings.live.keeping import SoundFile
from mediation.hearings.live.models import Stream
from mediation.hearings.live.vad import CHUNK, RATE_HZ, Listener, Samples, Stretch
from mediation.hearings.wording.glosses import meanings_in
from mediation.hearings.wording.text import DOUBT_BELOW

GUESS_EACH = int(0.7 * RATE_HZ)
FIRST_GUESS = int(0.55 * RATE_HZ)  # of the stretch, which begins 0.3 s before the voice
MOST_AT_ONCE = 10 * RATE_HZ
FINAL, CLOSING, GUESS = 0, 1, 2


@dataclass(slots=True)
class Utterance:
    """A stretch of speech and the words for it so far."""

    index: int
    stretch: Stretch
    words: Agreement = field(default_factory=Agreement)
    rev: int = 0
    guessed: int = 0  # the sample up to which it was last guessed
    closing: tuple[int, str, float] | None = None  # the pause at which it was heard as if over, and what
    over_since: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to tell, if anything; for a final also its number and the sample up to which all is captioned."""

    line: Line | None
    index: int
    reached: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Something to hear now: of `utterance`, up to sample `end`."""

    microphone: "Microphone"
    utterance: Utterance
    kind: int
    end: int
    pause: int

    @property
    def is_final(self) -> bool:
        """Whether the best is wanted."""
        return self.kind in {FINAL, CLOSING}

    @property
    def rank(self) -> tuple[bool, float]:
        """Finals come before guesses; of each, who was heard longest ago: nobody's captions wait for all that another
        person's line brings after a cut.
        """
        return (not self.is_final, self.microphone.served_at)


class Microphone:
    """Listens to a stream from where its captions end. Used by one listening thread and the hearing threads."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.sound = SoundFile(stream.pk)
        self.sound.open()
        self.lock = threading.Lock()
        self.listener = Listener(at=stream.captioned_samples)
        self.read_to = stream.captioned_samples
        self.waiting: deque[Utterance] = deque()
        self.current: Utterance | None = None
        self.busy = False
        self.served_at = 0.0  # when it was last given out what was said here
        self.rest_until = 0.0  # the engine could not hear: a moment's patience
        self.is_complete = False  # no more sound will come
        self.name = str(stream.person)
        self.terms = hints_for(stream.hearing.case)

    def listen(self) -> None:
        """Take in what came since."""
        with self.lock:
            end = min(self.sound.samples(), self.read_to + MOST_AT_ONCE)
            if end > self.read_to:
                fresh = self.samples(self.read_to, end)
                self.read_to = end
                for stretch in self.listener.feed(fresh):
                    self._follow(stretch)
            elif self.is_complete and self.current is not None:
                for stretch in self.listener.finish():
                    self._follow(stretch)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to hear."""
        return (
            self.is_complete
            and not (self.busy or self.waiting or self.current)
            and self.sound.samples() <= self.read_to
        )

    def next_job(self) -> Job | None:
        """What would be heard next; None while one is being heard, or soon after one could not be, or without news."""
        with self.lock:
            if self.busy or time.monotonic() < self.rest_until:
                return None
            if self.waiting:
                first = self.waiting[0]
                return Job(self, first, FINAL, first.stretch.end, first.stretch.pauses)
            said = self.current
            if said is None:
                return None
            stretch = said.stretch
            if stretch.may_be_over and (said.closing is None or said.closing[0] != stretch.pauses):
                return Job(self, said, CLOSING, stretch.end, stretch.pauses)
            fresh = stretch.end - (said.guessed or stretch.start)
            if not stretch.may_be_over and fresh >= (GUESS_EACH if said.guessed else FIRST_GUESS):
                return Job(self, said, GUESS, stretch.end, stretch.pauses)
            return None

    def samples(self, start: int, end: int) -> Samples:
        """Floats between -1 and 1."""
        found: Samples = np.frombuffer(self.sound.read(start, end), "<i2").astype(np.float32) / np.float32(
            32768
        )
        return found

    def heard(self, job: Job, text: str, confidence: float) -> Outcome:
        """Take what was heard."""
        with self.lock:
            said = job.utterance
            said.guessed = job.end
            ended = said.stretch.is_over and said.stretch.pauses == job.pause
            if job.kind == FINAL or (job.kind == CLOSING and ended):
                return self._finish(said, text, confidence)
            if job.kind == CLOSING:
                said.closing = (job.pause, text, confidence)
            shown = said.words.add(text)
            line = (
                None if said.stretch.is_over or not shown else self._line(said, "partial", shown, confidence)
            )
            return Outcome(line, said.index)

    def finals_at_hand(self) -> list[Outcome]:
        """Finals that need no more hearing: their words were heard in the pause that ended them."""
        found = []
        with self.lock:
            while not self.busy and self.waiting:
                said = self.waiting[0]
                if said.closing is None or said.closing[0] != said.stretch.pauses:
                    break
                found.append(self._finish(said, said.closing[1], said.closing[2]))
        return found

    def seconds_behind(self, now: float) -> float:
        """How long the oldest final, or sound not yet listened to, has been waiting."""
        unread = (self.sound.samples() - self.read_to) / RATE_HZ
        with self.lock:
            waits = now - self.waiting[0].over_since if self.waiting else 0.0
        return max(unread, waits)

    def close(self) -> None:
        """Let go of the sound."""
        self.sound.close()

    def _follow(self, stretch: Stretch) -> None:
        if self.current is None or self.current.stretch is not stretch:
            self.current = Utterance(stretch.start // CHUNK, stretch)
        if stretch.is_over:
            self.current.over_since = time.monotonic()
            self.waiting.append(self.current)
            self.current = None

    def _finish(self, said: Utterance, text: str, confidence: float) -> Outcome:
        self.waiting.remove(said)
        line = self._line(said, "final", text, confidence) if text or said.rev else None
        return Outcome(line, said.index, said.stretch.end)

    def _line(self, said: Utterance, state: str, text: str, confidence: float) -> Line:
        starts_s = self.stream.starts_s
        said.rev += 1
        return Line(
            id=f"{self.stream.pk.hex}-{said.index}",
            stream=str(self.stream.pk),
            speaker=self.stream.person.role,
            name=self.name,
            state=state,
            stable=text if state == "final" else said.words.stable,
            text=text,
            start=round(starts_s + said.stretch.start / RATE_HZ, 2),
            end=round(starts_s + said.stretch.end / RATE_HZ, 2),
            confidence=round(confidence, 3),
            doubtful=confidence < DOUBT_BELOW,
            rev=said.rev,
            glosses=meanings_in(text, self.stream.dialect) if state == "final" else (),
        )
