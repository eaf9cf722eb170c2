"""Where upload.js sends the files of a form of a case, piece by piece."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cases.roles import Role
from mediation import held
from mediation.http import HouseRequest, open_to
from mediation.portal.case_views import case_of


@open_to(Role.CITIZEN)
@require_POST
def files(request: HouseRequest, docket: str) -> HttpResponse:
    """Announce a file."""
    case = case_of(request, docket)
    return held.announce(request, case, url_of=lambda key: reverse("portal:file_piece", args=[docket, key]))


@open_to(Role.CITIZEN)
@require_http_methods(["PATCH", "HEAD", "DELETE"])
def file_piece(request: HouseRequest, docket: str, upload_id: str) -> HttpResponse:
    """One piece of it."""
    return held.piece(request, case_of(request, docket), upload_id)
