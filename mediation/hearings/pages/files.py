"""The confirmed transcript as a file for other programs, and whether the court may read it."""

from django.http import HttpResponse
from django.shortcuts import redirect

from mediation.hearings import exports
from mediation.hearings.pages import reading, room
from mediation.hearings.pages.acting import tried
from mediation.hearings.showing import answer_showing
from mediation.http import HouseRequest
from mediation.seals import acknowledge, last_seq

KINDS = {"vtt": (exports.confirmed_vtt, "text/vtt"), "json": (exports.confirmed_json, "application/json")}


def download(request: HouseRequest, door: str, pk: int, ending: str) -> HttpResponse:
    """The file; before both sides have confirmed, the page of the transcript says so (422)."""
    hearing = room.find_hearing(request, pk)
    make, media_type = KINDS[ending]
    made: list[str] = []
    form = tried(lambda: made.append(make(hearing_id=pk, person=request.user)))
    if not made:
        return reading.show(request, door, hearing, form=form)
    response = HttpResponse(made[0], content_type=f"{media_type}; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="{hearing.case.docket}-{hearing.number}.{ending}"'
    )
    return response


def show_to_court(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """A side says whether the court may read the transcript; anything but yes or no is no answer."""
    hearing, said = room.find_hearing(request, pk), request.POST.get("agrees")
    if said in {"yes", "no"}:
        since = last_seq(hearing.case)
        form = tried(lambda: answer_showing(hearing_id=pk, person=request.user, agrees=said == "yes"))
        if form.errors:
            return reading.show(request, door, hearing, form=form)
        acknowledge(request, hearing.case, since=since)
    return redirect(f"{door}:transcript", pk)
