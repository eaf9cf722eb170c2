"""Days as people write them, as far as they are known: 2024, 2024-05, 2024年5月17日, 去年五月."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.analysis import Kind, analyse

EARLIEST_YEAR, LATEST_YEARS = 1980, 40
LONGEST_DAY_TEXT = 40
WIDE = str.maketrans("０１２３４５６７８９．／－", "0123456789./-")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
YEAR = re.compile(r"(\d{4})\s*年?")


class DayField(forms.CharField):
    """A day as far as it is known: its value is 2024, 2024-05 or 2024-05-17, or empty.

    Never after today, unless it `may_be_ahead`.
    """

    def __init__(self, *, may_be_ahead: bool = False, **kwargs: Any) -> None:
        self.may_be_ahead = may_be_ahead
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """The day, month or year. The message says what to write instead."""
        text = super().clean(value)
        return read_day(text, today=timezone.localdate(), may_be_ahead=self.may_be_ahead) if text else ""


def read_day(text: str, *, today: date, may_be_ahead: bool = False) -> str:
    """2024-05-17, 2024-05 or 2024 from what people write (2024年5月17日, 去年五月). Raises ValidationError."""
    plain = text.translate(WIDE).strip()
    found = (
        DAY.fullmatch(plain) or COMPACT.fullmatch(plain) or MONTH.fullmatch(plain) or YEAR.fullmatch(plain)
    )
    parts = [int(part) for part in found.groups()] if found else _as_told(plain, today)
    try:
        first = date(*[*parts, 1, 1][:3])
    except (ValueError, TypeError) as error:
        raise ValidationError(
            _("We could not read this day. Write it like 2024-05-17, or 2024-05 if you do not know the day.")
        ) from error
    if first > today and not may_be_ahead:
        raise ValidationError(_("This day has not come yet. Please check the year and the month."))
    if first.year > today.year + LATEST_YEARS:
        raise ValidationError(_("This day is very far ahead. Please check the year."))
    if first.year < EARLIEST_YEAR:
        raise ValidationError(_("This day is very long ago. Please check the year."))
    return "-".join([f"{parts[0]:04d}", *(f"{part:02d}" for part in parts[1:])])


def _as_told(text: str, today: date) -> list[int]:
    """去年五月: told in words, counted from today. Empty when it cannot be read."""
    if len(text) > LONGEST_DAY_TEXT:
        return []
    told = analyse(text, today=today).first(Kind.DATE)
    return [int(part) for part in str(told.value).split("-")] if told else []
