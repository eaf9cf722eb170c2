"""The page of one case, and the acts that are taken there."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cases.errors import Refusal
from cases.models import Case
from cases.roles import Role
from evidence.errors import TryLater
from mediation.desk.acts import ACTS, Act
from mediation.desk.case_file import CaseFile
from mediation.desk.compare import compare, paid_share
from mediation.desk.forms import CaseForm
from mediation.desk.queue import order_of
from mediation.drawings import Distribution
from mediation.http import HouseRequest, open_to, page
from mediation.seals import acknowledge, last_seq
from mediation.suggestions.choices import reason_to_be_silent

Forms = dict[str, CaseForm]


def own_case(request: HouseRequest, docket: str) -> Case:
    """The case with this docket, if this person may see it; 404 otherwise."""
    cases = Case.objects.visible_to(request.user).select_related("mediator", "centre", "loan")
    return get_object_or_404(
        cases.prefetch_related("parties__person", "parties__institution", "clocks", "steps"), docket=docket
    )


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def case_page(request: HouseRequest, docket: str) -> HttpResponse:
    """Everything about one case, and what to do now."""
    return show_case(request, own_case(request, docket))


@require_http_methods(["GET", "POST"])
@open_to(Role.OFFICER, Role.MEDIATOR)
def take_act(request: HouseRequest, docket: str, name: str) -> HttpResponse:
    """Take one act. A refusal shows the page again with what was typed (422); success goes back to the case."""
    case = own_case(request, docket)
    act = ACTS.get(name)
    if act is None or request.user.role not in act.by:
        raise Http404
    if request.method != "POST":
        return redirect("desk:case", docket)
    form = act.form(request.POST, case=case, person=request.user, **_named(act))
    since = last_seq(case)
    if form.is_valid() and _done(act, form, request):
        acknowledge(request, case, since=since, told=act.done)
        return after(case, act.part, request)
    fresh = own_case(request, docket)  # it may have moved on meanwhile: that is why one was refused
    return show_case(request, fresh, failed=(act, form))


def _done(act: Act, form: CaseForm, request: HouseRequest) -> bool:
    try:
        act.do(form.case, request.user, form.cleaned_data)
    except Refusal as refusal:
        for message in refusal:
            form.add_error(None, message)
    except TryLater:
        form.add_error(
            None, _("The service behind this does not answer now. Nothing was changed; please try again.")
        )
    except ObjectDoesNotExist:
        form.add_error(None, _("This is no longer there. Please look at the page again."))
    else:
        return True
    return False


def after(case: Case, part: str, request: HouseRequest) -> HttpResponseRedirect:
    """Back to the case, or to the queue when it is no longer this person's."""
    if not Case.objects.visible_to(request.user).filter(pk=case.pk).exists():
        return redirect("desk:queue")
    anchor = f"#{part}" if part not in {"acts", "do"} else ""
    return redirect(f"{reverse('desk:case', args=[case.docket])}{anchor}")


def show_case(
    request: HouseRequest, case: Case, *, failed: tuple[Act, CaseForm] | None = None
) -> HttpResponse:
    """The page; with a failed act its form is shown open, as it was typed."""
    file = CaseFile(case, request.user)
    suggestion = case.suggestions.first() if request.user.role == Role.MEDIATOR else None
    forms = _forms(file, suggestion)
    orphan = None
    if failed:
        act, form = failed
        if act.name in forms:
            forms[act.name] = (act, form)
        else:
            orphan = (act, form)
    return page(
        request,
        "desk/case.html",
        form=failed[1] if failed else None,
        file=file,
        case=case,
        forms=forms,
        orphan=orphan,
        folded=[
            pair for pair in forms.values() if pair[0].part == "acts" and pair[0].name != file.situation.act
        ],
        main=forms.get("resume") or forms.get(file.situation.act),
        comparison=compare(file.proposals),
        suggestion=suggestion,
        plot=plot_of(suggestion, file) if suggestion else None,
        machine_off=reason_to_be_silent(case, request.user) if request.user.role == Role.MEDIATOR else "",
        around=_around(request, case),
    )


def _named(act: Act) -> dict[str, Any]:
    return {"auto_id": f"id_{act.name}_%s"}


def _forms(file: CaseFile, suggestion: Any) -> dict[str, tuple[Act, CaseForm]]:
    """The empty forms of every act that this person may take now."""
    case, person = file.case, file.person
    initial = {"id": suggestion.pk, "amount": suggestion.middle_fen} if suggestion else {}
    return {
        act.name: (act, act.form(case=case, person=person, initial=initial, **_named(act)))
        for act in ACTS.values()
        if act.is_open_to(case, person)
    }


def plot_of(suggestion: Any, file: CaseFile) -> Distribution:
    """What the comparable cases come to with the facts of this one, with the own proposal among them."""
    shares = [thousandths / 1000 for thousandths in suggestion.details.get("shares", [])]
    mine, label = paid_share(file.proposals, file.case.amount_fen), ""
    if mine is not None:
        label = _("Version %(n)s") % {"n": file.proposals[-1].version}
    elif suggestion.decided_fen is not None and file.case.amount_fen:
        mine, label = min(1.0, suggestion.decided_fen / file.case.amount_fen), _("Your start")
    return Distribution(shares=[min(share, 1.0) for share in shares], mine=mine, mine_label=label)


def _around(request: HouseRequest, case: Case) -> dict[str, Any]:
    """Where this case stands in the queue: its place, and the neighbours for the keys J and K."""
    order = [slip.pk for slip in order_of(request.user)]
    if case.pk not in order:
        return {}
    at = order.index(case.pk)
    near = dict(Case.objects.filter(pk__in=order[max(0, at - 1) : at + 2]).values_list("pk", "docket"))
    return {
        "place": at + 1,
        "total": len(order),
        "before": near.get(order[at - 1]) if at else None,
        "after": near.get(order[at + 1]) if at + 1 < len(order) else None,
    }


def has_errors(form: Form | None) -> bool:
    """Whether a form was sent and refused."""
    return form is not None and form.is_bound and bool(form.errors)
