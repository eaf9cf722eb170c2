"""What the office can make on the page of a case file: each as data, with its form and its service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, User
from cases.roles import Role
from cases.workflow import Ending
from mediation.desk import dossier_forms as forms
from mediation.desk.forms import CaseForm
from mediation.dossier import services as dossiers
from mediation.dossier.delivery import deliveries_of, prove_delivery
from mediation.dossier.performance import write_performance_record
from mediation.dossier.places import was_accepted, was_agreed
from mediation.papers import asked, records

STAFF = frozenset({Role.OFFICER, Role.MEDIATOR})


@dataclass(frozen=True, slots=True)
class Making:
    """One paper that can be made. `place` is where it stands in the file; `when` says whether it is offered."""

    name: str
    label: Promise
    place: str
    do: Callable[[Case, User, Any], object]
    done: Promise
    form: type[CaseForm] = CaseForm
    when: Callable[[Case], bool] = was_accepted
    hint: Promise | str = ""


def _ended_without(case: Case) -> bool:
    return case.is_closed and was_accepted(case) and case.ending not in {"", Ending.AGREEMENT, Ending.SETTLED}


def _writing(kind: str) -> Callable[[Case, User, Any], object]:
    return lambda case, person, form: records.write_record(
        case_id=case.pk, staff=person, kind=kind, content=form.content()
    )


MAKINGS: dict[str, Making] = {
    one.name: one
    for one in (
        Making(
            "all",
            _("Put the whole file together as one PDF"),
            "",
            lambda case, person, _form: dossiers.ask_dossier(case_id=case.pk, staff=person),
            _("The file is being put together."),
            when=lambda case: case.filed_at is not None,
        ),
        Making(
            "identity",
            _("Record of identity checks"),
            "identity",
            lambda case, person, _form: records.write_identity_record(case_id=case.pk, staff=person),
            _("The record is in the file."),
            hint=_("It says what was really done to check each side."),
        ),
        Making(
            "fact_finding",
            _("Record of fact-finding"),
            "fact_finding",
            _writing("fact_finding_record"),
            _("The record is in the file."),
            forms.FactFindingForm,
        ),
        Making(
            "performance",
            _("Record of performance"),
            "performance",
            lambda case, person, _form: write_performance_record(case_id=case.pk, staff=person),
            _("The record is in the file."),
            when=was_agreed,
            hint=_("As it stands today, from what both sides said and confirmed."),
        ),
        Making(
            "follow_up",
            _("Follow-up record"),
            "follow_up",
            _writing("follow_up"),
            _("The record is in the file."),
            forms.FollowUpForm,
        ),
        Making(
            "explanation",
            _("Explanatory note"),
            "explanation",
            _writing("explanation"),
            _("The note is in the file."),
            forms.ExplanationForm,
            hint=_("For instance why a required paper cannot be had."),
        ),
        Making(
            "transfer",
            _("Letter of transfer"),
            "explanation",
            lambda case, person, form: records.write_transfer_letter(
                case_id=case.pk, staff=person, said=form.said()
            ),
            _("The letter is in the file."),
            forms.TransferForm,
            when=_ended_without,
            hint=_("Without offers and concessions (在线调解规则 Arts 18, 21)."),
        ),
        Making(
            "delivery",
            _("Proof of electronic delivery"),
            "explanation",
            lambda case, person, form: prove_delivery(
                case_id=case.pk, staff=person, key=form.cleaned_data["delivery"]
            ),
            _("The proof is in the file."),
            forms.DeliveryForm,
            when=lambda case: bool(deliveries_of(case)),
            hint=_("From the record of what was sent and read (在线诉讼规则 Arts 29–31)."),
        ),
        Making(
            "time_proof",
            _("Proof that time was interrupted"),
            "explanation",
            lambda case, person, _form: asked.ask_interruption_proof(case_id=case.pk, person=person),
            _("The proof is in the file; the claimant sees it, too."),
            when=lambda case: case.filed_at is not None,
            hint=_("For the claimant, on request (诉讼时效规定 Art 12)."),
        ),
    )
}
