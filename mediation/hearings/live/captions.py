"""Captions as they are told: to the pages at a place at once, and, as finals of the main room, to who comes later."""

import asyncio
import logging
import threading
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from channels.layers import get_channel_layer
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from redis.exceptions import RedisError

from mediation.hearings.live.keeping import SoundFile
from mediation.hearings.live.models import Caption, Stream
from mediation.hearings.room import groups
from mediation.hearings.wording.glosses import meanings_in

log = logging.getLogger(__name__)

PATIENCE_S = 5.0
GONE_S = 15  # without a sign of life of the captioning program, which gives one every two


@dataclass(frozen=True, slots=True)
class Line:
    """One caption: `state` partial may change, but not its `stable` beginning; final is never rewritten.

    `start` and `end` are seconds of the hearing's clock; `rev` counts what was told of this `id`. `glosses` are the
    dialect words of a final with what they mean (大意), shown under it; the words stay as they were heard.
    """

    id: str
    stream: str
    speaker: str
    name: str
    state: str
    stable: str
    text: str
    start: float
    end: float
    confidence: float
    doubtful: bool
    rev: int
    glosses: tuple[tuple[str, str], ...] = ()

    def as_word(self) -> dict[str, Any]:
        """The word of the protocol."""
        return {"type": "caption", **asdict(self)}


class Teller:
    """Sends words to the pages of a hearing from any thread. A lost one harms nobody: the finals are kept as rows."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="captions are told", daemon=True).start()

    def tell(self, stream: Stream, line: Line) -> None:
        """A caption to everybody at the place of the stream."""
        self._send(stream.hearing_id, stream.place, {"type": "hearing.caption", "caption": line.as_word()})

    def tell_behind(self, hearing_id: int, place: str, seconds: int) -> None:
        """That the captions of a place are late by so many seconds; 0: no longer."""
        word = {"type": "captions-behind", "seconds": seconds}
        self._send(hearing_id, place, {"type": "hearing.behind", "behind": word})

    def stop(self) -> None:
        """End the loop once all is sent."""
        asyncio.run_coroutine_threadsafe(_all_sent(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _send(self, hearing_id: int, place: str, event: dict[str, Any]) -> None:
        asyncio.run_coroutine_threadsafe(_group_send(groups.room(hearing_id, place), event), self._loop)


async def _all_sent() -> None:
    """Wait for everything else that this loop still sends."""
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)


async def _group_send(group: str, event: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(group, event)
    except (OSError, RuntimeError, RedisError):
        log.warning("a caption could not be told to %s", group)


@transaction.atomic
def keep_final(stream: Stream, line: Line, *, index: int, reached: int) -> None:
    """Keep a final of the main room, and say that all speech before sample `reached` is captioned.

    What is said in private 背对背 is told and not kept.
    """
    if line.text and not stream.place:
        Caption.objects.update_or_create(
            stream=stream,
            index=index,
            defaults={
                "start_s": line.start,
                "end_s": line.end,
                "text": line.text,
                "confidence": line.confidence,
                "doubtful": line.doubtful,
            },
        )
    Stream.objects.filter(pk=stream.pk).update(captioned_samples=reached)


def are_stopped(*, hearing_id: int, place: str) -> bool:
    """Whether somebody speaks at this place and no program captions it: none runs, or the engine cannot do it live.

    The sound is kept all the same, and captioned as soon as a program runs again.
    """
    then = timezone.now() - timedelta(seconds=GONE_S)
    quiet = Q(caption_beat_at=None) | Q(caption_beat_at__lt=then)
    open_here = Stream.objects.filter(quiet, hearing_id=hearing_id, place=place, state=Stream.State.OPEN)
    return any(
        SoundFile(stream.pk).samples() > stream.captioned_samples
        for stream in open_here.filter(started_at__lt=then)
    )


def captions_of(*, hearing_id: int) -> list[dict[str, Any]]:
    """The finals of the main room so far, as words of the protocol, in order of time: for a page that comes later."""
    return [
        Line(
            id=f"{caption.stream_id.hex}-{caption.index}",
            stream=str(caption.stream_id),
            speaker=caption.stream.person.role,
            name=str(caption.stream.person),
            state="final",
            stable=caption.text,
            text=caption.text,
            start=caption.start_s,
            end=caption.end_s,
            confidence=caption.confidence,
            doubtful=caption.doubtful,
            rev=0,
            glosses=meanings_in(caption.text, caption.stream.dialect),
        ).as_word()
        for caption in Caption.objects.filter(stream__hearing_id=hearing_id).select_related("stream__person")
    ]
