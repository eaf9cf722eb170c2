"""Sealing streams in the background; the debt is the row, a task only a reminder of it."""

import logging
import uuid

from celery import shared_task

from cases.reminders import remind
from mediation.hearings.live import streams
from mediation.hearings.live.models import Stream
from mediation.hearings.live.sealing import seal_stream

log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator]
def seal(stream_id: str) -> bool:
    """Seal one finished stream. Returns whether it is sealed now."""
    return seal_stream(uuid.UUID(stream_id))


@shared_task  # type: ignore[untyped-decorator]
def sweep() -> int:
    """End streams that fell silent, seal what waits, clear away what is left over. Returns how many were sealed."""
    streams.end_silent_streams()
    done = 0
    for stream_id in Stream.objects.filter(state=Stream.State.ENDED).values_list("pk", flat=True):
        try:
            done += seal_stream(stream_id)
        except Exception:  # one stream that cannot be sealed must not keep the others waiting
            log.exception("stream %s could not be sealed; its sound is kept", stream_id)
    streams.clear_away()
    return done


def queue_sealing(stream_id: uuid.UUID) -> None:
    """Remind a worker. Without a broker it is only later: the sweep comes by."""
    remind(seal, str(stream_id))
