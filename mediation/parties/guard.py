"""诉讼时效的提醒: before a citizen promises to pay, the form shows how the time of the debt looks, and wants a tick.

It warns the debtor alone and decides nothing (民法典 Arts 192, 193; 诉讼时效规定 Arts 14, 19).
"""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from cases.roles import Role, Side
from cases.services.limitation import DebtTime, note_warning_read, time_of_debt
from mediation.agreements.models import Proposal, Term
from mediation.parties.forms.common import ActForm
from mediation.parties.situation import Situation

TICK = "knows_time"


def time_to_tell(s: Situation) -> DebtTime | None:
    """How the time of the debt looks, if this person is the borrower and should know before promising anything."""
    if s.role != Role.CITIZEN or s.side != Side.CLAIMANT:
        return None
    time = time_of_debt(s.case, on=s.today)
    return time if time.is_to_be_told else None


def is_promised_in(proposal: Proposal | None) -> bool:
    """Whether the borrower is to pay in this version."""
    terms = proposal.terms.all() if proposal else ()
    return any(term.kind == Term.Kind.PAY and term.payer == Side.CLAIMANT for term in terms)


class GuardedForm(ActForm):
    """A form by which a borrower may promise to pay. Subclasses say when it does, and whether it could."""

    time: DebtTime | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.time = time_to_tell(self.situation) if self.could_promise() else None
        if self.time:
            self.fields[TICK] = forms.BooleanField(
                label=gettext_lazy("I have read the note about time, and go on all the same"), required=False
            )

    def could_promise(self) -> bool:
        """Whether sending this form could be a promise to pay."""
        return True

    def does_promise(self, data: dict[str, Any]) -> bool:
        """Whether it is one, as it was filled in."""
        return True

    def clean(self) -> dict[str, Any]:
        """A promise needs the tick; a no needs none."""
        data: dict[str, Any] = super().clean() or {}
        if self.time and self.does_promise(data) and not data.get(TICK):
            self.add_error(TICK, gettext("Please read the note about time first, then tick this."))
        return data


def note_read(s: Situation, act: str, form: ActForm) -> None:
    """Keep in the record that the note was read, if one was shown and this was a promise."""
    if isinstance(form, GuardedForm) and form.time and form.does_promise(form.cleaned_data):
        note_warning_read(case_id=s.case.pk, person=s.person, act=act, seen=form.time)
