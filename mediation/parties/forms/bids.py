"""背靠背报价: ask, say yes or no, seal a figure, answer the middle; and the word on machine suggestions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.roles import Side
from mediation.fields import AmountField
from mediation.forms import OptionText
from mediation.parties.forms.common import ActForm, decision_field

FIGURE = {
    Side.CLAIMANT: (
        _("At least how much should the other side give? (yuan)"),
        _("Paid back or waived, in all. Below it you would rather not settle."),
    ),
    Side.RESPONDENT: (
        _("At most how much would you give? (yuan)"),
        _("Paid back or waived, in all. Above it you would rather not settle."),
    ),
}


class RoundForm(ActForm):
    """About one round; `round` is the one that was on the page."""

    round = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if live := self.situation.bid_round:
            self.initial.setdefault("round", live.number)


class ChooseRoundForm(RoundForm):
    """Yes or no to a round that the other side asked for."""

    decision = decision_field(
        _("Would you like to take part?"),
        OptionText(
            _("Yes, we both seal a figure"), hint=_("You can still leave before the end."), icon="check"
        ),
        OptionText(_("No, thank you"), hint=_("The talks go on as before."), icon="close"),
    )


class FigureForm(RoundForm):
    """One sum, for nobody's eyes. It is never shown again, not even to the one who wrote it."""

    amount = AmountField(error_messages={"required": _("Please write a sum, such as 3500.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].label, self.fields["amount"].help_text = FIGURE[self.situation.side]


class MiddleForm(RoundForm):
    """Yes or no to the middle."""

    decision = decision_field(
        _("Do you accept this sum?"),
        OptionText(
            _("I accept"), hint=_("The mediator then writes the terms; you read and sign them."), icon="check"
        ),
        OptionText(_("I do not accept"), hint=_("The talks go on as before."), icon="close"),
    )


class MachineForm(ActForm):
    """Whether the mediator may ask a machine what like cases came to."""

    decision = decision_field(
        _("May the mediator look at a machine's suggestion in your case?"),
        OptionText(
            _("Yes, it may be asked"), hint=_("Only the mediator sees it. A person decides."), icon="check"
        ),
        OptionText(
            _("No, it may not"),
            hint=_("The mediator works without it, and later cases are not compared with yours."),
            icon="close",
        ),
    )
