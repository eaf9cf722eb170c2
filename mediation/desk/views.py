"""The queue, the rules, and one settled case to read."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from cases.models import Precedent
from cases.roles import Role
from cases.rules import limits
from cases.rules.caps import Cap, Licence, caps_for
from cases.rules.tables import Status
from mediation.desk.queue import is_office, queue_of
from mediation.desk.queue_rows import GROUPS
from mediation.http import HouseRequest, open_to, page


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def queue(request: HouseRequest) -> HttpResponse:
    """Every open case of this person, what presses first at the top. ?q= searches closed ones, too."""
    words = request.GET.get("q", "").strip()[:60]
    group = request.GET.get("group", "")
    chosen = group if group == "mine" or group in GROUPS else ""
    shown = queue_of(request.user, words=words, number=request.GET.get("page", "1"), group=chosen)
    return page(request, "desk/queue.html", queue=shown, group=chosen, is_office=is_office(request.user))


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def rules(request: HouseRequest) -> HttpResponse:
    """Every limit and cap in force on a day, each with its article and how far that was checked."""
    on = _day(request.GET.get("on", ""))
    tracks = [
        {
            "title": limits.profile_title(track),
            "limits": sorted(limits.load_profile(track, on).values(), key=lambda one: one.key),
            "cautions": limits.load_cautions(track, on),
            "is_open": track == limits.TRACKS[0],
        }
        for track in limits.TRACKS
    ]
    return page(request, "desk/rules.html", tracks=tracks, caps=_caps(on), on=on, statuses=list(Status))


def _caps(on: date) -> list[tuple[Cap, str]]:
    """Each cap in force, with the licences it is for."""
    found: dict[str, tuple[Cap, list[str]]] = {}
    for licence in Licence:
        for cap in caps_for(licence, on):
            found.setdefault(cap.key, (cap, []))[1].append(str(licence.label))
    return [(cap, "、".join(licences)) for cap, licences in found.values()]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def precedent(request: HouseRequest, key: str) -> HttpResponse:
    """One settled case of the library, names taken out."""
    return page(request, "desk/precedent.html", precedent=get_object_or_404(Precedent, key=key))
