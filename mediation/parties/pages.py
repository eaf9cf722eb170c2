"""The pages that both sides have, each as it stands behind a door: a case, its acts, papers and receipts, messages."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from cases.models import Case
from mediation.files import held
from mediation.http import HouseRequest, behind, page
from mediation.notices.services import mark_read
from mediation.parties import papers, receipts
from mediation.parties.beside import agreement_context
from mediation.parties.case_page import case_context
from mediation.parties.dispatch import act_page
from mediation.parties.doors import Door
from mediation.parties.inbox import messages_of, open_message, unread_count
from mediation.parties.situation import Situation

MESSAGES_A_PAGE = 20


def pages_of(door: Door) -> list[URLPattern]:
    """The addresses of these pages behind a door, open to its role alone. Answers 404 for a case that is not theirs."""
    to = behind(door, door.role)
    case, paper = "case/<str:docket>/", "case/<str:docket>/papers/<int:number>/"
    return [
        path("messages/", to(show_messages), name="messages"),
        path("messages/read/", to(read_all, "POST"), name="read_all"),
        path("messages/<int:pk>/", to(message), name="message"),
        path(case, to(show_case), name="case"),
        path(f"{case}do/<slug:name>/", to(act, "GET", "HEAD", "POST"), name="act"),
        path(f"{case}do/<slug:name>/<int:pk>/", to(act, "GET", "HEAD", "POST"), name="act_on"),
        path(f"{case}agreement/", to(agreement), name="agreement"),
        path(f"{case}receipts/", to(show_receipts), name="receipts"),
        path(f"{case}receipts/news/", to(receipts_news), name="receipts_news"),
        path(f"{case}receipts/<int:seq>/", to(receipt), name="receipt"),
        path(f"{case}receipts/<int:seq>/file/", to(receipt_file), name="receipt_file"),
        path(paper, to(show_paper), name="paper"),
        path(f"{paper}<int:page_number>.png", to(paper_image), name="paper_image"),
        path(f"{case}files/", to(files, "POST"), name="files"),
        path(f"{case}files/<str:upload_id>/", to(file_piece, "PATCH", "HEAD", "DELETE"), name="file_piece"),
    ]


def _case_of(request: HouseRequest, docket: str) -> Case:
    """A case of this person. Raises Http404."""
    return get_object_or_404(Case.objects.visible_to(request.user).for_desk(), docket=docket)


def show_case(request: HouseRequest, door: Door, docket: str) -> HttpResponse:
    """One case: where it stands, what to do now, what happened."""
    context = case_context(_case_of(request, docket), request.user, door)
    return page(request, door.template("case"), unread=unread_count(request.user), **context)


def act(request: HouseRequest, door: Door, docket: str, name: str, pk: int | None = None) -> HttpResponse:
    """Do something in a case."""
    return act_page(request, _case_of(request, docket), door=door, name=name, pk=pk)


def agreement(request: HouseRequest, door: Door, docket: str) -> HttpResponse:
    """The agreement as it stands, signed or not."""
    case = _case_of(request, docket)
    context = agreement_context(Situation(case, request.user), door)
    if not context:
        raise Http404
    return page(request, door.template("agreement"), case=case, **context)


def show_paper(request: HouseRequest, door: Door, docket: str, number: int) -> HttpResponse:
    """A paper of the case, page by page."""
    case = _case_of(request, docket)
    shown = papers.paper_of(case, papers.exhibit_numbered(request, case, number), door)
    return page(request, door.template("paper"), case=case, paper=shown)


def paper_image(
    request: HouseRequest, door: Door, docket: str, number: int, page_number: int
) -> HttpResponse:
    """One page of a paper as a picture."""
    return papers.paper_image(request, _case_of(request, docket), number, page_number)


def show_receipts(request: HouseRequest, door: Door, docket: str) -> HttpResponse:
    """The receipts of this side's case."""
    return receipts.receipts_page(request, _case_of(request, docket), door=door)


def receipts_news(request: HouseRequest, door: Door, docket: str) -> HttpResponse:
    """Whether everything is sealed by now."""
    return receipts.receipts_news(_case_of(request, docket))


def receipt(request: HouseRequest, door: Door, docket: str, seq: int) -> HttpResponse:
    """One receipt, to look at."""
    return receipts.receipt_page(request, _case_of(request, docket), seq, door=door)


def receipt_file(request: HouseRequest, door: Door, docket: str, seq: int) -> HttpResponse:
    """One receipt, to keep."""
    return receipts.receipt_file(_case_of(request, docket), seq)


def show_messages(request: HouseRequest, door: Door) -> HttpResponse:
    """Every message to this person."""
    shown = Paginator(messages_of(request.user), MESSAGES_A_PAGE).get_page(request.GET.get("page"))
    return page(request, door.template("messages"), notices=shown, unread=unread_count(request.user))


def message(request: HouseRequest, door: Door, pk: int) -> HttpResponse:
    """Open a message: it counts as read, and leads to its case."""
    return redirect(open_message(request.user, pk) or f"{door.name}:messages")


def read_all(request: HouseRequest, door: Door) -> HttpResponse:
    """Mark every message as read."""
    mark_read(person=request.user)
    messages.success(request, _("All messages are marked as read."))
    return redirect(f"{door.name}:messages")


def files(request: HouseRequest, door: Door, docket: str) -> HttpResponse:
    """Announce a file of a form, which upload.js then sends piece by piece."""
    where = f"{door.name}:file_piece"
    return held.announce(
        request, _case_of(request, docket), url_of=lambda key: reverse(where, args=[docket, key])
    )


def file_piece(request: HouseRequest, door: Door, docket: str, upload_id: str) -> HttpResponse:
    """One piece of it."""
    return held.piece(request, _case_of(request, docket), upload_id)
