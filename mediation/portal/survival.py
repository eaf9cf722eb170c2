"""What a form of the application survives: a safety token grown old, and a text without end."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import (
    REASON_CSRF_TOKEN_MISSING,
    REASON_NO_CSRF_COOKIE,
    CsrfViewMiddleware,
)
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.csrf import csrf_exempt

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
TOO_LARGE = 413


class _SoftCsrf(CsrfViewMiddleware):
    """Marks a request whose safety token is too old, instead of refusing it; a foreign origin is refused still."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse | None:
        old = reason in {REASON_NO_CSRF_COOKIE, REASON_CSRF_TOKEN_MISSING} or reason.startswith("CSRF token")
        if not old or request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site":
            return super()._reject(request, reason)  # type: ignore[misc,no-any-return]
        request.is_stale = True  # type: ignore[attr-defined]
        return None


_soft_csrf = decorator_from_middleware(_SoftCsrf)


def is_stale(request: HttpRequest) -> bool:
    """Whether the safety token of this form was too old. Then show what was sent again, and keep nothing of it."""
    return getattr(request, "is_stale", False)


def survives(view: View[P]) -> View[P]:
    """A form whose contents outlive a stale token and words without end. The view asks `is_stale`."""
    soft = _soft_csrf(view)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = cast("HttpResponse", soft(request, *args, **kwargs))
        except RequestDataTooBig:
            response = render(
                request, "portal/intake/too_long.html", {"back": request.path}, status=TOO_LARGE
            )
        patch_cache_control(response, private=True, no_store=True)
        return response

    return csrf_exempt(guarded)
