"""Ways of telling that were misread once, and what keeps the measure of reading honest."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from cases.analysis import Findings, analyse
from cases.analysis.rate_figures import rate_figures
from tests.stories.marks import read_phrases, read_told
from tests.stories.variations import tell

TODAY = date(2026, 6, 10)
STORIES = Path(__file__).parent.parent / "stories"


def read(story: str) -> Findings:
    return analyse(story, today=TODAY)


@pytest.mark.parametrize(
    ("story", "fen"),
    [
        ("在好借平台借了一万三四，利息太高", 13_500_00),
        ("在好借平台借了三千五六，利息太高", 3_550_00),
        ("在好借平台借了四千四百块一毛没多给", 4_400_00),
        ("在好借平台借了2万就是要还一万二的利息", 20_000_00),
        ("在好借平台借两千到一千六，利息太高", 1_600_00),
        ("在好借平台借了5 000元，利息太高", 5_000_00),
    ],
)
def test_sums_are_read_as_they_are_said(story: str, fen: int) -> None:
    assert fen in [finding.value for finding in read(story).of("amount")]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("4月20去存钱", "2026-04-20"),
        ("三月扣了我钱", "2026-03"),
        ("今年元月借的", "2026-01"),
        ("我从二二年交到现在", "2022"),
        ("二五年正月借的", "2025-01"),
        ("四月十二拉砖的车翻了", "2026-04-12"),
        ("今年3月28生效的判决", "2026-03-28"),
        ("二一年就销了卡", "2021"),
        ("扣了两遍，6-01 682.5元", "2026-06-01"),
    ],
)
def test_days_are_read_as_they_are_said(words: str, value: str) -> None:
    assert [finding.value for finding in read(f"在好借平台贷款，{words}").of("date")] == [value]


@pytest.mark.parametrize("words", ["实际回本要22年", "这个月还不上", "我今年五十岁"])
def test_how_long_it_takes_and_what_is_too_vague_are_no_dates(words: str) -> None:
    assert not read(f"买的保险{words}").of("date")


@pytest.mark.parametrize(
    ("words", "rate"),
    [
        ("年化四十九点五，太坑了", "0.4950"),
        ("一分八厘的月息往上滚", "0.2160"),
        ("六分的息", "0.7200"),
        ("按二分五算利", "0.3000"),
        ("点进去日息才知道是万分之九", "0.3285"),
        ("每期手续费0.68%", "0.0816"),
        ("年利率是三十六", "0.3600"),
        ("IRR算出来35.8", "0.3580"),
        ("月费率零点七五，太高了", "0.0900"),
        ("日息万五，太高了", "0.1825"),
        ("月息1.5分", "0.1800"),
        ("年息一分二", "0.1200"),
        ("两厘的月息", "0.0240"),
        ("一年二十四个点", "0.2400"),
        ("借一万块一天五块的利息", "0.1825"),
        ("一千块一天三毛利息", "0.1095"),
        ("利息百分之二一个月", "0.2400"),
        ("日费率万三", "0.1095"),
        ("年化7点2", "0.0720"),
        ("利息说是按年十三", "0.1300"),
    ],
)
def test_rates_are_read_as_they_are_said(words: str, rate: str) -> None:
    assert [finding.value for finding in read(f"在好借平台贷款，{words}").of("rate")] == [rate]


def test_a_rate_that_rose_is_two_rates() -> None:
    found = read("在好借平台贷款，利率从七点二涨到二十四点五").of("rate")
    assert [finding.value for finding in found] == ["0.0720", "0.2450"]


def test_figures_that_may_be_rates_never_overlap() -> None:
    text = "利息一厘一天，年化二十四个点，百分之十九一分不少，一万块一天三十，月息两分五，3.5%到7.2%"
    figures = rate_figures(text)
    assert len(figures) >= 7
    assert all(one.end <= other.start for one, other in pairwise(figures))


@pytest.mark.parametrize(
    ("story", "name"),
    [
        ("我在某某消费金融借了一万二，利息太高，要求退还三千", "某某消费金融"),
        ("找××小贷借了八千，先扣了一千的手续费", "××小贷"),
        ("欠桔猫钱包四千五，催收天天打我单位电话，叫他们别打了", "桔猫钱包"),
    ],
)
def test_lenders_are_found_though_struck_out_or_never_heard_of(story: str, name: str) -> None:
    assert [finding.value for finding in read(story).of("lender")] == [name]


def test_a_sum_of_something_else_has_no_role() -> None:
    found = read("我一个月工资六千，房租一千二，欠阿福消金两万一，要求分期还")
    roles = {finding.value: finding.role for finding in found.of("amount")}
    assert roles[21_000_00] == "outstanding"
    assert not roles.get(6_000_00)
    assert not roles.get(1_200_00)


def test_a_telephone_keeps_its_word() -> None:
    assert read("催收的电话我都接了，欠阿福消金两千").cause == "harassment"


@pytest.mark.parametrize("folder", ["aside", "unseen", "fresh"])
def test_stories_put_aside_are_learnt_from_nowhere(folder: str) -> None:
    aside = {str(tell(told, 0)["text"]) for told in read_told(STORIES / folder)}
    learnt = {str(tell(told, 0)["text"]) for told in read_told(STORIES / "more")}
    assert len(aside) >= 150
    assert len(learnt) >= 300
    assert not aside & learnt


def test_a_story_told_again_with_the_same_sums_keeps_them() -> None:
    for told in read_phrases(STORIES / "more" / "phrases.txt", 20):
        sums = [
            [
                label["value"]
                for label in tell(told, turn, same_sums=True)["labels"]
                if label["kind"] == "amount"
            ]
            for turn in (0, 1)
        ]
        assert sums[0] == sums[1]


@pytest.mark.parametrize("words", ["周息10%", "每月0.8%的服务费", "年息五十几厘"])
def test_what_is_no_rate_of_ours_is_left_out(words: str) -> None:
    assert not read(f"在好借平台贷款，{words}，太高了").of("rate")


@pytest.mark.parametrize("words", ["打了12345也没用", "收了几千块", "违约金和保费加一块太多了"])
def test_what_is_no_sum_is_left_out(words: str) -> None:
    assert not read(f"在好借平台贷款，利息太高，{words}").of("amount")


@pytest.mark.parametrize("words", ["断了两期", "还剩九个月没还完", "已经还清三个月了"])
def test_a_time_gone_by_or_left_is_no_term(words: str) -> None:
    assert not read(f"在好借平台贷款，利息太高，{words}").of("months")
