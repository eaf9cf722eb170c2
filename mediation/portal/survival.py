"""What a form of the application survives: a safety token grown old, a file too large, a text without end."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
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
FORM_BYTES = 2 * 1024 * 1024  # what a form may weigh beside its files
TOO_LARGE = 413


class LargestFile(FileUploadHandler):
    """Lets no file beyond the limit through, and keeps the names of those it held back."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.held_back: list[str] = []
        self.count = 0
        self.all_too_large = False

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """The sender says how much is coming: beyond the limit no file is even begun."""
        self.all_too_large = content_length > settings.MAX_UPLOAD_BYTES + FORM_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count."""
        super().new_file(*args, **kwargs)
        self.count = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass the bytes on, up to the limit."""
        self.count += len(raw_data)
        if self.all_too_large or self.count > settings.MAX_UPLOAD_BYTES:
            self.held_back.append(str(self.file_name or ""))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Others make the file."""


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


def held_back(request: HttpRequest) -> list[str]:
    """The names of files that were too large and were not read."""
    _read_now = request.FILES
    return [
        name
        for handler in request.upload_handlers
        if isinstance(handler, LargestFile)
        for name in handler.held_back
    ]


def survives(view: View[P]) -> View[P]:
    """A form whose contents outlive a stale token and a file too large. The view asks `is_stale` and `held_back`."""
    soft = _soft_csrf(view)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.upload_handlers.insert(0, LargestFile(request))
        try:
            response = cast("HttpResponse", soft(request, *args, **kwargs))
        except RequestDataTooBig:
            response = render(
                request, "portal/intake/too_long.html", {"back": request.path}, status=TOO_LARGE
            )
        patch_cache_control(response, private=True, no_store=True)
        return response

    return csrf_exempt(guarded)
