"""From a finished stream to evidence: lossless files of at most 45 minutes, each an exhibit with its text to come."""

import hashlib
import logging
import tempfile
import uuid
from datetime import timedelta
from typing import Any, BinaryIO, cast

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import Exhibit
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from cases.services.steps import remember
from evidence.origin.provenance import Provenance, Way
from mediation.hearings.live.keeping import SoundFile
from mediation.hearings.live.models import Stream
from mediation.hearings.live.packets import RATE_HZ
from mediation.hearings.models import Part, Recording
from mediation.hearings.transcription import request_transcription

PART_S = 45 * 60  # at most 87 MB even of noise
CUT_WITHIN_S = 30
BLOCK_S = 20
STEP = RATE_HZ // 10

log = logging.getLogger(__name__)


def seal_stream(stream_id: uuid.UUID) -> bool:
    """Make recordings of a stream that has ended, part by part; safe to call twice and after a crash in between.

    The sound of a caucus is deleted instead. Returns whether the stream is sealed now. Raises as `add_exhibit` does;
    then the sound stays where it is and the sweep tries again.
    """
    stream = Stream.objects.select_related("hearing__case", "person").get(pk=stream_id)
    if stream.state == Stream.State.OPEN:
        return False
    sound = SoundFile(stream_id)
    total = sound.samples()
    if stream.state == Stream.State.ENDED and not stream.place and total:
        sound.open()
        while (start := Stream.objects.get(pk=stream_id).sealed_samples) < total:
            _seal_part(stream, sound, start, _end_of_part(sound, start, total))
    Stream.objects.filter(pk=stream_id).update(state=Stream.State.SEALED)
    sound.delete()
    return True


def _end_of_part(sound: SoundFile, start: int, total: int) -> int:
    """Where the part ends: at the stream's end, or at the quietest tenth of a second before it would grow too long."""
    end = start + PART_S * RATE_HZ
    if total <= end:
        return total
    tail = end - CUT_WITHIN_S * RATE_HZ
    samples = np.frombuffer(sound.read(tail, end), "<i2").astype(np.float32)
    loud = np.abs(samples[: samples.size // STEP * STEP].reshape(-1, STEP)).mean(axis=1)
    return tail + int(loud.argmin()) * STEP + STEP // 2


def _seal_part(stream: Stream, sound: SoundFile, start: int, end: int) -> None:
    with tempfile.TemporaryFile(prefix="sound-") as file:
        plain = cast("BinaryIO", file)
        digest = write_flac(sound, start, end, plain)
        plain.seek(0)
        with transaction.atomic():
            locked = Stream.objects.select_for_update().get(pk=stream.pk)
            if locked.sealed_samples == start and locked.state == Stream.State.ENDED:
                _keep_part(stream, plain, start, end, digest)
                locked.sealed_samples = end
                locked.save(update_fields=["sealed_samples"])


def _keep_part(stream: Stream, file: BinaryIO, start: int, end: int, digest: str) -> None:
    hearing, role = stream.hearing, Role(stream.person.role)
    is_guest = hearing.attendances.filter(person=stream.person).exclude(part=Part.NONE).exists()
    began_at = stream.started_at + timedelta(seconds=start / RATE_HZ)
    exhibit = add_exhibit(
        case_id=hearing.case_id,
        file=file,
        name=f"会{hearing.number}-{stream.pk.hex[:8]}-{start // RATE_HZ}.flac",
        by=stream.person,
        role=role,
        kind=Exhibit.Kind.RECORDING,
        title=_("Recording of hearing %(number)s") % {"number": hearing.number},
        captured=Provenance(how=Way.HEARING, where=f"hearing {hearing.number} {hearing.how}"),
        media_type="audio/flac",
    )
    recording = request_transcription(
        exhibit=exhibit,
        dialect=stream.dialect,
        hearing=hearing,
        speaker="" if is_guest else role,
        by=stream.person,
    )  # whose words a helper or an interpreter brings, the mediator says
    Recording.objects.filter(pk=recording.pk).update(
        stream=stream, began_at=began_at, total_s=(end - start) / RATE_HZ
    )
    remember(
        hearing.case,
        "recording.seal",
        by=stream.person,
        exhibit=exhibit.number,
        number=hearing.number,
        stream=str(stream.pk),
        began_at=began_at.isoformat(),
        samples=[start, end],
        samples_sha256=digest,
        silence_for_broken=[span for span in stream.torn if span[0] < end and span[1] > start],
    )


def write_flac(sound: SoundFile, start: int, end: int, target: BinaryIO) -> str:
    """Write these samples as FLAC, losslessly; return the hex SHA-256 of the samples (PCM16LE) themselves."""
    import av

    digest = hashlib.sha256()
    with av.open(target, "w", format="flac") as container:
        stream: Any = container.add_stream("flac", rate=RATE_HZ, layout="mono", format="s16")
        for place in range(start, end, BLOCK_S * RATE_HZ):
            pcm = sound.read(place, min(place + BLOCK_S * RATE_HZ, end))
            digest.update(pcm)
            frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, "<i2")[None, :], "s16", "mono")
            frame.sample_rate, frame.pts = RATE_HZ, place - start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return digest.hexdigest()
