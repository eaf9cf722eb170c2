"""Recordings on their way in: whole, from a plain form, or piece by piece, as upload.js sends them."""

from typing import Any, BinaryIO, cast

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.errors import Refusal
from mediation import incoming
from mediation.hearings import services
from mediation.hearings.forms import RecordingForm
from mediation.hearings.models import Hearing, Recording
from mediation.hearings.pages import room
from mediation.http import HouseRequest, refusals_shown_on
from mediation.incoming import Incoming, WrongOffset

UNPROCESSABLE, CONFLICT, GONE = 422, 409, 404


def add(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Take a recording in from a plain form."""
    hearing = room.find_hearing(request, pk)
    form = RecordingForm(request.POST, case=hearing.case, own_role=request.user.role)
    file = request.FILES.get("recording") or request.FILES.get("recording_file")
    if form.is_valid():
        with refusals_shown_on(form):
            if file is None:
                raise Refusal(_("Please choose a recording first."))
            stream = cast("BinaryIO", file.file)
            _take_in(
                request, hearing, file=stream, name=file.name or "recording", how="file", **form.cleaned_data
            )
            return redirect(f"{door}:hearing", pk)
    return room.show(request, door, hearing, form=form, record_form=form)


def announce(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Announce a recording: name, size, media_type, dialect, speaker. Answers id, offset and url."""
    hearing = room.find_hearing(request, pk)
    form = RecordingForm(request.POST, case=hearing.case, own_role=request.user.role)
    text = request.POST.get("size", "")
    try:
        _check(form, hearing)
        upload = incoming.announce(
            case_id=hearing.case_id,
            name=request.POST.get("name", "") or "recording",
            size=int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0,
            media_type=request.POST.get("media_type", ""),
            extra={**form.cleaned_data, "hearing": str(pk), "by": str(request.user.pk)},
        )
    except Refusal as refusal:
        return _refused(refusal)
    url = reverse(f"{door}:recording_piece", args=[pk, upload.id])
    return JsonResponse({"id": upload.id, "offset": 0, "url": url}, status=201)


def _check(form: RecordingForm, hearing: Hearing) -> None:
    """Refuse before any byte is sent, not after the last."""
    if not form.is_valid():
        raise Refusal(_("Please choose how people speak and who speaks."))
    if not services.may_record(hearing):
        raise Refusal(_("Recording needs the yes of both sides first. It was asked on this page."))


def piece(request: HouseRequest, door: str, pk: int, upload_id: str) -> HttpResponse:
    """One piece at Upload-Offset, or (HEAD) how far it is. The last piece answers with what the file became."""
    hearing = room.find_hearing(request, pk)
    found = incoming.find(upload_id=upload_id, case_id=hearing.case_id)
    if not found or (found.extra.get("hearing"), found.extra.get("by")) != (str(pk), str(request.user.pk)):
        return JsonResponse({"message": ""}, status=GONE)
    if request.method == "HEAD":
        return _reached(HttpResponse(), found)
    with incoming.held(found) as now:
        if now.result:
            return _reached(JsonResponse(now.result), now)
        return _take_piece(request, door, hearing, now)


def _take_piece(request: HouseRequest, door: str, hearing: Hearing, now: Incoming) -> HttpResponse:
    offset = request.headers.get("Upload-Offset", "")
    try:
        body = request.read(incoming.LARGEST_PIECE + 1)
        plain = offset.isascii() and offset.isdigit() and len(offset) < 16
        incoming.append(now, offset=int(offset) if plain else -1, piece=body)
        if not now.is_whole:
            return _reached(HttpResponse(status=204), now)
        with incoming.opened(now) as whole:
            recording = _take_in(
                request,
                hearing,
                file=whole,
                name=now.name,
                how="in the page",
                dialect=now.extra["dialect"],
                speaker=now.extra.get("speaker", ""),
            )
    except WrongOffset:
        return _reached(HttpResponse(status=CONFLICT), now)
    except Refusal as refusal:
        incoming.drop(now)
        return _refused(refusal)
    result: dict[str, Any] = {
        "number": f"{recording.exhibit.number:02d}",
        "title": recording.exhibit.title,
        # a query, too: an address that differs by its mark alone would not load the page again
        "next": f"{reverse(f'{door}:hearing', args=[hearing.pk])}?received={recording.exhibit.number}#recordings",
    }
    incoming.settle(now, result)
    return _reached(JsonResponse(result), now)


def _take_in(
    request: HouseRequest,
    hearing: Hearing,
    *,
    file: BinaryIO,
    name: str,
    how: str,
    dialect: str,
    speaker: str,
) -> Recording:
    return services.add_recording(
        hearing_id=hearing.pk,
        person=request.user,
        file=file,
        name=name,
        dialect=dialect,
        speaker=speaker,
        captured={"taken": how, "device": request.headers.get("User-Agent", "")[:200]},
    )


def _reached(response: HttpResponse, now: Incoming) -> HttpResponse:
    response["Upload-Offset"] = str(now.reached)
    return response


def _refused(refusal: Refusal) -> JsonResponse:
    return JsonResponse({"message": str(refusal)}, status=UNPROCESSABLE)
