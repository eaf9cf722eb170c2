"""Figures of a story that may be a rate of interest, and what rules say of each: 年化36%, 月息两分, 一个点五."""

import re
from bisect import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from cases.analysis.reading import clause_start
from cases.numbers import SPOKEN, read_number

REACH = 24  # characters before a figure in which words of interest stand
MOST_A_MONTH = Decimal("0.3")
TIMES = {"yearly": Decimal(1), "monthly": Decimal(12), "daily": Decimal(365)}
PERIODS = tuple(TIMES)
RUNS_ON = "(?!(?<=一)[天日个月年分期次])"  # 百分之二一个月 is two, not twenty-one
FIGURE = rf"(?:\d{{1,4}}(?:\.\d{{1,4}})?|[{SPOKEN}]{{1,5}}(?:点[{SPOKEN}]{{1,4}})?)"
SHARE = re.compile(
    rf"(?P<of>百分之|千分之|万分之)(?P<a>{FIGURE}{RUNS_ON})(?P<half>半)?"
    rf"|(?<![\d.])(?P<b>\d{{1,4}}(?:\.\d{{1,4}})?)\s?(?P<sign>[%％‰])"
    rf"|(?P<c>{FIGURE})个(?:百分)?点(?P<tenth>[{SPOKEN}\d]|半)?"
)
PARTS_OF_MONTH = re.compile(  # 分 and 厘 are hundredths and thousandths a month
    r"(?:(?:月息|月利率?|利息|利率?)(?:是|要|按|高达|算)?|(?P<behind>))"
    r"(?P<fen>\d{1,2}(?:\.\d)?|[一二两三四五六七八九]{1,2})分(?P<li>[\d一二三四五六七八九]|半)?厘?(?P<tail>的?(?:利息?|利钱|月息|高利|息)|(?:算|计|收|打)的?(?:利|息)|(?<=[变涨写加]成[0-9一二两三四五六七八九]分)(?!钱|期)|(?<=[是到成按要][0-9一二两三四五六七八九]分)(?=[，。；！？]|$))?"
)
BARE_FIGURE = (
    rf"(?P<figure>\d{{1,3}}+(?:\.\d{{1,2}}+)?+|[{SPOKEN}]{{1,3}}+(?:点[{SPOKEN}]{{1,3}}+)?+)"
    r"(?![\d%％‰个分厘成年月日天块元期倍万千百.点几多])"
)
REACHES = "(?:是|为|写的?|到|达到?了?|高达|做到|约|大概|接近|算出来|算下来|折合|有|按|要)?"
BARE_YEARLY = re.compile(  # 年化四十九点五, without a sign
    rf"(?:年化|年利率|年息|IRR|irr|APR|利率(?={REACHES}\d{{2}}))(?:利率|收益率?|成本)?{REACHES}{BARE_FIGURE}"
)
BARE_MONTHLY = re.compile(rf"(?:月费率|月利率|(?:每期|每月)(?:手续)?费率){REACHES}{BARE_FIGURE}")
BARE_DAILY = re.compile(  # 日息万五
    r"(?:日息|日利率|日利息|日费率)(?:是|按|要)?万(?P<figure>\d(?:\.\d)?|[一二两三四五六七八九](?:点[一二三四五六七八九])?)(?![\d万千百十块元个])"
)
TENTHS_OF_YEAR = re.compile(
    r"(?:年息|年利)(?:是|按)?(?P<fen>[\d一二两三四五六七八九])分(?P<li>[\d一二三四五六七八九半])?"
)
THOUSANDTHS_BEHIND = re.compile(
    r"(?<!分)(?P<li>[\d一二两三四五六七八九])厘(?P<tenth>[\d一二三四五六七八九半])?的?月息"
)
OF_A_FEE = re.compile("的[^，。]{0,4}费")
BY_THE_WEEK = re.compile(r"周息|每周|一周|每?个?(?:礼拜|星期)")
SPEAKS_OF_INTEREST = re.compile("利|息|年化")
THOUSANDTHS = re.compile(
    r"(?:月息|月利率?|利息)(?:是|要|按)?(?P<li>[\d一二两三四五六七八九])厘(?P<tenth>(?!一[天日个月年])[\d一二三四五六七八九半])?"
)
PER = (
    ("daily", re.compile(r"日息|日利|日费率|每天|每日|一天|按天|一日|日化")),
    ("monthly", re.compile(r"月息|月利率|月费率|每月|每个月|一个月|月化|每期|月综合|按月")),
    ("yearly", re.compile(r"年化|年利率|年息|每年|一年|年利|年费率|APR|IRR|apr|irr|LPR|年")),
)
OF_INTEREST = re.compile(
    r"手续费(?=每|月)|每期.{0,3}手续费|收益|复利|[涨变加](?=[到成])|利息|利率|息|费率|利|成本|IRR|APR|年化"
)
SAID_BEFORE = re.compile(r"(?:年化|利率)[^。！？\n]{0,30}，[^，。]{0,14}(?:是|到|达|成|合|了|有)$")
OF_SAVINGS = re.compile("收益|复利|存款|理财|保息")
# What these find is a rate only where the models say so.
NO_UNIT = rf"(?![\d{SPOKEN}%％‰.,几点个元块月年日天号岁期次笔条家人位种万千百kKwW]|多?[个元块月年日天岁期次笔条家人])"
WHOLE = re.compile(  # 按年十三往上加利息
    rf"(?<![\d.{SPOKEN}点第])(?P<figure>\d{{1,3}}|[二三四五六七八九]?十[一二三四五六七八九]?){NO_UNIT}"
)
BROKEN = re.compile(  # 利率从七点二涨到二十四点五, 手续费零点六六一期, 年化7点2
    rf"(?<![\d.{SPOKEN}点第])(?P<figure>\d{{1,3}}\.\d{{1,4}}|\d{{1,2}}点\d{{1,2}}|[{SPOKEN}]{{1,5}}点[{SPOKEN}]{{1,4}}{RUNS_ON})"
    r"(?![\d%％‰.,点元块号岁条家人位种万千百kKwW钟半个多分])"
)
NEAR_INTEREST = re.compile("[利息]|年化|费率|手续费|[Ii][Rr][Rr]|[Aa][Pp][Rr]|LPR|按年|按月|月费")
TEN_THOUSANDTHS = re.compile(  # 一天万三
    rf"万(?P<figure>[一二三四五六七八九](?:点[一二三四五六七八九])?{RUNS_ON}|\d(?:\.\d{{1,2}})?)(?![\d万千百十块元多个])"
)
PARTS = re.compile(  # 二分二, 两分半, 八厘, 一毛五
    r"(?P<whole>\d{1,2}(?:\.\d{1,2})?|[一二两三四五六七八九十]{1,3})(?P<unit>[分厘毛])"
    r"(?P<part>[\d一二两三四五六七八九](?![十百千万\d期])|半)?"
    rf"{RUNS_ON}(?![之钟期公店手别红布开成析散配明享行辨担子数满歧钱])"
)
SPEAKS_OF_LENDING = re.compile("[利息借贷欠费返]|年化")
# One of these is so small a part of the sum by the year; by the month a tenth of that, by the day a hundredth.
UNITS = {"毛": Decimal(1), "分": Decimal(10), "厘": Decimal(100)}
BY_EXAMPLE = re.compile(  # 一万块一天五块, 借一千一个月要十五块利息, 一千块一天三毛
    r"(?P<base>[一1][百千万]|1000?0?|100)(?:块钱?|元)?(?:钱)?的?(?:本金?|借)?，?(?:每|一|1)个?(?P<per>[天日月年])"
    r"(?:就|要|得|收|给|交|还|是|算)*(?:我|他们?|利息|利钱|利)?(?:就|要|得|收|给|交|还|是|算)*"
    rf"(?P<interest>\d{{1,4}}(?:\.\d{{1,2}})?|[{SPOKEN}]{{1,5}}(?:点[{SPOKEN}]{{1,2}})?)"
    r"(?P<unit>块|元|毛)?(?P<jiao>(?<=[块元])[一二三四五六七八九]毛?)?(?:钱)?(?P<tail>的?(?:利息?|利钱|息))?(?![万千百])"
)
PER_OF = {"天": "daily", "日": "daily", "月": "monthly", "年": "yearly"}
DIVISORS = {"百分之": 100, "千分之": 1_000, "万分之": 10_000, "%": 100, "％": 100, "‰": 1_000, None: 100}


@dataclass(frozen=True, slots=True)
class RateFigure:
    """A figure and where it stands. `by`: the fraction that it would be of each period's rate, for those that it may be
    told by. `ruled`: the period that the words around it name and how sure that is; None where no rule takes it for a
    rate.
    """

    start: int
    end: int
    by: Mapping[str, Decimal]
    ruled: tuple[str, float] | None = None


def rate_figures(text: str) -> list[RateFigure]:
    """Every figure of the text that may be a rate, in their order; none overlaps another, and a rule's goes first."""
    kept: list[RateFigure] = []
    found = chain(_shares(text), _parts(text), _without_sign(text), _by_example(text), _bare(text))
    for figure in sorted(found, key=lambda each: (each.ruled is None, each.start)):
        at = bisect(kept, figure.start, key=lambda each: each.start)
        clear_before = not at or kept[at - 1].end <= figure.start
        if clear_before and (at == len(kept) or figure.end <= kept[at].start):
            kept.insert(at, figure)
    return kept


def _shares(text: str) -> Iterator[RateFigure]:
    """36%, 百分之三十六, 三个点."""
    for found in SHARE.finditer(text):
        fraction = _share(found)
        if fraction is not None and text[found.end() : found.end() + 1] != "几":
            every = dict.fromkeys(PERIODS, fraction)
            yield RateFigure(*found.span(), every, _period(text, found, fraction))


def _without_sign(text: str) -> Iterator[RateFigure]:
    """年利率三十六, 月费率零点七五, 日息万五."""
    for pattern, period, divisor, least, most in (
        (BARE_YEARLY, "yearly", 100, 2, 600),
        (BARE_MONTHLY, "monthly", 100, 0, 10),
        (BARE_DAILY, "daily", 10_000, 0, 10),
    ):
        for found in pattern.finditer(text):
            figure = read_number(found["figure"])
            if figure and least <= figure <= most:
                yield RateFigure(*found.span(), {period: figure / divisor}, (period, 0.75))


def _parts(text: str) -> Iterator[RateFigure]:
    """月息两分, 一分五的利, 月息八厘; 年息一分二 is 12 % a year."""
    for found in TENTHS_OF_YEAR.finditer(text):
        yield RateFigure(
            *found.span(), {"yearly": _with_part(found["fen"], found["li"]) / 10}, ("yearly", 0.8)
        )
    for found in filter(_is_interest, PARTS_OF_MONTH.finditer(text)):
        share = _with_part(found["fen"], found["li"]) / 100
        if share <= MOST_A_MONTH:
            yield RateFigure(*found.span(), {"monthly": share}, ("monthly", 0.9))
    for found in chain(THOUSANDTHS.finditer(text), THOUSANDTHS_BEHIND.finditer(text)):
        share = _with_part(found["li"], found["tenth"]) / 1000
        yield RateFigure(*found.span(), {"monthly": share}, ("monthly", 0.85))
    for found in PARTS.finditer(text):
        if SPEAKS_OF_LENDING.search(text, max(0, found.start() - 3 * REACH), found.end() + REACH):
            share = _with_part(found["whole"], found["part"]) / UNITS[found["unit"]]
            yield RateFigure(*found.span(), {"yearly": share, "monthly": share / 10, "daily": share / 100})


def _is_interest(found: re.Match[str]) -> bool:
    """Not 8分 of something else."""
    if found["behind"] is not None and found["tail"] is None:
        return False
    start = max(0, found.start() - REACH)
    return found["tail"] != "" or SPEAKS_OF_INTEREST.search(found.string, start, found.end()) is not None


def _with_part(whole: str, part: str | None) -> Decimal:
    """两分五 is two and a half, 两分半 too."""
    return (read_number(whole) or Decimal(0)) + _tenths(part)


def _by_example(text: str) -> Iterator[RateFigure]:
    """一万块一天五块利息."""
    for found in BY_EXAMPLE.finditer(text):
        base, interest = read_number(found["base"]), read_number(found["interest"])
        if base and interest and interest < base:
            yuan = interest / 10 if found["unit"] == "毛" else interest
            share = (yuan + _tenths((found["jiao"] or "").rstrip("毛"))) / base
            period = PER_OF[found["per"]]
            spoken_of = found["tail"] or "利" in found[0]
            yield RateFigure(*found.span(), {period: share}, (period, 0.7) if spoken_of else None)


def _bare(text: str) -> Iterator[RateFigure]:
    """利率从七点二涨到二十四, 一天万三: figures without a sign."""
    for found in chain(BROKEN.finditer(text), filter(_is_near_interest, WHOLE.finditer(text))):
        words = found["figure"]
        figure = read_number(words.replace("点", ".") if words[0].isdigit() else words)
        if figure:
            yield RateFigure(*found.span(), dict.fromkeys(PERIODS, figure / 100))
    for found in TEN_THOUSANDTHS.finditer(text):
        figure = read_number(found["figure"])
        if figure and SPEAKS_OF_LENDING.search(text, max(0, found.start() - REACH), found.end() + REACH // 3):
            yield RateFigure(*found.span(), {"daily": figure / 10_000})


def _is_near_interest(found: re.Match[str]) -> bool:
    start, end = found.span()
    return NEAR_INTEREST.search(found.string, max(0, start - REACH), end + REACH // 3) is not None


def _tenths(words: str | None) -> Decimal:
    """What is said after the unit: 一分五 is one and a half, 一分半 too."""
    if not words:
        return Decimal(0)
    return Decimal("0.5") if words == "半" else (read_number(words) or Decimal(0)) / 10


def _share(found: re.Match[str]) -> Decimal | None:
    value = read_number(found["a"] or found["b"] or found["c"])
    if value is None:
        return None
    value += Decimal("0.5") if found["half"] else _tenths(found["tenth"])
    return value / DIVISORS[found["of"] or found["sign"]]


def _period(text: str, found: re.Match[str], fraction: Decimal) -> tuple[str, float] | None:
    """Whether it is by the year, month or day; None when the clause does not speak of interest at all."""
    begin = clause_start(text, found.start(), reach=16)
    around = text[begin : found.end() + 5]
    nearest = max(
        ((hit.end(), name) for name, pattern in PER for hit in pattern.finditer(text, begin, found.start())),
        key=lambda reading: reading[0],
        default=None,
    )
    if any(
        hit.end() >= (nearest[0] if nearest else begin)
        for hit in BY_THE_WEEK.finditer(text, begin, found.start())
    ):
        return None  # a week's or ten days' interest has no place among ours
    if found["of"] == "万分之" and not nearest:
        return "daily", 0.7
    if OF_INTEREST.search(around):
        return (nearest[1], 0.9) if nearest else _unsaid_period(text, found, around, fraction)
    if found["sign"] and SAID_BEFORE.search(text, max(0, begin - 36), found.start()):
        return "yearly", 0.6
    if (
        nearest
        and found["c"]
        and (nearest[1] != "yearly" or text[found.start() - 2 : found.start()] == "一年")
    ):
        return nearest[1], 0.7
    at_once = nearest and nearest[1] != "yearly" and found.start() - nearest[0] <= 1
    at_once = at_once and not OF_A_FEE.match(text, found.end())
    return (nearest[1], 0.6) if nearest and at_once and found["sign"] else None


def _unsaid_period(text: str, found: re.Match[str], around: str, fraction: Decimal) -> tuple[str, float]:
    """The period where none is named before the rate: named behind it, or guessed from how large it is."""
    for name, pattern in PER:
        if pattern.search(text, found.end(), found.end() + 5):
            return name, 0.85
    if OF_SAVINGS.search(around):
        return "yearly", 0.7
    return ("monthly", 0.5) if fraction < Decimal("0.04") else ("yearly", 0.6)
