"""The captioning program: listens to the stored sound of every open stream and hears what was said, fairly.

It holds no microphone's sound and owes nothing: another program takes a stream over from its last final when the first
gives no sign of life. Several may run, on any machine that sees VAR_DIR.
"""

import logging
import os
import socket
import threading
import time
import uuid
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import Error, close_old_connections
from django.db.models import Q
from django.utils import timezone

from mediation.hearings.live.captions import Line, Teller, keep_final
from mediation.hearings.live.microphone import Job, Microphone, Outcome
from mediation.hearings.live.models import Stream
from mediation.hearings.speech import LiveEngine, TryLater
from mediation.hearings.wording.writing import write_out

TICK_S = 0.04
LOOK_EACH_S = 0.5
BEAT_EACH_S = 2.0
LOST_AFTER_S = 6.0
AGAIN_AFTER_S = 0.5
BEHIND_S = 3.0
TELL_BEHIND_EACH_S = 2.0

log = logging.getLogger(__name__)


class Captioner:
    """Captions everything that is spoken until `stop`. `side_by_side` stretches are heard at once."""

    def __init__(self, engine: LiveEngine, *, side_by_side: int = 2) -> None:
        self.engine = engine
        self.side_by_side = side_by_side
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"[:80]
        self.microphones: dict[uuid.UUID, Microphone] = {}
        self.teller = Teller()
        self._to_keep: deque[tuple[Stream, Line, int, int]] = deque()
        self._free = threading.Semaphore(side_by_side)
        self._pool = ThreadPoolExecutor(side_by_side, thread_name_prefix="hears")
        self._stopping = threading.Event()
        self._looked = self._beat = self._told_behind = 0.0
        self._behind: set[tuple[int, str]] = set()

    def stop(self) -> None:
        """Make `run` return soon."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop`; what is left is for the next program."""
        try:
            while not self._stopping.wait(TICK_S):
                self.work()
        finally:
            self._pool.shutdown(wait=True)
            self._keep()
            self._let_go(list(self.microphones.values()))
            self.teller.stop()

    def work(self) -> None:
        """One round: look for streams, listen to each, give out what can be heard."""
        now = time.monotonic()
        if now - self._looked >= LOOK_EACH_S:
            self._looked = now
            self._look()
        for microphone in self.microphones.values():
            microphone.listen()
            for outcome in microphone.finals_at_hand():
                self._tell(microphone, outcome)
        self._give_out()
        self._keep()
        if now - self._told_behind >= TELL_BEHIND_EACH_S:
            self._told_behind = now
            self._tell_behind(now)

    def _look(self) -> None:
        """Take streams that nobody captions, keep one's own, let go of what is done."""
        close_old_connections()
        now = timezone.now()
        try:
            lost = Q(caption_beat_at=None) | Q(caption_beat_at__lt=now - timedelta(seconds=LOST_AFTER_S))
            free = Stream.objects.filter(lost, state=Stream.State.OPEN).exclude(pk__in=self.microphones)
            for pk in free.values_list("pk", flat=True):
                if Stream.objects.filter(lost, pk=pk).update(captioner=self.name, caption_beat_at=now):
                    self._take(pk)
            if time.monotonic() - self._beat >= BEAT_EACH_S:
                self._beat = time.monotonic()
                Stream.objects.filter(pk__in=self.microphones, captioner=self.name).update(
                    caption_beat_at=now
                )
            known = {
                stream.pk: stream
                for stream in Stream.objects.filter(pk__in=self.microphones, captioner=self.name)
            }
        except Error:
            log.warning("the database did not answer; trying again", exc_info=True)
            return
        for pk, microphone in self.microphones.items():
            microphone.is_complete = pk not in known or known[pk].state != Stream.State.OPEN
        self._let_go([one for one in self.microphones.values() if one.is_done])

    def _take(self, pk: uuid.UUID) -> None:
        stream = Stream.objects.select_related("hearing__case", "person").get(pk=pk)
        try:
            self.microphones[pk] = Microphone(stream)
        except FileNotFoundError:  # nothing was said into it yet
            Stream.objects.filter(pk=pk).update(caption_beat_at=None)

    def _let_go(self, done: list[Microphone]) -> None:
        for microphone in done:
            microphone.close()
            del self.microphones[microphone.stream.pk]
        pks = [microphone.stream.pk for microphone in done]
        if pks:
            Stream.objects.filter(pk__in=pks, captioner=self.name).update(caption_beat_at=None)

    def _give_out(self) -> None:
        while self._free.acquire(blocking=False):
            jobs = [job for one in self.microphones.values() if (job := one.next_job())]
            if not jobs:
                self._free.release()
                return
            job = min(jobs, key=lambda one: one.rank)
            job.microphone.busy, job.microphone.served_at = True, time.monotonic()
            self._pool.submit(self._hear, job)

    def _hear(self, job: Job) -> None:
        microphone = job.microphone
        try:
            samples = microphone.samples(job.utterance.stretch.start, job.end)
            heard = self.engine.hear_short(
                samples, dialect=microphone.stream.dialect, final=job.is_final, terms=microphone.terms
            )
            text = write_out(heard).text if heard.text and job.is_final else heard.text
            self._tell(microphone, microphone.heard(job, text, heard.confidence))
        except TryLater:
            log.warning("a stretch was not heard; it is tried again")
            microphone.rest_until = time.monotonic() + AGAIN_AFTER_S
        except Exception:
            log.exception("a stretch of %s cannot be captioned and is left out", microphone.stream.pk)
            self._tell(microphone, microphone.heard(job, "", 0.0))
        finally:
            microphone.busy = False
            self._free.release()

    def _tell(self, microphone: Microphone, outcome: Outcome) -> None:
        if outcome.line is not None:
            self.teller.tell(microphone.stream, outcome.line)
            if outcome.reached is not None:
                self._to_keep.append((microphone.stream, outcome.line, outcome.index, outcome.reached))

    def _keep(self) -> None:
        """Keep the finals that were told; those that a busy database refuses wait here, in their order."""
        while self._to_keep:
            stream, line, index, reached = self._to_keep[0]
            try:
                keep_final(stream, line, index=index, reached=reached)
            except Error:
                log.warning("a caption could not be kept yet", exc_info=True)
                return
            self._to_keep.popleft()

    def _tell_behind(self, now: float) -> None:
        late: dict[tuple[int, str], float] = {}
        for one in self.microphones.values():
            place = (one.stream.hearing_id, one.stream.place)
            late[place] = max(late.get(place, 0.0), one.seconds_behind(now))
        behind = {place for place, seconds in late.items() if seconds >= BEHIND_S}
        for place in behind:
            self.teller.tell_behind(*place, seconds=round(late[place]))
        for place in self._behind - behind:
            self.teller.tell_behind(*place, seconds=0)
        self._behind = behind
