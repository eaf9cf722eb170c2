"""Boxes to write in: days, times, money."""

from typing import Any

from django import forms

from cases.money import AmountError, format_yuan, parse_yuan


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def lines(rows: int) -> forms.Textarea:
    """A text box of so many rows."""
    return forms.Textarea(attrs={"rows": rows})


class YuanField(forms.CharField):
    """Money as people write it, in yuan; cleaned to fen."""

    def __init__(self, *, allow_zero: bool = False, **kwargs: Any) -> None:
        self.allow_zero = allow_zero
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Fen as yuan."""
        return format_yuan(value).replace(",", "") if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """The fen, or None for an empty box that may be empty."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_yuan(text, allow_zero=self.allow_zero)
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error
