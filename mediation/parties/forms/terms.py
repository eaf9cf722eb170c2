"""Terms and signatures: reply to a proposal, make one, sign, go to court, object."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.roles import Side
from mediation.agreements.drafts import MOST_PARTS, TermDraft, Wording
from mediation.agreements.models import Term
from mediation.fields import AmountField, DateField
from mediation.forms import OptionText
from mediation.parties.forms.common import YES, ActForm, decision_field, files_field, words_field
from mediation.parties.guard import GuardedForm, is_promised_in

FIRST_DAY_IN = timedelta(days=30)
THEY_PAY, I_PAY, NOBODY_PAYS = "they", "me", "nobody"
OF_A_PAYMENT = ("amount", "holder", "bank", "number")
WHERE_TO = {"required": _("Please say to which account the money goes.")}


class ProposalReplyForm(GuardedForm):
    """A yes or a no to one version. `version` is the one that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    decision = decision_field(
        _("What do you say to it?"),
        OptionText(_("I agree"), hint=_("When both agree, the agreement is drawn up."), icon="check"),
        OptionText(_("I do not agree"), hint=_("The talks go on."), icon="close"),
    )
    words = words_field(_("Anything to say to it?"), hint=_("Say what would have to change."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.situation.proposal:
            self.initial.setdefault("version", self.situation.proposal.version)

    def could_promise(self) -> bool:
        """When this side is to pay in it."""
        return is_promised_in(self.situation.proposal)

    def does_promise(self, data: dict[str, Any]) -> bool:
        """A yes does."""
        return data.get("decision") == YES


class CounterForm(GuardedForm):
    """A proposal of one's own, in few questions."""

    payer = forms.ChoiceField(
        label=_("Who should pay?"),
        choices=[
            (THEY_PAY, OptionText(_("The other side pays us"), icon="yuan")),
            (I_PAY, OptionText(_("We pay the other side"), icon="card")),
            (NOBODY_PAYS, OptionText(_("Nobody pays, something else"), icon="hand")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose who should pay.")},
    )
    amount = AmountField(
        label=_("How much in all?"),
        help_text=_("In yuan, such as 3500 or 三千五."),
        error_messages={"required": _("Please write how much should be paid.")},
    )
    parts = forms.IntegerField(
        label=_("In how many monthly payments?"),
        min_value=1,
        max_value=MOST_PARTS,
        initial=1,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            name: _("Write a number from 1 to %(most)d.") % {"most": MOST_PARTS}
            for name in ("invalid", "min_value", "max_value")
        },
    )
    first_on = DateField(label=_("On which day the first time?"))
    holder = forms.CharField(label=_("Account holder"), max_length=60, error_messages=WHERE_TO)
    bank = forms.CharField(label=_("Name of the bank"), max_length=60, error_messages=WHERE_TO)
    number = forms.CharField(
        label=_("Account number"),
        max_length=40,
        error_messages=WHERE_TO,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"}),
    )
    waive = AmountField(
        label=_("How much should be waived?"),
        required=False,
        help_text=_("What the institution gives up. Leave it empty if nothing."),
    )
    stop_collection = forms.BooleanField(label=_("No more collection calls"), required=False)
    correct_credit = forms.BooleanField(label=_("Correct the credit record"), required=False)
    other = words_field(_("Anything else that the institution should do?"))
    note = words_field(_("Why do you propose this?"))
    agrees = forms.BooleanField(label=_("If the other side agrees, we agree, too"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("first_on", timezone.localdate() + FIRST_DAY_IN)
        if self.is_bound and self.data.get("payer") == NOBODY_PAYS:
            for name in OF_A_PAYMENT:
                self.fields[name].required = False
        self.initial.setdefault("holder", self.situation.party.name)

    def clean(self) -> dict[str, Any]:
        """The terms must be whole: an amount and an account for a payment, something to do otherwise."""
        data: dict[str, Any] = super().clean() or {}
        wanted = ("waive", "stop_collection", "correct_credit", "other")
        if data.get("payer") == NOBODY_PAYS and not any(data.get(name) for name in wanted):
            self.add_error("other", gettext("Please write at least one thing that should be done."))
        return data

    def does_promise(self, data: dict[str, Any]) -> bool:
        """When this side offers to pay."""
        return data.get("payer") == I_PAY

    def terms(self) -> list[TermDraft]:
        """The terms as the agreement room takes them."""
        data, day = self.cleaned_data, self.cleaned_data["first_on"]
        mine = self.situation.side
        theirs = Side.RESPONDENT if mine == Side.CLAIMANT else Side.CLAIMANT
        drafts = []
        if data["payer"] != NOBODY_PAYS:
            payer = theirs if data["payer"] == THEY_PAY else mine
            account = {key: data[key] for key in ("holder", "bank", "number")}
            drafts.append(TermDraft(Term.Kind.PAY, payer, day, data["amount"], data["parts"] or 1, account))
        if data["waive"]:
            drafts.append(TermDraft(Term.Kind.WAIVE, Side.RESPONDENT, day, data["waive"]))
        acts = [
            (data["stop_collection"], Term.Kind.STOP_COLLECTION, "不再致电申请人及其亲友、同事"),
            (data["correct_credit"], Term.Kind.CORRECT_CREDIT, "向征信机构报送更正后的信息"),
            (data["other"], Term.Kind.OTHER, data["other"]),
        ]
        return drafts + [
            TermDraft(kind, Side.RESPONDENT, day, words=words) for said, kind, words in acts if said
        ]

    def wording(self) -> Wording:
        """What is said beside the terms."""
        return Wording(note=self.cleaned_data["note"])


class SignForm(GuardedForm):
    """签署: after reading to the end. `agreement` is the paper that was read."""

    agreement = forms.IntegerField(widget=forms.HiddenInput)
    read_to_end = forms.BooleanField(
        label=_("I have read it to the end, understand it, and sign of my own free will"),
        error_messages={
            "required": _("Please read the agreement to its end and tick the box before you sign.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.situation.agreement:
            self.initial.setdefault("agreement", self.situation.agreement.pk)

    def could_promise(self) -> bool:
        """When this side is to pay in it."""
        agreement = self.situation.agreement
        return agreement is not None and is_promised_in(agreement.proposal)


class ApplyForm(ActForm):
    """共同申请: the statements that a joint application needs."""

    consents = forms.BooleanField(
        label=_("We ask the court of our own free will to confirm the agreement; what it says is true"),
        error_messages={"required": _("Please tick the box if you want to ask the court.")},
    )


class CourtPapersForm(ActForm):
    """What the court asked for."""

    words = words_field(_("What do you add?"), required=_("Please say what you added."))
    file = files_field(_("Photos or files"))


class ObjectionForm(ActForm):
    """异议: what is wrong with the ruling."""

    words = words_field(
        _("What is wrong with the ruling?"), required=_("Please write what is wrong with the ruling.")
    )
