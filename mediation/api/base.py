"""What every view of the interface shares."""

from io import BytesIO
from typing import Any, cast

from django.conf import settings
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import ParseError, PermissionDenied
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from cases.models import User
from cases.roles import Role
from mediation.api.requests import ProblemSerializer

NOT_YOURS: Promise = _("This step is not yours to take.")


class BoundedParser(JSONParser):
    """JSON of a size and a depth that a request of ours can have; anything else is 400, never a fault of ours."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The value. Raises ParseError."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        text = stream.read(most + 1)
        if len(text) > most:
            raise ParseError(_now("This is too long. Please send less at once."))
        try:
            return super().parse(BytesIO(text), media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_now("This is nested too deeply.")) from error


class Door(APIView):
    """JSON in, JSON out, for someone who is signed in; `roles` narrows who may come. No copy is kept on the way."""

    renderer_classes = [JSONRenderer]
    parser_classes = [BoundedParser]
    roles: frozenset[Role] = frozenset(Role)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After the usual checks: 403 for a role that has no business here."""
        super().initial(request, *args, **kwargs)
        if request.user.is_authenticated and person_of(request).role not in self.roles:
            raise PermissionDenied(str(NOT_YOURS))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """What a person may see is for that person alone."""
        told = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(told, private=True, no_store=True)
        return told


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
