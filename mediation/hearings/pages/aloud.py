"""A spoken yes on its way in: recorded on the page of the transcript, sent piece by piece as upload.js does it."""

from typing import Any, BinaryIO

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.urls import reverse

from cases.errors import Refusal
from evidence.provenance import Provenance, Way
from mediation import incoming, receiving
from mediation.captured import captured_from, said_by_browser
from mediation.hearings.models import Hearing
from mediation.hearings.pages import room
from mediation.hearings.readback import confirm_aloud, reading_of
from mediation.http import HouseRequest
from mediation.incoming import Incoming
from mediation.seals import acknowledge, last_seq


def announce(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Announce the recording: name, size, media_type, and digest of the text that is confirmed."""
    hearing = room.find_hearing(request, pk)
    digest = request.POST.get("digest", "")
    try:
        with transaction.atomic():
            reading_of(pk, request.user, digest)
        extra = {"digest": digest, "aloud": str(pk), "by": str(request.user.pk)}
        upload = receiving.announced(request, case_id=hearing.case_id, extra=extra, fallback="yes")
    except Refusal as refusal:
        return receiving.refused(refusal)
    return receiving.begun(upload, reverse(f"{door}:spoken_yes_piece", args=[pk, upload.id]))


def piece(request: HouseRequest, door: str, pk: int, upload_id: str) -> HttpResponse:
    """One piece at Upload-Offset, or (HEAD) how far it is. With the last one the transcript is confirmed."""
    hearing = room.find_hearing(request, pk)
    found = incoming.find(upload_id=upload_id, case_id=hearing.case_id)
    if found and (found.extra.get("aloud"), found.extra.get("by")) != (str(pk), str(request.user.pk)):
        found = None
    return receiving.receive(
        request,
        found,
        take_in=lambda now: _from_pieces(request, door, hearing, now),
        answer=lambda now: JsonResponse(now.result or {}),
    )


def _from_pieces(request: HouseRequest, door: str, hearing: Hearing, now: Incoming) -> dict[str, Any]:
    captured = captured_from(request, how=Way.HEARING, where=door, before=said_by_browser(now.extra))
    with incoming.opened(now) as whole:
        confirm(
            request,
            hearing,
            file=whole,
            name=now.name,
            media_type=now.media_type,
            captured=captured,
            digest=now.extra["digest"],
        )
    return {"next": f"{reverse(f'{door}:transcript', args=[hearing.pk])}?confirmed=aloud"}


def confirm(
    request: HouseRequest,
    hearing: Hearing,
    *,
    file: BinaryIO,
    name: str,
    media_type: str,
    captured: Provenance,
    digest: str,
) -> None:
    """Confirm the transcript aloud for who asks. Raises Refusal as `confirm_aloud`."""
    since = last_seq(hearing.case)
    confirm_aloud(
        hearing_id=hearing.pk,
        person=request.user,
        digest=digest,
        file=file,
        name=name,
        captured=captured,
        media_type=media_type,
    )
    acknowledge(request, hearing.case, since=since)
