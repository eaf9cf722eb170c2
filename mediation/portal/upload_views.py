"""The address that upload.js speaks to: announce a file, send its pieces, ask how far it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cases.errors import Refusal
from cases.models import Case
from mediation import gate, incoming
from mediation.incoming import Incoming, WrongOffset
from mediation.portal import drafts, evidence_page
from mediation.portal.intake_files import take_in_evidence, take_in_story
from mediation.portal.intake_forms import EvidenceForm
from mediation.portal.intake_views import captured_by

UNPROCESSABLE, CONFLICT, GONE = 422, 409, 404
UPLOADS_AN_HOUR = 120


@never_cache
@require_POST
def create(request: HttpRequest) -> JsonResponse:
    """Announce a file: name, size, media_type; purpose=story for the spoken story. Answers id, offset and url."""
    size_text = request.POST.get("size", "")
    size = int(size_text) if size_text.isascii() and size_text.isdigit() and len(size_text) < 16 else 0
    try:
        case = drafts.current_or_new(request)
        drafts.count_or_refuse(request, "uploads", most=UPLOADS_AN_HOUR, seconds=3600)
        gate.count_or_refuse(request, "uploads")
        upload = incoming.announce(
            case_id=case.pk,
            name=request.POST.get("name", "") or "file",
            size=size,
            media_type=request.POST.get("media_type", ""),
            extra={key: request.POST.get(key, "")[:40] for key in ("purpose", "back")},
        )
    except Refusal as refusal:
        return _refused(refusal)
    drafts.take_up(request, case)
    url = reverse("portal:upload", args=[upload.id])
    return JsonResponse({"id": upload.id, "offset": 0, "url": url}, status=201)


@never_cache
@require_http_methods(["PATCH", "HEAD"])
def upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    """One piece at Upload-Offset, or (HEAD) how far it is. The last piece answers with what the file became."""
    case = drafts.current(request)
    found = incoming.find(upload_id=upload_id, case_id=case.pk) if case else None
    if case is None or found is None:
        return JsonResponse({"message": ""}, status=GONE)
    if request.method == "HEAD":
        return _reached(HttpResponse(), found)
    with incoming.held(found) as now:
        if now.result:
            return _reached(_answer(case, now), now)
        return _take_piece(request, case, now)


def _take_piece(request: HttpRequest, case: Case, now: Incoming) -> HttpResponse:
    offset = request.headers.get("Upload-Offset", "")
    try:
        piece = request.read(incoming.LARGEST_PIECE + 1)
        plain = offset.isascii() and offset.isdigit() and len(offset) < 16
        incoming.append(now, offset=int(offset) if plain else -1, piece=piece)
    except WrongOffset:
        return _reached(HttpResponse(status=CONFLICT), now)
    except Refusal as refusal:
        incoming.drop(now)
        return _refused(refusal)
    if not now.is_whole:
        return _reached(HttpResponse(status=204), now)
    try:
        incoming.settle(now, _take_in(request, case, now))
    except Refusal as refusal:
        incoming.drop(now)
        return _refused(refusal)
    return _reached(_answer(case, now), now)


def _take_in(request: HttpRequest, case: Case, now: Incoming) -> dict[str, Any]:
    with incoming.opened(now) as whole:
        if now.extra.get("purpose") == "story":
            recording = take_in_story(
                case_id=case.pk,
                file=whole,
                name=now.name,
                dialect=str(case.answers.get("dialect", "")),
                captured=captured_by(request, how="recorder"),
            )
            back = "?back=check" if now.extra.get("back") == "check" else ""
            return {
                "number": f"{recording.exhibit.number:02d}",
                "title": recording.exhibit.title,
                "next": reverse("portal:listening") + back,
            }
        exhibit = take_in_evidence(
            case_id=case.pk, file=whole, name=now.name, captured=captured_by(request, how="pieces")
        )
        return {"number": f"{exhibit.number:02d}", "title": exhibit.title, "exhibit": exhibit.pk}


def _answer(case: Case, now: Incoming) -> HttpResponse:
    """JSON for a spoken story; for evidence its row of the page, with the question what it is."""
    result = now.result or {}
    exhibit = case.exhibits.filter(pk=result.get("exhibit") or 0, withdrawn_at__isnull=True).first()
    if exhibit is None:
        return JsonResponse(result)
    form = EvidenceForm(case=case, exhibits=[exhibit])
    row = {**evidence_page.row_of(exhibit), "field": form[f"kind_{exhibit.number}"]}
    return HttpResponse(render_to_string("portal/intake/file_item.html", {"file": row}))


def _reached(response: HttpResponse, now: Incoming) -> HttpResponse:
    response["Upload-Offset"] = str(now.reached)
    return response


def _refused(refusal: Refusal) -> JsonResponse:
    return JsonResponse({"message": str(refusal)}, status=UNPROCESSABLE)
