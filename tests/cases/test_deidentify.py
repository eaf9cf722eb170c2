"""What points at a person goes, what tells the story stays, and what is doubtful is shown to the one who decides."""

import re
import sys
import time
from types import FrameType
from typing import Any

import pytest

from benchmarks import deidentify as bench
from cases.similarity.deidentify import deidentify, every_place
from cases.similarity.doubts import doubts_in, in_bits
from cases.similarity.organisations import TABLES

GOES = [
    ("我公公德福耳朵不好", "德福", "姓名"),
    ("室友起丽萍推荐的这个平台", "起丽萍", "姓名"),
    ("外号铁公鸡的那个人放的款", "铁公鸡", "姓名"),
    ("高峰是我同事，也被骗了", "高峰", "姓名"),
    ("经理Kevin带我开的户", "Kevin", "姓名"),
    ("微信昵称是落叶归根，我转给他一千二", "落叶归根", "账号"),
    ("我的车是冀A六幺八幺K，挂靠在他们公司", "冀A六幺八幺K", "车牌"),
    ("我在武大读书", "武大", "单位"),
    ("我在铭宇上班", "铭宇", "单位"),
    ("公司在地铁二号线汉口北站旁边", "地铁二号线汉口北站", "地址"),
    ("去年三月我跟郭海燕一起去办的", "郭海燕", "姓名"),
    ("收款人阿依努尔，按的手印", "阿依努尔", "姓名"),
    ("朋友热依汗古丽·吐尔逊在乌鲁木齐", "热依汗古丽·吐尔逊", "姓名"),
    ("老邹说可以下款", "老邹", "姓名"),
    ("那位丁师傅帮我修的", "丁", "姓名"),
    ("我姓覃，家里三口人", "覃", "姓名"),
    ("打幺三六五五五二零一九八找我", "幺三六五五五二零一九八", "电话"),
    ("我的号是１３８ ０５７１ ２２６６", "１３８ ０５７１ ２２６６", "电话"),
    ("我的电话1 8 9 0 5 5 2 7 7 3 1", "1 8 9 0 5 5 2 7 7 3 1", "电话"),
    ("身份证３３０７２４１９９１０２０５４６２８拍给他了", "３３０７２４１９９１０２０５４６２８", "证件号"),
    ("卡号6217 8576 0002 1234 567里", "6217 8576 0002 1234 567", "卡号"),
    ("车是浙A·6F2K9，被拖走", "浙A·6F2K9", "车牌"),
    ("加v：loan9988，说能办", "loan9988", "账号"),
    ("邮箱qin88 at 126 点 com", "qin88 at 126 点 com", "邮箱"),
    (
        "住在浙江省杭州市余杭区良渚街道好运路88号8幢1602室。",
        "浙江省杭州市余杭区良渚街道好运路88号8幢1602室",
        "地址",
    ),
    ("在昆山富瑞精密电子有限公司打螺丝", "昆山富瑞精密电子有限公司", "单位"),
    ("孩子上龙湖实验小学", "龙湖实验小学", "单位"),
    ("合同编号HT20230415-00872，放款了", "HT20230415-00872", "编号"),
    ("生于1987年11月2日，属兔", "1987年11月2日", "生日"),
    ("从中国农业银行温岭支行贷的", "中国农业银行温岭支行", "机构"),
]
STAYS = [
    "合同约定年利率24%，实际按36%收，多收部分请退还。",
    "2023年5月18日放款20000元，扣了服务费1600元，到手18400元。",
    "借款人张某与李某某、王××是同事。",
    "高温天停工两个月，没有收入，方便面吃了一个月。",
    "我在一家电子厂上班，房东和中介一起让我签的。",
    "向平台申请延期三个月，平台不同意。",
    "关于提前还款违约金，合同第8条写的是剩余本金的3%。",
    "共24期，每期还款1208.5元，还剩本金1,500,000元。",
]


@pytest.mark.parametrize(("text", "words", "kind"), GOES)
def test_what_points_at_a_person_goes_and_is_noted_as_it_stood(text: str, words: str, kind: str) -> None:
    cleaned = deidentify(text)
    assert words not in cleaned.text
    found = next(one for one in cleaned.found if words in one.words or one.words in words)
    assert found.kind == kind
    assert text[found.start : found.end] == found.words, "the person who looks sees it in the original"


@pytest.mark.parametrize("text", STAYS)
def test_what_tells_the_story_stays(text: str) -> None:
    assert deidentify(text).text == text


def test_a_known_name_goes_wherever_it_stands() -> None:
    cleaned = deidentify("高兴很高兴地签了，高兴后来不认。", names=("高兴",))
    assert "高兴" not in cleaned.text


def test_a_cleaned_text_is_not_cleaned_twice() -> None:
    once = deidentify("我叫张伟，电话13812345678，住在无锡市滨湖区蠡湖大道2009号，在招商银行贷的款。").text
    assert deidentify(once).text == once


def test_what_is_doubtful_is_shown_and_what_was_taken_out_is_not_doubted() -> None:
    text = "〔姓名〕是畲族，2023年5月18日在景宁县签的合同，绰号“阿甘正传”，尾款8866没给，年利率24%。"
    found = {text[doubt.start : doubt.end] for doubt in doubts_in(text)}
    assert {"畲族", "2023年5月18日", "景宁县", "阿甘正传", "8866"} <= found
    assert not any("〔" in words or "24" in words for words in found)
    assert "".join(bit.text for bit in in_bits(text)) == text
    assert [bit.text for bit in in_bits(text) if bit.is_mark] == ["〔姓名〕"]


def test_little_slips_through_and_little_is_lost_with_it() -> None:
    first, second = bench.parts_of(bench.read(bench.NEWER), of=2)
    assert len(first) + len(second) >= 200
    once_unseen, ways = bench.read(bench.ONCE_UNSEEN), bench.read(bench.WAYS)
    for part, most_leaked in ((first, 0.02), (second, 0.02), (once_unseen, 0.02), (ways, 0.1)):
        told = bench.measure(part)
        assert told["leak_rate"] <= most_leaked, told
        assert told["harmless_text_lost"] <= 0.03, told


def test_the_measure_sees_a_leak_however_it_is_written() -> None:
    assert bench.leaked("13812345678", "打一三八一二三找我", "")
    assert bench.leaked("阿卜杜拉·买买提", "我是阿卜杜拉·〔姓名〕", "")
    assert bench.leaked("丁师傅", "丁师傅修的", "")
    assert not bench.leaked("丁师傅", "〔姓名〕师傅修的", "")
    assert not bench.leaked("高兴", "〔姓名〕不高兴", "\n不高兴")


@pytest.mark.parametrize(
    "part", ["省市区县镇村路", "住在", "（2023）第", "1 ", "一二三", "“", "王", "路和街"]
)
def test_a_story_that_never_ends_takes_no_time_without_end(part: str) -> None:
    begun = time.process_time()
    deidentify((part * 3_000)[:3_000])
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "line",
    [
        "我老公{0}{1}住在{0}{1}路{2}号，电话138{2:08d}。",
        "业务员王{0}{1}在{0}{1}厂上班，离{1}{0}那边不远。",
        "{0}{1}银行的李{1}{0}说，学校叫{0}{1}学堂。",
    ],
)
def test_a_story_four_times_as_long_takes_about_four_times_the_steps(line: str) -> None:
    signs = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"
    lines = [
        line.format(signs[number % 24], signs[number // 24 % 24], 1000 + number) for number in range(160)
    ]
    assert steps_for("".join(lines)) < 5 * steps_for("".join(lines[:40]))


def steps_for(text: str) -> int:
    """How many lines of our own code run to clean the text."""
    deidentify(text)  # what is learnt at the first use does not count
    count = 0

    def counted(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return counted if "similarity" in frame.f_code.co_filename else None

    sys.settrace(counted)
    try:
        deidentify(text)
    finally:
        sys.settrace(None)
    return count


def test_no_pattern_of_a_place_weighs_every_way_to_read_a_row_of_signs() -> None:
    """A part of an address that was read stays read (an atomic group): else each part multiplies the ways."""
    places = TABLES["places"]
    for pattern in (places["address"], places["road"], places["native"], *places["exact"]):
        assert not re.search(r"\(\?:\[[^\]]+\]\{\d+,\d+\}\?\(", pattern), pattern


def test_every_place_of_many_words_is_found_the_longest_first() -> None:
    assert list(every_place(["王芳", "王芳芳", ""], "王芳芳和王芳")) == [(0, 3), (4, 6)]
