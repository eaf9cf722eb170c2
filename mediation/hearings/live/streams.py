"""Streams of sound as rows: begun once, limited, ended, and found again when nobody ended them."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import User
from cases.services.steps import remember
from mediation.hearings.live.admission import place_of_the_past, place_to_speak
from mediation.hearings.live.keeping import SoundFile
from mediation.hearings.live.models import Stream
from mediation.hearings.live.packets import RATE_HZ
from mediation.hearings.models import Hearing
from mediation.hearings.speech import Dialect

MOST_OPEN = 3  # streams a person at once: a new one may begin before the old one was seen to end
MOST_IN_ALL = 60
LONGEST_S = 6 * 3600
AHEAD_S = 60  # of the clock: sound cannot come faster than it is spoken, but clocks differ
MOST_TORN = 10_000
SILENT_S = 600  # without a byte: it is over


@transaction.atomic
def begin_stream(
    *,
    hearing_id: int,
    person: User,
    stream_id: uuid.UUID,
    dialect: str,
    ago_s: float = 0.0,
    recorded_at: str | None = None,
    is_leftover: bool = False,
) -> Stream:
    """The stream with this number, made at first; `ago_s` is how long ago its first sample was heard.

    `recorded_at` is the place where it was recorded, which need not be where its person is by now: what was said in a
    private talk 背对背 while the line was cut must not come in as said before everyone. Nothing more is recorded into
    what `is_leftover`. Raises Refusal for another person's stream, for too many, and where `place_to_speak` or
    `place_of_the_past` does; a stream that was begun in time may still be brought after the hearing has ended.
    """
    Hearing.objects.select_for_update().filter(pk=hearing_id).first()
    known = Stream.objects.select_related("hearing").filter(pk=stream_id).first()
    if known is not None:
        if (known.hearing_id, known.person_id) != (hearing_id, person.pk):
            raise Refusal(_("This sound belongs to somebody else. Please load the page again."))
        return known
    hearing, place = _where_recorded(hearing_id, person, recorded_at, is_leftover=is_leftover)
    mine = Stream.objects.filter(hearing=hearing, person=person)
    if mine.count() >= MOST_IN_ALL or mine.filter(state=Stream.State.OPEN).count() >= MOST_OPEN:
        raise Refusal(
            _("Your microphone was started too often. Close other pages of this hearing and try again.")
        )
    spoken = dialect if dialect in Dialect.values else Dialect.MANDARIN
    now = timezone.now()
    began_at = max(now - timedelta(seconds=max(ago_s, 0.0)), hearing.opened_at or now)
    stream = Stream.objects.create(
        id=stream_id, hearing=hearing, person=person, place=place, dialect=spoken, started_at=began_at
    )
    if not place:
        remember(
            hearing.case,
            "recording.start",
            by=person,
            number=hearing.number,
            stream=str(stream_id),
            dialect=spoken,
        )
    return stream


def _where_recorded(
    hearing_id: int, person: User, recorded_at: str | None, *, is_leftover: bool
) -> tuple[Hearing, str]:
    """The hearing and the place the sound belongs to: where its person is now, unless it was recorded elsewhere."""
    if not is_leftover or recorded_at is None:
        hearing, place = place_to_speak(hearing_id=hearing_id, person=person)
        if recorded_at in {None, place}:
            return hearing, place
    past = recorded_at or ""
    return place_of_the_past(hearing_id=hearing_id, person=person, place=past), past


def most_samples(stream: Stream) -> int:
    """How many samples the stream can have by now: as long as the hearing, and no more than six hours."""
    hearing = stream.hearing
    until = hearing.ended_at or timezone.now()
    seconds = (until - stream.started_at).total_seconds() + AHEAD_S
    return int(min(seconds, LONGEST_S) * RATE_HZ)


def samples_of(stream: Stream) -> int:
    """How many samples came in, whether they lie here still or were sealed."""
    return max(SoundFile(stream.pk).samples(), stream.sealed_samples)


@transaction.atomic
def note_torn(*, stream_id: uuid.UUID, torn: list[list[int]]) -> None:
    """Remember which samples are silence in place of a broken packet."""
    stream = Stream.objects.select_for_update().get(pk=stream_id)
    stream.torn = [*stream.torn, *torn][:MOST_TORN]
    stream.save(update_fields=["torn"])


@transaction.atomic
def end_stream(*, stream_id: uuid.UUID) -> bool:
    """Say that the stream is complete; its sealing is queued. Returns whether this call did it."""
    from mediation.hearings.live.tasks import queue_sealing

    ended = Stream.objects.filter(pk=stream_id, state=Stream.State.OPEN).update(
        state=Stream.State.ENDED, ended_at=timezone.now()
    )
    if ended:
        transaction.on_commit(lambda: queue_sealing(stream_id), robust=True)
    return bool(ended)


def end_silent_streams() -> int:
    """End open streams into which nothing has come for long. Returns how many."""
    now = timezone.now()
    return sum(
        end_stream(stream_id=stream.pk)
        for stream in Stream.objects.filter(state=Stream.State.OPEN)
        if now - last_sound_at(stream) > timedelta(seconds=SILENT_S)
    )


def last_sound_at(stream: Stream) -> datetime:
    """When the last sound came in, or the stream began."""
    try:
        changed = SoundFile(stream.pk).path.stat().st_mtime
    except FileNotFoundError:
        return stream.started_at
    return max(stream.started_at, datetime.fromtimestamp(changed, tz=UTC))


def clear_away() -> int:
    """Delete sound whose stream is sealed or gone, as a killed program leaves it. Returns how many files."""
    old = time.time() - SILENT_S
    living = {pk.hex for pk in Stream.objects.exclude(state=Stream.State.SEALED).values_list("pk", flat=True)}
    left = [
        path
        for path in (Path(settings.VAR_DIR) / "live").glob("*.sound")
        if path.stem not in living and path.stat().st_mtime < old
    ]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
