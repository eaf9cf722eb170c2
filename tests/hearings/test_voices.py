"""Two voices in two channels are told apart; exports carry every layer, and leave only after both sides said yes."""

import json
import wave
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from cases.errors import Refusal
from cases.models import User
from mediation.hearings import audio, exports, services, speech
from mediation.hearings.dialects import warning_for
from mediation.hearings.engines.scripted import ScriptedEngine
from mediation.hearings.engines.server import ServerEngine
from mediation.hearings.engines.whisper import WhisperEngine
from mediation.hearings.models import Hearing
from mediation.hearings.speech import Segment, TryLater
from mediation.hearings.voices import hear_all
from tests.hearings.sounds import tone

RATE = 16_000


def hum(
    hertz: float, begin: float, end: float, seconds: float = 4.0
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    times = np.arange(int(seconds * RATE)) / RATE
    return np.sin(times * hertz * 2 * np.pi) * ((times >= begin) & (times < end)) * 9000


def stereo(path: Path, left: np.ndarray, right: np.ndarray) -> Path:  # type: ignore[type-arg]
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, RATE, 0, "NONE", ""))
        file.writeframes(np.stack([left, right], 1).astype("<i2").tobytes())
    return path


class StopsHalfWay(ScriptedEngine):
    """Breaks down in the middle of three hours."""

    def transcribe(
        self,
        recording: Path,
        *,
        dialect: str,
        terms: Sequence[str] = (),
        on_progress: Callable[[float, float], None] | None = None,
    ) -> Iterator[Segment]:
        assert on_progress
        on_progress(0.0, 10_800.0)
        for number in (1, 2):
            start = timedelta(hours=number - 1)
            yield Segment(start, start + timedelta(seconds=1), f"第{number}句", 0.9, f"第{number}句")
        on_progress(5_400.0, 10_800.0)
        raise TryLater("later")


class ByFile(ScriptedEngine):
    """Hears its file's name, where the file is loudest."""

    def transcribe(
        self,
        recording: Path,
        *,
        dialect: str,
        terms: Sequence[str] = (),
        on_progress: Callable[[float, float], None] | None = None,
    ) -> Iterator[Segment]:
        at = float(np.abs(audio.decode(recording)).argmax() / RATE)
        yield Segment(timedelta(seconds=at), timedelta(seconds=at + 1), recording.stem, 0.9, recording.stem)
        if on_progress:
            on_progress(4.0, 4.0)


def test_two_channels_are_two_voices_in_order_of_time(tmp_path: Path) -> None:
    path = stereo(tmp_path / "call.wav", hum(300, 2, 4), hum(500, 0, 2))
    told: list[tuple[float, float]] = []
    lines = list(hear_all(path, ByFile(), dialect="mandarin", on_progress=lambda *at: told.append(at)))
    assert [(line.heard_raw, line.channel) for line in lines] == [("right", 2), ("left", 1)]
    assert told == [(2.0, 4.0), (4.0, 4.0)]


@pytest.mark.parametrize("other", ["same", "silent"])
def test_two_channels_of_one_voice_are_one(tmp_path: Path, other: str) -> None:
    left = hum(300, 0, 4)
    path = stereo(tmp_path / "voice.wav", left, left * 0.9 if other == "same" else left * 0)
    (line,) = hear_all(path, ByFile(), dialect="mandarin")
    assert (line.heard_raw, line.channel) == ("voice", 0)


def test_a_machines_text_as_subtitles_and_as_json() -> None:
    line = Segment(
        timedelta(seconds=3661.5), timedelta(seconds=3663), "我<莫得>三万块", 0.4, "我<莫得>三萬塊"
    )
    assert exports.as_vtt([line]) == "WEBVTT\n\n01:01:01.500 --> 01:01:03.000\n[?] 我&lt;莫得&gt;三万块\n"
    (found,) = json.loads(exports.as_json([line], engine="e 1", dialect="sichuan"))["segments"]
    assert found["heard"] == "我<莫得>三萬塊"
    assert [(one["kind"], one["beside"]) for one in found["check"]] == [("amount", "30,000元")]
    assert [one["meaning"] for one in found["glosses"]] == ["没有"]


def test_a_transcript_leaves_only_once_both_sides_have_confirmed_it(
    ended: Hearing, mediator: User, citizen: User, lender: User, judge: User
) -> None:
    with pytest.raises(Refusal):
        exports.confirmed_json(hearing_id=ended.pk, person=mediator)
    services.ask_to_read(hearing_id=ended.pk, mediator=mediator)
    services.read_back(hearing_id=ended.pk, person=citizen, confirmed=True)
    with pytest.raises(Refusal):
        exports.confirmed_vtt(hearing_id=ended.pk, person=mediator)
    services.read_back(hearing_id=ended.pk, person=lender, confirmed=True)

    found = json.loads(exports.confirmed_json(hearing_id=ended.pk, person=citizen))
    assert found["sha256"] == services.digest_of(ended)
    assert {one["side"] for one in found["confirmed"]} == {"claimant", "respondent"}
    first = found["segments"][0]
    assert first["heard"]["engine"] == "scripted 1"
    assert len(first["heard"]["sha256"]) == 64
    assert exports.confirmed_vtt(hearing_id=ended.pk, person=lender).startswith("WEBVTT\n\n00:00:")
    with pytest.raises(Refusal):
        exports.confirmed_json(hearing_id=ended.pk, person=judge)


def test_who_is_not_understood_is_told_before_speaking() -> None:
    whisper = WhisperEngine()
    assert warning_for("mandarin", whisper) is None
    for dialect in ("wu", "minnan", "sichuan", "hakka"):
        warning = warning_for(dialect, whisper)
        assert warning
        assert warning.help
    wu = warning_for("wu", whisper)
    assert wu
    assert [name for name, _figure in wu.engines] == ["fireredasr2-aed", "qwen3-asr-1.7b"]
    assert warning_for("sichuan", ServerEngine("http://x", "m", published="sensevoice-small")) is None
    assert warning_for("sichuan", ServerEngine("http://x", "m"))


def test_a_file_is_written_down_from_the_command_line(tmp_path: Path, settings: Settings) -> None:
    settings.ADAPTERS = {"speech": ("mediation.hearings.engines.scripted.ScriptedEngine", {})}
    speech._engine_of.cache_clear()
    path = tmp_path / "story.wav"
    path.write_bytes(tone(2).getvalue())
    out, told = StringIO(), StringIO()

    call_command("transcribe", str(path), "--json", "--dialect", "wu", stdout=out, stderr=told)
    found = json.loads(out.getvalue())
    assert [line["doubtful"] for line in found["segments"]] == [False, True]
    assert "1 in doubt" in told.getvalue()
    call_command("transcribe", str(path), "--vtt", stdout=out, stderr=told)
    assert "WEBVTT" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("transcribe", str(tmp_path / "none.wav"))
    with pytest.raises(CommandError):
        call_command("transcribe", str(path), "--engine", "server")


def test_hours_show_how_far_they_are_and_each_line_as_it_is_heard(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ADAPTERS = {"speech": ("tests.hearings.test_voices.StopsHalfWay", {})}
    speech._engine_of.cache_clear()
    path = tmp_path / "long.wav"
    path.write_bytes(tone(1).getvalue())

    with pytest.raises(CommandError, match="later"):
        call_command("transcribe", str(path))

    seen = capsys.readouterr()
    assert [line.split()[-1] for line in seen.out.splitlines()] == ["第1句。", "第2句。"]
    assert seen.err.splitlines() == ["0% 0/10800 s", "50% 5400/10800 s"]


def test_on_a_terminal_a_bar_grows_and_makes_room_for_lines(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ADAPTERS = {"speech": ("mediation.hearings.engines.scripted.ScriptedEngine", {})}
    speech._engine_of.cache_clear()
    path = tmp_path / "story.wav"
    path.write_bytes(tone(1).getvalue())
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)

    call_command("transcribe", str(path))

    shown = capsys.readouterr().err
    assert shown.count("\r\x1b[K") == 2
    assert "█" * 30 + " 9/9 s" in shown


def test_the_mediator_takes_the_file_from_the_page_and_nobody_else_does(
    ended: Hearing, mediator: User, citizen: User, lender: User, client: Client
) -> None:
    address = reverse("desk:transcript_vtt", args=[ended.pk])
    client.force_login(mediator)
    assert client.get(address).status_code == 422
    services.ask_to_read(hearing_id=ended.pk, mediator=mediator)
    for person in (citizen, lender):
        services.read_back(hearing_id=ended.pk, person=person, confirmed=True)

    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.content.startswith(b"WEBVTT")
    assert client.get(reverse("desk:transcript_json", args=[ended.pk])).json()["case"] == ended.case.docket
    client.force_login(citizen)
    assert client.get(address).status_code in {302, 403, 404}
