"""How a side may be reached: yes or no to electronic service, stage by stage."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from mediation.forms import OptionText
from mediation.notices.consents import standing_of
from mediation.notices.models import DeliveryConsent
from mediation.parties.forms.common import NO, YES, ActForm, decision_field

PHASES = tuple(DeliveryConsent.Phase.values)
ASKED = {
    "mediation": _("In this mediation"),
    "confirmation": _("If both sides go to the court for confirmation"),
}


class ReachForm(ActForm):
    """同意电子送达: nothing is chosen beforehand; what was answered before is shown as it stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        party = self.situation.party
        for phase in PHASES:
            self.fields[phase] = decision_field(
                ASKED[phase],
                OptionText(
                    _("I agree"), hint=_("Papers count as delivered when they are in my account here.")
                ),
                OptionText(
                    _("I do not agree"), hint=_("Send me paper by post. I can still read everything here.")
                ),
                required=_("Please say yes or no for each stage."),
            )
            agreed = standing_of(party, phase).agreed
            if agreed is not None:
                self.fields[phase].initial = YES if agreed else NO

    def answers(self) -> dict[str, bool]:
        """Yes or no for each stage."""
        return {phase: self.cleaned_data[phase] == YES for phase in PHASES}
