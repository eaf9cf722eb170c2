"""What leaves a hearing as a file: no word that was said to the mediator alone, and nothing to a guest."""

import uuid
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import User
from cases.roles import Role
from mediation.hearings import services, transcription
from mediation.hearings.live import captions, sealing, streams
from mediation.hearings.live.keeping import SoundFile
from mediation.hearings.models import Hearing, Recording
from mediation.hearings.room import seats, talk
from tests import factories
from tests.hearings.conftest import add_sound
from tests.hearings.live.conftest import noise
from tests.journeys.samples import pdf_text

pytestmark = pytest.mark.django_db
ALONE = {"claimant": "我方底线八百元", "respondent": "最多让到一千二"}


@pytest.fixture
def confirmed(case_in_mediation, citizen, lender, mediator) -> SimpleNamespace:
    """A hearing with private talk on both sides and a helper, confirmed by both and made a paper."""
    meeting = services.call_hearing(case_id=case_in_mediation.pk, mediator=mediator, starts_at=timezone.now())
    people = {"claimant": citizen, "respondent": lender}
    for person in (mediator, citizen, lender):
        services.join_hearing(hearing_id=meeting.pk, person=person)
        services.answer_recording(hearing_id=meeting.pk, person=person, agrees=True)
    for person in (citizen, lender):
        seats.admit(hearing_id=meeting.pk, mediator=mediator, person_id=person.pk)
        services.check_identity(hearing_id=meeting.pk, mediator=mediator, person_id=person.pk)
    secret = seats.invite_guest(hearing_id=meeting.pk, mediator=mediator, part="helper", with_side="claimant")
    helper = seats.come_as_guest(secret=secret, name="工友阿强").person
    services.check_identity(hearing_id=meeting.pk, mediator=mediator, person_id=helper.pk)
    for side, person in people.items():
        seats.begin_caucus(hearing_id=meeting.pk, mediator=mediator, side=side)
        talk.say(hearing_id=meeting.pk, person=person, text=ALONE[side], language="zh-hans")
        speak(meeting, person, ALONE[side])
        seats.end_caucus(hearing_id=meeting.pk, mediator=mediator)
    recording = add_sound(meeting, mediator)
    transcription.transcribe(recording.pk)
    services.name_speakers(recording_id=recording.pk, mediator=mediator, speaker=Role.CITIZEN)
    services.end_hearing(hearing_id=meeting.pk, mediator=mediator, result="另行商谈。")
    services.ask_to_read(hearing_id=meeting.pk, mediator=mediator)
    for person in people.values():
        services.read_back(hearing_id=meeting.pk, person=person, confirmed=True)
    paper = services.issue_transcript(hearing_id=meeting.pk, mediator=mediator)
    return SimpleNamespace(hearing=meeting, paper=paper, helper=helper, mediator=mediator, **people)


def speak(meeting: Hearing, person: User, words: str) -> None:
    """Into a microphone in private, captioned as it is said."""
    stream = streams.begin_stream(hearing_id=meeting.pk, person=person, stream_id=uuid.uuid4(), dialect="wu")
    sound = SoundFile(stream.pk)
    sound.open(make=True)
    sound.append(0, noise(1))
    sound.close()
    said = ("final", words, words, 0.0, 1.0, 0.9, False, 0)
    line = captions.Line("x", str(stream.pk), person.role, str(person), *said)
    captions.keep_final(stream, line, index=0, reached=16_000)
    streams.end_stream(stream_id=stream.pk)
    sealing.seal_stream(stream.pk)


def as_(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_what_was_said_to_the_mediator_alone_is_in_nobodys_file(confirmed) -> None:
    assert Recording.objects.filter(hearing=confirmed.hearing).count() == 1, (
        "private sound became no recording"
    )
    for door, person in (("portal", confirmed.claimant), ("counter", confirmed.respondent)):
        client = as_(person)
        subtitles = client.get(
            reverse(f"{door}:transcript_vtt", args=[confirmed.hearing.pk])
        ).content.decode()
        page = client.get(reverse(f"{door}:transcript", args=[confirmed.hearing.pk])).content.decode()
        paper = client.get(reverse("exhibit_file", args=[confirmed.paper.pk]) + "?download=1")
        text = pdf_text(b"".join(paper.streaming_content))
        for words in ALONE.values():
            assert words not in subtitles + page + text
    layers = as_(confirmed.mediator).get(reverse("desk:transcript_json", args=[confirmed.hearing.pk])).content
    assert not any(words in layers.decode() for words in ALONE.values())


def test_a_guest_and_strangers_take_nothing_along(confirmed) -> None:
    make = factories.UserFactory.create
    addresses = [
        reverse(f"{door}:{name}", args=[confirmed.hearing.pk])
        for door in ("portal", "counter")
        for name in ("transcript_vtt", "transcript")
    ]
    addresses.append(reverse("exhibit_file", args=[confirmed.paper.pk]))
    for person in (confirmed.helper, make(citizen=True), make(lender=True), make(mediator=True)):
        for address in addresses:
            assert as_(person).get(address).status_code in {302, 403, 404}, (person, address)
    for door in ("portal", "counter"):
        address = reverse(f"{door}:show_to_court", args=[confirmed.hearing.pk])
        assert as_(confirmed.helper).post(address, {"agrees": "yes"}).status_code in {302, 403, 404}
    assert not confirmed.hearing.court_consents.exists()
