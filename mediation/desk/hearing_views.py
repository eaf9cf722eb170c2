"""The hearing, its transcript and the undisputed facts, as the mediator works with them."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.roles import Role
from mediation.hearings.pages import facts, files, reading, room, talks, uploads
from mediation.http import HouseRequest, open_to

DOOR = "desk"


@open_to(Role.MEDIATOR)
@require_GET
def hearing(request: HouseRequest, pk: int) -> HttpResponse:
    """The page of a hearing."""
    return room.show(request, DOOR, room.find_hearing(request, pk))


@open_to(Role.MEDIATOR)
@require_GET
def talking(request: HouseRequest, pk: int) -> HttpResponse:
    """The room in which everybody talks."""
    return talks.show(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_GET
def live(request: HouseRequest, pk: int) -> HttpResponse:
    """Who is here now."""
    return room.live(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_POST
def join(request: HouseRequest, pk: int) -> HttpResponse:
    """Take a seat."""
    return room.join(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_POST
def answer_recording(request: HouseRequest, pk: int) -> HttpResponse:
    """Say yes or no to being recorded."""
    return room.answer(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_POST
def add_recording(request: HouseRequest, pk: int) -> HttpResponse:
    """Hand a recording in, whole."""
    return uploads.add(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_POST
def announce_recording(request: HouseRequest, pk: int) -> HttpResponse:
    """Begin to hand a recording in, piece by piece."""
    return uploads.announce(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_http_methods(["PATCH", "HEAD"])
def recording_piece(request: HouseRequest, pk: int, upload_id: str) -> HttpResponse:
    """One piece of a recording."""
    return uploads.piece(request, DOOR, pk, upload_id)


@open_to(Role.MEDIATOR)
@require_GET
def recording_news(request: HouseRequest, pk: int) -> HttpResponse:
    """How far a transcription is."""
    return room.news(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_GET
def recording_part(request: HouseRequest, pk: int) -> HttpResponse:
    """The row of a recording."""
    return room.part(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_POST
def try_recording_again(request: HouseRequest, pk: int) -> HttpResponse:
    """Ask once more for the text of a recording."""
    return room.again(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_GET
def transcript(request: HouseRequest, pk: int) -> HttpResponse:
    """The page of a transcript."""
    return reading.show(request, DOOR, room.find_hearing(request, pk))


@open_to(Role.MEDIATOR)
@require_GET
def facts_page(request: HouseRequest, docket: str) -> HttpResponse:
    """The undisputed facts."""
    return facts.show(request, DOOR, facts.find_case(request, docket))


@open_to(Role.MEDIATOR)
@require_POST
def check_identity(request: HouseRequest, pk: int, person: int) -> HttpResponse:
    """Say that the identity of one person was checked."""
    return room.check_identity(request, DOOR, pk, person)


@open_to(Role.MEDIATOR)
@require_POST
def end_hearing(request: HouseRequest, pk: int) -> HttpResponse:
    """End the hearing with its result."""
    return room.end(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_POST
def write_line(request: HouseRequest, pk: int) -> HttpResponse:
    """Write down what was said."""
    return room.write_line(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_POST
def correct_line(request: HouseRequest, pk: int) -> HttpResponse:
    """Correct a line of the transcript."""
    return reading.correct(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_POST
def name_speakers(request: HouseRequest, pk: int) -> HttpResponse:
    """Say who spoke in a recording."""
    return reading.name_speakers(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_POST
def ask_to_read(request: HouseRequest, pk: int) -> HttpResponse:
    """Ask both sides to read the transcript."""
    return reading.ask(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_POST
def issue_transcript(request: HouseRequest, pk: int) -> HttpResponse:
    """Make the paper of the transcript."""
    return reading.issue(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_GET
def corrections(request: HouseRequest, pk: int) -> HttpResponse:
    """What was corrected in the transcript, by whom and when."""
    return reading.corrections(request, DOOR, pk)


@open_to(Role.MEDIATOR)
@require_GET
def transcript_vtt(request: HouseRequest, pk: int) -> HttpResponse:
    """The confirmed transcript as subtitles."""
    return files.download(request, DOOR, pk, "vtt")


@open_to(Role.MEDIATOR)
@require_GET
def transcript_json(request: HouseRequest, pk: int) -> HttpResponse:
    """The confirmed transcript with all its layers."""
    return files.download(request, DOOR, pk, "json")


@open_to(Role.MEDIATOR)
@require_POST
def offer_facts(request: HouseRequest, docket: str) -> HttpResponse:
    """Write the undisputed facts down."""
    return facts.offer(request, DOOR, docket)


@open_to(Role.MEDIATOR)
@require_POST
def issue_facts(request: HouseRequest, docket: str) -> HttpResponse:
    """Make the paper of the undisputed facts."""
    return facts.issue(request, DOOR, docket)
