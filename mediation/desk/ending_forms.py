"""The end of a mediation: its ground, its reason, and what 在线调解规则 Art 21 asks to be recorded with it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.services.closing import STAFF_GROUNDS
from cases.workflow import Ending
from mediation.desk.fields import lines
from mediation.desk.forms import ReasonForm
from mediation.dossier.places import file_of

# A no is written down as a no; papers are Chinese.
NO_CONDUCT = "没有导致调解成本增加的情形。"
NO_NOTES = "没有需要提请人民法院注意的其他事项。"


class EndForm(ReasonForm):
    """The ground on which the mediation ends (Art 25)."""

    ending = forms.ChoiceField(
        label=_("Ground"),
        choices=[(one.value, one.label) for one in Ending if one in STAFF_GROUNDS],
        error_messages={"invalid_choice": _("Please choose a ground from the list.")},
    )
    raised_costs = forms.ChoiceField(
        label=_("Did a side's conduct raise the costs of the mediation?"),
        choices=[("no", _("No, nothing")), ("yes", _("Yes, as follows"))],
        widget=forms.RadioSelect(attrs={"class": "row"}),
        error_messages={"required": _("Please answer; the law asks us to record it, a “no” too.")},
    )
    cost_conduct = forms.CharField(label=_("Which conduct"), required=False, max_length=1000, widget=lines(2))
    has_notes = forms.ChoiceField(
        label=_("Is there anything the court should know?"),
        choices=[("no", _("No, nothing")), ("yes", _("Yes, as follows"))],
        widget=forms.RadioSelect(attrs={"class": "row"}),
        error_messages={"required": _("Please answer; the law asks us to record it, a “no” too.")},
    )
    court_notes = forms.CharField(
        label=_("What the court should know"),
        help_text=_("Both sides read it. Nothing of what was offered or conceded in the talks."),
        required=False,
        max_length=1000,
        widget=lines(2),
    )
    field_order = ["ending", "reason", "raised_costs", "cost_conduct", "has_notes", "court_notes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if missing := [str(one.place.label) for one in file_of(self.case).missing]:
            text = _("Still missing in the case file: %(papers)s. It can be added afterwards, too.")
            self.fields["ending"].help_text = text % {"papers": "、".join(missing)}

    def clean(self) -> dict[str, Any]:
        """A yes needs its words; a no is written down as a no (在线调解规则 Art 21)."""
        cleaned = super().clean() or {}
        for asked, words, none in (
            ("raised_costs", "cost_conduct", NO_CONDUCT),
            ("has_notes", "court_notes", NO_NOTES),
        ):
            if cleaned.get(asked) == "no":
                cleaned[words] = none
            elif cleaned.get(asked) == "yes" and not cleaned.get(words):
                self.add_error(words, _("Please write it in a sentence, or answer no."))
        return cleaned


class DescribeEndingForm(EndForm):
    """What Art 21 asks for, added to an ending that no mediator declared."""

    field_order = ["raised_costs", "cost_conduct", "has_notes", "court_notes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["ending"], self.fields["reason"]
