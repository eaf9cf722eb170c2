"""Numbers, money, shares and dates beside the way they were spoken (三万二 is 32,000), where there is one reading."""

import re
from decimal import Decimal, InvalidOperation

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_NUMBER = (
    r"(?:[0-9][0-9,]*(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千万亿])+(?:点[零〇一二三四五六七八九]+)?"
)
_MONEY = re.compile(rf"({_NUMBER})\s*(?:元|块钱?|人民币)?$")
_SHARE = re.compile(rf"([百千万])分之\s*({_NUMBER})$")
_PERCENT = re.compile(rf"({_NUMBER})\s*[%％]$")
_DATE = re.compile(rf"(?:({_NUMBER})\s*年)?(?:({_NUMBER})\s*月份?)?(?:({_NUMBER})\s*[日号])?$")
_COUNT = re.compile(rf"({_NUMBER})\s*(期|个月|年|天|个工作日)$")
_OF = {"百": 100, "千": 1000, "万": 10_000}
MOST_MONTH, MOST_DAY = 12, 31


def value_of(spoken: str) -> Decimal | None:
    """The number that these signs say; None where they can be read in several ways (五六, 一百二三十) or in none."""
    whole, point, part = spoken.replace(",", "").partition("点")
    if point:
        value = value_of(whole)
        digits = "".join(str(_DIGITS[sign]) for sign in part)
        return None if value is None else value + Decimal(f"0.{digits}")
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", whole):
        return Decimal(whole)
    if len(whole) > 2 and all(sign in _DIGITS for sign in whole):
        return Decimal("".join(str(_DIGITS[sign]) for sign in whole))  # 二零二四, said digit by digit
    try:
        return _big(whole)
    except (ValueError, InvalidOperation):
        return None


def beside(kind: str, spoken: str) -> str:
    """How a figure of this kind (as of `text.Span`) is written in digits; "" where it is written so or cannot be."""
    found = _WAYS[kind](spoken) if kind in _WAYS else ""
    return "" if found == spoken else found


def _money(spoken: str) -> str:
    match = _MONEY.search(spoken)
    value = value_of(match[1]) if match and match.start() == 0 else None
    if value is None:
        return ""
    return f"{value:,.2f}元" if value % 1 else f"{value:,.0f}元"


def _percent(spoken: str) -> str:
    if match := _SHARE.fullmatch(spoken):
        value = value_of(match[2])
        return "" if value is None else f"{_plain(value * 100 / _OF[match[1]])}%"
    match = _PERCENT.fullmatch(spoken)
    value = value_of(match[1]) if match else None
    return "" if value is None else f"{_plain(value)}%"


def _date(spoken: str) -> str:
    match = _DATE.search(spoken.replace(" ", ""))
    if match is None or not match.group():
        return ""
    before = spoken.replace(" ", "")[: match.start()]
    parts = [None if group is None else value_of(group) for group in match.groups()]
    if any(group and value is None for group, value in zip(match.groups(), parts, strict=True)):
        return ""
    year, month, day = parts
    if (month is not None and not 1 <= month <= MOST_MONTH) or (day is not None and not 1 <= day <= MOST_DAY):
        return ""
    said = [f"{year:.0f}年" if year is not None else "", f"{month:.0f}月" if month is not None else ""]
    return before + "".join(said) + (f"{day:.0f}日" if day is not None else "")


def _count(spoken: str) -> str:
    match = _COUNT.fullmatch(spoken)
    value = value_of(match[1]) if match else None
    return "" if match is None or value is None else f"{_plain(value)}{match[2]}"


_WAYS = {"amount": _money, "percent": _percent, "date": _date, "count": _count}


def _plain(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def _big(signs: str) -> Decimal:
    """Up to hundreds of millions; a digit that ends after a unit stands for the next smaller one (三万二)."""
    for sign, size in (("亿", _BIG["亿"]), ("万", _BIG["万"])):
        if sign in signs:
            before, _, after = signs.partition(sign)
            return _small(before) * size + (_rest(after, size) if after else 0)
    return _small(signs)


def _rest(signs: str, size: int) -> Decimal:
    if len(signs) == 1 and signs in _DIGITS:
        return Decimal(_DIGITS[signs] * size // 10)
    if size == _BIG["亿"]:
        return _big(signs.removeprefix("零"))
    return _small(signs.removeprefix("零"))


def _small(signs: str) -> Decimal:
    """Below ten thousand, or a number in digits before a unit (3千, 1.5)."""
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", signs):
        return Decimal(signs)
    total, digit, last = Decimal(0), None, 0
    for piece in re.findall(r"[0-9]+(?:\.[0-9]+)?|.", signs):
        if piece in _UNITS:
            if last and _UNITS[piece] >= last:
                raise ValueError(signs)
            last = _UNITS[piece]
            total += (Decimal(1) if digit is None else digit) * last
            digit = None
        elif digit is not None and digit:
            raise ValueError(signs)
        else:
            digit = Decimal(_DIGITS[piece]) if piece in _DIGITS else Decimal(piece)
    if digit is None:
        if not signs:
            raise ValueError(signs)
        return total
    shorthand = last > 10 and "零" not in signs and "〇" not in signs
    return total + digit * (last // 10 if shorthand else 1)
