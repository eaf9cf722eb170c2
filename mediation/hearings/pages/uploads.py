"""Recordings on their way in: whole, from a plain form, or piece by piece, as upload.js sends them."""

from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO, cast

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.errors import Refusal
from evidence.origin.provenance import Provenance, Way
from mediation.entrance import gate
from mediation.files import incoming, receiving
from mediation.files.captured import captured_from, said_by_browser
from mediation.files.incoming import Incoming
from mediation.hearings import services
from mediation.hearings.forms import RecordingForm
from mediation.hearings.models import Hearing, Recording
from mediation.hearings.pages import room
from mediation.http import HouseRequest, refusals_shown_on


def add(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Take a recording in from a plain form."""
    hearing = room.find_hearing(request, pk)
    form = RecordingForm(request.POST, case=hearing.case, own_role=request.user.role)
    file = request.FILES.get("recording") or request.FILES.get("recording_file")
    if form.is_valid():
        with refusals_shown_on(form):
            if file is None:
                raise Refusal(_("Please choose a recording first."))
            gate.count_bytes_or_refuse(request, file.size or 0)
            stream = cast("BinaryIO", file.file)
            _take_in(
                request,
                hearing,
                file=stream,
                name=file.name or "recording",
                media_type=file.content_type or "",
                captured=captured_from(request, how=Way.FORM, where=door),
                **form.cleaned_data,
            )
            return redirect(f"{door}:hearing", pk)
    return room.show(request, door, hearing, form=form, record_form=form)


def announce(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Announce a recording: name, size, media_type, dialect, speaker. Answers id, offset and url."""
    hearing = room.find_hearing(request, pk)
    form = RecordingForm(request.POST, case=hearing.case, own_role=request.user.role)
    try:
        _check(form, hearing)
        extra = {**form.cleaned_data, "hearing": str(pk), "by": str(request.user.pk)}
        upload = receiving.announced(request, case_id=hearing.case_id, extra=extra, fallback="recording")
    except Refusal as refusal:
        return receiving.refused(refusal)
    return receiving.begun(upload, reverse(f"{door}:recording_piece", args=[pk, upload.id]))


def _check(form: RecordingForm, hearing: Hearing) -> None:
    """Refuse before any byte is sent, not after the last."""
    if not form.is_valid():
        raise Refusal(_("Please choose how people speak and who speaks."))
    if not services.may_record(hearing):
        raise Refusal(_("Recording needs the yes of both sides first. It was asked on this page."))


def piece(request: HouseRequest, door: str, pk: int, upload_id: str) -> HttpResponse:
    """One piece at Upload-Offset, or (HEAD) how far it is. The last piece answers with what the file became."""
    hearing = room.find_hearing(request, pk)
    return piece_for(
        request, hearing, upload_id, mark="hearing", take_in=partial(_from_pieces, request, door, hearing)
    )


def piece_for(
    request: HouseRequest,
    hearing: Hearing,
    upload_id: str,
    *,
    mark: str,
    take_in: Callable[[Incoming], dict[str, Any]],
) -> HttpResponse:
    """One piece of what this person announced for this hearing: `mark` is the key under which `extra` names it."""
    found = incoming.find(upload_id=upload_id, case_id=hearing.case_id)
    if found and (found.extra.get(mark), found.extra.get("by")) != (str(hearing.pk), str(request.user.pk)):
        found = None
    return receiving.receive(
        request, found, take_in=take_in, answer=lambda now: JsonResponse(now.result or {})
    )


def _from_pieces(request: HouseRequest, door: str, hearing: Hearing, now: Incoming) -> dict[str, Any]:
    before = said_by_browser(now.extra)
    way = Way.HEARING if before.chosen_by == "recorder" else Way.PIECES
    with incoming.opened(now) as whole:
        recording = _take_in(
            request,
            hearing,
            file=whole,
            name=now.name,
            media_type=now.media_type,
            captured=captured_from(request, how=way, where=door, before=before),
            dialect=now.extra["dialect"],
            speaker=now.extra.get("speaker", ""),
        )
    return {
        "number": f"{recording.exhibit.number:02d}",
        "title": recording.exhibit.title,
        # a query, too: an address that differs by its mark alone would not load the page again
        "next": f"{reverse(f'{door}:hearing', args=[hearing.pk])}?received={recording.exhibit.number}#recordings",
    }


def _take_in(
    request: HouseRequest,
    hearing: Hearing,
    *,
    file: BinaryIO,
    name: str,
    media_type: str,
    captured: Provenance,
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
        captured=captured,
        media_type=media_type,
    )
