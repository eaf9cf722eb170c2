"""The forms of the page about delivery: a call, a posting, what the return slip says, an answer about consent."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediation.desk.fields import DayInput, TimeInput, lines
from mediation.desk.forms import CaseForm
from mediation.notices.models import DeliveryConsent, Rung
from mediation.notices.reaching import OF_A_CALL, OF_A_LETTER

NO_DAY, NO_TIME = _("Please give the day."), _("Please give the time.")


def _choices(outcomes: tuple[Rung.Outcome, ...]) -> list[tuple[str, Any]]:
    return [(one.value, one.label) for one in outcomes]


class WhenForm(CaseForm):
    """Something that happened at a moment; now, until somebody writes another one."""

    on = forms.DateField(label=_("Day"), widget=DayInput(), error_messages={"required": NO_DAY})
    at = forms.TimeField(label=_("Time"), widget=TimeInput(), error_messages={"required": NO_TIME})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.localtime()
        self.fields["on"].initial, self.fields["at"].initial = now.date(), now.time()

    def moment(self) -> datetime:
        """The moment by the clock of the office."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["on"], self.cleaned_data["at"]))


class CallForm(WhenForm):
    """电话联系: what came of a call."""

    outcome = forms.ChoiceField(
        label=_("What came of the call"),
        choices=_choices(OF_A_CALL),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what came of the call.")},
    )
    note = forms.CharField(
        label=_("What was said"),
        help_text=_("Also how you made sure who answered."),
        widget=lines(3),
        max_length=1000,
        error_messages={"required": _("Please write what was said, or that nobody answered.")},
    )
    field_order = ["outcome", "note", "on", "at"]


class PostForm(WhenForm):
    """邮寄: the letter was handed in."""

    number = forms.CharField(
        label=_("Number of the letter"),
        max_length=40,
        error_messages={"required": _("Please write the number of the letter, as it stands on the slip.")},
    )
    field_order = ["number", "on", "at"]


class SlipForm(WhenForm):
    """回执: what the return slip says."""

    outcome = forms.ChoiceField(
        label=_("What the return slip says"),
        choices=_choices(OF_A_LETTER),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what the return slip says.")},
    )
    note = forms.CharField(label=_("Note"), required=False, widget=lines(2), max_length=500)
    field_order = ["outcome", "on", "at", "note"]


class ConsentForm(CaseForm):
    """同意电子送达 as it was answered on the telephone (在线诉讼规则 Art 30)."""

    party = forms.ChoiceField(label=_("Which side"))
    phase = forms.ChoiceField(label=_("For which stage"), choices=DeliveryConsent.Phase.choices)
    answer = forms.ChoiceField(
        label=_("Electronic service"),
        choices=[("yes", _("Agrees")), ("no", _("Refuses"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what was answered. No answer is no consent.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sides = [(str(one.pk), f"{one.get_side_display()} {one.name}") for one in self.case.parties.all()]
        self.fields["party"] = forms.ChoiceField(label=self.fields["party"].label, choices=sides)
