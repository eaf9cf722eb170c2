"""Sound files as phones send them, and files that only pretend to be sound."""

import contextlib
import random
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_django.fixtures import Settings

from mediation.hearings import audio
from mediation.hearings.speech import NeverWill, TryLater

DEMO = Path(audio.__file__).parent / "demo"


def write_tone(
    path: Path,
    *,
    codec: str,
    seconds: float = 2.0,
    rate: int = 16_000,
    loud: float = 0.5,
    form: str | None = None,
) -> Path:
    """A 440 Hz tone in the given codec, silent in its first half."""
    times = np.arange(int(seconds * rate)) / rate
    wave: NDArray[np.float64] = loud * np.sin(2 * np.pi * 440 * times) * (times >= seconds / 2)
    frame = av.AudioFrame.from_ndarray((wave * 32767).astype(np.int16)[None], format="s16", layout="mono")
    frame.sample_rate = rate
    with av.open(str(path), "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="mono")
        fitted = av.AudioResampler(
            format=stream.format, layout="mono", rate=stream.rate, frame_size=stream.frame_size
        )
        for piece in [*fitted.resample(frame), *fitted.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("story.wav", "pcm_s16le"),
        ("story.mp3", "libmp3lame"),
        ("story.m4a", "aac"),
        ("story.mp4", "aac"),
        ("story.3gp", "aac"),
        ("story.aac", "aac"),
        ("story.ogg", "libopus"),
        ("story.webm", "libopus"),
        ("story.flac", "flac"),
    ],
)
def test_what_phones_record_is_heard(tmp_path: Path, name: str, codec: str) -> None:
    path = write_tone(tmp_path / name, codec=codec)

    assert audio.probe(path).duration_s == pytest.approx(2.0, abs=0.2)
    samples = audio.decode(path)
    assert samples.dtype == np.float32
    assert samples.size / audio.RATE_HZ == pytest.approx(2.0, abs=0.2)
    assert np.abs(samples[: audio.RATE_HZ // 2]).max() < 0.05
    assert 0.3 < np.abs(samples[-audio.RATE_HZ // 2 :]).max() < 0.7


@pytest.mark.skipif("libopencore_amrnb" not in av.codecs_available, reason="this ffmpeg writes no AMR")
def test_a_telephones_own_recording_is_heard(tmp_path: Path) -> None:
    path = write_tone(tmp_path / "call.amr", codec="libopencore_amrnb", rate=8_000)

    assert audio.probe(path) == audio.Sound(pytest.approx(2.0, abs=0.2), "amrnb", 8_000, 1)
    samples = audio.decode(path)
    assert samples.size / audio.RATE_HZ == pytest.approx(2.0, abs=0.2)
    assert np.abs(samples[: audio.RATE_HZ // 2]).max() < 0.1
    assert np.abs(samples[-audio.RATE_HZ // 2 :]).max() > 0.2


def test_of_a_film_the_sound_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    sound = audio.decode(write_tone(tmp_path / "story.wav", codec="pcm_s16le"))
    with av.open(str(path), "w") as container:
        picture: Any = container.add_stream("mpeg4", rate=10)
        voice: Any = container.add_stream("aac", rate=audio.RATE_HZ, layout="mono")
        picture.width = picture.height = 64
        picture.pix_fmt = "yuv420p"
        for _each in range(20):
            black = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(picture.encode(black))
        frame = av.AudioFrame.from_ndarray(
            (sound * 32767).astype(np.int16)[None], format="s16", layout="mono"
        )
        frame.sample_rate = audio.RATE_HZ
        fitted = av.AudioResampler(format=voice.format, layout="mono", rate=voice.rate, frame_size=1024)
        for piece in [*fitted.resample(frame), *fitted.resample(None)]:
            container.mux(voice.encode(piece))
        container.mux([*picture.encode(None), *voice.encode(None)])

    assert audio.decode(path).size / audio.RATE_HZ == pytest.approx(2.0, abs=0.2)


def test_a_browser_recording_that_does_not_know_its_length_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "live.webm"
    whole = write_tone(tmp_path / "whole.webm", codec="libopus").read_bytes()
    path.write_bytes(whole.replace(b"\x44\x89\x88", b"\xec\x89\x88"))  # the Duration element becomes a void

    with av.open(str(path)) as container:
        assert container.duration is None
    assert audio.probe(path).duration_s == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.webm", b"", "empty"),
        ("photo.mp3", b"\x89PNG\r\n\x1a\n" + bytes(400), "cannot be played"),
        ("noise.m4a", bytes(range(256)) * 40, "cannot be played"),
        ("list.m4a", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n", "cannot be played"),
        ("list.wav", b"ffconcat version 1.0\nfile /etc/hostname\n", "cannot be played"),
    ],
)
def test_what_is_no_sound_is_refused_in_plain_words(
    tmp_path: Path, settings: Settings, name: str, content: bytes, words: str
) -> None:
    settings.LANGUAGE_CODE = "en"
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(NeverWill, match=words):
        audio.probe(path)
    with pytest.raises(NeverWill, match=words):
        audio.decode(path)


def test_a_film_without_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10, width=64, height=64, pix_fmt="yuv420p")
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        container.mux(stream.encode(None))

    with pytest.raises(NeverWill):
        audio.decode(path)


def test_a_missing_file_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(TryLater):
        audio.probe(tmp_path / "gone.wav")


def test_an_absurd_length_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio, "LONGEST_S", 1.5)
    path = write_tone(tmp_path / "long.wav", codec="pcm_s16le")

    with pytest.raises(NeverWill):
        audio.probe(path)
    with pytest.raises(NeverWill):
        audio.decode(path)


def test_a_recording_torn_in_the_middle_keeps_its_beginning(tmp_path: Path) -> None:
    whole = (DEMO / "story.ogg").read_bytes()
    path = tmp_path / "torn.ogg"
    path.write_bytes(whole[: len(whole) // 2])

    assert 8 < audio.decode(path).size / audio.RATE_HZ < 20


def test_damage_anywhere_is_refused_for_good_or_lived_with(tmp_path: Path) -> None:
    dice = random.Random(3)
    for name, codec in (("a.m4a", "aac"), ("a.webm", "libopus"), ("a.aac", "aac"), ("a.mp3", "libmp3lame")):
        whole = write_tone(tmp_path / name, codec=codec).read_bytes()
        for _ in range(25):
            torn = bytearray(whole)
            for place in dice.sample(range(len(torn)), 20):
                torn[place] = dice.randrange(256)
            (tmp_path / name).write_bytes(torn)
            with contextlib.suppress(NeverWill):  # never TryLater: the file will not mend itself
                assert audio.decode(tmp_path / name).size


def test_blocks_put_together_are_the_whole() -> None:
    blocks = list(audio.decode_blocks(DEMO / "story.ogg", block_s=4))

    assert [block.size for block in blocks[:-1]] == [4 * audio.RATE_HZ] * (len(blocks) - 1)
    assert np.array_equal(np.concatenate(blocks), audio.decode(DEMO / "story.ogg"))


def test_the_waveform_shows_silence_and_the_loudest() -> None:
    samples = np.concatenate([np.zeros(800), np.full(800, 0.1), np.full(800, -0.2)]).astype(np.float32)

    assert audio.peaks(samples, 3) == [0, 50, 100]
    assert audio.peaks(np.zeros(800, np.float32), 4) == [0, 0, 0, 0]
    assert audio.peaks(np.zeros(0, np.float32), 2) == [0, 0]
    assert len(audio.peaks(samples[:3], 10)) == 10
