"""The queue, and one settled case to read."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from cases.models import Precedent
from cases.roles import Role
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
def precedent(request: HouseRequest, key: str) -> HttpResponse:
    """One settled case of the library, names taken out."""
    return page(request, "desk/precedent.html", precedent=get_object_or_404(Precedent, key=key))
