"""From a recording to segments 语音转写. The debt is the Recording row; a task is only a reminder of it."""

import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import astuple
from datetime import timedelta
from pathlib import Path

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Exhibit, User
from cases.reminders import remind_after_commit
from cases.roles import Role
from cases.services.exhibits import exhibits_for
from cases.services.steps import remember
from evidence.deposits import open_deposit
from evidence.errors import CannotUnseal, Erased, StorageUnreachable
from mediation.hearings import speech
from mediation.hearings.handed_in import as_file
from mediation.hearings.hints import hints_for
from mediation.hearings.models import Hearing, Recording, Segment

log = logging.getLogger(__name__)

SIGN_OF_LIFE_S = 1.0
MOST_TRIES = 5
BARS = 120  # of the waveform


@transaction.atomic
def request_transcription(
    *,
    exhibit: Exhibit,
    dialect: str = speech.Dialect.MANDARIN,
    hearing: Hearing | None = None,
    speaker: str = "",
    by: User | None = None,
) -> Recording:
    """Ask for the text of an exhibit with sound. Asking twice gives the same recording."""
    recording, made = Recording.objects.get_or_create(
        exhibit=exhibit,
        defaults={"case": exhibit.case, "hearing": hearing, "dialect": dialect, "speaker": speaker},
    )
    if made:
        remember(
            exhibit.case,
            "recording.ask",
            by=by,
            role=Role(exhibit.by_role),
            exhibit=exhibit.number,
            dialect=dialect,
            hearing=hearing.number if hearing else 0,
        )
        _queue(recording)
    return recording


def lost_after() -> timedelta:
    """How long a worker may give no sign of life before its work is given to another."""
    return timedelta(seconds=settings.TRANSCRIPTION_LOST_AFTER_S)


def take_up_lost() -> list[int]:
    """Set back to waiting what no living worker holds; return the numbers of those recordings.

    Lost are recordings whose worker was silent for too long, or that nobody took up. One that cost MOST_TRIES
    workers is given up, with words for the people who wait for it.
    """
    now = timezone.now()
    long_ago = now - lost_after()
    lost = Recording.objects.filter(
        Q(state=Recording.State.RUNNING, beat_at__lt=long_ago)
        | Q(state=Recording.State.PENDING, asked_at__lt=long_ago, beat_at__isnull=True)
        | Q(state=Recording.State.PENDING, beat_at__lt=long_ago)
    )
    given_up = lost.filter(state=Recording.State.RUNNING, tries__gte=MOST_TRIES)
    given_up.update(
        state=Recording.State.FAILED,
        finished_at=now,
        problem=_("We tried several times and could not write this down. The recording is kept.")[:200],
    )
    return [
        number
        for number in lost.values_list("pk", flat=True)
        if lost.filter(pk=number).update(state=Recording.State.PENDING, beat_at=now)
    ]


@transaction.atomic
def try_again(*, recording_id: int, person: User) -> Recording:
    """A person asks once more for the text of a recording that could not be written down."""
    recording = Recording.objects.select_for_update().select_related("case").get(pk=recording_id)
    if not may_follow(person, recording):
        raise Refusal(_("This step is not yours to take."))
    if recording.state != Recording.State.FAILED:
        return recording
    recording.state, recording.tries, recording.problem = Recording.State.PENDING, 0, ""
    recording.asked_at, recording.beat_at, recording.finished_at = timezone.now(), None, None
    recording.save()
    remember(recording.case, "recording.ask_again", by=person, exhibit=recording.exhibit.number)
    _queue(recording)
    return recording


def _queue(recording: Recording) -> None:
    """Remind a worker of the debt after commit. Without a broker it is only later: the sweep comes by."""
    from mediation.hearings.tasks import transcribe as task

    remind_after_commit(task, recording.pk)


def transcribe(recording_id: int) -> None:
    """Write one recording down. Safe to call twice: only one caller gets the row."""
    taken = Recording.objects.filter(pk=recording_id, state=Recording.State.PENDING).update(
        state=Recording.State.RUNNING, beat_at=timezone.now(), tries=F("tries") + 1, done_s=0
    )
    if not taken:
        return
    recording = Recording.objects.select_related("exhibit__deposit", "case").get(pk=recording_id)
    try:
        segments = _hear(recording)
    except _TakenOver:
        log.warning("recording %s was taken up by another worker", recording_id)
    except (speech.TryLater, StorageUnreachable) as problem:
        state = Recording.State.PENDING if recording.tries < MOST_TRIES else Recording.State.FAILED
        _end(recording, state, str(problem))
    except speech.NeverWill as problem:
        _end(recording, Recording.State.FAILED, str(problem))
    except (CannotUnseal, Erased, FileNotFoundError):
        log.exception("recording %s cannot be read", recording_id)
        _end(
            recording, Recording.State.FAILED, _("This recording cannot be opened any more. Please call us.")
        )
    else:
        _keep(recording, segments)


class _TakenOver(Exception):
    """The worker was thought lost, and its work was given to another."""


def _own(recording: Recording) -> QuerySet[Recording]:
    """The row, while it is still this worker's: each taking up counts one try more."""
    return Recording.objects.filter(pk=recording.pk, state=Recording.State.RUNNING, tries=recording.tries)


def _hear(recording: Recording) -> list[speech.Segment]:
    from mediation.hearings.voices import (
        hear_all,  # the decoder is loaded where sound is read, and nowhere else
    )

    engine = speech.engine()
    recording.engine = f"{engine.name} {engine.version}"[:80]
    beat = 0.0

    def tell(done_s: float, total_s: float) -> None:
        nonlocal beat
        if time.monotonic() - beat < SIGN_OF_LIFE_S and done_s < total_s:
            return
        beat = time.monotonic()
        recording.done_s, recording.total_s, recording.beat_at = done_s, total_s, timezone.now()
        if not _own(recording).update(done_s=done_s, total_s=total_s, beat_at=recording.beat_at):
            raise _TakenOver
        announce(recording)

    with open_deposit(recording.exhibit.deposit) as sound, as_file(sound) as path:
        recording.peaks = _picture_of(path)
        hints = hints_for(recording.case)
        return list(hear_all(path, engine, dialect=recording.dialect, terms=hints, on_progress=tell))


def _picture_of(path: Path) -> list[int]:
    """The bars of the waveform; none where the sound cannot be read, which the engine then says itself."""
    from mediation.hearings import audio  # the decoder is loaded where sound is read, and nowhere else

    try:
        return audio.peaks_of(path, BARS)
    except speech.SpeechError:
        return []


@transaction.atomic
def _keep(recording: Recording, segments: Sequence[speech.Segment]) -> None:
    """Segments, state and chain entry, or none of them."""
    locked = _own(recording).select_for_update().first()
    if locked is None:
        return
    locked.segments.all().delete()
    Segment.objects.bulk_create(
        Segment(
            recording=locked,
            index=index,
            start_s=segment.start_s,
            end_s=segment.end_s,
            heard=segment.text,
            notes={
                "raw": segment.heard_raw,
                "terms": [astuple(term) for term in segment.terms],
                "channel": segment.channel,
                "words": [astuple(word) for word in segment.words],
            },
            confidence=segment.confidence,
            speaker=recording.speaker,
        )
        for index, segment in enumerate(segments)
    )
    locked.engine, locked.peaks = recording.engine, recording.peaks
    locked.done_s = locked.total_s = recording.total_s
    locked.state, locked.finished_at = Recording.State.DONE, timezone.now()
    locked.problem = (
        "" if segments else _("We heard no words. The recording is kept; you can also type.")[:200]
    )
    locked.save()
    text = "\n".join(segment.text for segment in segments)
    remember(
        recording.case,
        "transcript.heard",
        by=None,
        exhibit=recording.exhibit.number,
        engine=locked.engine,
        segments=len(segments),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        given=[segment.heard_raw for segment in segments],
    )
    transaction.on_commit(lambda: announce(locked))


def _end(recording: Recording, state: str, problem: str) -> None:
    now = timezone.now()
    _own(recording).update(
        state=state,
        problem=problem[:200],
        beat_at=now,
        finished_at=now if state == Recording.State.FAILED else None,
        engine=recording.engine,
        peaks=recording.peaks,
    )
    announce(recording)


def may_follow(person: User, recording: Recording) -> bool:
    """Whether this person may see the text of this recording grow: the two sides and the office, never a court."""
    if not person.is_authenticated or person.role == Role.COURT:
        return False
    if not Case.objects.visible_to(person).filter(pk=recording.case_id).exists():
        return False
    return recording.exhibit in exhibits_for(recording.case, person, Role(person.role))


def progress_of(recording: Recording) -> dict[str, object]:
    """What the page shows: state, seconds done and in all, and a sentence."""
    return {
        "state": "waiting" if recording.state == Recording.State.PENDING else recording.state,
        "done": round(recording.done_s, 1),
        "total": round(recording.total_s, 1),
        "message": recording.problem or recording.get_state_display(),
    }


def announce(recording: Recording) -> None:
    """Tell open pages how far it is. Pages ask again by themselves, so a lost message harms nobody."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(
            f"recording.{recording.pk}", {"type": "recording.progress", "pk": recording.pk}
        )
    except (OSError, RuntimeError):
        log.warning("progress of recording %s could not be announced", recording.pk)


def text_of(recording: Recording) -> str:
    """The recording as it reads now, corrections included, a line a segment."""
    return "\n".join(
        segment.text for segment in recording.segments.prefetch_related("corrections") if segment.text
    )
