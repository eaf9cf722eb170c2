"""The engines behind the port: the real one hears, the scripted one repeats, the failing one fails as told."""

import json
import os
import threading
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as site
from pytest_django.fixtures import Settings

from benchmarks.characters import edits, error_rate, plain
from mediation.hearings import audio, speech
from mediation.hearings.engines import stretches, weights, whisper
from mediation.hearings.engines.failing import FailingEngine
from mediation.hearings.engines.scripted import ScriptedEngine
from mediation.hearings.engines.whisper import WhisperEngine
from mediation.hearings.speech import NeverWill, Segment, SpeechEngine, TryLater
from mediation.hearings.wording.text import doubtful

DEMO = Path(speech.__file__).parent / "demo"
CLIPS = Path(os.environ.get("SHARED_DIR", site.BASE_DIR.parent / "shared")) / "data" / "speech"
needs_clips = pytest.mark.skipif(not CLIPS.is_dir(), reason=f"no clips in {CLIPS}; set SHARED_DIR")
needs_weights = pytest.mark.skipif(
    bool(WhisperEngine().problems()), reason="; ".join(WhisperEngine().problems())
)


@pytest.fixture(scope="module")
def real() -> SpeechEngine:
    return WhisperEngine()


def write_wav(path: Path, samples: audio.Samples) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, audio.RATE_HZ, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def said_in(name: str) -> str:
    script = json.loads((DEMO / name).with_suffix(".json").read_text("utf-8"))
    return "".join(line["text"] for line in script["segments"])


def words_of(segments: list[Segment]) -> str:
    return "".join(segment.text for segment in segments)


@needs_weights
def test_the_demo_hearing_is_written_down(real: SpeechEngine) -> None:
    told: list[tuple[float, float]] = []
    path = DEMO / "hearing.ogg"
    segments = list(real.transcribe(path, dialect="mandarin", on_progress=lambda *at: told.append(at)))

    text = words_of(segments)
    assert error_rate(said_in("hearing.ogg"), text) < 0.35
    for amount in ("三万元", "二百元", "一千六百元", "百分之十二", "百分之二十四"):
        assert amount in plain(text)
    assert all(earlier.end <= later.start for earlier, later in pairwise(segments))
    assert all(segment.start < segment.end and 0 < segment.confidence <= 1 for segment in segments)
    assert all(segment.heard_raw for segment in segments)
    length = audio.probe(path).duration_s
    assert segments[-1].end_s <= length + 0.1
    assert len(told) > 4
    assert told == sorted(told)
    assert told[-1] == (length, length)


@needs_weights
def test_a_spoken_story_is_the_same_in_pieces(real: SpeechEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(real.transcribe(DEMO / "story.ogg", dialect="mandarin"))
    assert error_rate(said_in("story.ogg"), words_of(whole)) < 0.35

    blocks = audio.decode_blocks
    monkeypatch.setattr(stretches, "decode_blocks", lambda path: blocks(path, block_s=8))
    pieces = list(real.transcribe(DEMO / "story.ogg", dialect="mandarin"))

    assert error_rate(words_of(whole), words_of(pieces)) < 0.1
    assert pieces[-1].end_s == pytest.approx(whole[-1].end_s, abs=0.5)


@needs_weights
@needs_clips
def test_read_mandarin_is_heard_well_and_a_dialect_says_that_it_is_not(real: SpeechEngine) -> None:
    clips = {clip["id"]: clip for clip in json.loads((CLIPS / "manifest.json").read_text("utf-8"))}
    mandarin, shanghai = clips["a3_SSB03070366"], clips["dm_shanghai_female"]

    heard = list(real.transcribe(CLIPS / mandarin["file"], dialect="mandarin"))
    assert error_rate(mandarin["text"], words_of(heard)) < 0.35
    heard = list(real.transcribe(CLIPS / shanghai["file"], dialect="wu"))
    assert edits(shanghai["text"], words_of(heard))[0]
    assert all(doubtful(segment) for segment in heard)


@needs_weights
def test_silence_and_noise_give_no_words(real: SpeechEngine, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.03, 10 * audio.RATE_HZ).astype(np.float32)
    told: list[tuple[float, float]] = []
    for samples in (np.zeros_like(noise), np.clip(noise, -1, 1)):
        path = write_wav(tmp_path / "quiet.wav", samples)
        assert list(real.transcribe(path, dialect="mandarin", on_progress=lambda *at: told.append(at))) == []
    assert told[-1] == (10.0, 10.0)


@pytest.mark.parametrize("content", [b"", b"RIFF\x00\x00", bytes(range(256)) * 40])
def test_a_broken_file_is_refused_for_good(real: SpeechEngine, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "story.webm"
    path.write_bytes(content)

    with pytest.raises(NeverWill) as refused:
        list(real.transcribe(path, dialect="mandarin"))
    assert str(refused.value) == str(refused.value.message)


@needs_weights
def test_many_threads_share_one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper, "_loaded", {})
    made: list[object] = []
    engines = [WhisperEngine() for _ in range(3)]
    threads = [threading.Thread(target=lambda it=it: made.append(it._decoder())) for it in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(decoder) for decoder in made}) == 1


@needs_weights
def test_weights_are_joined_once_and_mended_when_damaged(tmp_path: Path, settings: Settings) -> None:
    settings.VAR_DIR = tmp_path
    folder = weights.Weights().ready()
    first = (folder / "model.bin").stat().st_mtime_ns
    assert weights.Weights().ready() == folder
    assert (folder / "model.bin").stat().st_mtime_ns == first

    (folder / "config.json").write_text("{}")
    weights.Weights().ready()
    assert weights._digest(folder / "config.json") == weights.DIGESTS["config.json"]
    assert {path.name for path in folder.iterdir()} == set(weights.DIGESTS)


def test_a_model_folder_that_is_not_there_is_named_and_may_come_later(tmp_path: Path) -> None:
    engine = WhisperEngine(model=str(tmp_path / "large"))

    assert str(tmp_path / "large") in engine.problems()[0]
    with pytest.raises(TryLater):
        list(engine.transcribe(DEMO / "story.ogg", dialect="mandarin"))


def test_the_scripted_engine_reads_what_lies_beside_the_recording(tmp_path: Path) -> None:
    told: list[tuple[float, float]] = []
    engine = ScriptedEngine()
    lines = list(
        engine.transcribe(DEMO / "story.ogg", dialect="mandarin", on_progress=lambda *at: told.append(at))
    )

    assert words_of(lines) == said_in("story.ogg")
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    other = write_wav(tmp_path / "other.wav", np.zeros(160, np.float32))
    assert list(engine.transcribe(other, dialect="wu")) == list(engine.transcribe(other, dialect="wu")) != []
    (tmp_path / "none.wav").touch()
    with pytest.raises(NeverWill):
        list(engine.transcribe(tmp_path / "none.wav", dialect="wu"))


@pytest.mark.parametrize(("how", "error"), [("later", TryLater), ("never", NeverWill)])
def test_the_failing_engine_fails_as_told_and_after_what_was_told(how: str, error: type[Exception]) -> None:
    heard: list[Segment] = []
    with pytest.raises(error):
        heard.extend(FailingEngine(how=how).transcribe(DEMO / "story.ogg", dialect="wu"))
    assert not heard

    lines = FailingEngine(how=how, after=2).transcribe(DEMO / "story.ogg", dialect="wu")
    assert [next(lines).text, next(lines).text] == ["喂", "喂"]
    with pytest.raises(error):
        next(lines)


def test_settings_name_the_engine_and_it_is_made_once(settings: Settings) -> None:
    settings.ADAPTERS = {"speech": ("mediation.hearings.engines.failing.FailingEngine", {"how": "never"})}
    assert speech.engine() is speech.engine()
    assert isinstance(speech.engine(), FailingEngine)

    settings.ADAPTERS = {"speech": ("mediation.hearings.engines.scripted.ScriptedEngine", {})}
    assert isinstance(speech.engine(), ScriptedEngine)
