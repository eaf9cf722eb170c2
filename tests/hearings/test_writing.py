"""What is made of what an engine heard: readable, with its doubts beside it, and nothing taken away."""

from datetime import timedelta
from decimal import Decimal

import pytest

from mediation.hearings.speech import Dialect, Segment
from mediation.hearings.wording import text
from mediation.hearings.wording.figures import beside, value_of
from mediation.hearings.wording.glosses import entries, glosses_in
from mediation.hearings.wording.terms import suggestions, terms, with_suggestions
from mediation.hearings.wording.writing import punctuated, write_out


def heard(words: str, confidence: float = 0.9) -> Segment:
    return Segment(timedelta(0), timedelta(seconds=5), words, confidence, heard_raw=words)


@pytest.mark.parametrize(
    ("spoken", "value"),
    [
        ("三万", 30_000),
        ("三万二", 32_000),
        ("一万六千八", 16_800),
        ("1万6千8", 16_800),
        ("两千四", 2_400),
        ("一百零五", 105),
        ("两百五", 250),
        ("一千零五十", 1_050),
        ("一万零三百", 10_300),
        ("一亿三千万", 130_000_000),
        ("十五", 15),
        ("三点五", "3.5"),
        ("2.5万", 25_000),
        ("16,800", 16_800),
        ("二零二四", 2024),
        ("五六", None),
        ("一百二三十", None),
        ("万", None),
    ],
)
def test_numbers_are_read_where_they_have_one_reading(spoken: str, value: int | str | None) -> None:
    assert value_of(spoken) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("kind", "spoken", "digits"),
    [
        ("amount", "三万块钱", "30,000元"),
        ("amount", "16800元", "16,800元"),
        ("amount", "十万多块", ""),
        ("percent", "百分之十五", "15%"),
        ("percent", "万分之五", "0.05%"),
        ("date", "二零二四年三月五号", "2024年3月5日"),
        ("date", "去年五月", "去年5月"),
        ("date", "十三月", ""),
        ("count", "十二期", "12期"),
        ("count", "五六天", ""),
        ("denial", "不", ""),
    ],
)
def test_figures_stand_in_digits_beside_what_was_said(kind: str, spoken: str, digits: str) -> None:
    assert beside(kind, spoken) == digits


def test_a_term_where_no_word_was_heard_is_shown_and_the_heard_stays() -> None:
    line = write_out(heard("备身请人说服务废太高"))
    assert line.text == "被申请人说服务费太高。"
    assert line.heard_raw == "备身请人说服务废太高"
    assert [(term.shown, term.other) for term in line.terms] == [
        ("被申请人", "备身请人"),
        ("服务费", "服务废"),
    ]
    assert all(line.text[term.start : term.end] == term.shown for term in line.terms)
    assert [(span.kind, span.beside) for span in text.needs_ear(line)] == [
        ("term", "备身请人"),
        ("term", "服务废"),
    ]


def test_a_term_is_found_across_a_comma_of_the_machine() -> None:
    line = write_out(heard("征信上的遇弃,纪录怎么办"))
    assert line.text == "征信上的逾期记录怎么办？"
    assert [(term.shown, term.other) for term in line.terms] == [("逾期记录", "遇弃，纪录")]


def test_a_word_that_may_have_been_meant_stays_with_the_term_as_a_question() -> None:
    line = write_out(heard("已经预期四个月"))
    assert line.text == "已经预期四个月。"
    assert [(term.shown, term.other) for term in line.terms] == [("预期", "逾期")]


@pytest.mark.parametrize(
    "words", ["申请人不同意", "前申请人", "我方不还款", "是业务员", "你们收费", "超出范围"]
)
def test_no_suggestion_turns_a_party_or_a_no_around(words: str) -> None:
    assert with_suggestions(words, suggestions(words)) == words


def test_right_terms_are_left_alone() -> None:
    for term in terms():
        words = f"关于{term}的问题"
        assert all(one.term in words or one.distance for one in suggestions(words)), term
        assert term in with_suggestions(words, suggestions(words)), term


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("我去年5月,在平台借了3万块钱", "我去年5月，在平台借了3万块钱。"),
        ("各位观众 晚上好", "各位观众，晚上好。"),
        ("你每个月最多能还多少", "你每个月最多能还多少？"),
        ("双方是否同意以上方案", "双方是否同意以上方案？"),
        ("我同意。", "我同意。"),
        ("16,800元", "16,800元。"),
        ("", ""),
        (" , ", ""),
        ("OK", "OK"),
    ],
)
def test_marks_of_writing(raw: str, written: str) -> None:
    assert punctuated(raw) == written


def test_whispers_zhe_is_written_as_people_write_it() -> None:
    assert text.simplified("隨著人口增長") == "随着人口增长"
    assert text.simplified("他的著作很著名") == "他的著作很著名"


def test_dialect_words_have_a_meaning_under_them_and_a_source() -> None:
    words = "我莫得钱，遭扣起了"
    first = glosses_in(words, "sichuan")[0]
    assert (words[first.start : first.end], first.entry.meaning) == ("莫得", "没有")
    assert glosses_in(words, "mandarin") == []
    assert len(entries()) > 300
    for entry in entries():
        assert entry.word
        assert entry.meaning
        assert entry.source
        assert entry.dialect in Dialect.values
