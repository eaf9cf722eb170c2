"""Showing the file of an exhibit to those who may see it, in whole or, for players that seek, in part."""

import io
import logging
import re
from typing import BinaryIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cases.models import Case, Exhibit
from cases.roles import Role
from cases.services.exhibits import exhibits_for
from cases.workflow import Stage
from evidence.deposits import open_deposit
from evidence.errors import CannotUnseal, Erased
from mediation.court.packet import exhibits_for_court
from mediation.http import PieceByPiece, file_response, may_be_shown

viewings = logging.getLogger("mediation.viewings")
ONE_RANGE = re.compile(r"bytes=(?=.*\d)(\d{0,15})-(\d{0,15})")
PARTIAL, NOT_SATISFIABLE = 206, 416


class Slice(io.RawIOBase):
    """`length` bytes of a stream from `start` on."""

    def __init__(self, stream: BinaryIO, *, start: int, length: int) -> None:
        super().__init__()
        self._stream, self._left = stream, length
        stream.seek(start)

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes, none at the end of the slice."""
        piece = self._stream.read(self._left if size is None or size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Close the stream, too."""
        self._stream.close()
        super().close()


@require_safe
def exhibit_file(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The bytes of an exhibit. `?download=1` saves it; a Range header gets a part. 404 for whom it is not."""
    exhibit = get_object_or_404(Exhibit.objects.select_related("case__centre", "deposit"), pk=pk)
    if not may_see(request, exhibit):
        raise Http404
    viewings.info(
        "exhibit %s of case %s seen by %s",
        exhibit.pk,
        exhibit.case_id,
        request.user.pk or "the draft's own browser",
    )
    try:
        return _in_part(request, exhibit) or _whole(request, exhibit)
    except (Erased, FileNotFoundError) as error:
        raise Http404 from error
    except CannotUnseal:
        viewings.exception("exhibit %s does not open", exhibit.pk)
        raise Http404 from None


def may_see(request: HttpRequest, exhibit: Exhibit) -> bool:
    """Whether this browser may see this file: as a person of the case, or as the one who is drafting it."""
    case = exhibit.case
    if exhibit.withdrawn_at:
        return False
    if request.session.get("draft") == str(case.pk) and case.stage == Stage.INTAKE:
        return exhibit.by_role == Role.CITIZEN
    person = request.user
    if not person.is_authenticated or not Case.objects.visible_to(person).filter(pk=case.pk).exists():
        return False
    if person.role == Role.COURT:
        return court_may_see(exhibit)
    return exhibit in exhibits_for(case, person, Role(person.role))


def court_may_see(exhibit: Exhibit) -> bool:
    """A court sees the papers that go into its packet, and its own; nothing from the talks."""
    case = exhibit.case
    if exhibit.by_role == Role.COURT or case.applications.filter(ruling__paper=exhibit).exists():
        return True
    return exhibit in exhibits_for_court(case)


def _whole(request: HttpRequest, exhibit: Exhibit) -> FileResponse:
    response = file_response(exhibit, download="download" in request.GET)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = _mark(exhibit)
    return response


def _in_part(request: HttpRequest, exhibit: Exhibit) -> HttpResponse | FileResponse | None:
    """The asked-for part; None where the whole is to be sent (no range, several, or of an older file)."""
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not asked or request.headers.get("If-Range", _mark(exhibit)) != _mark(exhibit):
        return None
    span = _span(asked[1], asked[2], exhibit.deposit.size)
    if span is None:
        refused = HttpResponse(status=NOT_SATISFIABLE)
        refused["Content-Range"] = f"bytes */{exhibit.deposit.size}"
        return refused
    start, end = span
    stream = Slice(open_deposit(exhibit.deposit), start=start, length=end - start + 1)
    response = PieceByPiece(stream, content_type=exhibit.deposit.media_type, status=PARTIAL)
    response["Content-Length"] = str(end - start + 1)
    response["Content-Range"] = f"bytes {start}-{end}/{exhibit.deposit.size}"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = _mark(exhibit)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    if not may_be_shown(exhibit.deposit):
        response["Content-Disposition"] = "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def _span(first: str, last: str, size: int) -> tuple[int, int] | None:
    """First and last byte, both counted in; None where nothing of the file is meant."""
    if not first:
        start, end = (size - int(last), size - 1) if last else (size, size)
        start = max(0, start)
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
    return (start, end) if start <= end and start < size else None


def _mark(exhibit: Exhibit) -> str:
    return f'"{exhibit.deposit.sha256}"'
