"""The court's pages: what waits, one application with all that lies under it, and the check of any packet."""

import logging
from typing import Any, cast

from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from cases.models import Exhibit
from cases.roles import Role
from evidence.errors import Erased
from mediation.agreements.enforceability import review_of
from mediation.bench import inbox as lists
from mediation.bench import materials, verdict
from mediation.bench.checks import checks_of, moment, register_check
from mediation.bench.clocks import clocks_of
from mediation.bench.forms import AnswerForm, AskForm, PacketForm, RuleForm, beginning
from mediation.bench.intake import UpTo, stored
from mediation.court.checking import Finding, check_application, check_packet
from mediation.court.models import JointApplication
from mediation.court.packet import exhibits_for_court, read_packet
from mediation.court.selectors import of_court
from mediation.documents.render import NotReadable
from mediation.files.showing import court_may_see
from mediation.http import HouseRequest, PieceByPiece, open_to, page

viewings = logging.getLogger("mediation.viewings")
A_PAGE = 25
State = JointApplication.State


@require_GET
@open_to(Role.COURT)
def inbox(request: HouseRequest) -> HttpResponse:
    """The applications of this court, what waits first."""
    wanted, group = (
        request.GET.get("q", "")[:80],
        request.GET.get("list", "all" if request.GET.get("q") else "open"),
    )
    rows = lists.rows_for(request.user, wanted=wanted)
    open_rows = lists.in_group(rows, "open")
    return page(
        request,
        "bench/inbox.html",
        rows=Paginator(lists.in_group(rows, group), A_PAGE).get_page(request.GET.get("page")),
        tabs=lists.tabs(rows, group, wanted=wanted),
        wanted=wanted,
        late=sum(bool(row.clock and row.clock.state == "late") for row in open_rows),
        soon=sum(bool(row.clock and row.clock.state == "soon") for row in open_rows),
        waiting=len(open_rows),
    )


@require_GET
@open_to(Role.COURT)
def case(request: HouseRequest, name: str) -> HttpResponse:
    """From a case to its newest application with this court (messages lead here)."""
    seen = of_court(request.user)
    found = seen.filter(case__docket=name).first()
    if found is None:
        raise Http404
    return redirect("bench:application", pk=found.pk)


@require_GET
@open_to(Role.COURT)
def application(request: HouseRequest, pk: int) -> HttpResponse:
    """One application: the check of its packet, the five things to look at, and what can be done."""
    return application_page(request, get_object_or_404(of_court(request.user), pk=pk))


def application_page(request: HouseRequest, application: JointApplication, **bound: BaseForm) -> HttpResponse:
    """The page of an application; `bound` brings back a form that was not right (ask, rule, answer)."""
    case, agreement = application.case, application.agreement
    found = check_application(application) if application.delivered_at else None
    exhibits = exhibits_for_court(case)
    terms = materials.terms_of(agreement)
    ruling = getattr(application, "ruling", None)
    return page(
        request,
        "bench/application.html",
        application=application,
        case=case,
        agreement=agreement,
        clocks=clocks_of(application),
        questions=materials.questions(application),
        people=materials.identity(case),
        attendances=materials.attendances(case),
        read_backs=materials.read_backs(case),
        consents=application.consents.select_related("party", "person"),
        signatures=materials.signatures(agreement),
        terms=terms,
        total_fen=materials.total_fen(terms),
        report=review_of(agreement),
        window=materials.window(application),
        undisputed=materials.agreed_facts(case),
        loan=materials.cost_facts(case),
        agreement_pages=_pages(application, agreement.final),
        application_pages=_pages(application, application.paper),
        history=materials.history(case),
        ruling=ruling,
        objections=list(ruling.objections.select_related("party", "answered_by")) if ruling else [],
        may_take_up=application.state in {State.SENT, State.SUPPLEMENT} and not application.is_being_sealed,
        may_ask=application.state in {State.SENT, State.ACCEPTED} and not application.is_being_sealed,
        may_rule=application.state == State.ACCEPTED,
        ask_form=bound.get("ask_form") or AskForm(),
        rule_form=bound.get("rule_form")
        or RuleForm(initial=beginning(application, total_fen=materials.total_fen(terms))),
        answer_form=bound.get("answer_form") or AnswerForm(auto_id=False),
        failed=next((form for form in bound.values() if form.errors), None),
        **_verdict(found, exhibits),
    )


def _verdict(found: Finding | None, exhibits: list[Exhibit]) -> dict[str, Any]:
    """What the parts of the verdict page need; `exhibits` are those the reader may open."""
    if found is None:
        return {"found": None, "files": [], "exhibits": exhibits}
    register = register_check(found)
    return {
        "found": found,
        "state": verdict.state_of(found, register),
        "title": verdict.title_of(found, register),
        "text": verdict.text_of(found, register),
        "facts": verdict.facts_of(found),
        "checks": checks_of(found, register=register),
        "register": register,
        "shows": verdict.shows(found, register),
        "does_not_show": verdict.does_not_show(found),
        "bad": verdict.first_bad(found, exhibits),
        "advice": verdict.advice(),
        "files": verdict.file_rows(found, exhibits),
        "links": verdict.link_rows(found.records),
        "strip": verdict.strip_label(found.records),
        "stamps": verdict.stamp_rows(found),
        "witnesses": [(seen.name, moment(seen.at)) for seen in found.witnesses],
        "exhibits": exhibits,
    }


def _pages(application: JointApplication, paper: Exhibit | None) -> list[str]:
    """The addresses of the pages of a paper."""
    if paper is None or paper.deposit.is_erased:
        return []
    count = len(materials.pages_of(str(paper.deposit_id), paper.deposit.sha256))
    return [
        reverse("bench:paper_page", args=[application.pk, paper.number, number])
        for number in range(1, count + 1)
    ]


@require_GET
@open_to(Role.COURT)
def paper_page(request: HouseRequest, pk: int, number: int, leaf: int) -> HttpResponse:
    """One page of a PDF that the court may see, as a picture."""
    application = get_object_or_404(of_court(request.user), pk=pk)
    exhibit = get_object_or_404(
        application.case.exhibits.select_related("deposit", "case"), number=number, withdrawn_at__isnull=True
    )
    if not court_may_see(exhibit) or exhibit.deposit.media_type != "application/pdf":
        raise Http404
    try:
        pages = materials.pages_of(str(exhibit.deposit_id), exhibit.deposit.sha256)
    except (NotReadable, Erased, FileNotFoundError) as error:
        raise Http404 from error
    if not 1 <= leaf <= len(pages):
        raise Http404
    return HttpResponse(pages[leaf - 1], content_type="image/png")


@require_safe
@open_to(Role.COURT)
def packet(request: HouseRequest, pk: int) -> HttpResponse:
    """The packet as it was sent, to keep and to check elsewhere."""
    application = get_object_or_404(of_court(request.user), pk=pk)
    if not application.packet_stored:
        raise Http404
    response = PieceByPiece(
        read_packet(application),
        as_attachment=True,
        filename=f"{application.case.docket}.zip",
        content_type="application/zip",
    )
    response["Content-Length"] = str(application.packet_bytes)
    viewings.info("packet of case %s saved by %s", application.case_id, request.user.pk)
    return cast("HttpResponse", response)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Check any packet. The file goes to a temporary place, is checked and thrown away."""
    request.upload_handlers = [UpTo(request)]
    return _verify(request)


@csrf_protect
@open_to(Role.COURT)
def _verify(request: HouseRequest) -> HttpResponse:
    form = PacketForm(request.POST, request.FILES) if request.method == "POST" else PacketForm()
    if not form.is_valid():
        return page(request, "bench/verify.html", form=form)
    uploaded = form.cleaned_data["packet"]
    with stored(uploaded) as path:
        found = check_packet(path)
    ours = (
        of_court(request.user).filter(packet_fingerprint=found.fingerprint).first()
        if found.fingerprint
        else None
    )
    return page(
        request,
        "bench/verdict.html",
        name=uploaded.name,
        size=uploaded.size,
        ours=ours,
        form=None,
        **_verdict(found, exhibits_for_court(ours.case) if ours else []),
    )
