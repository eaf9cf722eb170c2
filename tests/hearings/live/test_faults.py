"""A killed process, a full disk, a broken microphone, an hour without a word: nothing recorded is lost."""

import asyncio
import os
import signal
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.models import User
from mediation.hearings.live import captions, keeping, sealing, streams, tasks
from mediation.hearings.live.captioning import Captioner
from mediation.hearings.live.keeping import SoundFile
from mediation.hearings.live.models import Stream
from mediation.hearings.models import Hearing
from tests.hearings.live.conftest import RATE, message, noise
from tests.hearings.live.sockets import Socket
from tests.hearings.live.test_captions import Counting, lines, work
from tests.hearings.live.test_sound import at_the_microphone, start
from tests.hearings.test_speech import needs_weights, real  # noqa: F401 - a fixture

HOUR = 3600 * RATE


def test_what_was_said_to_be_safe_outlives_a_kill(tmp_path: Path, settings: Settings) -> None:
    settings.VAR_DIR = tmp_path
    sound, told = SoundFile(uuid.uuid4()), os.pipe()
    child = os.fork()
    if not child:  # the web process, which is killed without a word
        try:
            sound.open(make=True)
            for second in range(10**6):
                sound.append(second * RATE, noise(1, seed=second))
                os.write(told[1], sound.sync().to_bytes(8, "big"))
        finally:
            os._exit(1)
    safe = max(int.from_bytes(os.read(told[0], 8), "big") for _ in range(5))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    sound.open()
    assert sound.samples() >= safe == 5 * RATE
    assert sound.read(0, safe) == b"".join(noise(1, seed=second) for second in range(5))
    have = sound.samples()
    assert sound.append(have, noise(1)) == have + RATE, "the next process goes on from there"


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_takes_no_new_file_makes_the_device_wait(
    sitting: Hearing, citizen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = uuid.uuid4()

    async def full(socket: Socket) -> None:
        await socket.say({"type": "start", "stream": str(number)})
        assert (await socket.hear_of("wait"))["why"]
        assert (await socket.hear())["type"] == "closed"

    async def later(socket: Socket) -> None:
        assert await start(socket, number) == 0
        await socket.say(message(0, noise(1)))
        assert (await socket.hear_of("have"))["samples"] == RATE

    def no_room(*_args: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(keeping.SoundFile, "open", no_room)
        at_the_microphone(sitting, citizen, full)
    at_the_microphone(sitting, citizen, later)


def test_a_disk_that_is_full_when_a_stream_is_sealed_keeps_its_sound(
    sitting: Hearing, citizen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = spoken(sitting, citizen, noise(2))
    streams.end_stream(stream_id=stream.pk)

    def no_room(*_args: Any) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "write_flac", no_room)
        assert tasks.sweep() == 0
    assert SoundFile(stream.pk).samples() == 2 * RATE
    assert tasks.sweep() == 1
    assert Stream.objects.get(pk=stream.pk).recordings.get().total_s == 2


@pytest.mark.django_db(transaction=True)
def test_a_corrupt_message_costs_nothing_that_came_before_or_comes_after(
    sitting: Hearing, citizen: User
) -> None:
    number, said = uuid.uuid4(), noise(3)

    async def broken(socket: Socket) -> None:
        await start(socket, number)
        await socket.say(message(0, said[: 2 * RATE]))
        await socket.hear_of("have")
        await socket.say(message(RATE, said[2 * RATE : 2 * RATE + 999]))  # half a sample
        assert (await socket.hear_of("refused"))["why"]

    async def again(socket: Socket) -> None:
        assert await start(socket, number) == RATE
        for second in (1, 2):
            await socket.say(message(second * RATE, said[2 * second * RATE : 2 * (second + 1) * RATE]))
        while (await socket.hear_of("have"))["samples"] < 3 * RATE:
            pass
        await socket.say({"type": "end"})
        await socket.hear_of("sealed")

    at_the_microphone(sitting, citizen, broken)
    at_the_microphone(sitting, citizen, again)
    assert Stream.objects.get(pk=number).sealed_samples == 3 * RATE


@pytest.mark.django_db(transaction=True)
def test_who_never_heard_that_all_has_arrived_is_told_so_and_brings_nothing_twice(
    sitting: Hearing, citizen: User
) -> None:
    number = uuid.uuid4()

    async def cut_at_the_end(socket: Socket) -> None:
        await start(socket, number)
        await socket.say(message(0, noise(1)))
        await socket.say({"type": "end"})  # and the line is gone before any answer

    async def again(socket: Socket) -> None:
        assert await start(socket, number, ended=True) == RATE
        await socket.say({"type": "end"})
        await socket.hear_of("sealed")

    at_the_microphone(sitting, citizen, cut_at_the_end)
    at_the_microphone(sitting, citizen, again)
    assert Stream.objects.get().sealed_samples == RATE


@pytest.mark.django_db(transaction=True)
def test_two_pages_of_one_person_never_write_the_same_sound_twice(sitting: Hearing, citizen: User) -> None:
    number, said = uuid.uuid4(), noise(4)

    async def story(socket: Socket) -> None:
        await start(socket, number)
        other = Socket(f"/ws/hearings/{sitting.pk}/sound/", citizen)
        assert await other.connect()
        await start(other, number)
        for second in range(4):
            piece = message(second * RATE, said[2 * second * RATE : 2 * (second + 1) * RATE])
            await asyncio.gather(socket.say(piece), other.say(piece))
            while (await socket.hear_of("have"))["samples"] < (second + 1) * RATE:
                pass
        await other.leave()

    at_the_microphone(sitting, citizen, story)
    sound = SoundFile(number)
    sound.open()
    assert sound.read(0, 9 * RATE) == said


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_hour_of_silence_is_kept_to_the_last_sample_and_has_no_words(
    sitting: Hearing, citizen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Hearing.objects.update(opened_at=timezone.now() - timedelta(hours=2))
    number, told = uuid.uuid4(), [dict[str, Any]()]
    monkeypatch.setattr(captions.Teller, "_send", lambda _self, _hearing, _place, event: told.append(event))

    async def story(socket: Socket) -> None:
        await start(socket, number, ago=3600)
        for offset in range(0, HOUR, RATE):
            await socket.say(message(offset, bytes(2 * RATE)))
        while (await socket.hear_of("have"))["samples"] < HOUR:
            pass

    at_the_microphone(sitting, citizen, story)
    captioner = Captioner(Counting())
    work(captioner, until=lambda: read_to(captioner, number) == HOUR)
    assert captioner.engine.calls == []  # type: ignore[attr-defined]
    assert not any("caption" in event for event in told)
    streams.end_stream(stream_id=number)
    stream = Stream.objects.get(pk=number)
    first, second = stream.recordings.order_by("began_at")
    assert stream.sealed_samples == HOUR
    assert (second.began_at - first.began_at).total_seconds() == pytest.approx(2700, abs=30)


@pytest.mark.slow
@needs_weights
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["noise", "music", "hum"])
def test_noise_and_music_give_no_captions(
    what: str, sitting: Hearing, citizen: User, real: Any, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(captions.Teller, "_send", lambda _self, _hearing, _place, event: told.append(event))
    stream = spoken(sitting, citizen, SOUNDS[what](60))
    captioner = Captioner(real)
    work(captioner, until=lambda: read_to(captioner, stream.pk) == 60 * RATE)
    streams.end_stream(stream_id=stream.pk)
    work(captioner, until=lambda: not captioner.microphones)
    assert [line["text"] for line in lines(told, "final") if line["text"]] == []
    assert Stream.objects.get(pk=stream.pk).sealed_samples == 60 * RATE


def hiss(seconds: int) -> bytes:
    return (np.random.default_rng(1).normal(0, 0.05, seconds * RATE) * 32767).astype("<i2").tobytes()


def hum(seconds: int) -> bytes:
    times = np.arange(seconds * RATE) / RATE
    return (np.sin(times * 50 * 2 * np.pi) * 6000).astype("<i2").tobytes()


def melody(seconds: int) -> bytes:
    """Three voices of plucked notes, two a second."""
    rng, length = np.random.default_rng(7), RATE // 2
    fade = np.exp(-np.arange(length) / RATE * 5)
    notes = []
    for _note in range(2 * seconds):
        pitches = 220 * 2 ** (rng.integers(0, 24, 3) / 12)
        waves = [np.sin(np.arange(length) / RATE * pitch * 2 * np.pi) for pitch in pitches]
        notes.append(sum(waves) * fade * 4000)
    return np.concatenate(notes).astype("<i2").tobytes()


SOUNDS = {"noise": hiss, "music": melody, "hum": hum}


def spoken(hearing: Hearing, person: User, pcm: bytes) -> Stream:
    stream = streams.begin_stream(
        hearing_id=hearing.pk, person=person, stream_id=uuid.uuid4(), dialect="mandarin"
    )
    file = SoundFile(stream.pk)
    file.open(make=True)
    file.append(0, pcm)
    file.close()
    return stream


def read_to(captioner: Captioner, stream: uuid.UUID) -> int:
    """How far the program has listened."""
    microphone = captioner.microphones.get(stream)
    return microphone.read_to if microphone else 0
