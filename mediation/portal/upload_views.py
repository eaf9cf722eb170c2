"""The address that upload.js speaks to before filing: evidence and the spoken story, each taken in when it is whole."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cases.errors import Refusal
from cases.models import Case
from evidence.origin.provenance import Way
from mediation.entrance import gate
from mediation.files import incoming, receiving
from mediation.files.captured import said_by_browser
from mediation.files.incoming import Incoming
from mediation.portal import drafts, evidence_page
from mediation.portal.intake_files import take_in_evidence, take_in_story
from mediation.portal.intake_forms import EvidenceForm
from mediation.portal.intake_views import captured_by

UPLOADS_AN_HOUR = 120


@never_cache
@require_POST
def create(request: HttpRequest) -> JsonResponse:
    """Announce a file: name, size, media_type; purpose=story for the spoken story. Answers id, offset and url."""
    try:
        case = drafts.current_or_new(request)
        drafts.count_or_refuse(request, "uploads", most=UPLOADS_AN_HOUR, seconds=3600)
        gate.count_or_refuse(request, "uploads")
        extra = {key: request.POST.get(key, "")[:40] for key in ("purpose", "back")}
        upload = receiving.announced(request, case_id=case.pk, extra=extra)
    except Refusal as refusal:
        return receiving.refused(refusal)
    drafts.take_up(request, case)
    return receiving.begun(upload, reverse("portal:upload", args=[upload.id]))


@never_cache
@require_http_methods(["PATCH", "HEAD"])
def upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    """One piece at Upload-Offset, or (HEAD) how far it is. The last piece answers with what the file became."""
    case = drafts.current(request)
    if case is None:
        return receiving.receive(request, None, take_in=lambda _now: {}, answer=JsonResponse)
    return receiving.receive(
        request,
        incoming.find(upload_id=upload_id, case_id=case.pk),
        take_in=lambda now: _take_in(request, case, now),
        answer=lambda now: _answer(case, now),
    )


def _take_in(request: HttpRequest, case: Case, now: Incoming) -> dict[str, Any]:
    before = said_by_browser(now.extra)
    spoken = before.chosen_by == "recorder"
    captured = captured_by(request, how=Way.RECORDER if spoken else Way.PIECES, before=before)
    with incoming.opened(now) as whole:
        if now.extra.get("purpose") == "story":
            recording = take_in_story(
                case_id=case.pk,
                file=whole,
                name=now.name,
                dialect=str(case.answers.get("dialect", "")),
                captured=captured,
                media_type=now.media_type,
            )
            back = "?back=check" if now.extra.get("back") == "check" else ""
            return {
                "number": f"{recording.exhibit.number:02d}",
                "title": recording.exhibit.title,
                "next": reverse("portal:listening") + back,
            }
        exhibit = take_in_evidence(
            case_id=case.pk, file=whole, name=now.name, captured=captured, media_type=now.media_type
        )
        return {"number": f"{exhibit.number:02d}", "title": exhibit.title, "exhibit": exhibit.pk}


def _answer(case: Case, now: Incoming) -> HttpResponse:
    """JSON for a spoken story; for evidence its row of the page, with the question what it is."""
    result = now.result or {}
    exhibit = case.exhibits.filter(pk=result.get("exhibit") or 0, withdrawn_at__isnull=True).first()
    if exhibit is None:
        return JsonResponse(result)
    form = EvidenceForm(case=case, exhibits=[exhibit])
    row = {**evidence_page.row_of(exhibit), **evidence_page.fields_of(form, form, exhibit.number)}
    return HttpResponse(render_to_string("portal/intake/file_item.html", {"file": row}))
