"""Streams become recordings: by the sweep, in parts, once; and what lies on disk is whole after any accident."""

import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.models import User
from mediation.hearings import audio, services
from mediation.hearings.live import keeping, sealing, streams, tasks
from mediation.hearings.live.keeping import DiskFull, SoundFile
from mediation.hearings.live.models import Stream
from mediation.hearings.live.packets import PacketReader, Unreadable, opus_samples
from mediation.hearings.models import Hearing
from tests.hearings.live.conftest import RATE, message, noise


def test_a_stream_that_fell_silent_is_sealed_by_the_sweep(sitting: Hearing, citizen: User) -> None:
    stream = streams.begin_stream(
        hearing_id=sitting.pk, person=citizen, stream_id=uuid.uuid4(), dialect="mandarin"
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
    sitting: Hearing, citizen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PART_S", 4)
    monkeypatch.setattr(sealing, "CUT_WITHIN_S", 2)
    stream = streams.begin_stream(
        hearing_id=sitting.pk, person=citizen, stream_id=uuid.uuid4(), dialect="mandarin"
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
    sitting: Hearing, citizen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "PART_S", 2)
    monkeypatch.setattr(sealing, "CUT_WITHIN_S", 1)
    stream = streams.begin_stream(
        hearing_id=sitting.pk, person=citizen, stream_id=uuid.uuid4(), dialect="mandarin"
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


def test_sound_for_an_hour_of_a_stranger_is_not_even_begun(sitting: Hearing, judge: User) -> None:
    with pytest.raises(services.Refusal):
        streams.begin_stream(hearing_id=sitting.pk, person=judge, stream_id=uuid.uuid4(), dialect="mandarin")


def test_blocks_of_a_sealed_part_can_be_heard(tmp_path: Path, settings: Settings) -> None:
    settings.VAR_DIR = tmp_path
    sound = SoundFile(uuid.uuid4())
    sound.open(make=True)
    sound.append(0, noise(1))
    with (tmp_path / "a.flac").open("wb") as file:
        sealing.write_flac(sound, 0, RATE, file)
    assert audio.probe(tmp_path / "a.flac").duration_s == 1
