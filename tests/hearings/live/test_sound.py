"""A microphone's sound: kept as it comes, never twice, never without a yes, and sealed as evidence when it ends."""

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.errors import Refusal
from cases.models import User
from cases.roles import Role
from evidence import ledger
from evidence.deposits import open_deposit
from mediation.hearings import audio, seats, services
from mediation.hearings.live import keeping, sealing, streams, tasks
from mediation.hearings.live.keeping import DiskFull, SoundFile
from mediation.hearings.live.models import Stream
from mediation.hearings.live.packets import PacketReader, Unreadable, opus_samples
from mediation.hearings.models import Hearing
from tests.hearings.live.sockets import Socket

RATE = 16_000
Story = Callable[[Socket], Awaitable[None]]


def noise(seconds: float, seed: int = 1) -> bytes:
    return np.random.default_rng(seed).integers(-9000, 9000, int(seconds * RATE), "<i2").tobytes()


def message(offset: int, payload: bytes, form: int = 0) -> bytes:
    return offset.to_bytes(8, "big") + bytes([form]) + payload


@pytest.fixture
def seated(hearing: Hearing, mediator: User, citizen: User, lender: User) -> Hearing:
    for person in (citizen, lender):
        seats.admit(hearing_id=hearing.pk, mediator=mediator, person_id=person.pk)
    return hearing


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
def test_what_is_said_is_kept_and_sealed_as_evidence(seated: Hearing, citizen: User) -> None:
    number, said = uuid.uuid4(), noise(3)

    async def story(socket: Socket) -> None:
        assert await start(socket, number, dialect="sichuan") == 0
        for offset in range(0, 3 * RATE, RATE):
            await socket.say(message(offset, said[2 * offset : 2 * (offset + RATE)]))
        while (await socket.hear_of("have"))["samples"] < 3 * RATE:
            pass
        await socket.say({"type": "end"})
        await socket.hear_of("sealed")

    at_the_microphone(seated, citizen, story)

    stream = Stream.objects.get(pk=number)
    recording = stream.recordings.get()
    assert (stream.state, recording.speaker, recording.dialect) == ("sealed", Role.CITIZEN, "sichuan")
    assert recording.began_at == stream.started_at
    assert recording.hearing == seated
    with open_deposit(recording.exhibit.deposit) as file:
        sealed = np.concatenate([frame.to_ndarray().reshape(-1) for frame in av.open(file).decode(audio=0)])
    assert sealed.astype("<i2").tobytes() == said
    assert ledger.first_break(seated.case.chain) is None
    assert not SoundFile(number).path.exists()


@pytest.mark.django_db(transaction=True)
def test_a_microphone_that_was_cut_off_goes_on_where_it_was(seated: Hearing, citizen: User) -> None:
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

    at_the_microphone(seated, citizen, first)
    at_the_microphone(seated, citizen, again)

    sound = SoundFile(number)
    sound.open()
    assert sound.read(0, 4 * RATE) == said[: 3 * RATE]
    assert said[:200] not in sound.path.read_bytes()


@pytest.mark.django_db(transaction=True)
def test_nobody_is_recorded_without_a_yes(seated: Hearing, citizen: User, lender: User) -> None:
    number = uuid.uuid4()

    async def refused(socket: Socket) -> None:
        await socket.say({"type": "start", "stream": str(number)})
        await socket.hear_of("refused")

    async def taken_back(socket: Socket) -> None:
        await start(socket, number)
        await socket.say(message(0, noise(0.5)))
        await socket.hear_of("have")
        await asyncio.to_thread(services.answer_recording, hearing_id=seated.pk, person=lender, agrees=False)
        await socket.hear_of("refused")

    at_the_microphone(seated, citizen, taken_back)
    assert Stream.objects.get().state == Stream.State.SEALED
    at_the_microphone(seated, lender, refused)
    number = uuid.uuid4()
    at_the_microphone(seated, citizen, refused)


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
def test_what_is_no_sound_is_refused_in_words(seated: Hearing, citizen: User, sent: str | bytes) -> None:
    async def story(socket: Socket) -> None:
        if isinstance(sent, bytes):
            await start(socket, uuid.uuid4())
            await socket.say(sent)
        else:
            await socket.say(sent)
        assert (await socket.hear_of("refused"))["why"]

    at_the_microphone(seated, citizen, story)


@pytest.mark.django_db(transaction=True)
def test_sound_cannot_come_faster_than_time(seated: Hearing, citizen: User) -> None:
    async def story(socket: Socket) -> None:
        await start(socket, uuid.uuid4())
        await socket.say(message(3600 * RATE, noise(0.1)))
        await socket.hear_of("refused")

    at_the_microphone(seated, citizen, story)


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_makes_the_device_wait_and_loses_nothing(
    seated: Hearing, citizen: User, monkeypatch: pytest.MonkeyPatch
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

    at_the_microphone(seated, citizen, story)


@pytest.mark.django_db(transaction=True)
def test_what_is_said_in_private_is_never_kept(
    seated: Hearing, citizen: User, mediator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediation.hearings.live.sound.MOVED_WAIT_S", 0.1)
    number = uuid.uuid4()
    seats.begin_caucus(hearing_id=seated.pk, mediator=mediator, side="claimant")

    async def story(socket: Socket) -> None:
        await start(socket, number)
        await socket.say(message(0, noise(0.5)))
        await socket.hear_of("have")
        await asyncio.to_thread(seats.end_caucus, hearing_id=seated.pk, mediator=mediator)
        await socket.hear_of("moved")

    at_the_microphone(seated, citizen, story)

    stream = Stream.objects.get(pk=number)
    assert (stream.place, stream.state, stream.recordings.count()) == ("claimant", "sealed", 0)
    assert not SoundFile(number).path.exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_said_before_a_private_talk_still_comes_after_it_began(
    seated: Hearing, lender: User, mediator: User
) -> None:
    number = uuid.uuid4()

    async def story(socket: Socket) -> None:
        await start(socket, number, place="")
        await asyncio.to_thread(seats.begin_caucus, hearing_id=seated.pk, mediator=mediator, side="claimant")
        await socket.say(message(0, noise(0.5)))
        while (await socket.hear_of("have"))["samples"] < RATE // 2:
            pass
        await socket.say({"type": "end"})
        await socket.hear_of("sealed")

    at_the_microphone(seated, lender, story)

    stream = Stream.objects.get(pk=number)
    assert (stream.place, stream.sealed_samples) == ("", RATE // 2)


def test_private_words_that_come_late_are_still_private(
    seated: Hearing, citizen: User, mediator: User, lender: User
) -> None:
    """The line was cut for the whole of the private talk; its sound is first heard of when all are together again."""
    late = {"hearing_id": seated.pk, "dialect": "", "recorded_at": "claimant", "is_leftover": True}
    assert streams.begin_stream(stream_id=uuid.uuid4(), person=citizen, **late).place == "claimant"
    with pytest.raises(Refusal):
        streams.begin_stream(stream_id=uuid.uuid4(), person=lender, **late)


def test_sound_that_was_left_on_a_phone_may_come_a_day_after_the_end_and_no_later(
    seated: Hearing, citizen: User, mediator: User
) -> None:
    services.end_hearing(hearing_id=seated.pk, mediator=mediator, result="谈妥了。")
    left = {"hearing_id": seated.pk, "person": citizen, "dialect": "", "recorded_at": "", "is_leftover": True}
    assert streams.begin_stream(stream_id=uuid.uuid4(), **left).place == ""
    Hearing.objects.filter(pk=seated.pk).update(ended_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(Refusal, match="结束"):
        streams.begin_stream(stream_id=uuid.uuid4(), **left)


def test_an_interpreter_is_never_taken_for_a_side(seated: Hearing, mediator: User) -> None:
    secret = seats.invite_guest(hearing_id=seated.pk, mediator=mediator, part="interpreter")
    guest = seats.come_as_guest(secret=secret, name="译员小周").person
    services.answer_recording(hearing_id=seated.pk, person=guest, agrees=True)
    seats.admit(hearing_id=seated.pk, mediator=mediator, person_id=guest.pk)
    stream = streams.begin_stream(hearing_id=seated.pk, person=guest, stream_id=uuid.uuid4(), dialect="")
    sound = SoundFile(stream.pk)
    sound.open(make=True)
    sound.append(0, noise(1))
    sound.close()
    streams.end_stream(stream_id=stream.pk)
    sealing.seal_stream(stream.pk)
    assert Stream.objects.get(pk=stream.pk).recordings.get().speaker == ""


def test_a_stream_that_fell_silent_is_sealed_by_the_sweep(seated: Hearing, citizen: User) -> None:
    stream = streams.begin_stream(
        hearing_id=seated.pk, person=citizen, stream_id=uuid.uuid4(), dialect="mandarin"
    )
    sound = SoundFile(stream.pk)
    sound.open(make=True)
    sound.append(0, noise(1))
    assert tasks.sweep() == 0

    long_ago = (timezone.now() - timedelta(hours=1)).timestamp()
    os.utime(sound.path, (long_ago, long_ago))
    Stream.objects.update(started_at=timezone.now() - timedelta(hours=1))
    streams.end_silent_streams()
    tasks.sweep()
    assert Stream.objects.get().recordings.get().total_s == 1


def test_a_long_stream_becomes_several_recordings_cut_where_it_is_quiet(
    seated: Hearing, citizen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PART_S", 4)
    monkeypatch.setattr(sealing, "CUT_WITHIN_S", 2)
    stream = streams.begin_stream(
        hearing_id=seated.pk, person=citizen, stream_id=uuid.uuid4(), dialect="mandarin"
    )
    sound = SoundFile(stream.pk)
    sound.open(make=True)
    said = noise(3) + bytes(2 * RATE // 5) + noise(3, seed=2)
    sound.append(0, said)
    Stream.objects.update(state=Stream.State.ENDED)

    assert sealing.seal_stream(stream.pk)
    assert sealing.seal_stream(stream.pk)

    first, second = stream.recordings.order_by("began_at")
    assert 3 <= first.total_s <= 3.2
    assert first.total_s + second.total_s == pytest.approx(len(said) / 2 / RATE)
    assert second.began_at - first.began_at == timedelta(seconds=first.total_s)


def test_a_crash_between_two_parts_seals_no_part_twice(
    seated: Hearing, citizen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PART_S", 2)
    monkeypatch.setattr(sealing, "CUT_WITHIN_S", 1)
    stream = streams.begin_stream(
        hearing_id=seated.pk, person=citizen, stream_id=uuid.uuid4(), dialect="mandarin"
    )
    sound = SoundFile(stream.pk)
    sound.open(make=True)
    sound.append(0, noise(5))
    Stream.objects.update(state=Stream.State.ENDED)
    whole, calls = sealing.write_flac, []

    def torn(*args: Any) -> str:
        calls.append(args)
        if len(calls) == 2:
            raise OSError("the power went")
        return whole(*args)

    monkeypatch.setattr(sealing, "write_flac", torn)
    with pytest.raises(OSError, match="power"):
        sealing.seal_stream(stream.pk)
    assert sound.path.exists()
    assert sealing.seal_stream(stream.pk)
    assert sum(recording.total_s for recording in stream.recordings.all()) == pytest.approx(5)


def test_a_torn_write_leaves_whole_samples(tmp_path: Path, settings: Settings) -> None:
    settings.VAR_DIR = tmp_path
    sound = SoundFile(uuid.uuid4())
    sound.open(make=True)
    sound.append(0, noise(0.1))
    with sound.path.open("ab") as file:
        file.write(b"x")
    assert sound.append(1600, noise(0.1, seed=2)) == 3200
    assert sound.read(0, 9999) == noise(0.1) + noise(0.1, seed=2)


def test_a_write_that_fails_half_way_keeps_what_was_there(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    sound = SoundFile(uuid.uuid4())
    sound.open(make=True)
    sound.append(0, noise(0.1))
    real = keeping.os.pwrite

    def half(file: int, data: bytes, place: int) -> int:
        if len(data) < 3000:
            raise OSError(28, "No space left on device")
        return real(file, data[: len(data) - 1001], place)

    monkeypatch.setattr(keeping.os, "pwrite", half)
    with pytest.raises(DiskFull):
        sound.append(1600, noise(0.1, seed=2))
    assert sound.samples() == 1600


def test_opus_becomes_sound_of_its_own_length_and_broken_packets_become_silence() -> None:
    encoder: Any = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "mono", "s16"
    hum = (np.sin(np.arange(48_000) / 48_000 * 440 * 2 * np.pi) * 9000).astype("<i2")
    packets = []
    for at in range(0, hum.size, 960):
        frame = av.AudioFrame.from_ndarray(hum[None, at : at + 960], format="s16", layout="mono")
        frame.sample_rate, frame.pts = 48_000, at
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    reader, pcm, torn = PacketReader(), b"", []
    for index, packet in enumerate(packets):
        broken = (
            bytes([packet[0] | 3, 2 | 64]) + b"\xff" * 3 if index == 20 else packet
        )  # padding beyond its end
        found = reader.read(message(len(pcm) // 2, broken, form=1))
        torn += [index] if found.is_torn else []
        pcm += found.pcm
    heard = np.frombuffer(pcm, "<i2")
    assert np.abs(np.fft.rfft(heard[8000:16000])).argmax() * 2 == 440
    assert torn == [20]
    assert opus_samples(packets[0]) == 320
    with pytest.raises(Unreadable):
        opus_samples(b"\x03")


def test_sound_for_an_hour_of_a_stranger_is_not_even_begun(seated: Hearing, judge: User) -> None:
    with pytest.raises(services.Refusal):
        streams.begin_stream(hearing_id=seated.pk, person=judge, stream_id=uuid.uuid4(), dialect="mandarin")


def test_blocks_of_a_sealed_part_can_be_heard(tmp_path: Path, settings: Settings) -> None:
    settings.VAR_DIR = tmp_path
    sound = SoundFile(uuid.uuid4())
    sound.open(make=True)
    sound.append(0, noise(1))
    with (tmp_path / "a.flac").open("wb") as file:
        sealing.write_flac(sound, 0, RATE, file)
    assert audio.probe(tmp_path / "a.flac").duration_s == 1
