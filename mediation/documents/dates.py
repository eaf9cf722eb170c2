"""Dates as Chinese documents write them. Instants are shown in the court's own time, UTC+8."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

OFFICE_TIME = ZoneInfo("Asia/Shanghai")
DIGITS = "〇一二三四五六七八九"


def chinese_date(day: date) -> str:
    """2026-11-22 → 2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_numeral_date(day: date) -> str:
    """2026-11-22 → 二〇二六年十一月二十二日, as rulings are dated."""
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_below_hundred(day.month)}月{_below_hundred(day.day)}日"


def chinese_moment(instant: datetime) -> str:
    """An aware instant → 2026年11月22日 14时05分. Raises ValueError for a naive one."""
    return f"{chinese_date(office_time(instant).date())} {chinese_clock(instant)}"


def chinese_clock(instant: datetime) -> str:
    """The time of day of an aware instant: 14时05分."""
    local = office_time(instant)
    return f"{local.hour:02d}时{local.minute:02d}分"


def office_time(instant: datetime) -> datetime:
    """The same instant on the office's clock. Raises ValueError when it carries no time zone."""
    if instant.tzinfo is None:
        message = "An instant on a document needs a time zone."
        raise ValueError(message)
    return instant.astimezone(OFFICE_TIME)


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return lead + (DIGITS[ones] if ones else "")
