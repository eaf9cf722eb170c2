"""What upload.js speaks with, at whatever door: announce a file, send its pieces, ask how far it is.

POST name, size, media_type (and what the browser says of the file: mediation.files.captured) -> 201 {id, offset, url}.
PATCH url with Upload-Offset -> 204, or the answer to the last piece; 409 where to go on; 422 {message} for good.
HEAD url -> Upload-Offset. A PATCH of no bytes at the end asks for the last answer again.
"""

import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from cases.errors import Refusal
from mediation.entrance import gate
from mediation.files import incoming
from mediation.files.captured import sent_with
from mediation.files.incoming import Incoming, WrongOffset

CREATED, NO_CONTENT, GONE, CONFLICT, UNPROCESSABLE = 201, 204, 404, 409, 422
LONGEST_NUMBER = 16


def announced(
    request: HttpRequest, *, case_id: uuid.UUID, extra: Mapping[str, str], fallback: str = "file"
) -> Incoming:
    """Begin an upload. `extra` is kept beside it. Raises Refusal before any byte is sent."""
    size = _whole_number(request.POST.get("size", ""))
    gate.count_bytes_or_refuse(request, max(size, 0))
    return incoming.announce(
        case_id=case_id,
        name=request.POST.get("name", "") or fallback,
        size=size,
        media_type=request.POST.get("media_type", ""),
        extra={**sent_with(request.POST), **extra},
    )


def begun(upload: Incoming, url: str) -> JsonResponse:
    """The answer to an announcement."""
    return JsonResponse({"id": upload.id, "offset": 0, "url": url}, status=CREATED)


def receive(
    request: HttpRequest,
    found: Incoming | None,
    *,
    take_in: Callable[[Incoming], dict[str, Any]],
    answer: Callable[[Incoming], HttpResponse],
) -> HttpResponse:
    """One piece, or (HEAD) how far it is.

    `take_in` is asked once, when the file is whole, and may refuse; what it returns is kept as `Incoming.result`, from
    which `answer` speaks, also to a client that did not hear it the first time.
    """
    if found is None:
        return JsonResponse({"message": ""}, status=GONE)
    if request.method == "HEAD":
        return _reached(HttpResponse(), found)
    with ExitStack() as stack:
        try:
            now = stack.enter_context(incoming.held(found))
        except FileNotFoundError:  # cleared away in between
            return JsonResponse({"message": ""}, status=GONE)
        return _go_on(request, now, take_in, answer)


def _go_on(
    request: HttpRequest,
    now: Incoming,
    take_in: Callable[[Incoming], dict[str, Any]],
    answer: Callable[[Incoming], HttpResponse],
) -> HttpResponse:
    if now.result:
        return _reached(answer(now), now)
    try:
        piece = request.read(incoming.LARGEST_PIECE + 1)
        incoming.append(now, offset=_whole_number(request.headers.get("Upload-Offset", "")), piece=piece)
        if not now.is_whole:
            return _reached(HttpResponse(status=NO_CONTENT), now)
        incoming.settle(now, take_in(now))
    except WrongOffset:
        return _reached(HttpResponse(status=CONFLICT), now)
    except Refusal as refusal:
        incoming.drop(now)
        return refused(refusal)
    return _reached(answer(now), now)


def refused(refusal: Refusal) -> JsonResponse:
    """Why not, for the row of the file."""
    return JsonResponse({"message": str(refusal)}, status=UNPROCESSABLE)


def _reached(response: HttpResponse, now: Incoming) -> HttpResponse:
    response["Upload-Offset"] = str(now.reached)
    return response


def _whole_number(text: str) -> int:
    """The number, or -1 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else -1
