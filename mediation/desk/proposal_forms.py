"""The forms of terms and of the agreement. Rows of terms are a formset: they work without script."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.roles import Side
from mediation.agreements.drafts import MOST_PARTS, TermDraft, Wording
from mediation.agreements.models import Term
from mediation.agreements.services import MOST_TERMS
from mediation.desk.fields import DayInput, YuanField, lines

CHOOSE = ("", _("Please choose"))


class TermForm(forms.Form):
    """One term: who does what, how much, when, to which account."""

    kind = forms.ChoiceField(label=_("What"), choices=[CHOOSE, *Term.Kind.choices])
    payer = forms.ChoiceField(label=_("Who"), choices=[CHOOSE, *Side.choices])
    amount = YuanField(label=_("Amount in all (yuan)"), required=False)
    parts = forms.IntegerField(
        label=_("Monthly parts"), min_value=1, max_value=MOST_PARTS, required=False, initial=1
    )
    due_on = forms.DateField(label=_("By, or first part on"), widget=DayInput())
    holder = forms.CharField(label=_("Account holder"), required=False, max_length=60)
    bank = forms.CharField(label=_("Bank and branch"), required=False, max_length=80)
    number = forms.CharField(
        label=_("Account number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    words = forms.CharField(label=_("In words"), required=False, max_length=500, widget=lines(2))

    def draft(self) -> TermDraft:
        """The cleaned row as the service takes it."""
        told = self.cleaned_data
        number = "".join(told["number"].split())
        account = {"holder": told["holder"], "bank": told["bank"], "number": number}
        return TermDraft(
            kind=told["kind"],
            payer=told["payer"],
            due_on=told["due_on"],
            amount_fen=told["amount"],
            parts=told["parts"] or 1,
            account=account if told["kind"] == Term.Kind.PAY else {},
            words=told["words"],
        )


if TYPE_CHECKING:
    Rows = forms.BaseFormSet[TermForm]
else:
    Rows = forms.BaseFormSet


class TermRows(Rows):
    """The rows of terms; rows left empty do not count."""

    def drafts(self) -> list[TermDraft]:
        """The terms of the rows that were filled in and not struck out."""
        return [
            form.draft()
            for form in self.forms
            if form.has_changed() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]


def term_rows(extra: int) -> type[TermRows]:
    """A formset with so many empty rows at its end."""
    made: Any = forms.formset_factory(
        TermForm,
        formset=TermRows,
        extra=extra,
        can_delete=True,
        max_num=MOST_TERMS,
        absolute_max=MOST_TERMS * 2,
    )
    return cast("type[TermRows]", made)


class WordingForm(forms.Form):
    """What is said beside the terms (人民调解法 Art 29)."""

    note = forms.CharField(
        label=_("Why these terms"),
        help_text=_("Both sides read it. It never goes to the court."),
        required=False,
        widget=lines(2),
        max_length=1000,
    )
    overdue = forms.CharField(
        label=_("If a payment is late"), required=False, widget=lines(2), max_length=500
    )
    credit = forms.CharField(label=_("The credit record"), required=False, widget=lines(2), max_length=500)
    waiver = forms.CharField(
        label=_("What both sides give up"), required=False, widget=lines(2), max_length=500
    )
    costs = forms.CharField(label=_("Costs"), required=False, max_length=200)

    def wording(self) -> Wording:
        """The cleaned words as the service takes them."""
        return Wording(**self.cleaned_data)


class AgreementForm(forms.Form):
    """The parts of the agreement that are not terms (人民调解法 Art 29)."""

    facts = forms.CharField(
        label=_("Main facts"),
        widget=lines(5),
        max_length=4000,
        error_messages={"required": _("Please write the main facts.")},
    )
    issues = forms.CharField(
        label=_("What is in dispute"),
        widget=lines(4),
        max_length=3000,
        error_messages={"required": _("Please write what is in dispute.")},
    )
    responsibility = forms.CharField(
        label=_("Who answers for what"),
        widget=lines(3),
        max_length=3000,
        error_messages={"required": _("Please write who answers for what.")},
    )

    def texts(self) -> dict[str, Any]:
        """The three texts."""
        return {key: self.cleaned_data[key] for key in ("facts", "issues", "responsibility")}
