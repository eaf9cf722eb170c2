"""送达 at the desk: the ladder of each notice of legal effect, and what people do on it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases.models import Case
from cases.roles import Role
from mediation.delivered import ladders_of
from mediation.desk.case_views import own_case
from mediation.desk.delivery_forms import CallForm, ConsentForm, PostForm, SlipForm
from mediation.desk.forms import CaseForm
from mediation.dossier.delivery import prove_ladder
from mediation.http import HouseRequest, open_to, page, refusals_shown_on
from mediation.notices.consents import note_consent_by_call, standing_of
from mediation.notices.models import DeliveryConsent, Ladder, Rung
from mediation.notices.reaching import record_call, record_posting, record_return_slip
from mediation.seals import acknowledge, last_seq

Failed = tuple[int, str, CaseForm]


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def delivery(request: HouseRequest, docket: str) -> HttpResponse:
    """Every notice of legal effect: each step, what became of it, and whether it counts."""
    return _show(request, own_case(request, docket))


def _show(request: HouseRequest, case: Case, failed: Failed | None = None) -> HttpResponse:
    about = {"case": case, "person": request.user}
    rows = []
    for one in ladders_of(case):
        pk = one.ladder.pk
        forms: dict[str, CaseForm] = {
            "call": CallForm(**about, auto_id=f"id_call{pk}_%s"),
            "post": PostForm(**about, auto_id=f"id_post{pk}_%s"),
            "slip": SlipForm(**about, auto_id=f"id_slip{pk}_%s"),
        }
        if failed and failed[0] == pk:
            forms[failed[1]] = failed[2]
        letter = next((step.rung for step in one.steps if step.letter_is_under_way), None)
        rows.append({"shown": one, "forms": forms, "letter": letter})
    consent = failed[2] if failed and failed[1] == "consent" else ConsentForm(**about)
    return page(
        request,
        "desk/delivery.html",
        form=failed[2] if failed else None,
        case=case,
        rows=rows,
        consents=_consents(case),
        consent_form=consent,
    )


def _consents(case: Case) -> list[dict[str, Any]]:
    """What each side answered for each stage, and the history of it."""
    parties = case.parties.prefetch_related("delivery_consents__by")
    return [
        {
            "party": party,
            "phases": [
                {"label": label, "standing": standing_of(party, phase)}
                for phase, label in DeliveryConsent.Phase.choices
            ],
            "history": list(party.delivery_consents.all()),
        }
        for party in parties
    ]


@require_POST
@open_to(Role.OFFICER, Role.MEDIATOR)
def delivery_act(request: HouseRequest, docket: str, pk: int, what: str) -> HttpResponse:
    """Write down a call, a posting or a return slip, or make the proof. A refusal shows the page again (422)."""
    case = own_case(request, docket)
    ladder = get_object_or_404(Ladder, pk=pk, case=case)
    if what not in ACTS:
        raise Http404
    form_of, do, told = ACTS[what]
    form = form_of(request.POST, case=case, person=request.user, auto_id=f"id_{what}{pk}_%s")
    since = last_seq(case)
    if form.is_valid():
        with refusals_shown_on(form):
            do(ladder, request, form)
            acknowledge(request, case, since=since, told=str(told()))
            return redirect(reverse("desk:delivery", args=[docket]) + f"#ladder-{pk}")
    if what == "proof":
        for message in form.non_field_errors():
            messages.error(request, str(message))
        return redirect("desk:delivery", docket)
    return _show(request, case, failed=(pk, what, form))


@require_POST
@open_to(Role.OFFICER, Role.MEDIATOR)
def delivery_consent(request: HouseRequest, docket: str) -> HttpResponse:
    """Write down what a side answered on the telephone about electronic service."""
    case = own_case(request, docket)
    form = ConsentForm(request.POST, case=case, person=request.user)
    since = last_seq(case)
    if form.is_valid():
        told = form.cleaned_data
        with refusals_shown_on(form):
            note_consent_by_call(
                case_id=case.pk,
                staff=request.user,
                party_id=int(told["party"]),
                phase=told["phase"],
                agrees=told["answer"] == "yes",
            )
            acknowledge(request, case, since=since, told=_("The answer is written down."))
            return redirect(reverse("desk:delivery", args=[docket]) + "#consents")
    return _show(request, case, failed=(0, "consent", form))


def _call(ladder: Ladder, request: HouseRequest, form: Any) -> None:
    record_call(
        ladder_id=ladder.pk,
        staff=request.user,
        outcome=form.cleaned_data["outcome"],
        note=form.cleaned_data["note"],
        called_at=form.moment(),
    )


def _post(ladder: Ladder, request: HouseRequest, form: Any) -> None:
    record_posting(
        ladder_id=ladder.pk, staff=request.user, number=form.cleaned_data["number"], posted_at=form.moment()
    )


def _slip(ladder: Ladder, request: HouseRequest, form: Any) -> None:
    letter = get_object_or_404(ladder.rungs, outcome=Rung.Outcome.HANDED_IN)
    record_return_slip(
        rung_id=letter.pk,
        staff=request.user,
        outcome=form.cleaned_data["outcome"],
        ended_at=form.moment(),
        note=form.cleaned_data["note"],
    )


def _proof(ladder: Ladder, request: HouseRequest, form: Any) -> None:
    prove_ladder(ladder_id=ladder.pk, staff=request.user)


ACTS: dict[str, tuple[type[CaseForm], Callable[[Ladder, HouseRequest, Any], None], Callable[[], str]]] = {
    "call": (CallForm, _call, lambda: _("The call is written down.")),
    "post": (PostForm, _post, lambda: _("The posting is written down.")),
    "slip": (SlipForm, _slip, lambda: _("The return slip is written down.")),
    "proof": (CaseForm, _proof, lambda: _("The proof is in the file.")),
}
