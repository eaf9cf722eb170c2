"""卷宗 at the desk: what is there and what is missing, papers to make, the whole file as one PDF, copies for Word."""

import logging
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases.models import Case
from cases.roles import Role
from cases.services.limitation import time_of_debt
from evidence.deposits import open_deposit
from mediation.desk.case_views import own_case
from mediation.desk.dossier_acts import MAKINGS, Making
from mediation.desk.forms import CaseForm
from mediation.desk.word_views import copies_of
from mediation.dossier.models import Dossier
from mediation.dossier.places import file_of
from mediation.http import HouseRequest, PieceByPiece, open_to, page, refusals_shown_on
from mediation.papers.models import Paper

viewings = logging.getLogger("mediation.viewings")
Shown = tuple[Making, CaseForm]


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def dossier(request: HouseRequest, docket: str) -> HttpResponse:
    """Every place of the file, in order."""
    return _show(request, own_case(request, docket))


@require_POST
@open_to(Role.OFFICER, Role.MEDIATOR)
def make(request: HouseRequest, docket: str, name: str) -> HttpResponse:
    """Make one paper of the file. A refusal shows the page again with what was typed (422)."""
    case = own_case(request, docket)
    making = MAKINGS.get(name)
    if making is None or not making.when(case):
        raise Http404
    form = making.form(request.POST, case=case, person=request.user, **_named(making))
    if form.is_valid():
        with refusals_shown_on(form):
            making.do(case, request.user, form)
            messages.success(request, str(making.done))
            anchor = f"#place-{making.place}" if making.place else ""
            return redirect(reverse("desk:dossier", args=[docket]) + anchor)
    return _show(request, case, failed=(making, form))


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def dossier_news(request: HouseRequest, docket: str) -> JsonResponse:
    """How far the newest file is."""
    case = own_case(request, docket)
    newest = case.dossiers.first()
    if newest is None:
        raise Http404
    state = {Dossier.State.PENDING: "waiting"}.get(Dossier.State(newest.state), newest.state)
    told = {"state": state, "done": newest.done, "total": newest.total + 1, "message": _message(newest)}
    return JsonResponse(told)


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def dossier_file(request: HouseRequest, docket: str, pk: int) -> HttpResponse:
    """The PDF itself, for the office alone."""
    case = own_case(request, docket)
    made = get_object_or_404(case.dossiers.select_related("deposit"), pk=pk, state=Dossier.State.DONE)
    if made.deposit is None or made.deposit.is_erased:
        raise Http404
    viewings.info("file of case %s seen by %s", case.pk, request.user.pk)
    response = PieceByPiece(
        open_deposit(made.deposit),
        content_type="application/pdf",
        as_attachment="download" in request.GET,
        filename=f"{case.docket}-file.pdf",
    )
    response["Content-Length"] = str(made.deposit.size)
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return cast("HttpResponse", response)


def _message(one: Dossier) -> str:
    match Dossier.State(one.state):
        case Dossier.State.PENDING:
            return _("The file waits for its turn.")
        case Dossier.State.RUNNING:
            return _("%(done)d of %(total)d papers are in.") % {"done": one.done, "total": one.total}
        case Dossier.State.DONE:
            return _("The file is ready.")
        case _:
            return _("The file could not be put together: %(problem)s") % {"problem": one.problem}


def _show(request: HouseRequest, case: Case, *, failed: Shown | None = None) -> HttpResponse:
    file = file_of(case)
    shown = [
        failed
        if failed and failed[0] is one
        else (one, one.form(case=case, person=request.user, **_named(one)))
        for one in MAKINGS.values()
        if one.when(case)
    ]
    newest = case.dossiers.select_related("deposit", "asked_by").first()
    return page(
        request,
        "desk/dossier.html",
        form=failed[1] if failed else None,
        case=case,
        file=file,
        whole=next((pair for pair in shown if pair[0].name == "all"), None),
        makings=[pair for pair in shown if pair[0].name != "all"],
        failed=failed,
        newest=newest,
        is_under_way=bool(newest and newest.state in {Dossier.State.PENDING, Dossier.State.RUNNING}),
        message=_message(newest) if newest else "",
        marked=list(case.papers.filter(unprinted__gt=0).select_related("exhibit")),
        owed=list(case.papers.filter(state=Paper.State.FAILED)),
        time=time_of_debt(case),
        missing_words="、".join(str(one.place.label) for one in file.missing),
        copies=copies_of(case, request.user.role),
    )


def _named(making: Making) -> dict[str, Any]:
    return {"auto_id": f"id_{making.name}_%s"}
