"""Sums and rates as judges write them."""

import numpy as np
import pytest

from cases.similarity.fusion import Texts, share_of_words, standing
from cases.similarity.judgment_figures import sum_lent, yearly_rates


@pytest.mark.parametrize(
    ("words", "yuan"),
    [
        ("被告向原告借款50000元", 50_000),
        ("向原告借款46万元及利息", 460_000),
        ("今借到贵某现金壹拾伍万元整", 150_000),
        ("尚欠原告1,234.5元", 1_234.5),
        ("借款人民币二万五千元", 25_000),
        ("案件受理费800元", None),
        ("借款5元", None),
        ("", None),
    ],
)
def test_the_sum_lent_stands_behind_a_word_of_lending(words: str, yuan: float | None) -> None:
    assert sum_lent(words) == yuan


@pytest.mark.parametrize(
    ("words", "rates"),
    [
        ("约定月利率2%", [0.24]),
        ("约定借款月利率为25‰", [0.3]),
        ("月利息按2.5分计算", [0.3]),
        ("按照年利率24%计算", [0.24]),
        ("年利率百分之六", [0.06]),
        ("每日万分之五", [0.1825]),
        ("日利率万分之五", [0.1825]),
        ("占股份的30%", []),
    ],
)
def test_rates_are_told_by_the_year(words: str, rates: list[float]) -> None:
    assert sorted({round(rate, 4) for rate in yearly_rates(words)}) == pytest.approx(rates)


def test_the_best_by_words_and_the_best_by_meaning_count_by_their_shares() -> None:
    """However far one scale reaches: a word that one case alone has must not drown the meaning."""
    words = standing(np.array([90.0, 1, 1, 0, 0, 0, 0, 0], dtype=np.float32))
    meaning = standing(np.array([0.1, 0.5, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1], dtype=np.float32))

    def first(length: int) -> int:
        share = share_of_words("字" * length)
        best = float(meaning.max())
        return int(Texts(words, meaning, None, share, 0.0, 1.0, best).total().argmax())

    assert first(20) == 1
    assert first(2_000) == 0
