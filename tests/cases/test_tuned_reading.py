"""The sentence model beside the linear ones: what it adds, where it stops, and what happens without it."""

import logging
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from cases import pieces
from cases.analysis import Findings, analyse, tuned
from cases.similarity import e5_model
from cases.similarity.e5_model import weights_path
from cases.similarity.e5_told import PROMPT, E5Told
from cases.similarity.e5_weights import E5File

TODAY = date(2026, 6, 10)
STORY = "押金和房租都交了，谁知道是悦榕付放的贷款，一万九千二，住了四个月公寓就关了，剩下的我不该还"


def read(story: str) -> Findings:
    return analyse(story, today=TODAY)


@pytest.fixture
def with_model(settings) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "stories": settings.STORIES}


class Counting:
    """An encoder that notes what it is given and sees nothing."""

    texts: list[str]

    def __init__(self) -> None:
        self.texts = []

    def states(self, text: str) -> tuple[np.ndarray, list[tuple[int, int]]]:
        self.texts.append(text)
        return np.zeros((len(text) + 2, 384), np.float32), [
            (0, 0),
            *((at, at + 1) for at in range(len(text))),
            (0, 0),
        ]


class Broken:
    def states(self, text: str) -> tuple[np.ndarray, list[tuple[int, int]]]:
        raise OSError("no weights")


@pytest.mark.usefixtures("with_model")
def test_the_model_reads_a_name_that_nobody_listed() -> None:
    found = read(STORY)

    assert [finding.words for finding in found.of("lender")] == ["悦榕付"]
    assert found.cause == "rental_loan"
    assert all(STORY[item.start : item.end] == item.words for item in found)


@pytest.mark.usefixtures("with_model")
@pytest.mark.parametrize("story", ["借", "\x00\ud800贷款", "😀" * 700, "ﷺ㎏贷款两万" * 300, "贷 款 " * 900])
def test_no_story_is_too_odd_for_the_model(story: str) -> None:
    read(story)


def test_only_the_beginning_of_a_long_story_is_given_to_the_model(
    monkeypatch: pytest.MonkeyPatch, with_model
) -> None:
    counting = Counting()
    monkeypatch.setattr(pieces, "built", lambda _port, _path: counting)
    story = "我在好借平台借了两万块，利息太高。" * 6_000

    found = read(story)

    assert [len(text) for text in counting.texts] == [tuned.LONGEST]
    assert max(finding.start for finding in found.of("amount")) > tuned.LONGEST


def test_without_the_model_the_story_is_read_all_the_same(
    monkeypatch: pytest.MonkeyPatch, with_model, caplog: pytest.LogCaptureFixture
) -> None:
    pieces.complain.cache_clear()
    monkeypatch.setattr(pieces, "built", lambda _port, _path: Broken())
    story = "我在好借平台借了两万块，年化36%太高，退我三千六"

    with caplog.at_level(logging.WARNING):
        found = [read(story), read(story)]

    assert found[0].amount("principal") == 20_000_00
    assert found[0].cause == "high_rate"
    assert found[0] == found[1]
    assert len([record for record in caplog.records if "no sentence model" in record.message]) == 1


def test_a_graph_that_was_kept_badly_is_a_problem_and_no_fault_of_the_story(
    monkeypatch: pytest.MonkeyPatch, with_model, tmp_path: Path
) -> None:
    graph = tmp_path / "half-written.onnx"
    graph.write_bytes(b"no graph")
    monkeypatch.setattr(e5_model, "_graph_path", lambda *_of: graph)
    encoder = E5Told(**settings.STORIES[1])
    monkeypatch.setattr(pieces, "built", lambda _port, _path: encoder)

    assert read("我在好借平台借了两万块，年化36%太高，退我三千六").amount("principal") == 20_000_00
    [problem] = encoder.problems()
    assert graph.name in problem


def test_every_character_stands_in_one_piece_of_its_own_text() -> None:
    text = "我在悦榕付借了5,000元，利息36%太高……"
    encoder = E5Told(**settings.STORIES[1])

    rows, spans = encoder.states(text)

    assert len(rows) == len(spans)
    covered = [at for start, end in spans for at in range(start, end)]
    assert covered == list(range(len(text)))
    assert encoder.problems() == []


def test_a_window_sees_nothing_of_the_text_before_it_and_every_piece_is_read_once() -> None:
    text = "我在悦榕付借了五千块，利息太高，要求退还。" * 60
    rows, spans = E5Told(**settings.STORIES[1]).states(text)

    assert len(rows) == len(spans)
    assert [at for start, end in spans for at in range(start, end)] == list(range(len(text)))


def test_pieces_with_places_are_the_pieces_without() -> None:
    weights = E5File(weights_path())
    text = "我在甲平台借了两万块，年化36%。"

    assert [piece for _start, _end, piece in weights.places_of(PROMPT + text)] == weights.pieces_of(
        f"query: {text}"
    )


def test_a_story_of_marks_alone_is_left_to_the_linear_models(with_model) -> None:
    assert not read("   \n")
