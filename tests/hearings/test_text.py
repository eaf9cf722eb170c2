"""What a person must check with their own ears."""

from datetime import timedelta

import cn2an
import pytest

from benchmarks.characters import error_rate, plain
from mediation.hearings.speech import Segment
from mediation.hearings.wording.text import cut_loops, doubtful, needs_ear


def heard(text: str, confidence: float = 0.9) -> Segment:
    return Segment(timedelta(0), timedelta(seconds=5), text, confidence, text)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("我去年3月向公司借了3万元", [("date", "去年3月"), ("amount", "3万元")]),
        (
            "去年三月借了三万块钱，分十二期还",
            [("date", "去年三月"), ("amount", "三万块钱"), ("count", "十二期")],
        ),
        ("年利率百分之十二，一共1,600.50元", [("percent", "百分之十二"), ("amount", "1,600.50元")]),
        ("年化成本是25.97%", [("percent", "25.97%")]),
        ("百分之二十五点九", [("percent", "百分之二十五点九")]),
        ("每个月还要交两百元服务费", [("amount", "两百元")]),
        ("二零二三年五月六号之前", [("date", "二零二三年五月六号")]),
        ("2024年12月15日", [("date", "2024年12月15日")]),
        ("请在每月十五号之前还清", [("date", "十五号")]),
        ("逾期四个月", [("count", "四个月")]),
        ("还了一万六千八", [("amount", "一万六千八")]),
        ("借了三万多块", [("amount", "三万多块")]),
        ("双方意见一致，我们一起核对一下", []),
    ],
)
def test_every_figure_is_asked_about_however_sure_the_engine_is(
    text: str, figures: list[tuple[str, str]]
) -> None:
    assert [(span.kind, span.text) for span in needs_ear(heard(text))] == figures
    assert all(text[span.start : span.end] == span.text for span in needs_ear(heard(text)))


def test_a_no_and_a_consent_are_asked_about_only_when_in_doubt() -> None:
    sure, unsure = heard("我不同意再交服务费", 0.9), heard("我不同意再交服务费", 0.4)

    assert (doubtful(sure), needs_ear(sure)) == (False, [])
    assert doubtful(unsure)
    assert [(span.kind, span.text) for span in needs_ear(unsure)] == [("denial", "不"), ("consent", "同意")]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("我认识了你我认识了你我认识了你我认识了你我认识了你", "我认识了你"),
        ("分12-2-2-2-2-2-2还", "分12-2还"),
        ("哈哈哈哈哈哈哈哈哈", "哈"),
        ("在那里，在那里，在那里，在那里，在那里", "在那里"),
    ],
)
def test_what_the_machine_repeats_is_cut_to_one_turn(said: str, kept: str) -> None:
    assert cut_loops(said) == (kept, True)


@pytest.mark.parametrize(
    "said", ["对对对，是这样", "我不同意，我不同意，我不同意！", "一共10000000元", "账号是12121212121212", ""]
)
def test_what_people_repeat_stays(said: str) -> None:
    assert cut_loops(said) == (said, False)


def test_the_error_rate_forgives_script_and_figures_but_no_wrong_word() -> None:
    assert plain("借了 3万元，年利率12%。") == plain("借了三万元年利率百分之十二")
    assert plain("兩百塊") == plain("200块")
    assert error_rate("我不同意", "我同意") == pytest.approx(0.25)
    assert error_rate("好", "好好好") == pytest.approx(2.0)


@pytest.mark.parametrize(
    "number", [0, 7, 10, 12, 20, 100, 105, 110, 2400, 10_000, 16_800, 100_010, 1_000_000, 32_050_600]
)
def test_figures_are_counted_as_they_are_said_as_another_program_says_them(number: int) -> None:
    assert plain(str(number)) == plain(cn2an.an2cn(str(number)))
    assert plain(f"{number}.25") == plain(cn2an.an2cn(f"{number}.25"))
