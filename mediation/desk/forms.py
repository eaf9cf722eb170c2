"""The forms of a case's page, one for each act. Words and sums are checked here, rights and times by the services."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Institution, User
from cases.roles import Role
from cases.rules.pausing import PauseKind
from cases.selectors import mediators_with_load
from cases.services.intake import institution_named
from cases.services.pauses import kinds_of_pause, longest_extension
from mediation.desk.fields import DayInput, TimeInput, YuanField, lines
from mediation.forms import OptionText
from mediation.hearings.models import Hearing

WAITED_FOR = (Role.CITIZEN, Role.INSTITUTION, Role.COURT, Role.OFFICER)
ROUTES = _("court of the place of performance; or a complaint to the institution and its regulator")


class CaseForm(forms.Form):
    """A form about one case, filled in by one person."""

    def __init__(self, *args: Any, case: Case, person: User, **kwargs: Any) -> None:
        self.case, self.person = case, person
        super().__init__(*args, **kwargs)


class MatchForm(CaseForm):
    """Which institution of our list the other side is."""

    institution = forms.ModelChoiceField(
        Institution.objects.order_by("name"),
        label=_("Institution on our list"),
        empty_label=_("Please choose"),
        error_messages={"required": _("Please choose an institution from the list.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        respondent = self.case.respondent
        guess = respondent.institution if respondent else None
        if guess is None and respondent:
            guess = institution_named(respondent.name)
        self.fields["institution"].initial = guess.pk if guess else None


class NoteForm(CaseForm):
    """A free note with the decision."""

    note = forms.CharField(label=_("Note for the file"), required=False, widget=lines(2), max_length=1000)


class SupplementForm(CaseForm):
    """What is missing, all at once."""

    items = forms.CharField(
        label=_("What to add"),
        help_text=_("Everything at once, one item a line. The citizen reads exactly this."),
        widget=lines(4),
        max_length=2000,
        error_messages={"required": _("Please write what the citizen should add.")},
    )


class DeclineForm(CaseForm):
    """Why not, and where to go instead."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=lines(3),
        max_length=1000,
        error_messages={"required": _("Please give the reason.")},
    )
    go_where = forms.CharField(
        label=_("Where the citizen can go instead"),
        widget=lines(2),
        max_length=500,
        initial=ROUTES,
        error_messages={"required": _("Please say where the citizen can go instead.")},
    )


class AssignForm(CaseForm):
    """One mediator of the centre; each with open cases and who named them."""

    mediator = forms.TypedChoiceField(
        label=_("Mediator"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose a mediator from the list."),
            "invalid_choice": _("Please choose a mediator from the list."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named: dict[int, list[str]] = {}
        for choice in self.case.choices.select_related("party"):
            named.setdefault(choice.mediator_id, []).append(str(choice.party.get_side_display()))
        people: list[Any] = list(mediators_with_load(self.case.centre))
        offered: list[Any] = [
            (one.pk, OptionText(str(one), hint=_hint(one.open_cases, named.get(one.pk, []))))
            for one in people
        ]
        cast("forms.TypedChoiceField", self.fields["mediator"]).choices = offered


def _hint(load: int, named_by: list[str]) -> str:
    told = str(_("%(n)s open cases") % {"n": load})
    return f"{told} · {_('named by %(who)s') % {'who': '、'.join(named_by)}}" if named_by else told


class TakeOnForm(CaseForm):
    """Disclosure before taking a case on (在线调解规则 Art 13)."""

    has_relation = forms.TypedChoiceField(
        label=_("Are you related to a side, or have you an interest in this case?"),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs={"class": "row"}),
        choices=[("no", _("No, neither")), ("yes", _("Yes, I disclose it"))],
        error_messages={"required": _("Please answer: silence is no disclosure.")},
    )
    words = forms.CharField(
        label=_("The relation, in words"),
        help_text=_("Both sides read it and may ask for another mediator."),
        required=False,
        widget=lines(3),
        max_length=1000,
    )


class ReasonForm(CaseForm):
    """A reason that the law asks us to record."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=lines(2),
        max_length=1000,
        error_messages={"required": _("Please write the reason; the law asks us to record it.")},
    )


class PauseForm(CaseForm):
    """Which kind of pause, why, and for whom we wait (Art 26, CPC Art 86, our own rules)."""

    kind = forms.ChoiceField(
        label=_("Kind of pause"),
        choices=PauseKind.choices,
        initial=PauseKind.WAITING,
        error_messages={"invalid_choice": _("Please choose the kind of pause.")},
    )
    waiting_for = forms.ChoiceField(
        label=_("For whom we wait"),
        choices=[(role.value, role.label) for role in WAITED_FOR],
    )
    reason = forms.CharField(
        label=_("Why the days should not count"),
        help_text=_("For instance an appraisal. Both sides read it."),
        max_length=200,
        error_messages={"required": _("Please write why the clock is paused.")},
    )
    named = forms.CharField(
        label=_("Name of whoever we wait for"),
        help_text=_("If the line above does not say it, such as an appraiser. Both sides read it."),
        required=False,
        max_length=100,
    )
    field_order = ["kind", "waiting_for", "named", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, kind.label) for kind in kinds_of_pause(self.case)
        ]


class ExtensionForm(CaseForm):
    """More days, if both sides agree (Art 24)."""

    days = forms.IntegerField(label=_("Days more"), min_value=1, initial=15)
    reason = forms.CharField(
        label=_("Why more time is needed"),
        max_length=200,
        error_messages={"required": _("Please write why more time is needed.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].help_text = _("At most %(most)s. Nothing moves until both sides agree.") % {
            "most": longest_extension(self.case)
        }


class HearingForm(CaseForm):
    """When, how and where both sides meet (Art 16)."""

    on = forms.DateField(label=_("Day"), widget=DayInput())
    at = forms.TimeField(label=_("Time"), widget=TimeInput())
    how = forms.ChoiceField(label=_("How"), choices=Hearing.How.choices)
    place = forms.CharField(
        label=_("Place or number"), help_text=_("Only if not online."), required=False, max_length=200
    )

    def clean(self) -> dict[str, Any]:
        """Join day and time; a hearing cannot be called for the past."""
        cleaned = super().clean() or {}
        day, clock = cleaned.get("on"), cleaned.get("at")
        if day and clock:
            starts = timezone.make_aware(datetime.combine(day, clock))
            if starts <= timezone.now():
                self.add_error("on", _("This time has passed. Please choose a later one."))
            cleaned["starts_at"] = starts
        if cleaned.get("how") in {Hearing.How.PHONE, Hearing.How.IN_PERSON} and not cleaned.get("place"):
            self.add_error("place", _("Please say where, or by which number."))
        return cleaned


class FactsForm(CaseForm):
    """Facts that nobody disputes (Art 22)."""

    facts = forms.CharField(
        label=_("Facts nobody disputes"),
        help_text=_("One a line. Offers made in the talks do not belong here."),
        widget=lines(5),
        max_length=5000,
        error_messages={"required": _("Please write the facts, one a line.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = self.case.fact_sheets.last()
        self.fields["facts"].initial = last.facts if last else ""


class AdoptForm(CaseForm):
    """The sum the mediator starts from; another than suggested needs a reason."""

    id = forms.IntegerField(widget=forms.HiddenInput)
    amount = YuanField(label=_("The sum you start from (yuan)"), allow_zero=True)
    reason = forms.CharField(
        label=_("Why, if you change it"), required=False, widget=lines(2), max_length=500
    )


class DismissForm(ReasonForm):
    """Why a suggestion is set aside."""

    id = forms.IntegerField(widget=forms.HiddenInput)


class NumberForm(CaseForm):
    """One row that is meant."""

    id = forms.IntegerField(widget=forms.HiddenInput)


class RejectForm(ReasonForm):
    """A payment that did not arrive, and how the mediator knows."""

    id = forms.IntegerField(widget=forms.HiddenInput)


class SignForm(CaseForm):
    """The mediator's own signature."""

    read_to_end = forms.BooleanField(
        label=_("I have read the agreement to its end"),
        error_messages={
            "required": _("Please read the agreement to its end and tick the box before you sign.")
        },
    )


class SureForm(CaseForm):
    """A step that cannot be taken back."""

    sure = forms.BooleanField(
        label=_("Yes, go on"), error_messages={"required": _("Please tick the box to confirm.")}
    )


class LoanForm(CaseForm):
    """The figures of the loan with equal payments, where the institution has not stated them."""

    principal = YuanField(label=_("Principal in the contract (yuan)"))
    received = YuanField(label=_("Money really received (yuan)"))
    monthly = YuanField(label=_("Each payment, fees included (yuan)"))
    months = forms.IntegerField(label=_("How many monthly payments"), min_value=1, max_value=600)
    contract_on = forms.DateField(label=_("Day of the contract"), required=False, widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        loan = getattr(self.case, "loan", None)
        if loan:
            self.fields["principal"].initial = loan.principal_fen
            self.fields["received"].initial = loan.received_fen
            self.fields["contract_on"].initial = loan.contract_on
            self.fields["months"].initial = len(loan.schedule) or None
            self.fields["monthly"].initial = loan.schedule[0]["fen"] if loan.schedule else None
