"""Engines of other people: asked as they want to be asked, and what they say instead of text understood."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from websockets.sync.server import ServerConnection, serve

from mediation.hearings import speech
from mediation.hearings.engines import published, sherpa, stretches, whisper
from mediation.hearings.engines.funasr import FunasrEngine
from mediation.hearings.engines.server import ServerEngine
from mediation.hearings.engines.sherpa import SherpaEngine
from mediation.hearings.engines.whisper import WhisperEngine
from mediation.hearings.speech import Dialect, NeverWill, Segment, TryLater
from tests.hearings.sounds import tone

Answer = Callable[[bytes], tuple[int, Any]]


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four seconds in which speech is found from the first second to the third."""
    monkeypatch.setattr(stretches, "silero", lambda: lambda _samples: [{"start": 16_000, "end": 48_000}])
    path = tmp_path / "会.wav"
    path.write_bytes(tone(4).getvalue())
    return path


@pytest.fixture
def server() -> Iterator[Callable[[Answer], str]]:
    """A transcription server on this machine that answers as told; its address."""
    running = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/audio/transcriptions"
                status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
                data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_args: Any) -> None:
                pass

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=http.serve_forever, daemon=True).start()
        running.append(http)
        return f"http://127.0.0.1:{http.server_port}"

    yield start
    for http in running:
        http.shutdown()
        http.server_close()


@pytest.fixture
def runtime() -> Iterator[Callable[[Callable[[ServerConnection], None]], str]]:
    """A FunASR runtime on this machine."""
    running = []

    def start(story: Callable[[ServerConnection], None]) -> str:
        talk = serve(story, "127.0.0.1", 0)
        threading.Thread(target=talk.serve_forever, daemon=True).start()
        running.append(talk)
        return f"ws://127.0.0.1:{talk.socket.getsockname()[1]}"

    yield start
    for talk in running:
        talk.shutdown()


def heard(engine: speech.SpeechEngine, recording: Path, **more: Any) -> list[Segment]:
    return list(engine.transcribe(recording, dialect="wu", **more))


def test_a_server_is_sent_the_speech_alone_and_its_times_are_those_of_the_recording(
    server: Callable[[Answer], str], recording: Path
) -> None:
    sent: list[bytes] = []
    told: list[tuple[float, float]] = []

    def answer(body: bytes) -> tuple[int, Any]:
        sent.append(body)
        part = {"start": 0.5, "end": 1.5, "text": "我還了兩萬", "avg_logprob": -0.1}
        return 200, {"text": "我還了兩萬", "segments": [part]}

    engine = ServerEngine(server(answer), "sensevoice", published="sensevoice-small")
    (line,) = heard(engine, recording, terms=["逾期"], on_progress=lambda *at: told.append(at))

    assert (line.start_s, line.end_s, line.text, line.heard_raw) == (1.5, 2.5, "我还了两万", "我還了兩萬")
    assert line.confidence == pytest.approx(0.905)
    assert told[0] == (0.0, 4.0)
    assert told[-1] == (4.0, 4.0)
    assert b'name="model"\r\n\r\nsensevoice\r\n' in sent[0]
    assert b'name="language"\r\n\r\nzh\r\n' in sent[0]
    assert b"RIFF" in sent[0]
    assert b"prompt" not in sent[0]
    assert len(sent[0]) == pytest.approx(2 * 32_000, abs=1000)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ([("我還", 0.5, 0.9, 0.8), ("了", 0.9, 1.4, None)], [("我还", 1.5, 0.8), ("了", 1.9, None)]),
        ([("我還", 0.5, 0.9, 0.8), ("了", None, 1.4, 0.7)], []),
        ("不知道", []),
    ],
)
def test_a_server_that_says_when_each_word_was_said_is_believed_and_no_time_is_made_up(
    server: Callable[[Answer], str], recording: Path, told: Any, kept: list[Any]
) -> None:
    words = [
        dict(zip(("word", "start", "end", "probability"), one, strict=True)) for one in told if len(one) > 1
    ]
    part = {"start": 0.5, "end": 1.5, "text": "我還了", "words": words or told}
    (line,) = heard(ServerEngine(server(lambda _body: (200, {"segments": [part]})), "m"), recording)
    assert line.text == "我还了"
    assert [(word.text, word.start_s, word.sure) for word in line.words] == kept


def test_terms_are_hints_only_where_that_is_safe(server: Callable[[Answer], str], recording: Path) -> None:
    sent: list[bytes] = []

    def answer(body: bytes) -> tuple[int, Any]:
        sent.append(body)
        return 200, {"text": "好的"}

    url = server(answer)
    (line,) = heard(ServerEngine(url, "m", hotwords=True), recording, terms=["逾期", "本金"])
    heard(ServerEngine(url, "m"), recording, terms=["逾期", "本金"])
    moment = np.full(16_000, 0.1, np.float32)
    ServerEngine(url, "m").hear_short(moment, dialect="mandarin", final=True, terms=["逾期"])
    assert len(sent) == 3
    assert "逾期，本金".encode() in sent[0]
    assert "逾期".encode() not in b"".join(sent[1:]), (
        "of a model that would repeat its hints nothing is asked"
    )
    assert (line.start_s, line.end_s, line.confidence) == (1.0, 3.0, 0.5)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, {}, TryLater),
        (429, {}, TryLater),
        (401, {}, TryLater),
        (200, b"<html>", TryLater),
        (200, [1], TryLater),
        (400, {}, NeverWill),
        (415, {}, NeverWill),
    ],
)
def test_what_a_server_says_instead_is_understood(
    server: Callable[[Answer], str], recording: Path, status: int, body: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        heard(ServerEngine(server(lambda _body: (status, body)), "m"), recording)


def test_a_server_that_is_not_there_is_asked_later(recording: Path) -> None:
    with pytest.raises(TryLater):
        heard(ServerEngine("http://127.0.0.1:9", "m", patience_s=1), recording)


def test_a_loop_of_a_server_is_cut_and_not_believed(server: Callable[[Answer], str], recording: Path) -> None:
    (line,) = heard(ServerEngine(server(lambda _body: (200, {"text": "我不知道" * 9})), "m"), recording)
    assert (line.text, line.confidence) == ("我不知道", 0.3)


def test_funasr_is_spoken_to_in_its_own_words(
    runtime: Callable[[Callable[[ServerConnection], None]], str], recording: Path
) -> None:
    said: list[Any] = []

    def story(talk: ServerConnection) -> None:
        sound = b""
        for word in talk:
            if isinstance(word, bytes):
                sound += word
                continue
            said.append(json.loads(word))
            if said[-1].get("is_speaking") is False:
                said.append(len(sound))
                talk.send(json.dumps({"mode": "offline", "text": "尚欠本金", "is_final": True}))

    (line,) = heard(FunasrEngine(runtime(story)), recording, terms=["本金"])
    assert (line.text, line.start_s, line.end_s) == ("尚欠本金", 1.0, 3.0)
    begin, end, size = said
    assert (begin["mode"], begin["wav_format"], begin["audio_fs"]) == ("offline", "pcm", 16_000)
    assert json.loads(begin["hotwords"]) == {"本金": 20}
    assert (end, size) == ({"is_speaking": False}, 2 * 32_000)


@pytest.mark.parametrize("answer", ["", "no json", "[]"])
def test_a_funasr_that_talks_nonsense_or_goes_away_is_asked_later_or_gave_no_words(
    runtime: Callable[[Callable[[ServerConnection], None]], str], recording: Path, answer: str
) -> None:
    def story(talk: ServerConnection) -> None:
        for word in talk:
            if word == '{"is_speaking": false}':
                if answer:
                    talk.send(answer)
                return

    engine = FunasrEngine(runtime(story), patience_s=5)
    if answer == "[]":
        assert heard(engine, recording) == []
    else:
        with pytest.raises(TryLater):
            heard(engine, recording)


@pytest.mark.parametrize(
    ("engine", "lacks"),
    [
        (ServerEngine(), "SPEECH_URL"),
        (ServerEngine("http://x"), "SPEECH_MODEL"),
        (ServerEngine("file:///etc/passwd", "m"), "SPEECH_URL"),
        (FunasrEngine(), "SPEECH_URL"),
        (FunasrEngine("http://x"), "SPEECH_URL"),
        (SherpaEngine(), "SPEECH_MODEL"),
        (SherpaEngine(model="/nowhere"), "/nowhere"),
        (SherpaEngine(family="unknown"), "sensevoice-small"),
    ],
)
def test_each_says_what_is_missing(engine: Any, lacks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sherpa, "find_spec", lambda _name: True)
    assert any(lacks in problem for problem in engine.problems())


def test_a_folder_without_the_files_of_the_model_is_named_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sherpa, "find_spec", lambda _name: True)
    engine = SherpaEngine(model=str(tmp_path))
    assert len(engine.problems()) == 2
    (tmp_path / "model.int8.onnx").touch()
    assert ["tokens.txt" in problem for problem in engine.problems()] == [True]


def test_weights_that_are_no_weights_are_said_to_be_not_ready(tmp_path: Path, recording: Path) -> None:
    pytest.importorskip("sherpa_onnx")
    with pytest.raises(TryLater):
        heard(SherpaEngine(model=str(tmp_path)), recording)


def test_every_family_has_its_constructor_in_the_package() -> None:
    recognizer = pytest.importorskip("sherpa_onnx").OfflineRecognizer
    import inspect

    for name, files in sherpa.FAMILIES.values():
        wants = inspect.signature(getattr(recognizer, name)).parameters
        assert {*files, "tokens", "num_threads"} <= set(wants)


def test_every_published_figure_says_where_it_comes_from() -> None:
    for figures in published.PUBLISHED.values():
        for dialect, figure in figures.items():
            assert dialect in Dialect.values
            assert 0 < figure.error <= 100
            assert figure.source
    assert [model for model, _figure in published.models_for("sichuan")][:1] == ["fireredasr-aed"]
    assert "whisper-base" not in [model for model, _figure in published.models_for("wu")]


def test_captions_need_an_engine_that_hears_a_few_seconds() -> None:
    for engine in (WhisperEngine(), ServerEngine(), FunasrEngine(), SherpaEngine()):
        assert isinstance(engine, speech.LiveEngine)
        assert engine.capabilities.streaming
    assert not ServerEngine().hear_short(np.zeros(10, np.float32), dialect="wu", final=False).text


def test_silence_is_not_held_in_memory_and_no_speech_is_cut_where_a_block_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = np.zeros(300 * 16_000, np.float32)
    for start, end in ((1, 4), (8, 13), (299, 300)):
        sound[start * 16_000 : end * 16_000] = 0.5
    blocks = [sound[at : at + 160_000] for at in range(0, sound.size, 160_000)]
    monkeypatch.setattr(stretches, "decode_blocks", lambda _path: iter(blocks))
    looked_at: list[int] = []

    def find(samples: Any) -> list[dict[str, int]]:
        looked_at.append(samples.size)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], samples > 0, [0]]).astype(int)))
        return [{"start": int(a), "end": int(b)} for a, b in zip(edges[::2], edges[1::2], strict=True)]

    told: list[float] = []
    cut = stretches._cut(Path("会.wav"), find, told.append)
    found = [(start, heard.size / 16_000) for start, heard in cut]

    assert found == [(1.0, 3.0), (8.0, 5.0), (299.0, 1.0)]
    assert max(looked_at) <= 13 * 16_000, "a block, and what it left over"
    assert len(told) == 30, "silence, too, is a step forward"
    assert told == sorted(told)


def test_what_the_decoder_leaves_out_of_a_stretch_is_heard_again_alone() -> None:
    heard_in = {
        (0.0, 20.0): [(0.0, 6.0, "各位观众"), (19.0, 20.0, "晚上好")],
        (6.0, 19.0): [(6.0, 12.0, "首先")],
    }
    passes: list[tuple[float, float]] = []

    def once(speech: Any, start_s: float, *_how: Any) -> list[Segment]:
        passes.append((start_s, start_s + speech.size / 16_000))
        return [
            Segment(timedelta(seconds=start), timedelta(seconds=end), text, 0.9)
            for start, end, text in heard_in.get(passes[-1], [])
        ]

    decoder = object.__new__(whisper._Decoder)
    decoder._once = once  # type: ignore[method-assign,assignment]
    stretch = np.zeros(20 * 16_000, np.float32)

    closely = [one.text for one in decoder.hear(stretch, start_s=0.0, beam=5, hints=())]
    assert closely == ["各位观众", "首先", "晚上好"]
    assert passes == [(0.0, 20.0), (6.0, 19.0), (12.0, 19.0)], "and what gives no words alone is let be"

    passes.clear()
    assert len(list(decoder.hear(stretch, start_s=0.0, beam=1))) == 2
    assert passes == [(0.0, 20.0)], "a quick guess does not look twice"
