"""The hearing, its transcript and the undisputed facts, as the institution works with them."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.roles import Role
from mediation.hearings.pages import facts, reading, room, talks, uploads
from mediation.http import HouseRequest, open_to

DOOR = "counter"


@open_to(Role.INSTITUTION)
@require_GET
def hearing(request: HouseRequest, pk: int) -> HttpResponse:
    """The page of a hearing."""
    return room.show(request, DOOR, room.find_hearing(request, pk))


@open_to(Role.INSTITUTION)
@require_GET
def talking(request: HouseRequest, pk: int) -> HttpResponse:
    """The room in which everybody talks."""
    return talks.show(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_GET
def live(request: HouseRequest, pk: int) -> HttpResponse:
    """Who is here now."""
    return room.live(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_POST
def join(request: HouseRequest, pk: int) -> HttpResponse:
    """Take a seat."""
    return room.join(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_POST
def answer_recording(request: HouseRequest, pk: int) -> HttpResponse:
    """Say yes or no to being recorded."""
    return room.answer(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_POST
def agree_apart(request: HouseRequest, pk: int) -> HttpResponse:
    """Say yes or no to speaking each in their own time."""
    return room.agree_apart(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_POST
def say_apart(request: HouseRequest, pk: int) -> HttpResponse:
    """Write in one's own time."""
    return room.say_apart(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_POST
def add_recording(request: HouseRequest, pk: int) -> HttpResponse:
    """Hand a recording in, whole."""
    return uploads.add(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_POST
def announce_recording(request: HouseRequest, pk: int) -> HttpResponse:
    """Begin to hand a recording in, piece by piece."""
    return uploads.announce(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_http_methods(["PATCH", "HEAD"])
def recording_piece(request: HouseRequest, pk: int, upload_id: str) -> HttpResponse:
    """One piece of a recording."""
    return uploads.piece(request, DOOR, pk, upload_id)


@open_to(Role.INSTITUTION)
@require_GET
def recording_news(request: HouseRequest, pk: int) -> HttpResponse:
    """How far a transcription is."""
    return room.news(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_GET
def recording_part(request: HouseRequest, pk: int) -> HttpResponse:
    """The row of a recording."""
    return room.part(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_POST
def try_recording_again(request: HouseRequest, pk: int) -> HttpResponse:
    """Ask once more for the text of a recording."""
    return room.again(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_GET
def transcript(request: HouseRequest, pk: int) -> HttpResponse:
    """The page of a transcript."""
    return reading.show(request, DOOR, room.find_hearing(request, pk))


@open_to(Role.INSTITUTION)
@require_GET
def facts_page(request: HouseRequest, docket: str) -> HttpResponse:
    """The undisputed facts."""
    return facts.show(request, DOOR, facts.find_case(request, docket))


@open_to(Role.INSTITUTION)
@require_POST
def read_back(request: HouseRequest, pk: int) -> HttpResponse:
    """Confirm the transcript, or say what is wrong."""
    return reading.answer(request, DOOR, pk)


@open_to(Role.INSTITUTION)
@require_POST
def confirm_facts(request: HouseRequest, docket: str) -> HttpResponse:
    """Confirm the latest version of the facts."""
    return facts.confirm(request, DOOR, docket)
