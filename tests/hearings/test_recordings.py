"""Folders of recordings come from many hands: their lists are read as written, and what is no sound is said."""

import json
from pathlib import Path

import pytest

from benchmarks import long, speech
from benchmarks.hearings import Heard
from benchmarks.recordings import Clip, chosen_dialect, clips_of, hearing_of, readable
from mediation.hearings.audio import probe
from mediation.hearings.speech import NeverWill
from tests.hearings import sounds

ONE = {"file": "a.wav", "text": "我同意。", "dialect": "wu-shanghai"}


def listed(folder: Path, name: str, words: str) -> list[Clip]:
    (folder / name).write_text(words, encoding="utf-8")
    return clips_of(folder)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("manifest.json", json.dumps([ONE])),
        ("manifest.json", json.dumps({"version": 2, "clips": [ONE]})),
        ("heldout.json", json.dumps([{"audio": "a.wav", "sentence": " 我同意。 ", "accent": "wu-shanghai"}])),
        (
            "manifest.jsonl",
            json.dumps({"path": "a", "transcript": "我同意。", "language": "wu-shanghai"}) + "\n",
        ),
        ("manifest.csv", "filename,text,dialect\na.wav,我同意。,wu-shanghai\n"),
        ("manifest.tsv", "\ufefffile\ttext\tdialect\na\t我同意。\twu-shanghai\n"),
    ],
)
def test_a_list_is_understood_however_it_names_things(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "clips").mkdir()
    path = tmp_path / "clips" / "a.wav"
    path.touch()
    assert listed(tmp_path, name, words) == [Clip(path, "我同意。", "wu-shanghai")]


def test_what_a_list_does_not_say_costs_only_that_clip(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    rows = [
        {"file": "a.wav", "text": "好"},
        {"file": "a.wav"},
        {"text": "好"},
        {"file": None, "text": 3},
        "a.wav",
    ]
    rows += [{"file": "a.wav", "text": "好", "lang": "yue"}]
    found = listed(tmp_path, "manifest.json", json.dumps(rows))
    assert [clip.dialect for clip in found] == ["mandarin", "cantonese"]


def sound_at(path: Path, seconds: float = 1.0) -> Path:
    path.write_bytes(sounds.tone(seconds).read())
    return path


def test_clips_can_be_told_apart_by_any_field(tmp_path: Path) -> None:
    sound_at(tmp_path / "a.wav")
    rows = [{"file": "a.wav", "text": "好", "style": style} for style in ("read", "read", "")]
    (tmp_path / "manifest.json").write_text(json.dumps(rows), encoding="utf-8")

    def hear(path: Path, _dialect: str) -> list[Heard]:
        return [Heard(0, 1, "好", "好", False, None)]

    found = speech.measure(clips_of(tmp_path, "style"), hear)
    assert {name: row["clips"] for name, row in found.items()} == {"all": 3, "mandarin": 3, "style: read": 2}


def test_what_holds_no_sound_is_named_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound_at(tmp_path / "good.wav")
    (tmp_path / "torn.wav").write_bytes(b"RIFF1234")
    clips = [Clip(tmp_path / name, "好", "mandarin") for name in ("good.wav", "torn.wav", "gone.wav")]
    assert readable(clips) == clips[:1]
    said = capsys.readouterr().err
    assert "torn.wav" in said
    assert "gone.wav" in said


def test_who_has_no_sound_in_a_hearing_is_left_out_of_its_figures(tmp_path: Path) -> None:
    sound_at(tmp_path / "left.wav", 2.0)
    lines = [
        {"speaker": "mediator", "start": 0, "end": 2, "text": "本金三万元"},
        {"speaker": "lender", "start": 2, "end": 4, "text": "逾期了"},
        {"speaker": "lender", "text": "没有时间的"},
        "不是一句话",
    ]
    told = {"streams": {"mediator": "left.wav"}, "utterances": lines}
    (tmp_path / "hearing.json").write_text(json.dumps(told), encoding="utf-8")

    def hear(path: Path, _dialect: str) -> list[Heard]:
        probe(path)
        return [Heard(0, 2, "本金三万元", "本金三万元", False, None)]

    assert len(hearing_of(tmp_path).utterances) == 2
    found = speech.measure_hearing(tmp_path, hear)
    assert (found["streams"], found["left_out"], found["cer"], found["term_recall"]) == (1, 1, 0.0, 1.0)


def test_an_engine_that_fails_on_a_clip_has_all_of_it_wrong(tmp_path: Path) -> None:
    def hear(path: Path, _dialect: str) -> list[Heard]:
        raise NeverWill("no")

    row = speech.measure([Clip(sound_at(tmp_path / "a.wav"), "我同意", "mandarin")], hear)["all"]
    assert (row["clips"], row["cer"], row["flagged_of_bad"]) == (1, 1.0, 1.0)


def test_the_long_recording_takes_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long, "LONGEST_S", 60)
    wu = Clip(sound_at(tmp_path / "a.wav", 5.0), "勿晓得", "wu")
    assert long.join([wu], tmp_path / "long.wav") == "勿晓得"
    assert probe(tmp_path / "long.wav").duration_s > 40
    said = long.join([wu, Clip(wu.path, "不知道", "sichuan")], tmp_path / "long.wav")
    assert "勿" not in said


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("wu-suzhou", "wu"), ("Wuhan", "other"), ("上海话", "wu"), ("闽南语", "minnan"), ("Min", "minnan"),
        ("sichuan-chengdu", "sichuan"), ("Southwestern Mandarin (Sichuan)", "sichuan"), ("mandarin", "mandarin"),
        ("zhongyuan-xian", "zhongyuan"), ("jilu-tianjin", "other"), ("yue", "cantonese"), ("普通话", "mandarin"),
    ],
)  # fmt: skip
def test_a_name_of_a_dialect_is_one_that_a_speaker_can_choose(theirs: str, ours: str) -> None:
    assert chosen_dialect(theirs) == ours
