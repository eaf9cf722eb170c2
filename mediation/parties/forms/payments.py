"""履行: say that something was paid or done, or that it did not arrive."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.money import format_yuan
from mediation.fields import AmountField, DateField
from mediation.parties.forms.common import ActForm, files_field, words_field
from mediation.performance.models import Instalment


def still_open(instalment: Instalment) -> int:
    """Fen of an instalment that nobody has said were paid."""
    told = sum(one.amount_fen or 0 for one in instalment.payments.all() if not one.disputed)
    return max(0, (instalment.amount_fen or 0) - told)


class PaymentForm(ActForm):
    """One payment, or one act done. The target is the instalment."""

    amount = AmountField(label=_("How much?"))
    paid_on = DateField(label=_("On which day?"))
    words = words_field(_("Anything to say to it?"))
    proof = files_field(_("Proof, such as a screenshot of the transfer"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("paid_on", timezone.localdate())
        if self.target.amount_fen is None:
            del self.fields["amount"]
        else:
            self.initial.setdefault("amount", format_yuan(still_open(self.target)))

    def clean_paid_on(self) -> Any:
        """Not in the future."""
        day = self.cleaned_data["paid_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext("The day of payment lies in the future."))
        return day


class DisputeForm(ActForm):
    """It did not arrive, or not as it should. The target is the payment."""

    words = words_field(_("What is not right?"), required=_("Please write what is not right."))
