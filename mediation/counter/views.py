"""An institution's inbox and its cases."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cases.models import Case
from cases.roles import Role
from mediation.http import HouseRequest, open_to, page


@open_to(Role.INSTITUTION)
@require_safe
def inbox(request: HouseRequest) -> HttpResponse:
    """Every case of this institution, what waits for it first."""
    cases = Case.objects.visible_to(request.user).for_desk()
    return page(request, "counter/inbox.html", cases=cases)


@open_to(Role.INSTITUTION)
@require_safe
def case(request: HouseRequest, docket: str) -> HttpResponse:
    """One case: where it stands, what to do now, what happened."""
    case = get_object_or_404(Case.objects.visible_to(request.user), docket=docket)
    return page(request, "counter/case.html", case=case)
