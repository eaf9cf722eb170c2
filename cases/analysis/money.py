"""Sums of money in a story: how much, how exactly, where, and (roles.py) what each probably is."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice

from cases.analysis.findings import Finding, Kind
from cases.analysis.role_features import About, Sum, features_of, likely_roles
from cases.analysis.roles import RoleReader
from cases.analysis.tuned import Seen, mixed
from cases.numbers import NUMBER_FORM, RANGE_FORM, read_number, read_range

LARGEST_FEN = 10_000_000_000_00  # ten billion yuan: beyond it somebody leant on the keyboard
UNIT = r"(?:元整?|块钱|块(?!头|儿地|地)|圆整?|人民币|大洋|大元|RMB|rmb)"
DIGIT = r"[\d一二两三四五六七八九]"
NOT_CHANGE = r"(?!\d|[角毛万千百个天年月期次笔共家分起直])"
CHANGE = rf"(?:(?P<jiao>{DIGIT})(?:(?:角|毛)(?![没都也不])(?:(?P<cent>{DIGIT})分?)?)?{NOT_CHANGE})?"
IN_GROUPS = r"\d{1,3}(?: \d{3}){1,3}(?=\s?(?:元|块))"  # 5 000元


def _sum_of(number: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<sign>[¥￥]|RMB|rmb|人民币)?\s?(?<![\d.\-A-Za-z*])(?P<number>{number})"
        rf"\s?(?P<rough>[多来余几](?!月|年|天|期|次))?\s?(?P<unit>{UNIT})?(?P<change>(?<=[块元]){CHANGE})?"
        rf"(?P<about>左右|上下|出头|不到|差不多|的样子)?"
    )


SUM, ONE_SUM = _sum_of(f"{IN_GROUPS}|{RANGE_FORM}|{NUMBER_FORM}"), _sum_of(NUMBER_FORM)
NOT_MONEY_AFTER = re.compile(
    r"\s?(?:[%‰%个天次月期岁号日人位通条遍点厘层套平米公里斤顿趟场家本张名倍成级路楼栋室班小时周秒度寸只件辆台间所份页回角类笔口.:/\-*]"
    r"|年(?!利|化|息)|分(?!期|成|了|为|[0-9一二三四五六七八九十两])|多?(?:天|个|年(?!利|化|息)|条|次)|[A-Za-z])"
)
NOT_MONEY_BEFORE = re.compile(r"(?:第|百分之|万分之|千分之|尾号|编号|电话|手机号?|拨打|号码|今年|[.:/*\-])$")
NEARLY = re.compile(r"(?:差不多|大概|大约|将近|接近|约|近|快|好像是?|可能|左右)(?:是|有|要)?$")
SMALL_CHARGE = re.compile("(?:费|扣|罚|收|退|赔|付|交|差|还|给|花)(?:了|我|走|掉)?$")
OF_SEEN = 0.4  # what the sentence model counts beside the linear one
MOST_SUMS = 200  # in one story
NOTHING = About()
ROUND = frozenset({"一百", "十万", "一万", "一千", "一百万"})
HOT_LINES = ("12315", "12328", "12333", "12345", "12348", "12363", "12366", "12378", "12386", "12388")
NO_NUMBERS = frozenset({*HOT_LINES, "万一", "千万", "百万", "一千零一", "万千", "百十", *"百千万亿佰仟拾"})


def find_sums(text: str, lenders: Sequence[tuple[int, int]] = ()) -> list[Sum]:
    """Every number of the text that may be a sum of money, with what its cues say."""
    reader = RoleReader(text, lenders)
    sums = []
    for found in islice(filter(lambda found: _is_sum(found, text), _numbers(text)), MOST_SUMS):
        start, end = _span(found)
        has_unit = bool(found["unit"] or found["sign"])
        cues = reader.weigh(start, end)
        sums.append(Sum(start, end, _fen(found) or 0, has_unit, _is_rough(found, text), cues))
    return sums


def _numbers(text: str) -> Iterator[re.Match[str]]:
    """Every number of the text; 两千到一千六 is no range (two thousand borrowed, so much received) but two numbers."""
    at = 0
    while found := SUM.search(text, at):
        if "到" in found["number"] and read_range(found["number"]) is None:
            found = ONE_SUM.match(text, found.start()) or found
        yield found
        at = max(found.end(), at + 1)


def find_amounts(
    text: str,
    lenders: Sequence[tuple[int, int]] = (),
    about: About = NOTHING,
    seen: Seen | None = None,
) -> Iterator[Finding]:
    """Every sum of money in fen with its likeliest role. `lenders` are the stretches of the text that name somebody."""
    sums = find_sums(text, lenders)
    for one, shares in zip(sums, likely_roles(features_of(text, sums, lenders, about)), strict=True):
        if seen and (told := seen.shares("role", one.start, one.end)):
            shares = mixed(shares, told, OF_SEEN)
        role, share = max(shares.items(), key=lambda pair: pair[1])
        if not role and not one.has_unit and not one.cues:
            continue  # a number of something else
        confidence = round((0.98 if one.has_unit else 0.94) * share - 0.03 * one.is_rough, 2)
        words = text[one.start : one.end]
        yield Finding(
            Kind.AMOUNT, one.fen, one.start, one.end, words, max(0.05, confidence), role, one.is_rough
        )


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
        together = found["number"] == "一" and re.match(
            r"[^，。]?[\d一二两三四五六七八九]", text[end : end + 2]
        )
        unsaid = found["number"][0] in "十百千万" and before.endswith(("几", "数", "上", "大"))  # 几千块
        return not re.search(r"第$|(?<=[加凑放搁])$", before) and not together and not unsaid
    if fen < (20_00 if SMALL_CHARGE.search(before) else 100_00) or NOT_MONEY_BEFORE.search(before):
        return False
    if not (found["rough"] or found["about"]) and NOT_MONEY_AFTER.match(text, end):
        return False
    number = found["number"]
    if number.isdigit() and (len(number) > 7 or number[0] == "0"):
        return False
    if re.fullmatch(r"(?:19|20)\d\d", number) and re.match(r"[年.\-/]", text[end : end + 1]):
        return False
    return number not in NO_NUMBERS
