"""Money in whole fen (分): read from what people write, shown in figures and in capitals (大写)."""

import re
import unicodedata
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_YUAN = 10**10
LONGEST_TEXT = 60

PAIRS = ("零〇", "一壹", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
DIGITS = {character: digit for digit, pair in enumerate(PAIRS) for character in pair}
UNITS = {"亿": 10**8, "万": 10**4, "千": 10**3, "百": 100, "十": 10}
SAME = str.maketrans(
    {
        **dict.fromkeys("两俩兩", "二"),
        **dict(zip("貳參陸萬億圓圆块塊", "贰叁陆万亿元元元元", strict=True)),
        **dict(zip("拾佰仟毛", "十百千角", strict=True)),
        "w": "万",
        "W": "万",
        "k": "千",
        "K": "千",
        "¥": "",
    }
)
BEFORE = re.compile(
    r"^(?:人民币|RMB|CNY|共计|合计|总共|一共|大约|大概|差不多|将近|接近|不到|约|近|共)+", re.IGNORECASE
)
AFTER = re.compile(r"(?:人民币|RMB|CNY|左右|上下|出头|多一点|整|正|钱|余|多)+$", re.IGNORECASE)
INNER = re.compile(r"(?<=[十百千万亿])[多余来](?=元)")
ARABIC = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")

UNREADABLE = _("We could not read this amount. Write it in figures, for example 12000.50.")


class AmountError(ValueError):
    """An amount that cannot be taken; `message` says in plain, translated words what to write instead."""

    def __init__(self, message: str | Promise, code: str = "unreadable") -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)


def parse_yuan(text: str, *, allow_zero: bool = False) -> int:
    """Read an amount of yuan as people write or say it and return whole fen.

    “About” words (左右, 出头, 多) are dropped: the number said is the number returned. Ranges and guesses
    (三到五万, 两三千, 几百) are not amounts. Raises AmountError with `code` empty, negative, zero, decimals,
    too_large or unreadable.
    """
    cleaned = _clean(text)
    if cleaned.startswith(("-", "负", "−")):
        raise AmountError(_("An amount cannot be below zero. Write it without the minus sign."), "negative")
    fen = _read_money(cleaned) * 100
    if fen > MAX_YUAN * 100:
        raise AmountError(
            _("This amount is too large. Please check it; the largest is 10,000,000,000 yuan."), "too_large"
        )
    if fen != int(fen):
        raise AmountError(
            _("An amount has at most two places after the point, for example 12.50."), "decimals"
        )
    if not fen and not allow_zero:
        raise AmountError(_("The amount must be more than zero."), "zero")
    return int(fen)


def format_yuan(fen: int) -> str:
    """Show fen as yuan in figures: 1200050 → “12,000.50”."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"


def in_capitals(fen: int) -> str:
    """Write fen in capital characters for an agreement: 1200050 → “壹万贰仟元伍角整”.

    Follows the bank rules for bills (支付结算办法 附一 正确填写票据和结算凭证的基本规定): 整 after 元 or 角,
    never after 分; one 零 for a run of zeros inside; none before 角, where the rules leave it free.
    Nothing is 零元整. Raises AmountError below zero or from one 亿亿 yuan up.
    """
    if not 0 <= fen < 10**18:
        raise AmountError(_("This amount cannot be written in capitals."), "too_large")
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    words = f"{_capital_number(yuan)}元" if yuan else ""
    if jiao:
        words += f"{CAPITALS[jiao]}角"
    elif cents and yuan:
        words += "零"
    if cents:
        return f"{words}{CAPITALS[cents]}分"
    return f"{words or '零元'}整"


CAPITALS = "零壹贰叁肆伍陆柒捌玖"


def _capital_number(number: int) -> str:
    """Sections of four digits, 亿 counted by itself (壹万亿); a 零 where a zero stands between written digits."""
    hundred_millions, rest = divmod(number, 10**8)
    words = f"{_capital_number(hundred_millions)}亿" if hundred_millions else ""
    zero_before = hundred_millions % 10 == 0
    for value, name in ((10**4, "万"), (1, "")):
        section, rest = divmod(rest, value)
        if section:
            gap = bool(words) and (zero_before or section < 1000)
            words += ("零" if gap else "") + _capital_section(section) + name
        zero_before = section % 10 == 0
    return words


def _capital_section(section: int) -> str:
    words, zero_before = "", False
    for value, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit, section = divmod(section, value)
        if digit:
            words += ("零" if words and zero_before else "") + CAPITALS[digit] + name
        zero_before = digit == 0
    return words


def _clean(text: str) -> str:
    """One spelling for each sign, no blanks, no polite words around the number."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if not plain:
        raise AmountError(_("Please write an amount, for example 12000.50."), "empty")
    if len(plain) > LONGEST_TEXT:
        raise AmountError(UNREADABLE)
    plain = AFTER.sub("", BEFORE.sub("", plain)).translate(SAME)
    return INNER.sub("", plain)


def _read_money(text: str) -> Decimal:
    """Yuan, jiao and fen: the part before 元 may be any number, what follows is small change."""
    if "元" in text:
        whole, _sign, change = text.partition("元")
        return _read_number(whole) + _read_change(change)
    if text.endswith(("角", "分")):
        return _read_change(text)
    return _read_number(text)


def _read_change(text: str) -> Decimal:
    """What follows 元: 五角, 五角三分, 五 (a half), 五三, 零五, 50."""
    if not text:
        return Decimal(0)
    if text == "半":
        return Decimal("0.5")
    digits = [_digit(c) for c in text]
    if len(digits) <= 2 and None not in digits:
        jiao, fen = (*digits, 0)[:2]
        return Decimal(10 * (jiao or 0) + (fen or 0)) / 100
    match = re.fullmatch(r"零?(?:(.)角)?零?(?:(.)分?)?", text)
    parts = [_digit(part) if part else 0 for part in match.groups()] if match else [None]
    if None in parts:
        raise AmountError(UNREADABLE)
    return Decimal(10 * (parts[0] or 0) + (parts[1] or 0)) / 100


def _digit(character: str) -> int | None:
    if character in "0123456789":
        return int(character)
    return DIGITS.get(character)


def _read_number(text: str) -> Decimal:
    """Any number without 元, in figures, in characters, or both: 12,000.5, 3.5万, 三万五, 3万5."""
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if ARABIC.fullmatch(text):
        return _plain_figures(text)
    if len(text) >= 3 and all(c in DIGITS for c in text):  # 三五零零: digit by digit
        return Decimal("".join(str(DIGITS[c]) for c in text))
    return _with_units(text)


def _plain_figures(text: str) -> Decimal:
    if len(text.partition(".")[2]) > 2:
        raise AmountError(
            _("An amount has at most two places after the point, for example 12.50."), "decimals"
        )
    return Decimal(text)


def _with_units(text: str) -> Decimal:
    """Split at the largest unit; what follows must be smaller than it."""
    unit = next((u for u in UNITS if u in text), None)
    if unit is None:
        return _coefficient(text)
    before, _unit, after = text.partition(unit)
    value = UNITS[unit]
    if unit in "万亿":
        head = _with_units(before)
    else:
        head = Decimal(1) if unit == "十" and not before else _coefficient(before)
    tail = _after_unit(after, value)
    if tail >= value or (tail and head != int(head)):
        raise AmountError(UNREADABLE)
    return head * value + tail


def _after_unit(text: str, value: int) -> Decimal:
    """What follows a unit: nothing, 半, one spoken digit of the next unit (三万五), or a full number."""
    if text in ("", "半"):
        return Decimal(value * len(text)) / 2
    if text[0] in "零〇":
        return _with_units(text[1:])
    if len(text) == 1 and (digit := _digit(text)) is not None:
        return Decimal(digit * value) / 10
    if ARABIC.fullmatch(text) and len(text.partition(".")[0]) != len(str(value)) - 1:
        raise AmountError(UNREADABLE)  # 3万50: thirty thousand and fifty, or thirty-five thousand?
    return _with_units(text)


def _coefficient(text: str) -> Decimal:
    if ARABIC.fullmatch(text):
        return Decimal(text)
    if len(text) == 1 and text in DIGITS:
        return Decimal(DIGITS[text])
    raise AmountError(UNREADABLE)
