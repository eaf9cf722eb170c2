"""A spoken yes on its way in: recorded on the page of the transcript, sent piece by piece as upload.js does it."""

from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from cases.errors import Refusal
from evidence.origin.provenance import Way
from mediation.files import incoming, receiving
from mediation.files.captured import captured_from, said_by_browser
from mediation.files.incoming import Incoming
from mediation.hearings.models import Hearing
from mediation.hearings.pages import room
from mediation.hearings.pages.uploads import piece_for
from mediation.hearings.readback import confirm_aloud, reading_of
from mediation.http import HouseRequest
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
    return piece_for(
        request, hearing, upload_id, mark="aloud", take_in=partial(_confirm, request, door, hearing)
    )


def _confirm(request: HouseRequest, door: str, hearing: Hearing, now: Incoming) -> dict[str, Any]:
    since = last_seq(hearing.case)
    with incoming.opened(now) as whole:
        confirm_aloud(
            hearing_id=hearing.pk,
            person=request.user,
            digest=now.extra["digest"],
            file=whole,
            name=now.name,
            captured=captured_from(request, how=Way.HEARING, where=door, before=said_by_browser(now.extra)),
            media_type=now.media_type,
        )
    acknowledge(request, hearing.case, since=since)
    return {"next": f"{reverse(f'{door}:transcript', args=[hearing.pk])}?confirmed=aloud"}
