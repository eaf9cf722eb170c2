"""What test_worker.py asks of a site of its own, one act a process: `python -m tests.hearings.worker_story ACT`."""

import json
import os
import sys
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.hearings.worker_settings")

import django

django.setup()

import time_machine  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from evidence import ledger  # noqa: E402
from mediation.hearings import services, tasks  # noqa: E402
from mediation.hearings.models import Recording  # noqa: E402
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


if __name__ == "__main__":
    acts = {"prepare": prepare, "look": look, "sweep": sweep}
    sys.stdout.write(json.dumps(acts[sys.argv[1]]()))
