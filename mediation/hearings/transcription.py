"""From a recording to segments 语音转写. The debt is the Recording row; a task is only a reminder of it."""

import hashlib
import logging
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Exhibit, User
from cases.roles import Role
from cases.services.steps import remember
from evidence.deposits import open_deposit
from mediation.hearings import speech
from mediation.hearings.models import Hearing, Recording, Segment

log = logging.getLogger(__name__)

SIGN_OF_LIFE_S = 1.0
LOST_AFTER = timedelta(seconds=60)
MOST_TRIES = 5
TERMS = ("年利率", "服务费", "担保费", "提前还款", "违约金", "征信", "催收", "本金", "分期", "逾期")


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
        from mediation.hearings.tasks import transcribe as task

        transaction.on_commit(lambda: task.delay(recording.pk))
    return recording


def take_up_lost() -> list[int]:
    """Recordings whose worker gave no sign of life for a minute, or that nobody took up; set back to waiting."""
    now = timezone.now()
    lost = Recording.objects.filter(
        Q(state=Recording.State.RUNNING, beat_at__lt=now - LOST_AFTER)
        | Q(state=Recording.State.PENDING, asked_at__lt=now - LOST_AFTER, beat_at__isnull=True)
        | Q(state=Recording.State.PENDING, beat_at__lt=now - LOST_AFTER)
    )
    numbers = list(lost.values_list("pk", flat=True))
    Recording.objects.filter(pk__in=numbers).update(state=Recording.State.PENDING, beat_at=now)
    return numbers


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
    except speech.TryLater as problem:
        state = Recording.State.PENDING if recording.tries < MOST_TRIES else Recording.State.FAILED
        _end(recording, state, str(problem))
    except speech.NeverWill as problem:
        _end(recording, Recording.State.FAILED, str(problem))
    else:
        _keep(recording, segments)


def _hear(recording: Recording) -> list[speech.Segment]:
    engine = speech.engine()
    recording.engine = f"{engine.name} {engine.version}"[:80]
    beat = 0.0

    def tell(done_s: float, total_s: float) -> None:
        nonlocal beat
        if time.monotonic() - beat < SIGN_OF_LIFE_S and done_s < total_s:
            return
        beat = time.monotonic()
        recording.done_s, recording.total_s, recording.beat_at = done_s, total_s, timezone.now()
        recording.save(update_fields=["done_s", "total_s", "beat_at"])
        announce(recording)

    with tempfile.TemporaryDirectory(prefix="sound-") as folder:
        path = Path(folder) / "sound"
        with open_deposit(recording.exhibit.deposit) as source, path.open("wb") as copy:
            while block := source.read(1 << 20):
                copy.write(block)
        return list(engine.transcribe(path, dialect=recording.dialect, terms=TERMS, on_progress=tell))


@transaction.atomic
def _keep(recording: Recording, segments: Sequence[speech.Segment]) -> None:
    """Segments, state and chain entry, or none of them."""
    locked = Recording.objects.select_for_update().get(pk=recording.pk)
    if locked.state != Recording.State.RUNNING:
        return
    locked.segments.all().delete()
    Segment.objects.bulk_create(
        Segment(
            recording=locked,
            index=index,
            start_s=segment.start_s,
            end_s=segment.end_s,
            heard=segment.text,
            confidence=segment.confidence,
            speaker=recording.speaker,
        )
        for index, segment in enumerate(segments)
    )
    locked.engine, locked.done_s, locked.total_s = recording.engine, recording.total_s, recording.total_s
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
    )
    transaction.on_commit(lambda: announce(locked))


def _end(recording: Recording, state: str, problem: str) -> None:
    recording.state, recording.problem, recording.beat_at = state, problem[:200], timezone.now()
    recording.finished_at = timezone.now() if state == Recording.State.FAILED else None
    recording.save(update_fields=["state", "problem", "beat_at", "finished_at", "engine"])
    announce(recording)


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
