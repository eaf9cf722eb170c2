"""How somebody speaks, said on the page of the hearing or in the room, before the talks begin."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mediation.hearings.pages import room
from mediation.hearings.pages.acting import tried
from mediation.hearings.speaking import say_how_i_speak
from mediation.http import HouseRequest

NO_CONTENT, UNPROCESSABLE = 204, 422


def say(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """Take the answer; a script (Accept: application/json) gets 204 or 422, a plain form the page."""
    hearing = room.find_hearing(request, pk)
    form = tried(
        lambda: say_how_i_speak(
            hearing_id=pk,
            person=request.user,
            dialect=request.POST.get("dialect", ""),
            asks_interpreter=bool(request.POST.get("interpreter")),
        )
    )
    if "application/json" in request.headers.get("Accept", ""):
        return HttpResponse(status=UNPROCESSABLE if form.errors else NO_CONTENT)
    if form.errors:
        return room.show(request, door, hearing, form=form)
    return redirect(reverse(f"{door}:hearing", args=[pk]) + "#speaking")
