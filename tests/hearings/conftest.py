"""Hearings at different points of their way."""

import pytest
from django.utils import timezone

from cases.models import Case, User
from cases.roles import Role
from mediation.hearings import services, transcription
from mediation.hearings.models import Hearing, Recording
from mediation.hearings.room import seats
from tests.hearings.sounds import tone


def add_sound(hearing: Hearing, person: User, *, seconds: float = 1.0) -> Recording:
    return services.add_recording(
        hearing_id=hearing.pk, person=person, file=tone(seconds), name="会.wav", dialect="sichuan"
    )


@pytest.fixture
def called(case_in_mediation: Case, mediator: User) -> Hearing:
    return services.call_hearing(
        case_id=case_in_mediation.pk, mediator=mediator, starts_at=timezone.now(), place="第三调解室"
    )


@pytest.fixture
def hearing(called: Hearing, mediator: User, citizen: User, lender: User) -> Hearing:
    """Open, everybody here and heard about recording: everyone says yes."""
    for person in (mediator, citizen, lender):
        services.join_hearing(hearing_id=called.pk, person=person)
        services.answer_recording(hearing_id=called.pk, person=person, agrees=True)
    called.refresh_from_db()
    return called


@pytest.fixture
def sitting(hearing: Hearing, mediator: User, citizen: User, lender: User) -> Hearing:
    """Everybody let in."""
    for person in (citizen, lender):
        seats.admit(hearing_id=hearing.pk, mediator=mediator, person_id=person.pk)
    return hearing


@pytest.fixture
def heard(hearing: Hearing, mediator: User) -> Hearing:
    """With a recording written down as two lines, the second badly heard."""
    transcription.transcribe(add_sound(hearing, mediator).pk)
    return hearing


@pytest.fixture
def ended(heard: Hearing, mediator: User, citizen: User, lender: User) -> Hearing:
    """Ended, speakers named, identities checked."""
    services.name_speakers(recording_id=heard.recordings.get().pk, mediator=mediator, speaker=Role.CITIZEN)
    for person in (citizen, lender):
        services.check_identity(hearing_id=heard.pk, mediator=mediator, person_id=person.pk)
    services.end_hearing(hearing_id=heard.pk, mediator=mediator, result="双方同意退还服务费，另签协议。")
    heard.refresh_from_db()
    return heard
