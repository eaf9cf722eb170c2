"""Fields that read what people write: money in words, phone and identity numbers; days are in mediation.dates.days."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.errors import Refusal
from cases.money import AmountError, format_yuan, parse_yuan
from cases.services.people import clean_id_number, clean_phone
from mediation.dates.days import DayField, read_day

__all__ = ["AmountField", "DayField", "IdNumberField", "PhoneField", "plain_yuan", "read_day"]


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
