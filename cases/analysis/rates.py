"""Interest rates in a story: 年化36%, 月息两分, 一分五的利, 万分之五, 一个点五. Told as a yearly fraction, simple."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain

from cases.analysis.findings import Finding, Kind
from cases.analysis.reading import clause_start
from cases.numbers import SPOKEN, read_number

FIGURE = rf"(?:\d{{1,4}}(?:\.\d{{1,4}})?|[{SPOKEN}]{{1,5}}(?:点[{SPOKEN}]{{1,4}})?)"
SHARE = re.compile(
    rf"(?P<of>百分之|千分之|万分之)(?P<a>{FIGURE})(?P<half>半)?"
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
    r"(?:日息|日利率|日利息)(?:是|按|要)?万(?P<figure>\d(?:\.\d)?|[一二两三四五六七八九](?:点[一二三四五六七八九])?)(?![\d万千百十块元个])"
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
    r"(?:月息|月利率?|利息)(?:是|要|按)?(?P<li>[\d一二两三四五六七八九])厘(?P<tenth>[\d一二三四五六七八九半])?"
)
PER = (
    ("daily", re.compile(r"日息|日利|日费率|每天|每日|一天|按天|一日|日化"), Decimal(365)),
    ("monthly", re.compile(r"月息|月利率|月费率|每月|每个月|一个月|月化|每期|月综合|按月"), Decimal(12)),
    ("yearly", re.compile(r"年化|年利率|年息|每年|一年|年利|年费率|APR|IRR|apr|irr|LPR|年"), Decimal(1)),
)
OF_INTEREST = re.compile(
    r"手续费(?=每|月)|每期.{0,3}手续费|收益|复利|[涨变加](?=[到成])|利息|利率|息|费率|利|成本|IRR|APR|年化"
)
SAID_BEFORE = re.compile(r"(?:年化|利率)[^。！？\n]{0,30}，[^，。]{0,14}(?:是|到|达|成|合|了|有)$")
OF_SAVINGS = re.compile("收益|复利|存款|理财|保息")
DIVISORS = {"百分之": 100, "千分之": 1_000, "万分之": 10_000, "%": 100, "％": 100, "‰": 1_000, None: 100}
HIGHEST = Decimal(50)  # five thousand per cent a year: what is above is not a rate


def find_rates(text: str) -> Iterator[Finding]:
    """Every rate, as the simple yearly fraction (a month's times 12, a day's times 365)."""
    for found in SHARE.finditer(text):
        fraction = _share(found)
        if fraction is not None and (reading := _period(text, found, fraction)):
            yield from _finding(found, fraction, *reading)
    yield from _by_the_month(text)
    yield from _without_sign(text)


def _without_sign(text: str) -> Iterator[Finding]:
    """年利率三十六, 月费率零点七五, 日息万五."""
    for found in BARE_YEARLY.finditer(text):
        percent = read_number(found["figure"])
        if percent is not None and 2 <= percent <= 600:
            yield from _finding(found, percent / 100, "yearly", Decimal(1), 0.75)
    for found in BARE_MONTHLY.finditer(text):
        percent = read_number(found["figure"])
        if percent is not None and 0 < percent <= 10:
            yield from _finding(found, percent / 100, "monthly", Decimal(12), 0.75)
    for found in BARE_DAILY.finditer(text):
        parts = read_number(found["figure"])
        if parts is not None:
            yield from _finding(found, parts / 10_000, "daily", Decimal(365), 0.75)


def _by_the_month(text: str) -> Iterator[Finding]:
    """月息两分, 一分五的利, 月息八厘."""
    yearly = {found.start("fen") for found in TENTHS_OF_YEAR.finditer(text)}
    for found in TENTHS_OF_YEAR.finditer(text):  # 年息一分二 is 12 % a year
        yield from _finding(
            found,
            ((read_number(found["fen"]) or Decimal(0)) + _tenths(found["li"])) / 10,
            "yearly",
            Decimal(1),
            0.8,
        )
    for found in PARTS_OF_MONTH.finditer(text):
        if (found["behind"] is not None and found["tail"] is None) or found.start("fen") in yearly:
            continue
        if found["tail"] == "" and not SPEAKS_OF_INTEREST.search(
            text, max(0, found.start() - 24), found.end()
        ):
            continue  # 8分 of something else
        whole = read_number(found["fen"])
        if whole is not None and whole <= 30:
            yield from _finding(found, (whole + _tenths(found["li"])) / 100, "monthly", Decimal(12), 0.9)
    for found in chain(THOUSANDTHS.finditer(text), THOUSANDTHS_BEHIND.finditer(text)):
        thousandths = (read_number(found["li"]) or Decimal(0)) + _tenths(found["tenth"])
        yield from _finding(found, thousandths / 1000, "monthly", Decimal(12), 0.85)


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


def _period(text: str, found: re.Match[str], fraction: Decimal) -> tuple[str, Decimal, float] | None:
    """Whether it is by the year, month or day; None when the clause does not speak of interest at all."""
    begin = clause_start(text, found.start(), reach=16)
    around = text[begin : found.end() + 5]
    if text[found.end() : found.end() + 1] == "几":
        return None
    nearest = max(
        (
            (hit.end(), name, times)
            for name, pattern, times in PER
            for hit in pattern.finditer(text, begin, found.start())
        ),
        key=lambda reading: reading[0],
        default=None,
    )
    if any(
        hit.end() >= (nearest[0] if nearest else begin)
        for hit in BY_THE_WEEK.finditer(text, begin, found.start())
    ):
        return None  # a week's or ten days' interest has no place among ours
    if found["of"] == "万分之" and not nearest:
        return "daily", Decimal(365), 0.7
    if OF_INTEREST.search(around):
        return (nearest[1], nearest[2], 0.9) if nearest else _unsaid_period(text, found, around, fraction)
    if found["sign"] and SAID_BEFORE.search(text, max(0, begin - 36), found.start()):
        return "yearly", Decimal(1), 0.6
    if (
        nearest
        and found["c"]
        and (nearest[1] != "yearly" or text[found.start() - 2 : found.start()] == "一年")
    ):
        return nearest[1], nearest[2], 0.7
    at_once = nearest and nearest[1] != "yearly" and found.start() - nearest[0] <= 1
    at_once = at_once and not OF_A_FEE.match(text, found.end())
    return (nearest[1], nearest[2], 0.6) if nearest and at_once and found["sign"] else None


def _unsaid_period(
    text: str, found: re.Match[str], around: str, fraction: Decimal
) -> tuple[str, Decimal, float]:
    """The period where none is named before the rate: named behind it, or guessed from how large it is."""
    for name, pattern, times in PER:
        if pattern.search(text, found.end(), found.end() + 5):
            return name, times, 0.85
    if OF_SAVINGS.search(around):
        return "yearly", Decimal(1), 0.7
    return ("monthly", Decimal(12), 0.5) if fraction < Decimal("0.04") else ("yearly", Decimal(1), 0.6)


def _finding(
    found: re.Match[str], fraction: Decimal, per: str, times: Decimal, confidence: float
) -> Iterator[Finding]:
    yearly = fraction * times
    if 0 < yearly <= HIGHEST:
        value = f"{yearly.quantize(Decimal('0.0001')):f}"
        yield Finding(
            Kind.RATE,
            value,
            found.start(),
            found.end(),
            found[0],
            confidence,
            per,
        )
