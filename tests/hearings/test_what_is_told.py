"""What the room tells each person: whether there are captions, how to go on by telephone, who is there."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.models import User
from mediation.hearings import services
from mediation.hearings.live import streams
from mediation.hearings.live.captions import GONE_S
from mediation.hearings.live.keeping import SoundFile
from mediation.hearings.live.models import Stream
from mediation.hearings.models import Hearing
from mediation.hearings.room import seats
from mediation.hearings.room.places import seating_of
from mediation.hearings.room.snapshot import snapshot

pytestmark = pytest.mark.django_db


def told(hearing: Hearing, person: User) -> dict[str, Any]:
    seating = seating_of(hearing.pk)
    seat = seating.seat_of(person.pk)
    assert seat
    return snapshot(seating, seat)


def of(person: User, room: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in room["people"] if one["id"] == person.pk)
    return found


def speak(hearing: Hearing, person: User, *, began_s: float) -> Stream:
    stream = streams.begin_stream(
        hearing_id=hearing.pk, person=person, stream_id=uuid.uuid4(), dialect="mandarin", ago_s=0
    )
    Stream.objects.update(started_at=timezone.now() - timedelta(seconds=began_s))
    sound = SoundFile(stream.pk)
    sound.open(make=True)
    sound.append(0, bytes(64_000))
    sound.close()
    return stream


def test_without_everybodys_yes_there_are_no_captions_and_the_page_knows(
    sitting: Hearing, citizen: User, lender: User
) -> None:
    assert told(sitting, citizen)["captions"] == "on"
    services.answer_recording(hearing_id=sitting.pk, person=lender, agrees=False)
    assert told(sitting, citizen)["captions"] == "off"


def test_captions_that_have_stopped_are_said_to_have_stopped(
    sitting: Hearing, citizen: User, lender: User, mediator: User
) -> None:
    stream = speak(sitting, citizen, began_s=GONE_S / 2)
    assert told(sitting, lender)["captions"] == "on", "a program has its time to begin"
    Stream.objects.update(started_at=timezone.now() - timedelta(seconds=GONE_S + 1))
    assert told(sitting, lender)["captions"] == "stopped"
    assert told(sitting, citizen)["captions"] == "stopped"

    Stream.objects.update(caption_beat_at=timezone.now())
    assert told(sitting, lender)["captions"] == "on", "one has taken it over"
    Stream.objects.update(caption_beat_at=timezone.now() - timedelta(seconds=GONE_S + 1))
    assert told(sitting, lender)["captions"] == "stopped", "and was killed"

    Stream.objects.update(captioned_samples=SoundFile(stream.pk).samples())
    assert told(sitting, lender)["captions"] == "on", "nothing waits for its words"
    Stream.objects.update(captioned_samples=0)
    seats.begin_caucus(hearing_id=sitting.pk, mediator=mediator, side="respondent")
    assert told(sitting, lender)["captions"] == "on", "of what others say elsewhere nothing is told"


def test_who_goes_on_by_telephone_knows_the_number_and_the_mediator_theirs(
    sitting: Hearing, citizen: User, lender: User, mediator: User
) -> None:
    assert citizen.phone
    centre = sitting.case.centre
    assert centre
    centre.phone = "023-5550 0142"
    centre.save()
    seats.take_part_by(hearing_id=sitting.pk, person=citizen, way="phone")

    mine = told(sitting, citizen)
    assert mine["call"] == "023-5550 0142"
    assert of(citizen, mine)["phone"] == citizen.phone
    assert of(citizen, told(sitting, mediator))["phone"] == citizen.phone
    assert of(citizen, told(sitting, lender))["phone"] == "", "the other side learns no number"


def test_the_mediator_alone_sees_what_to_ask_for_to_check_who_it_is(
    sitting: Hearing, citizen: User, lender: User, mediator: User
) -> None:
    claimant = sitting.case.claimant
    assert claimant
    claimant.id_number = "11010519491231002X"
    claimant.save()
    for_mediator = told(sitting, mediator)
    assert of(citizen, for_mediator)["known"] == "身份证尾号 002X"
    respondent = sitting.case.respondent
    assert respondent
    assert respondent.institution.name in of(lender, for_mediator)["known"]
    for person in (citizen, lender):
        assert {one["known"] for one in told(sitting, person)["people"]} == {""}
