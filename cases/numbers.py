"""Numbers as people write and say them: 3,600 · 3.6万 · 3万5 · 三千六 · 两万零五十 · 一点五 · 半."""

import re
from decimal import Decimal
from functools import lru_cache

DIGITS = {
    **{character: value for value, character in enumerate("零一二三四五六七八九")},
    **{character: value for value, character in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "两": 2, "俩": 2, "仨": 3, "幺": 1,
}  # fmt: skip
TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
LARGE = {"万": 10_000, "w": 10_000, "W": 10_000, "亿": 100_000_000, "k": 1_000, "K": 1_000}
MULTIPLES = {**TENS, **LARGE}
SPOKEN = "零〇一二两俩仨三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"

ARABIC_FORM = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,12})(?:\.\d{1,4})?"
TAIL_FORM = r"(?:\d{1,4}(?!\d)[千百]?\d{0,3}|[一二两三四五六七八九](?!个|期|年|次)[千百]?)"
MIXED_FORM = rf"{ARABIC_FORM}\s?(?:[万千百wWkK亿]{TAIL_FORM}?)?"
SPOKEN_FORM = rf"[{SPOKEN}]{{1,16}}(?:点[零一二三四五六七八九]{{1,4}})?[万亿]?"
NUMBER_FORM = rf"(?:{MIXED_FORM}|{SPOKEN_FORM})"
FIGURES = "一二两三四五六七八九"
RANGE_FORM = (  # 三四千, 两三万, 八千到一万, 3到5万
    rf"(?:(?:[{FIGURES}]万|[{FIGURES}]千|[{FIGURES}]百|\d万|\d千)[{FIGURES}][{FIGURES}](?![{SPOKEN}\d])"
    rf"|[{FIGURES}][{FIGURES}](?:十|百|千|万|十万|百万)"
    rf"|(?:{ARABIC_FORM}\s?[万千百wW]?|[{SPOKEN}]{{1,8}})(?:到|至|~|—)(?:{ARABIC_FORM}\s?[万千百wW]?|[{SPOKEN}]{{1,8}}))"
)


@lru_cache(maxsize=4096)
def read_number(words: str) -> Decimal | None:
    """The value of one number in figures, in words, or in both; None when it is not one (三四千 is two numbers)."""
    words = words.replace(",", "").replace(" ", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", words):
        return Decimal(words)
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)([百千万亿wWkK])(.*)", words):
        return _mixed(Decimal(found[1]), LARGE.get(found[2]) or TENS[found[2]], found[3])
    if not words or any(character not in SPOKEN + "点" for character in words):
        return None
    if "点" in words:
        return _with_point(words)
    return _spoken(words)


@lru_cache(maxsize=4096)
def read_range(words: str) -> tuple[Decimal, Decimal] | None:
    """三四千 is from 3,000 to 4,000, 八千到一万 from 8,000 to 10,000; None for what is no range."""
    if found := re.fullmatch(rf"([{FIGURES}])([{FIGURES}])((?:十|百|千|万)+)", words):
        ends = read_number(found[1] + found[3]), read_number(found[2] + found[3])
    elif found := re.fullmatch(rf"(.+[万千百])([{FIGURES}])([{FIGURES}])", words):  # 一万三四
        ends = read_number(found[1] + found[2]), read_number(found[1] + found[3])
    elif found := re.fullmatch(r"(.+?)\s?(?:到|至|~|—)(.+)", words):
        ends = read_number(found[1]), read_number(found[2])
        unit = found[2][-1:]
        if ends[0] is not None and ends[1] is not None and ends[0] < 100 <= ends[1] and unit in MULTIPLES:
            ends = ends[0] * MULTIPLES[unit], ends[1]  # 3到5万
    else:
        return None
    low, high = ends
    return None if low is None or high is None or not low < high <= 10 * low else (low, high)


def _mixed(head: Decimal, unit: int, rest: str) -> Decimal | None:
    """3万5 is 35,000, 3万5千 too, 3万500 is 30,500."""
    if not rest:
        return head * unit
    if len(rest) == 1 and (rest.isdigit() or rest in DIGITS):
        digit = int(rest) if rest.isdigit() else DIGITS[rest]
        return head * unit + digit * Decimal(unit) / 10
    tail = read_number(rest)
    return None if tail is None or tail >= unit else head * unit + tail


def _with_point(words: str) -> Decimal | None:
    found = re.fullmatch(rf"([{SPOKEN}]+)点([{SPOKEN}]+?)([万亿]?)", words)
    if not found or any(character not in DIGITS for character in found[2]):
        return None
    whole = _spoken(found[1])
    if whole is None:
        return None
    fraction = "".join(str(DIGITS[character]) for character in found[2])
    return Decimal(f"{whole}.{fraction}") * LARGE.get(found[3], 1)


def _spoken(words: str) -> Decimal | None:
    if len(words) > 1 and all(character in DIGITS for character in words):  # 二零二四, read digit by digit
        return Decimal("".join(str(DIGITS[character]) for character in words)) if len(words) >= 4 else None
    total = section = 0
    digit: int | None = None
    last_unit, after_zero = 1, False
    for character in words:
        if character in DIGITS:
            if digit:
                return None  # 三四千: about three or four thousand
            digit, after_zero = DIGITS[character], DIGITS[character] == 0 or after_zero
        elif character in TENS:
            last_unit, after_zero = TENS[character], False
            section += (1 if digit is None else digit) * last_unit
            digit = None
        else:
            last_unit, after_zero = LARGE[character], False
            total = (total + section + (digit or 0)) * last_unit or last_unit
            section, digit = 0, None
    if digit and last_unit >= 100 and not after_zero:
        digit *= last_unit // 10  # 三千六 is 3,600; 三千零六 is 3,006
    return Decimal(total + section + (digit or 0))
