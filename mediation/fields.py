"""Form fields that read what people write: money in words, days, several files at once."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from cases.money import AmountError, parse_yuan


class AmountField(forms.CharField):
    """Yuan as people write them (三万五, 3.5万, 35,000); its value is whole fen, or None when empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("error_messages", {"required": _("Please write an amount, for example 12000.50.")})
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
            raise ValidationError(str(error), code=error.code) from error


class DateField(forms.DateField):
    """A day picked in the browser's own calendar, or typed as 2026-05-17, 2026/5/17 or 2026年5月17日."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "input_formats", ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y年%m月%d号", "%Y%m%d"]
        )
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        unclear = _("We could not read this day. Write it like 2026-05-17.")
        kwargs.setdefault("error_messages", {"required": _("Please choose the day."), "invalid": unclear})
        super().__init__(**kwargs)


class FilesInput(forms.ClearableFileInput):
    """Lets the phone choose several files."""

    allow_multiple_selected = True
    template_name = "components/files_input.html"
    upload: dict[str, Any] | None = (
        None  # what components/upload.html needs; without it a plain field stands there
    )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the uploader, where the page has one (mediation.files.held.dress)."""
        return {**super().get_context(name, value, attrs), "upload": self.upload}


class FilesField(forms.FileField):
    """Several files at once; its value is a list, empty when none was chosen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FilesInput(attrs={"multiple": True}))
        kwargs.setdefault("error_messages", {"empty": _("This file is empty. Please choose it again.")})
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Each file by itself; what is wrong with one names it."""
        chosen = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if not chosen and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return [super(FilesField, self).clean(one) for one in chosen]
