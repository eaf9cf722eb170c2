"""What every view of the interface shares."""

from typing import Any, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from cases.models import User
from cases.roles import Role
from mediation.api.requests import ProblemSerializer

NOT_YOURS: Promise = _("This step is not yours to take.")


class Door(APIView):
    """JSON in, JSON out, for someone who is signed in; `roles` narrows who may come."""

    renderer_classes = [JSONRenderer]
    parser_classes = [JSONParser]
    roles: frozenset[Role] = frozenset(Role)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After the usual checks: 403 for a role that has no business here."""
        super().initial(request, *args, **kwargs)
        if request.user.is_authenticated and person_of(request).role not in self.roles:
            raise PermissionDenied(str(NOT_YOURS))


class OpenDoor(Door):
    """For anybody, at a walking pace."""

    permission_classes = [AllowAny]

    class Pace(AnonRateThrottle):
        """Per address; people who are signed in are not counted."""

        rate = "60/min"

    throttle_classes = [Pace]


def person_of(request: Request) -> User:
    """Who asks."""
    return cast("User", request.user)


def may_fail(*codes: int) -> dict[int | str, OpenApiResponse]:
    """The refusals of an endpoint, for the schema."""
    reasons = {
        400: "The request cannot be read; `errors` says which field.",
        403: "Not signed in, or not for this role.",
        404: "Not there, or not for this person.",
        409: "Lawfully refused; `messages` says why and what to do.",
    }
    return {code: OpenApiResponse(ProblemSerializer, description=reasons[code]) for code in codes}
