"""What the doors share: refusals on forms, the house context, the page for a stale form."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.http import require_http_methods

from cases.errors import Refusal
from cases.models import Exhibit, User
from cases.roles import Role
from evidence.deposits import open_deposit
from evidence.errors import StorageUnreachable
from evidence.models import Deposit
from evidence.origin.provenance import provenance_of

P = ParamSpec("P")
UNPROCESSABLE, UNAVAILABLE = 422, 503
log = logging.getLogger(__name__)


class HouseRequest(HttpRequest):
    """A request of someone who signed in."""

    user: User


@contextmanager
def refusals_shown_on(form: BaseForm) -> Iterator[None]:
    """Turn a Refusal inside the block into errors on the form; the view then shows it again with 422."""
    try:
        yield
    except Refusal as refusal:
        for message in refusal:
            form.add_error(None, message)


def open_to(
    *roles: Role,
) -> Callable[
    [Callable[Concatenate[HouseRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Let only these roles through a door; others who signed in find nothing there (404)."""

    def guard(
        view: Callable[Concatenate[HouseRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if cast("User", request.user).role not in roles:
                raise Http404
            response = view(cast("HouseRequest", request), *args, **kwargs)
            patch_cache_control(response, private=True, no_store=True)
            return response

        return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", login_required(guarded))

    return guard


def behind(door: object, *roles: Role) -> Callable[..., Callable[..., HttpResponse]]:
    """Let pages that several doors have stand behind one of them: what this gives is called `to(view, "POST")`.

    Such a view takes the request, the door, and what its address names. Without methods it only reads (GET, HEAD).
    """

    def to(view: Callable[..., HttpResponse], *methods: str) -> Callable[..., HttpResponse]:
        @wraps(view)
        def there(request: HouseRequest, /, **named: Any) -> HttpResponse:
            return view(request, door, **named)

        return open_to(*roles)(require_http_methods(methods or ("GET", "HEAD"))(there))

    return to


def page(
    request: HttpRequest,
    template: str,
    *,
    form: BaseForm | None = None,
    status: int | None = None,
    **context: Any,
) -> HttpResponse:
    """Render a page; a form with errors makes it 422 unless a status is named."""
    failed = any(
        isinstance(value, BaseForm) and value.is_bound and value.errors for value in [form, *context.values()]
    )
    return render(
        request, template, {"form": form, **context}, status=status or (UNPROCESSABLE if failed else 200)
    )


class PieceByPiece(FileResponse):
    """A file that is sent while it is read. Django alone would first read it whole where the server is asynchronous."""

    block_size = 256 * 1024

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces, each read in a thread."""
        pieces = iter(cast("Iterator[bytes]", self.streaming_content))

        def read() -> bytes | None:
            return next(pieces, None)

        while (piece := await sync_to_async(read)()) is not None:
            yield piece


def may_be_shown(deposit: Deposit) -> bool:
    """Whether a browser may show it: a kind that cannot run anything, and nothing else hidden in it."""
    kind = deposit.media_type
    plain = kind.startswith(("image/", "audio/", "video/")) or kind == "application/pdf"
    came = provenance_of(deposit)
    return plain and not (came and came.checked.also)


def file_response(exhibit: Exhibit, *, download: bool = False) -> FileResponse:
    """The bytes of an exhibit, as they were handed in."""
    deposit = exhibit.deposit
    response = PieceByPiece(
        open_deposit(deposit),
        content_type=deposit.media_type,
        as_attachment=download or not may_be_shown(deposit),
        filename=deposit.name,
    )
    response["Content-Length"] = str(deposit.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    patch_cache_control(response, private=True, no_store=True)
    return response


def house(request: HttpRequest) -> dict[str, Any]:
    """What every page knows: text size, whether this is the demo, the help line, the hour."""
    return {
        "big": request.COOKIES.get("text") == "big",
        "demo": settings.USE_DEMO,
        "help_phone": settings.HELP_PHONE,
        "now": timezone.localtime(),
    }


class TryLaterPage(MiddlewareMixin):
    """Middleware: a page for the time when the storage of files does not answer (503)."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Nobody is at fault who looks at the page, and nothing is lost."""
        if not isinstance(exception, StorageUnreachable):
            return None
        log.error("the storage of evidence does not answer: %s", exception)
        return render(request, "errors/try_later.html", {"back": request.path}, status=UNAVAILABLE)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose safety token is too old: says that nothing saved is lost and how to go on."""
    return render(request, "errors/stale_form.html", {"back": request.path}, status=403)
