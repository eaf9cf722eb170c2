"""回执: for each act with legal effect a proof that its own party keeps, and that anybody can check without us."""

import segno
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from cases.models import Case
from evidence.errors import TryLater
from evidence.log.coverage import is_covered
from evidence.log.receipts import make_receipt
from evidence.models import Entry
from mediation.http import HouseRequest, page
from mediation.parties.doors import Door
from mediation.seals import LEGAL_ACTS, SealedAct, acts_of, waiting_acts

RECEIPT = "text/plain; charset=utf-8"


def receipts_page(request: HouseRequest, case: Case, *, door: Door) -> HttpResponse:
    """Every act with legal effect, sealed or being sealed, with its receipt."""
    acts = acts_of(case)
    rows = [{"act": act, "url": _url(door, case, act)} for act in acts]
    return page(
        request,
        door.template("receipts"),
        case=case,
        door=door,
        rows=rows,
        waits=not all(act.is_covered for act in acts),
        back_url=door.case_url(case),
        news_url=reverse(f"{door.name}:receipts_news", args=[case.docket]),
    )


def _url(door: Door, case: Case, act: SealedAct) -> str:
    return reverse(f"{door.name}:receipt", args=[case.docket, act.seq]) if act.is_covered else ""


def receipts_news(case: Case) -> JsonResponse:
    """Whether all is sealed by now, for the page that waits."""
    waiting, acts = len(waiting_acts(case)), len(acts_of(case))
    message = _("Being sealed: %(n)d") % {"n": waiting} if waiting else ""
    return JsonResponse(
        {"state": "running" if waiting else "done", "done": acts - waiting, "total": acts, "message": message}
    )


def receipt_page(request: HouseRequest, case: Case, seq: int, *, door: Door) -> HttpResponse:
    """One receipt: as a picture to scan, as text, as a file. 404 for what is not sealed or is no such act."""
    entry, text = _receipt(case, seq)
    code = segno.make(text.encode(), mode="byte", error="l", boost_error=False)
    return page(
        request,
        door.template("receipt"),
        case=case,
        entry=entry,
        label=LEGAL_ACTS[entry.event],
        text=text,
        picture=code.svg_data_uri(border=4, omitsize=True),
        file_url=reverse(f"{door.name}:receipt_file", args=[case.docket, seq]),
        back_url=reverse(f"{door.name}:receipts", args=[case.docket]),
    )


def receipt_file(case: Case, seq: int) -> HttpResponse:
    """The receipt as a file (.tlog-proof)."""
    _entry, text = _receipt(case, seq)
    response = HttpResponse(text, content_type=RECEIPT)
    response["Content-Disposition"] = f'attachment; filename="{case.docket}-{seq}.tlog-proof"'
    patch_cache_control(response, private=True, no_store=True)
    return response


def _receipt(case: Case, seq: int) -> tuple[Entry, str]:
    entry = Entry.objects.filter(chain=case.chain, seq=seq, event__in=LEGAL_ACTS).first()
    if entry is None or not is_covered(entry):
        raise Http404
    try:
        return entry, make_receipt(entry)
    except TryLater as error:
        raise Http404 from error
