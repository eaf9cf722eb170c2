"""A microphone's sound: kept as it comes, never twice, never without a yes, and sealed as evidence when it ends."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import av
import numpy as np
import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from cases.errors import Refusal
from cases.models import User
from cases.roles import Role
from evidence import ledger
from evidence.deposits import open_deposit
from mediation.hearings import services
from mediation.hearings.live import keeping, sealing, streams
from mediation.hearings.live.keeping import SoundFile
from mediation.hearings.live.models import Stream
from mediation.hearings.models import Hearing
from mediation.hearings.room import seats
from tests.hearings.live.conftest import RATE, message, noise
from tests.hearings.live.sockets import Socket

Story = Callable[[Socket], Awaitable[None]]


def at_the_microphone(hearing: Hearing, person: User, story: Story) -> None:
    """Tell a story at the sound socket of `person`."""

    async def tell() -> None:
        socket = Socket(f"/ws/hearings/{hearing.pk}/sound/", person)
        assert await socket.connect()
        try:
            await story(socket)
        finally:
            await socket.leave()

    async_to_sync(tell)()


async def start(socket: Socket, number: uuid.UUID, **more: Any) -> int:
    await socket.say({"type": "start", "stream": str(number), "format": "pcm16"} | more)
    return int((await socket.hear_of("have"))["samples"])


@pytest.mark.django_db(transaction=True)
def test_what_is_said_is_kept_and_sealed_as_evidence(sitting: Hearing, citizen: User) -> None:
    number, said = uuid.uuid4(), noise(3)

    async def story(socket: Socket) -> None:
        assert await start(socket, number, dialect="sichuan") == 0
        for offset in range(0, 3 * RATE, RATE):
            await socket.say(message(offset, said[2 * offset : 2 * (offset + RATE)]))
        while (await socket.hear_of("have"))["samples"] < 3 * RATE:
            pass
        await socket.say({"type": "end"})
        await socket.hear_of("sealed")

    at_the_microphone(sitting, citizen, story)

    stream = Stream.objects.get(pk=number)
    recording = stream.recordings.get()
    assert (stream.state, recording.speaker, recording.dialect) == ("sealed", Role.CITIZEN, "sichuan")
    assert recording.began_at == stream.started_at
    assert recording.hearing == sitting
    with open_deposit(recording.exhibit.deposit) as file:
        sealed = np.concatenate([frame.to_ndarray().reshape(-1) for frame in av.open(file).decode(audio=0)])
    assert sealed.astype("<i2").tobytes() == said
    assert ledger.first_break(sitting.case.chain) is None
    assert not SoundFile(number).path.exists()


@pytest.mark.django_db(transaction=True)
def test_a_microphone_that_was_cut_off_goes_on_where_it_was(sitting: Hearing, citizen: User) -> None:
    number, said = uuid.uuid4(), noise(4)

    async def first(socket: Socket) -> None:
        await start(socket, number)
        await socket.say(message(0, said[: 2 * RATE]))
        assert (await socket.hear_of("have"))["samples"] == RATE

    async def again(socket: Socket) -> None:
        assert await start(socket, number) == RATE
        await socket.say(message(3 * RATE, said[6 * RATE :]))  # too far ahead
        assert (await socket.hear_of("have"))["samples"] == RATE
        await socket.say(message(RATE // 2, said[RATE : 3 * RATE]))  # half of it is known
        assert (await socket.hear_of("have"))["samples"] == RATE * 3 // 2

    at_the_microphone(sitting, citizen, first)
    at_the_microphone(sitting, citizen, again)

    sound = SoundFile(number)
    sound.open()
    assert sound.read(0, 4 * RATE) == said[: 3 * RATE]
    assert said[:200] not in sound.path.read_bytes()


@pytest.mark.django_db(transaction=True)
def test_nobody_is_recorded_without_a_yes(sitting: Hearing, citizen: User, lender: User) -> None:
    number = uuid.uuid4()

    async def refused(socket: Socket) -> None:
        await socket.say({"type": "start", "stream": str(number)})
        await socket.hear_of("refused")

    async def taken_back(socket: Socket) -> None:
        await start(socket, number)
        await socket.say(message(0, noise(0.5)))
        await socket.hear_of("have")
        await asyncio.to_thread(services.answer_recording, hearing_id=sitting.pk, person=lender, agrees=False)
        await socket.hear_of("refused")

    at_the_microphone(sitting, citizen, taken_back)
    assert Stream.objects.get().state == Stream.State.SEALED
    at_the_microphone(sitting, lender, refused)
    number = uuid.uuid4()
    at_the_microphone(sitting, citizen, refused)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "sent",
    [
        "{",
        "[]",
        '{"type": "start"}',
        '{"type": "start", "stream": "x"}',
        b"",
        b"\x00" * 9,
        b"\x00" * 8 + b"\x07abc",
    ],
)
def test_what_is_no_sound_is_refused_in_words(sitting: Hearing, citizen: User, sent: str | bytes) -> None:
    async def story(socket: Socket) -> None:
        if isinstance(sent, bytes):
            await start(socket, uuid.uuid4())
            await socket.say(sent)
        else:
            await socket.say(sent)
        assert (await socket.hear_of("refused"))["why"]

    at_the_microphone(sitting, citizen, story)


@pytest.mark.django_db(transaction=True)
def test_sound_cannot_come_faster_than_time(sitting: Hearing, citizen: User) -> None:
    async def story(socket: Socket) -> None:
        await start(socket, uuid.uuid4())
        await socket.say(message(3600 * RATE, noise(0.1)))
        await socket.hear_of("refused")

    at_the_microphone(sitting, citizen, story)


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_makes_the_device_wait_and_loses_nothing(
    sitting: Hearing, citizen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = uuid.uuid4()

    async def story(socket: Socket) -> None:
        await start(socket, number)
        with monkeypatch.context() as patch:
            patch.setattr(keeping, "_free_bytes", lambda _folder: 1000)
            await socket.say(message(0, noise(1)))
            await socket.hear_of("wait")
        await socket.say(message(0, noise(1)))
        assert (await socket.hear_of("have"))["samples"] == RATE

    at_the_microphone(sitting, citizen, story)


@pytest.mark.django_db(transaction=True)
def test_what_is_said_in_private_is_never_kept(
    sitting: Hearing, citizen: User, mediator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediation.hearings.live.sound.MOVED_WAIT_S", 0.1)
    number = uuid.uuid4()
    seats.begin_caucus(hearing_id=sitting.pk, mediator=mediator, side="claimant")

    async def story(socket: Socket) -> None:
        await start(socket, number)
        await socket.say(message(0, noise(0.5)))
        await socket.hear_of("have")
        await asyncio.to_thread(seats.end_caucus, hearing_id=sitting.pk, mediator=mediator)
        await socket.hear_of("moved")

    at_the_microphone(sitting, citizen, story)

    stream = Stream.objects.get(pk=number)
    assert (stream.place, stream.state, stream.recordings.count()) == ("claimant", "sealed", 0)
    assert not SoundFile(number).path.exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_said_before_a_private_talk_still_comes_after_it_began(
    sitting: Hearing, lender: User, mediator: User
) -> None:
    number = uuid.uuid4()

    async def story(socket: Socket) -> None:
        await start(socket, number, place="")
        await asyncio.to_thread(seats.begin_caucus, hearing_id=sitting.pk, mediator=mediator, side="claimant")
        await socket.say(message(0, noise(0.5)))
        while (await socket.hear_of("have"))["samples"] < RATE // 2:
            pass
        await socket.say({"type": "end"})
        await socket.hear_of("sealed")

    at_the_microphone(sitting, lender, story)

    stream = Stream.objects.get(pk=number)
    assert (stream.place, stream.sealed_samples) == ("", RATE // 2)


def test_private_words_that_come_late_are_still_private(
    sitting: Hearing, citizen: User, mediator: User, lender: User
) -> None:
    """The line was cut for the whole of the private talk; its sound is first heard of when all are together again."""
    late = {"hearing_id": sitting.pk, "dialect": "", "recorded_at": "claimant", "is_leftover": True}
    assert streams.begin_stream(stream_id=uuid.uuid4(), person=citizen, **late).place == "claimant"
    with pytest.raises(Refusal):
        streams.begin_stream(stream_id=uuid.uuid4(), person=lender, **late)


def test_sound_that_was_left_on_a_phone_may_come_a_day_after_the_end_and_no_later(
    sitting: Hearing, citizen: User, mediator: User
) -> None:
    services.end_hearing(hearing_id=sitting.pk, mediator=mediator, result="谈妥了。")
    left = {
        "hearing_id": sitting.pk,
        "person": citizen,
        "dialect": "",
        "recorded_at": "",
        "is_leftover": True,
    }
    assert streams.begin_stream(stream_id=uuid.uuid4(), **left).place == ""
    Hearing.objects.filter(pk=sitting.pk).update(ended_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(Refusal, match="结束"):
        streams.begin_stream(stream_id=uuid.uuid4(), **left)


def test_an_interpreter_is_never_taken_for_a_side(sitting: Hearing, mediator: User) -> None:
    secret = seats.invite_guest(hearing_id=sitting.pk, mediator=mediator, part="interpreter")
    guest = seats.come_as_guest(secret=secret, name="译员小周").person
    services.answer_recording(hearing_id=sitting.pk, person=guest, agrees=True)
    seats.admit(hearing_id=sitting.pk, mediator=mediator, person_id=guest.pk)
    stream = streams.begin_stream(hearing_id=sitting.pk, person=guest, stream_id=uuid.uuid4(), dialect="")
    sound = SoundFile(stream.pk)
    sound.open(make=True)
    sound.append(0, noise(1))
    sound.close()
    streams.end_stream(stream_id=stream.pk)
    sealing.seal_stream(stream.pk)
    assert Stream.objects.get(pk=stream.pk).recordings.get().speaker == ""
