"""Sums of money in a story: how much, how exactly, where, and (roles.py) what each probably is."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from cases.analysis.findings import Finding, Kind
from cases.analysis.numbers import NUMBER_FORM, RANGE_FORM, read_number, read_range
from cases.analysis.reading import clause_start
from cases.analysis.roles import MONEY_CUE, RoleReader

LARGEST_FEN = 10_000_000_000_00  # ten billion yuan: beyond it somebody leant on the keyboard
UNIT = r"(?:元整?|块钱|块(?!头|儿地|地)|圆整?|人民币|大洋|大元|RMB|rmb)"
DIGIT = r"[\d一二两三四五六七八九]"
NOT_CHANGE = r"(?!\d|[万千百个天年月期次笔共家分起直])"
CHANGE = rf"(?:(?P<jiao>{DIGIT})(?:(?:角|毛)(?:(?P<cent>{DIGIT})分?)?)?{NOT_CHANGE})?"
SUM = re.compile(
    rf"(?P<sign>[¥￥]|RMB|rmb|人民币)?\s?(?<![\d.\-A-Za-z*])(?P<number>{RANGE_FORM}|{NUMBER_FORM})"
    rf"\s?(?P<rough>[多来余几](?!月|年|天|期|次))?\s?(?P<unit>{UNIT})?(?P<change>(?<=[块元]){CHANGE})?"
    rf"(?P<about>左右|上下|出头|不到|差不多|的样子)?"
)
NOT_MONEY_AFTER = re.compile(
    r"\s?(?:[%‰%个天次月期岁号日人位通条遍点厘层套平米公里斤顿趟场家本张名倍成级路楼栋室班小时周秒度寸只件辆台间所份页回角类笔口.:/\-*]"
    r"|年(?!利|化|息)|分(?!期|成|了|为|[0-9一二三四五六七八九十两])|多?(?:天|个|年(?!利|化|息)|条|次)|[A-Za-z])"
)
NOT_MONEY_BEFORE = re.compile(r"(?:第|百分之|万分之|千分之|尾号|编号|电话|手机号?|拨打|号码|今年|[.:/*\-])$")
NEARLY = re.compile(r"(?:差不多|大概|大约|将近|接近|约|近|快|好像是?|可能|左右)(?:是|有|要)?$")
ROUND = frozenset({"一百", "十万", "一万", "一千", "一百万"})
NO_NUMBERS = frozenset({"万一", "千万", "百万", "一千零一", "万千", "百", "千", "万", "亿", "百十"})


def find_amounts(text: str, lenders: Sequence[tuple[int, int]] = ()) -> Iterator[Finding]:
    """Every sum of money in fen. `lenders` are the stretches of the text that name somebody."""
    reader = RoleReader(text, lenders)
    for found in SUM.finditer(text):
        if not _is_sum(found, text):
            continue
        start, end = _span(found)
        role, sureness = reader.role(start, end)
        if found["number"] in ROUND and not found["unit"] and not role:
            continue  # 一万 may be no more than a way of speaking
        about = _is_rough(found, text)
        certain = 0.97 if found["unit"] or found["sign"] else 0.9
        confidence = round(certain * sureness - 0.03 * about, 2)
        yield Finding(Kind.AMOUNT, _fen(found) or 0, start, end, text[start:end], confidence, role, about)


def _is_sum(found: re.Match[str], text: str) -> bool:
    fen = _fen(found)
    return fen is not None and 0 < fen <= LARGEST_FEN and _is_money(found, text, fen)


def _is_rough(found: re.Match[str], text: str) -> bool:
    before = text[max(0, _span(found)[0] - 6) : _span(found)[0]]
    return bool(
        found["rough"] or found["about"] or NEARLY.search(before) or read_range(found["number"]) is not None
    )


def _span(found: re.Match[str]) -> tuple[int, int]:
    start = found.start("sign") if found["sign"] else found.start("number")
    end = found.start() + len(found[0].rstrip())
    return (start, found.end("number") - 1) if _runs_on(found) else (start, end)


def _runs_on(found: re.Match[str]) -> bool:
    """Said in one breath with the next word: 九百九十九一笔, 八百七十一共."""
    if found["unit"] or found["rough"]:
        return False
    number = found["number"]
    if number.endswith("一") and found.string[found.end("number") : found.end("number") + 1] in set("共直起"):
        return len(number) > 1
    return read_number(number) is None and read_range(number) is None and read_number(number[:-1]) is not None


def _fen(found: re.Match[str]) -> int | None:
    value = read_number(found["number"][:-1] if _runs_on(found) else found["number"])
    if value is None:
        between = read_range(found["number"])
        if between is None:
            return None
        value = (between[0] + between[1]) / 2
    if found["jiao"] and found["unit"] in {"块", "元"}:
        value += (read_number(found["jiao"]) or Decimal(0)) / 10
        value += (read_number(found["cent"] or "零") or Decimal(0)) / 100
    return int(value * 100)


def _is_money(found: re.Match[str], text: str, fen: int) -> bool:
    """A number with a unit is money; a bare one only when it is large enough and the clause speaks of paying."""
    start, end = _span(found)
    before = text[max(0, start - 8) : start]
    if found["unit"] or found["sign"]:
        return not re.search(r"第$", before)
    if fen < 100_00 or NOT_MONEY_BEFORE.search(before):
        return False
    if not (found["rough"] or found["about"]) and NOT_MONEY_AFTER.match(text, end):
        return False
    number = found["number"]
    if number.isdigit() and (len(number) > 7 or number[0] == "0"):
        return False
    if re.fullmatch(r"(?:19|20)\d\d", number) and re.match(r"[年.\-/]", text[end : end + 1]):
        return False
    cued = MONEY_CUE.search(text, clause_start(text, start, reach=14), min(len(text), end + 6))
    return bool(cued) and number not in NO_NUMBERS
