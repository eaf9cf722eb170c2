"""What the office copies from a holiday notice or a new act: forms that refuse what cannot be right, in plain words."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cases.rules import limits
from cases.rules.calendar import PACKAGE_TO, year
from cases.rules.notices import EARLIEST_YEAR, HOLIDAYS, DaysOff, NewVersion, tracks_with
from cases.rules.tables import Status, Words
from mediation.desk.fields import DayInput, lines

A_DAY = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
BETWEEN = re.compile(r"[\s,，、;；。]+(?!日|月)")


class HolidayForm(forms.Form):
    """A year's notice: the days off of each holiday, and the weekend days worked for them."""

    use_required_attribute = False
    year = forms.IntegerField(label=_("Year"), min_value=EARLIEST_YEAR, max_value=PACKAGE_TO)
    source = forms.CharField(
        label=_("The notice: title and number"),
        help_text=_("As it is printed, such as 国办发明电〔2026〕7号. Readers see it beside the dates."),
        max_length=200,
        error_messages={"required": _("Please name the notice: its title and number.")},
    )
    make_up = forms.CharField(
        label=_("Make-up working days"),
        help_text=_(
            "Weekend days on which offices work, one a line: 2月6日 or 2027-02-06. None: leave it empty."
        ),
        required=False,
        widget=lines(4),
        max_length=600,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, name in HOLIDAYS.items():
            self.fields[f"{key}_first"] = forms.DateField(
                label=_("%(name)s: first day off") % {"name": name}, required=False, widget=DayInput()
            )
            self.fields[f"{key}_last"] = forms.DateField(
                label=_("%(name)s: last day off") % {"name": name}, required=False, widget=DayInput()
            )
        self.order_fields(
            ["year", "source", *(f for key in HOLIDAYS for f in (f"{key}_first", f"{key}_last"))]
        )

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The boxes of each holiday, side by side."""
        return [(self[f"{key}_first"], self[f"{key}_last"]) for key in HOLIDAYS]

    def clean_make_up(self) -> list[date]:
        """The days that were written, in the year of the form where they name none."""
        return list(self._days(self.cleaned_data["make_up"]))

    def _days(self, text: str) -> Iterator[date]:
        own_year = self.cleaned_data.get("year") or timezone.localdate().year
        for part in filter(None, BETWEEN.split(text.strip())):
            day = _day_in(part, own_year)
            if day is None:
                raise forms.ValidationError(
                    _now("“%(text)s” is no day. Please write it like 2月6日 or 2027-02-06.") % {"text": part}
                )
            yield day

    def clean(self) -> dict[str, Any]:
        """Both ends of a holiday, or none of them."""
        cleaned = super().clean() or {}
        days_off = []
        for key, name in HOLIDAYS.items():
            first, last = cleaned.get(f"{key}_first"), cleaned.get(f"{key}_last")
            if bool(first) != bool(last) and not (
                self.has_error(f"{key}_first") or self.has_error(f"{key}_last")
            ):
                self.add_error(f"{key}_last" if first else f"{key}_first", _("Please give both days."))
            elif first and last:
                days_off.append(DaysOff(name, first, last))
        cleaned["days_off"] = days_off
        return cleaned


def _day_in(text: str, own_year: int) -> date | None:
    found = A_DAY.fullmatch(text)
    try:
        return date(int(found[1] or own_year), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def known_days(number: int) -> dict[str, Any]:
    """What is known of a year so far, as a form is filled in with it."""
    table = year(number)
    told: dict[str, Any] = {
        "year": number,
        "make_up": "\n".join(day.isoformat() for day in sorted(table.make_up_days)),
    }
    for key, name in HOLIDAYS.items():
        days = [day for day, one in table.days_off.items() if name.zh in _first_word(one)]
        if days:
            told[f"{key}_first"], told[f"{key}_last"] = min(days), max(days)
    return told


def _first_word(name: Words) -> str:
    return "春节" if "除夕" in name.zh else name.zh


class VersionForm(forms.Form):
    """A new version of a limit. What it does not ask for stays as in the version it replaces."""

    use_required_attribute = False
    n = forms.IntegerField(label=_("How many"), min_value=1, max_value=73_200)
    unit = forms.ChoiceField(label=_("Unit"), choices=limits.Unit.choices)
    article = forms.CharField(
        label=_("Article"),
        help_text=_("The act with its number, and the article."),
        max_length=200,
        error_messages={"required": _("Please write the article that the new version comes from.")},
    )
    status = forms.ChoiceField(
        label=_("How far it was checked"),
        choices=[(one.value, f"{one.value} · {one.label}") for one in Status],
    )
    in_force_from = forms.DateField(
        label=_("In force from"),
        widget=DayInput(),
        error_messages={"required": _("Please give the first day on which the new version holds.")},
    )
    up_to = forms.IntegerField(
        label=_("Longest extension"),
        help_text=_("In the same unit. 0: cannot be extended. Empty: as before."),
        required=False,
        min_value=0,
        max_value=3660,
    )
    keeps_later = forms.BooleanField(
        label=_("The other rule, which gives a later day, still stands beside it"),
        required=False,
        initial=True,
    )
    note = forms.CharField(
        label=_("Note for readers"),
        help_text=_("In Chinese; shown beside the rule."),
        required=False,
        max_length=200,
    )
    tracks = forms.MultipleChoiceField(
        label=_("Holds on these tracks"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose on which tracks the new version holds.")},
    )

    def __init__(self, *args: Any, replaces: limits.Limit, **kwargs: Any) -> None:
        there = tracks_with(replaces)
        initial = {
            "n": replaces.n,
            "unit": replaces.unit,
            "status": Status.MEMORY,
            "tracks": there,
            **kwargs.get("initial", {}),
        }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.fields["tracks"].choices = [  # type: ignore[attr-defined]
            (name, str(limits.profile_title(name))) for name in there
        ]
        if replaces.later is None:
            del self.fields["keeps_later"]

    def version(self) -> NewVersion:
        """What was entered."""
        told = self.cleaned_data
        return NewVersion(
            n=told["n"],
            unit=limits.Unit(told["unit"]),
            article=told["article"],
            status=Status(told["status"]),
            in_force_from=told["in_force_from"],
            note=told["note"],
            up_to=told["up_to"],
            keeps_later=told.get("keeps_later", True),
        )
