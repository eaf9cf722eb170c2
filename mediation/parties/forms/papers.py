"""Papers to ask for: who acts for me, my data, the old debt, the credit record."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.roles import Role
from cases.services.limitation import DATES, STATED
from mediation.dates.days import DayField
from mediation.fields import AmountField, DateField
from mediation.forms import OptionText
from mediation.papers.asked import LONGEST_STATEMENT, AgentNamed, CreditRecord
from mediation.papers.consent import MATTERS
from mediation.parties.forms.common import NO, YES, ActForm, words_field

BUREAUS = (
    ("中国人民银行征信中心", _("Credit Reference Center of the People's Bank")),
    ("百行征信有限公司", _("Baihang Credit")),
    ("朴道征信有限公司", _("Pudao Credit")),
)
LENDER = "lender"
USUAL_TERM = timedelta(days=180)


class AgentForm(ActForm):
    """授权委托书: who acts for this side, how far, and until when."""

    name = forms.CharField(
        label=_("Name of the agent"),
        max_length=50,
        error_messages={"required": _("Please write the name.")},
    )
    relation = forms.CharField(
        label=_("How are you related?"),
        help_text=_("Such as cousin, lawyer, employee."),
        max_length=50,
        error_messages={"required": _("Please write how you are related.")},
    )
    phone = forms.CharField(
        label=_("Telephone of the agent"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
        error_messages={"required": _("Please write the telephone number.")},
    )
    id_number = forms.CharField(label=_("Identity number of the agent"), required=False, max_length=30)
    employer = forms.CharField(label=_("Where the agent works"), required=False, max_length=80)
    is_paid = forms.ChoiceField(
        label=_("Is the agent paid?"),
        choices=[(NO, _("No, without pay")), (YES, _("Yes, paid"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say whether the agent is paid.")},
    )
    scope = forms.ChoiceField(
        label=_("What may the agent do?"),
        choices=[
            ("general", OptionText(_("Speak for me and hand in papers"), hint=_("But agree to nothing."))),
            (
                "special",
                OptionText(_("Also agree, give up, and sign for me"), hint=_("Think about it well.")),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what the agent may do.")},
    )
    most = AmountField(label=_("Up to which sum may the agent agree? (yuan)"), required=False)
    until_on = DateField(label=_("Until which day?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("until_on", timezone.localdate() + USUAL_TERM)

    def agent(self) -> AgentNamed:
        """The agent as the service takes it."""
        data = self.cleaned_data
        return AgentNamed(
            name=data["name"].strip(),
            relation=data["relation"].strip(),
            phone=data["phone"].strip(),
            is_paid=data["is_paid"] == YES,
            is_special=data["scope"] == "special",
            until_on=data["until_on"],
            id_number=data["id_number"].strip(),
            employer=data["employer"].strip(),
            most_fen=data["most"],
        )


class PrivacyForm(ActForm):
    """单独同意: each matter by itself; none is chosen beforehand, and no answer is a no."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for matter in MATTERS:
            self.fields[matter.key] = forms.ChoiceField(
                label=matter.label,
                help_text=matter.hint,
                required=False,
                choices=[(YES, _("I agree")), (NO, _("I do not agree"))],
                widget=forms.RadioSelect(attrs={"class": "row"}),
            )

    def answers(self) -> dict[str, bool]:
        """Yes or not, by matter."""
        return {matter.key: self.cleaned_data.get(matter.key) == YES for matter in MATTERS}


class DebtDatesForm(ActForm):
    """When the debt was due, paid, asked for; each as far as it is known."""

    last_due = DayField(
        label=_("When is, or was, the last payment due?"),
        help_text=_("Such as 2024-05-17, or only 2024-05. Leave it empty if you do not know."),
        may_be_ahead=True,
    )
    last_paid = DayField(label=_("When did you last pay something?"))
    last_asked = DayField(label=_("When did they last ask you to pay?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answers = self.situation.case.answers
        said = (answers.get(STATED) or {}).get(str(Role.CITIZEN)) or answers
        for name in DATES:
            self.initial.setdefault(name, said.get(name) or "")

    def dates(self) -> dict[str, str]:
        """The three days."""
        return {name: self.cleaned_data[name] for name in DATES}


class CreditForm(ActForm):
    """征信异议: what the record says, what is wrong, what should stand there."""

    to = forms.ChoiceField(
        label=_("To whom?"),
        help_text=_("The bureau that gave you the report, or the lender itself."),
        choices=[*BUREAUS, (LENDER, _("The lender itself"))],
    )
    record = words_field(
        _("What does the report say?"),
        required=_("Please write what the report says."),
        hint=_("Copy it from the report: which month, which sum."),
    )
    wrong = words_field(_("What is wrong with it?"), required=_("Please write what is wrong."))
    asked = words_field(
        _("What should stand there instead?"), required=_("Please write what should stand there.")
    )
    business = forms.CharField(label=_("Kind of loan"), required=False, max_length=60)
    contract_number = forms.CharField(label=_("Number of the contract"), required=False, max_length=60)
    report_number = forms.CharField(label=_("Number of the report"), required=False, max_length=60)
    statement = forms.CharField(
        label=_("A statement of your own for the record"),
        help_text=_("At most %(most)d characters. Nothing about illness: a bureau may not keep that.")
        % {"most": LONGEST_STATEMENT},
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_STATEMENT * 4,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        loan = getattr(self.situation.case, "loan", None)
        if loan:
            self.initial.setdefault("contract_number", loan.contract_no)
            self.initial.setdefault("business", loan.product)

    def clean(self) -> dict[str, Any]:
        """An agreement must know who one is; so must a bureau."""
        data: dict[str, Any] = super().clean() or {}
        if self.situation.lacks_identity:
            self.add_error(None, gettext("Please add your identity number and address first."))
        return data

    def told(self) -> CreditRecord:
        """The record as the service takes it."""
        data = dict(self.cleaned_data)
        other = self.situation.other
        if data["to"] == LENDER:
            data["to"] = other.name if other else ""
        return CreditRecord(**data)
