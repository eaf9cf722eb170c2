"""Forms of the case file's page: what the office writes itself."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediation.agreements.services import effective
from mediation.desk.ending_forms import EndForm
from mediation.desk.fields import DayInput, lines
from mediation.desk.forms import CaseForm
from mediation.dossier.delivery import Delivery, deliveries_of
from mediation.templatetags.house import when

LONGEST = 8000


def _words(label: Any, required: Any, *, rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label, widget=lines(rows), max_length=LONGEST, error_messages={"required": required}
    )


class RecordForm(CaseForm):
    """A record that the office writes in its own words; `content` is what the paper takes."""

    def content(self) -> dict[str, Any]:
        """The cleaned fields, by the keys of the paper."""
        return dict(self.cleaned_data)


class FactFindingForm(RecordForm):
    """调查记录."""

    held_on = forms.DateField(label=_("Day"), widget=DayInput())
    place = forms.CharField(
        label=_("Place or way"), max_length=100, error_messages={"required": _("Please say where, or how.")}
    )
    asked = forms.CharField(
        label=_("Who was asked"), max_length=100, error_messages={"required": _("Please say who was asked.")}
    )
    words = _words(_("Questions and answers"), _("Please write what was found."), rows=7)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].initial = timezone.localdate()


class FollowUpForm(RecordForm):
    """回访记录."""

    held_on = forms.DateField(label=_("Day"), widget=DayInput())
    way = forms.CharField(
        label=_("How"),
        help_text=_("By telephone, on site, by message."),
        max_length=60,
        error_messages={"required": _("Please say how.")},
    )
    asked = forms.CharField(
        label=_("Who was asked"), max_length=100, error_messages={"required": _("Please say who was asked.")}
    )
    performance = _words(
        _("How far the agreement is performed"), _("Please say how far it is performed."), rows=2
    )
    words = _words(_("What was said"), _("Please write what was said."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].initial = timezone.localdate()

    def content(self) -> dict[str, Any]:
        """With the number of the agreement, where one is in force."""
        agreement = effective(self.case)
        return {
            **self.cleaned_data,
            "agreement_number": agreement.number if agreement else "本案未达成调解协议",
        }


class ExplanationForm(RecordForm):
    """情况说明."""

    subject = forms.CharField(
        label=_("About what"), max_length=100, error_messages={"required": _("Please say what it is about.")}
    )
    words = _words(_("The explanation"), _("Please write the explanation."))


class TransferForm(EndForm):
    """移送函: to whom, with what Art 21 asks for."""

    to = forms.CharField(
        label=_("To whom"),
        help_text=_("The court that sent the case, or the house that goes on with it."),
        max_length=100,
        error_messages={"required": _("Please write to whom the letter goes.")},
    )
    their_number = forms.CharField(label=_("Their case number"), required=False, max_length=60)
    consents = forms.CharField(
        label=_("What the sides said to it"),
        help_text=_("For instance who agreed that the files are sent on. Silence is no consent."),
        required=False,
        max_length=500,
        widget=lines(2),
    )
    field_order = [
        "to",
        "their_number",
        "consents",
        "raised_costs",
        "cost_conduct",
        "has_notes",
        "court_notes",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["ending"], self.fields["reason"]
        court = self.case.centre.court if self.case.centre else None
        self.fields["to"].initial = court.name if court else ""

    def said(self) -> dict[str, str]:
        """What the letter takes."""
        keys = ("to", "their_number", "consents", "cost_conduct", "court_notes")
        return {key: str(self.cleaned_data.get(key) or "") for key in keys}


class DeliveryForm(CaseForm):
    """电子送达凭证: for which delivery."""

    delivery = forms.ChoiceField(
        label=_("Which delivery"),
        error_messages={
            "required": _("Please choose a delivery."),
            "invalid_choice": _("Please choose a delivery from the list."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, _shown(one)) for one in deliveries_of(self.case)]
        self.fields["delivery"] = forms.ChoiceField(
            label=_("Which delivery"),
            choices=choices,
            error_messages=self.fields["delivery"].error_messages,
        )


def _shown(one: Delivery) -> str:
    return f"{when(one.written_at)} · {one.party.name} · {one.subject}"
