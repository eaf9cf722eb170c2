"""Fields that read what people write: money in words, days half known, phone and identity numbers."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.analysis import Kind, analyse
from cases.errors import Refusal
from cases.money import AmountError, format_yuan, parse_yuan
from cases.services.people import clean_id_number, clean_phone

EARLIEST_YEAR = 1980
LONGEST_DAY_TEXT = 40
WIDE = str.maketrans("０１２３４５６７８９．／－", "0123456789./-")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
YEAR = re.compile(r"(\d{4})\s*年?")


class AmountField(forms.CharField):
    """Yuan as people write them (三万五, 3.5万, 35,000); its value is whole fen, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off", "class": "num"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:
        """Fen. The message says what to write instead."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_yuan(text)
        except AmountError as error:
            raise ValidationError(str(error)) from error


def plain_yuan(fen: int) -> str:
    """Fen as people write yuan: 1,200 and not 1,200.00."""
    return format_yuan(fen).removesuffix(".00")


class DayField(forms.CharField):
    """A day as far as it is known: its value is 2024, 2024-05 or 2024-05-17, never after today; or empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """The day, month or year. The message says what to write instead."""
        text = super().clean(value)
        return read_day(text, today=timezone.localdate()) if text else ""


def read_day(text: str, *, today: date) -> str:
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
    if first > today:
        raise ValidationError(_("This day has not come yet. Please check the year and the month."))
    if first.year < EARLIEST_YEAR:
        raise ValidationError(_("This day is very long ago. Please check the year."))
    return "-".join([f"{parts[0]:04d}", *(f"{part:02d}" for part in parts[1:])])


def _as_told(text: str, today: date) -> list[int]:
    """去年五月: told in words, counted from today. Empty when it cannot be read."""
    if len(text) > LONGEST_DAY_TEXT:
        return []
    told = analyse(text, today=today).first(Kind.DATE)
    return [int(part) for part in str(told.value).split("-")] if told else []


class PhoneField(forms.CharField):
    """A mainland mobile number; its value is the eleven digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}),
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """The digits. The message says what to check."""
        text = super().clean(value)
        try:
            return clean_phone(text) if text else ""
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal


class IdNumberField(forms.CharField):
    """An identity number with a right check digit (GB 11643-1999), or nothing."""

    def clean(self, value: Any) -> str:
        """The 18 characters. The message says what to check."""
        text = super().clean(value)
        try:
            return clean_id_number(text) if text else ""
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal
