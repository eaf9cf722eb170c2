"""A citizen follows a dispute and acts in it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import Case
from cases.roles import Role
from cases.workflow import Stage
from mediation.http import HouseRequest, open_to, page
from mediation.notices.services import mark_read
from mediation.parties import papers
from mediation.parties import receipts as proofs
from mediation.parties.acts import ACTS
from mediation.parties.beside import agreement_context
from mediation.parties.case_page import case_context
from mediation.parties.dispatch import act_page
from mediation.parties.doors import Door
from mediation.parties.inbox import messages_of, open_message, unread_count
from mediation.parties.reading import stages_of
from mediation.parties.situation import Situation
from mediation.parties.turn import what_now

PORTAL = Door("portal", "portal/case/act.html", ACTS)
MESSAGES_A_PAGE = 20


def case_of(request: HouseRequest, docket: str) -> Case:
    """A case of this citizen. Raises Http404."""
    return get_object_or_404(Case.objects.visible_to(request.user).for_desk(), docket=docket)


@open_to(Role.CITIZEN)
@require_safe
def my_cases(request: HouseRequest) -> HttpResponse:
    """Every dispute of this citizen, the open ones first."""
    cases = (
        Case.objects.visible_to(request.user)
        .exclude(stage=Stage.INTAKE)
        .for_desk()
        .prefetch_related("pauses")
    )
    rows = []
    for case in sorted(cases.order_by("-filed_at"), key=lambda one: one.is_closed):
        situation = Situation(case, request.user)
        rows.append({"case": case, "now": what_now(situation, PORTAL), "stages": stages_of(situation)})
    return page(request, "portal/case/my_cases.html", rows=rows, unread=unread_count(request.user))


@open_to(Role.CITIZEN)
@require_safe
def case(request: HouseRequest, docket: str) -> HttpResponse:
    """One dispute: where it stands, what to do now, what happened."""
    context = case_context(case_of(request, docket), request.user, PORTAL)
    return page(request, "portal/case/case.html", unread=unread_count(request.user), **context)


@open_to(Role.CITIZEN)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HouseRequest, docket: str, name: str, pk: int | None = None) -> HttpResponse:
    """Do something in a dispute."""
    return act_page(request, case_of(request, docket), door=PORTAL, name=name, pk=pk)


@open_to(Role.CITIZEN)
@require_safe
def agreement(request: HouseRequest, docket: str) -> HttpResponse:
    """The agreement as it stands, signed or not."""
    case = case_of(request, docket)
    context = agreement_context(Situation(case, request.user), PORTAL)
    if not context:
        raise Http404
    return page(request, "portal/case/agreement.html", case=case, **context)


@open_to(Role.CITIZEN)
@require_safe
def paper(request: HouseRequest, docket: str, number: int) -> HttpResponse:
    """A paper of the case, page by page."""
    case = case_of(request, docket)
    shown = papers.paper_of(case, papers.exhibit_numbered(request, case, number), PORTAL)
    return page(request, "portal/case/paper.html", case=case, paper=shown)


@open_to(Role.CITIZEN)
@require_safe
def paper_image(request: HouseRequest, docket: str, number: int, page_number: int) -> HttpResponse:
    """One page of a paper as a picture."""
    return papers.paper_image(request, case_of(request, docket), number, page_number)


@open_to(Role.CITIZEN)
@require_safe
def receipts(request: HouseRequest, docket: str) -> HttpResponse:
    """The receipts of this side's case."""
    return proofs.receipts_page(
        request, case_of(request, docket), door=PORTAL, template="portal/case/receipts.html"
    )


@open_to(Role.CITIZEN)
@require_safe
def receipts_news(request: HouseRequest, docket: str) -> HttpResponse:
    """Whether everything is sealed by now."""
    return proofs.receipts_news(case_of(request, docket))


@open_to(Role.CITIZEN)
@require_safe
def receipt(request: HouseRequest, docket: str, seq: int) -> HttpResponse:
    """One receipt, to look at."""
    return proofs.receipt_page(
        request, case_of(request, docket), seq, door=PORTAL, template="portal/case/receipt.html"
    )


@open_to(Role.CITIZEN)
@require_safe
def receipt_file(request: HouseRequest, docket: str, seq: int) -> HttpResponse:
    """One receipt, to keep."""
    return proofs.receipt_file(case_of(request, docket), seq)


@open_to(Role.CITIZEN)
@require_safe
def inbox(request: HouseRequest) -> HttpResponse:
    """Every message to this citizen."""
    shown = Paginator(messages_of(request.user), MESSAGES_A_PAGE).get_page(request.GET.get("page"))
    return page(request, "portal/case/messages.html", notices=shown, unread=unread_count(request.user))


@open_to(Role.CITIZEN)
@require_safe
def message(request: HouseRequest, pk: int) -> HttpResponse:
    """Open a message: it counts as read, and leads to its case."""
    return redirect(open_message(request.user, pk) or "portal:messages")


@open_to(Role.CITIZEN)
@require_POST
def read_all(request: HouseRequest) -> HttpResponse:
    """Mark every message as read."""
    mark_read(person=request.user)
    messages.success(request, _("All messages are marked as read."))
    return redirect("portal:messages")
