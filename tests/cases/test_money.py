"""Money as people write it, say it, and as a court wants it written."""

import re
from contextlib import suppress

import cn2an
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cases.money import MAX_YUAN, AmountError, format_yuan, in_capitals, parse_yuan


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("12,000.50", 1_200_050),
        ("￥1200", 120_000),
        ("¥ 1 200.5", 120_050),
        ("人民币1200元整", 120_000),
        ("１２００．５０", 120_050),
        ("1,234,567.89", 123_456_789),
        ("0.01", 1),
        (".5", 50),
        ("3.5万", 3_500_000),
        ("1.2w", 1_200_000),
        ("12k", 1_200_000),
        ("3万5", 3_500_000),
        ("3万5千", 3_500_000),
        ("3万5000", 3_500_000),
        ("3万零50", 3_005_000),
        ("1万2345.67", 1_234_567),
        ("三万五", 3_500_000),
        ("三万五千", 3_500_000),
        ("三千六", 360_000),
        ("3.5千万", 3_500_000_000),
        ("1.23456万", 1_234_560),
        ("两百五", 25_000),
        ("两千块", 200_000),
        ("两万块出头", 2_000_000),
        ("两万多块钱", 2_000_000),
        ("三百来块", 30_000),
        ("大概三千左右", 300_000),
        ("不到五万", 5_000_000),
        ("一万二千三百元五角", 1_230_050),
        ("十五块", 1500),
        ("一百二十万", 120_000_000),
        ("一千零五十", 105_000),
        ("一万零五百", 1_050_000),
        ("三十万五", 30_500_000),
        ("两万半", 2_500_000),
        ("三块半", 350),
        ("三块五", 350),
        ("3元50", 350),
        ("三块零五", 305),
        ("三块二毛五", 325),
        ("五毛", 50),
        ("五分", 5),
        ("一百元零五分", 10_005),
        ("三五零零元", 350_000),
        ("壹万贰仟元伍角整", 1_200_050),
        ("壹萬貳仟圓整", 1_200_000),
        ("一亿两千万", 12_000_000_000),
        ("10000000000", MAX_YUAN * 100),
    ],
)
def test_an_amount_is_read_as_it_was_meant(written: str, fen: int) -> None:
    assert parse_yuan(written) == fen


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "empty"),
        ("  　", "empty"),
        ("-5", "negative"),
        ("负三百", "negative"),
        ("－３００", "negative"),
        ("0", "zero"),
        ("零元", "zero"),
        ("12.345", "decimals"),
        ("1.2345678万", "decimals"),
        ("10000000000.01", "too_large"),
        ("1000000000000", "too_large"),
        ("一万亿", "too_large"),
        ("abc", "unreadable"),
        ("很多", "unreadable"),
        ("几百", "unreadable"),
        ("两三千", "unreadable"),
        ("三到五万", "unreadable"),
        ("3-5万", "unreadable"),
        ("三万五万", "unreadable"),
        ("五百三千", "unreadable"),
        ("3.5万5", "unreadable"),
        ("3万50", "unreadable"),
        ("1,2", "unreadable"),
        ("1,0000", "unreadable"),
        ("1e5", "unreadable"),
        ("nan", "unreadable"),
        ("$100", "unreadable"),
        ("100美元", "unreadable"),
        ("万", "unreadable"),
        ("元", "unreadable"),
        ("3元5元", "unreadable"),
        ("1.2.3", "unreadable"),
        ("٣٠٠", "unreadable"),
        ("9" * 100, "unreadable"),
    ],
)
def test_a_doubtful_amount_is_refused_with_words(written: str, code: str) -> None:
    with pytest.raises(AmountError) as refused:
        parse_yuan(written)

    assert refused.value.code == code
    assert str(refused.value)


def test_zero_can_be_welcome() -> None:
    assert parse_yuan("0.00", allow_zero=True) == 0


def test_the_refusal_speaks_the_language_of_the_reader() -> None:
    with pytest.raises(AmountError) as refused:
        parse_yuan("")
    with translation.override("en"):
        assert str(refused.value) == "Please write an amount, for example 12000.50."


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (1_000, "壹拾元整"),
        (100_500, "壹仟零伍元整"),
        (10_000_000, "壹拾万元整"),
        (10_000_000_000, "壹亿元整"),
        (101_010, "壹仟零壹拾元壹角整"),
        (10_700_053, "壹拾万零柒仟元伍角叁分"),
        (1_200_050, "壹万贰仟元伍角整"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (10_001_000_000, "壹亿零壹万元整"),
        (10_000_100_000, "壹亿零壹仟元整"),
        (200_500_000_000, "贰拾亿零伍佰万元整"),
        (10_000_005, "壹拾万元零伍分"),
        (1, "壹分"),
        (101, "壹元零壹分"),
        (100_000_000_000_000, "壹万亿元整"),
        (100_010_000_000_000, "壹万零壹亿元整"),
        (1_000_000_000_000_001, "壹拾万亿元零壹分"),
        (100_000_000_010_010, "壹万亿零壹佰元壹角整"),
        (123_456_789_012_345, "壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元肆角伍分"),
        (999_999_999_999_999_999, "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_capitals_follow_the_rules_for_bills(fen: int, words: str) -> None:
    assert in_capitals(fen) == words


@pytest.mark.parametrize("fen", [-1, 10**18])
def test_what_cannot_be_written_is_refused(fen: int) -> None:
    with pytest.raises(AmountError):
        in_capitals(fen)


def bare(words: str) -> str:
    """Without what the rules leave free: 零 before a full thousand, 整 after 角."""
    return re.sub(r"(?<=[万亿])零(?=.仟)", "", words).replace("角整", "角")


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_another_library_writes_the_same_but_for_what_the_rules_leave_free(fen: int) -> None:
    yuan = f"{fen // 100}.{fen % 100:02d}"

    assert bare(in_capitals(fen)) == bare(cn2an.an2cn(yuan, "rmb"))


@pytest.mark.parametrize(
    ("fen", "shown"), [(1_200_050, "12,000.50"), (5, "0.05"), (-123, "-1.23"), (0, "0.00")]
)
def test_figures(fen: int, shown: str) -> None:
    assert format_yuan(fen) == shown


@given(st.integers(min_value=1, max_value=MAX_YUAN * 100))
def test_what_is_written_can_be_read_back(fen: int) -> None:
    assert parse_yuan(in_capitals(fen)) == fen
    assert parse_yuan(format_yuan(fen)) == fen
    assert "零零" not in in_capitals(fen)


@given(st.text(alphabet="0123456789.,-零一二两三四五六七八九十百千万亿元块角分毛半多wk ￥", max_size=12))
def test_no_scribble_breaks_the_reader(text: str) -> None:
    with suppress(AmountError):
        assert 0 < parse_yuan(text) <= MAX_YUAN * 100
