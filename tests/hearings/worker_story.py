"""What test_worker.py asks of a site of its own, one act a process: `python -m tests.hearings.worker_story ACT`."""

import json
import os
import sys
import uuid
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.hearings.worker_settings")

import django

django.setup()

import time_machine  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from evidence import ledger  # noqa: E402
from mediation.hearings import audio, services, speech, tasks  # noqa: E402
from mediation.hearings.live import streams  # noqa: E402
from mediation.hearings.live.keeping import SoundFile  # noqa: E402
from mediation.hearings.live.models import Stream  # noqa: E402
from mediation.hearings.models import Hearing, Recording  # noqa: E402
from mediation.hearings.room import seats  # noqa: E402
from tests import factories  # noqa: E402
from tests.hearings.sounds import tone  # noqa: E402


def prepare() -> object:
    """A hearing with one recording, whose task is in the queue."""
    call_command("migrate", verbosity=0)
    centre, institution = factories.CentreFactory.create(), factories.InstitutionFactory.create()
    citizen = factories.UserFactory.create(citizen=True)
    lender = factories.UserFactory.create(lender=True, institution=institution)
    mediator = factories.UserFactory.create(mediator=True, centre=centre)
    officer = factories.UserFactory.create(officer=True, centre=centre)
    case = factories.filed_case(centre=centre, institution=institution, citizen=citizen)
    factories.bring_to_mediation(
        factories.accept(case, officer), officer=officer, mediator=mediator, lender=lender
    )
    hearing = services.call_hearing(case_id=case.pk, mediator=mediator, starts_at=timezone.now())
    for person in (mediator, citizen, lender):
        services.join_hearing(hearing_id=hearing.pk, person=person)
        services.answer_recording(hearing_id=hearing.pk, person=person, agrees=True)
    recording = services.add_recording(
        hearing_id=hearing.pk, person=mediator, file=tone(2), name="会.wav", dialect="mandarin"
    )
    return recording.pk


def look() -> object:
    """How far it is."""
    recording = Recording.objects.get()
    return {
        "state": recording.state,
        "tries": recording.tries,
        "done": recording.done_s,
        "segments": list(recording.segments.values_list("index", flat=True)),
        "whole": ledger.first_break(recording.case.chain) is None,
    }


def sweep() -> object:
    """What the scheduler does, with the clock two minutes ahead."""
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        return tasks.sweep()


def speak() -> object:
    """Somebody tells the demo's story into a microphone of the room."""
    hearing = Hearing.objects.get()
    citizen = hearing.attendances.get(person__role="citizen").person
    seats.admit(hearing_id=hearing.pk, mediator=hearing.case.mediator, person_id=citizen.pk)
    stream = streams.begin_stream(
        hearing_id=hearing.pk, person=citizen, stream_id=uuid.uuid4(), dialect="mandarin"
    )
    sound = SoundFile(stream.pk)
    sound.open(make=True)
    return sound.append(0, story())


def story() -> bytes:
    """The demo's story as PCM16LE, and a second of quiet."""
    samples = audio.decode(Path(speech.__file__).parent / "demo" / "story.ogg")
    return (samples * 32767).astype("<i2").tobytes() + bytes(2 * audio.RATE_HZ)


def captions() -> object:
    """What was captioned so far: from and to in seconds of the stream, and the sample up to which all is."""
    stream = Stream.objects.select_related("hearing").get()
    spans = [(one.start_s - stream.starts_s, one.end_s - stream.starts_s) for one in stream.captions.all()]
    return {"spans": sorted(spans), "reached": stream.captioned_samples}


if __name__ == "__main__":
    acts = {"prepare": prepare, "look": look, "sweep": sweep, "speak": speak, "captions": captions}
    sys.stdout.write(json.dumps(acts[sys.argv[1]]()))
