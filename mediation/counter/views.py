"""An institution's inbox and its cases."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import Case
from cases.roles import Role
from mediation.counter.answering import ANSWER
from mediation.counter.rows import closed_cases, grouped, open_cases, row_of
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
from mediation.parties.situation import Situation

COUNTER = Door("counter", "counter/act.html", {ANSWER.name: ANSWER, **ACTS})
A_PAGE = 50
MESSAGES_A_PAGE = 20


def case_of(request: HouseRequest, docket: str) -> Case:
    """A case of this institution. Raises Http404."""
    return get_object_or_404(Case.objects.visible_to(request.user).for_desk(), docket=docket)


@open_to(Role.INSTITUTION)
@require_safe
def inbox(request: HouseRequest) -> HttpResponse:
    """The cases of this institution by what they wait for, overdue first; `?show=closed` for the others."""
    query, show = request.GET.get("q", "")[:80], request.GET.get("show", "")
    find = closed_cases if show == "closed" else open_cases
    shown = Paginator(find(request.user, query=query), A_PAGE).get_page(request.GET.get("page"))
    rows = [row_of(case, request.user, COUNTER) for case in shown]
    return page(
        request,
        "counter/inbox.html",
        shown=shown,
        rows=rows,
        groups=grouped(rows),
        late=sum(row.is_late for row in rows),
        soon=sum(row.is_soon for row in rows),
        mine=sum(row.now.mine for row in rows),
        query=query,
        show=show,
        unread=unread_count(request.user),
    )


@open_to(Role.INSTITUTION)
@require_safe
def case(request: HouseRequest, docket: str) -> HttpResponse:
    """One case: where it stands, what to do now, what happened."""
    context = case_context(case_of(request, docket), request.user, COUNTER)
    return page(request, "counter/case.html", unread=unread_count(request.user), **context)


@open_to(Role.INSTITUTION)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HouseRequest, docket: str, name: str, pk: int | None = None) -> HttpResponse:
    """Do something in a case."""
    return act_page(request, case_of(request, docket), door=COUNTER, name=name, pk=pk)


@open_to(Role.INSTITUTION)
@require_safe
def agreement(request: HouseRequest, docket: str) -> HttpResponse:
    """The agreement as it stands, signed or not."""
    case = case_of(request, docket)
    context = agreement_context(Situation(case, request.user), COUNTER)
    if not context:
        raise Http404
    return page(request, "counter/agreement.html", case=case, **context)


@open_to(Role.INSTITUTION)
@require_safe
def paper(request: HouseRequest, docket: str, number: int) -> HttpResponse:
    """A paper of the case, page by page."""
    case = case_of(request, docket)
    shown = papers.paper_of(case, papers.exhibit_numbered(request, case, number), COUNTER)
    return page(request, "counter/paper.html", case=case, paper=shown)


@open_to(Role.INSTITUTION)
@require_safe
def paper_image(request: HouseRequest, docket: str, number: int, page_number: int) -> HttpResponse:
    """One page of a paper as a picture."""
    return papers.paper_image(request, case_of(request, docket), number, page_number)


@open_to(Role.INSTITUTION)
@require_safe
def receipts(request: HouseRequest, docket: str) -> HttpResponse:
    """The receipts of this side's case."""
    return proofs.receipts_page(
        request, case_of(request, docket), door=COUNTER, template="counter/receipts.html"
    )


@open_to(Role.INSTITUTION)
@require_safe
def receipts_news(request: HouseRequest, docket: str) -> HttpResponse:
    """Whether everything is sealed by now."""
    return proofs.receipts_news(case_of(request, docket))


@open_to(Role.INSTITUTION)
@require_safe
def receipt(request: HouseRequest, docket: str, seq: int) -> HttpResponse:
    """One receipt, to look at."""
    return proofs.receipt_page(
        request, case_of(request, docket), seq, door=COUNTER, template="counter/receipt.html"
    )


@open_to(Role.INSTITUTION)
@require_safe
def receipt_file(request: HouseRequest, docket: str, seq: int) -> HttpResponse:
    """One receipt, to keep."""
    return proofs.receipt_file(case_of(request, docket), seq)


@open_to(Role.INSTITUTION)
@require_safe
def notices(request: HouseRequest) -> HttpResponse:
    """Every message to this person."""
    shown = Paginator(messages_of(request.user), MESSAGES_A_PAGE).get_page(request.GET.get("page"))
    return page(request, "counter/messages.html", notices=shown, unread=unread_count(request.user))


@open_to(Role.INSTITUTION)
@require_safe
def message(request: HouseRequest, pk: int) -> HttpResponse:
    """Open a message: it counts as read, and leads to its case."""
    return redirect(open_message(request.user, pk) or "counter:messages")


@open_to(Role.INSTITUTION)
@require_POST
def read_all(request: HouseRequest) -> HttpResponse:
    """Mark every message as read."""
    mark_read(person=request.user)
    messages.success(request, _("All messages are marked as read."))
    return redirect("counter:messages")
