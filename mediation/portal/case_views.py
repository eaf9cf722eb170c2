"""A citizen follows a dispute and acts in it."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cases.models import Case
from cases.roles import Role
from cases.workflow import Stage
from mediation.http import HouseRequest, open_to, page
from mediation.parties.acts import ACTS
from mediation.parties.doors import Door
from mediation.parties.inbox import unread_count
from mediation.parties.reading import stages_of
from mediation.parties.situation import Situation
from mediation.parties.turn import what_now

PORTAL = Door("portal", Role.CITIZEN, "portal/case", ACTS)


@open_to(Role.CITIZEN)
@require_safe
def my_cases(request: HouseRequest) -> HttpResponse:
    """Every dispute of this citizen, the open ones first."""
    cases = (
        Case.objects.visible_to(request.user)
        .exclude(stage=Stage.INTAKE)
        .for_desk()
        .prefetch_related("pauses")
    )
    rows = []
    for case in sorted(cases.order_by("-filed_at"), key=lambda one: one.is_closed):
        situation = Situation(case, request.user)
        rows.append({"case": case, "now": what_now(situation, PORTAL), "stages": stages_of(situation)})
    return page(request, "portal/case/my_cases.html", rows=rows, unread=unread_count(request.user))
