"""A citizen follows a dispute and acts in it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cases.models import Case
from cases.roles import Role
from mediation.http import HouseRequest, open_to, page


@open_to(Role.CITIZEN)
@require_safe
def my_cases(request: HouseRequest) -> HttpResponse:
    """Every dispute of this citizen, the open ones first."""
    cases = Case.objects.visible_to(request.user).for_desk()
    return page(request, "portal/case/my_cases.html", cases=cases)


@open_to(Role.CITIZEN)
@require_safe
def case(request: HouseRequest, docket: str) -> HttpResponse:
    """One dispute: where it stands, what to do now, what happened."""
    case = get_object_or_404(Case.objects.visible_to(request.user), docket=docket)
    return page(request, "portal/case/case.html", case=case)
