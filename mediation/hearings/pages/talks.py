"""The page of the room 调解室: trying sound out, waiting, talking, captions. What happens in it runs over sockets."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases.models import Case
from mediation.hearings.models import Attendance, Hearing, Way
from mediation.hearings.pages.spoken import spoken
from mediation.hearings.room.places import seating_of
from mediation.hearings.speaking import spoken_by
from mediation.hearings.speech import Dialect
from mediation.http import HouseRequest, page

GONE = 410


def show(request: HouseRequest, door: str, pk: int) -> HttpResponse:
    """The room for who has a seat. Who may sit but has not yet read their rights goes back to the hearing's page."""
    try:
        seating = seating_of(pk)
    except Hearing.DoesNotExist as error:
        raise Http404 from error
    seat, hearing = seating.seat_of(request.user.pk), seating.hearing
    visible = Case.objects.visible_to(request.user).filter(pk=hearing.case_id).exists()
    if not visible and (seat is None or not seat.part):
        raise Http404
    ended = hearing.state == Hearing.State.ENDED
    if visible and (seat is None or ended):
        return redirect(f"{door}:hearing", pk)
    assert seat is not None  # noqa: S101 - a guest has one
    if ended:
        return page(request, "portal/hearing_guest_ended.html", status=GONE)
    return page(
        request,
        f"{door}/hearing_room.html",
        hearing=hearing,
        case=hearing.case,
        seat=seat,
        leads=seating.is_mediator(seat),
        is_guest=bool(seat.part),
        dialects=spoken(),
        my_dialect=spoken_by(hearing, seat) or Dialect.MANDARIN,
        ways=[way for way in Way if way != Way.ONLINE],
        urls=_urls(door, hearing, seat),
    )


def _urls(door: str, hearing: Hearing, seat: Attendance) -> dict[str, str]:
    sockets = {"socket": f"/ws/hearings/{hearing.pk}/", "sound": f"/ws/hearings/{hearing.pk}/sound/"}
    if seat.part:
        return sockets
    own = {name: reverse(f"{door}:{name}", args=[hearing.pk]) for name in ("hearing", "speaking")}
    return {**sockets, **own}
