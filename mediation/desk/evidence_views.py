"""The record of a case: every entry of its chain, whether it holds, and the packet for whoever must check it."""

import logging
import tempfile
from types import SimpleNamespace
from typing import Any, cast

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases.errors import Refusal
from cases.models import Case
from cases.roles import Role
from evidence import ledger
from evidence.deposits import matches
from evidence.errors import TryLater
from evidence.log.coverage import Coverage
from evidence.models import Entry
from mediation.court.packet import make_packet
from mediation.desk.case_file import CaseFile, told
from mediation.desk.case_views import own_case
from mediation.http import UNPROCESSABLE, HouseRequest, PieceByPiece, open_to, page
from mediation.templatetags.house import when

viewings = logging.getLogger("mediation.viewings")


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def evidence(request: HouseRequest, docket: str) -> HttpResponse:
    """The chain entry by entry, checked now."""
    return _evidence_page(request, own_case(request, docket))


def _evidence_page(
    request: HouseRequest, case: Case, *, problem: str = "", status: int = 200
) -> HttpResponse:
    broken = ledger.first_break(case.chain)
    file = CaseFile(case, request.user)
    kept = Entry.objects.filter(chain=case.chain).defer("body", "envelope").order_by("seq")
    entries = [told(entry) for entry in kept]
    bad_files = [exhibit for exhibit in file.exhibits if not _is_whole(exhibit)]
    return page(
        request,
        "desk/evidence.html",
        status=status,
        case=case,
        file=file,
        problem=problem,
        broken=broken,
        bad_files=bad_files,
        entries=entries,
        strip=[
            SimpleNamespace(kind=entry.kind, broken=bool(broken and broken.index == entry.seq))
            for entry in entries
        ],
        checks=_checks(len(entries), broken, len(file.exhibits), len(bad_files), file.coverage),
        is_whole=broken is None and not bad_files,
        facts=[(_("Entries"), len(entries)), (_("Files"), len(file.exhibits))],
    )


def _is_whole(exhibit: Any) -> bool:
    try:
        return exhibit.deposit.is_erased or matches(exhibit.deposit)
    except OSError:
        return False


def _checks(entries: int, broken: Any, files: int, bad: int, coverage: Coverage) -> list[dict[str, str]]:
    held = broken.index - 1 if broken else entries
    return [
        {
            "name": _("Chain of entries"),
            "state": "no" if broken else "yes",
            "text": str(broken.reason) if broken else _("Every entry fits the one before it."),
            "count": f"{held} / {entries}",
            "how": _("Each fingerprint is computed anew and compared with the one that was kept."),
        },
        {
            "name": _("Files"),
            "state": "no" if bad else "yes",
            "text": _("Some files do not match.") if bad else _("Every file is as it was handed in."),
            "count": f"{files - bad} / {files}",
            "how": _("Each file is opened and its fingerprint computed anew."),
        },
        _check_of_log(entries, coverage),
        _check_of_witnesses(coverage),
        _check_of_clock(coverage),
    ]


def _check_of_log(entries: int, coverage: Coverage) -> dict[str, str]:
    newest = coverage.checkpoint
    how = _("The log is closed about every second. What it holds cannot be taken out unseen.")
    if newest is not None:
        how = _("Checkpoint of %(size)d, %(at)s.") % {"size": newest.size, "at": when(newest.published_at)}
    return {
        "name": _("Common log"),
        "state": "unknown" if coverage.waiting else "yes",
        "text": _("Some entries are still to be sealed.")
        if coverage.waiting
        else _("Every entry is sealed."),
        "count": f"{coverage.up_to} / {entries}",
        "how": how,
    }


def _check_of_witnesses(coverage: Coverage) -> dict[str, str]:
    seen = coverage.witnesses
    return {
        "name": _("Witnesses"),
        "state": "yes" if seen else "unknown",
        "text": _("Others hold a copy of the checkpoint.") if seen else _("No outside witness yet."),
        "count": str(len(seen)),
        "how": _("%(names)s.") % {"names": ", ".join(f"{name} {when(at)}" for name, at in seen.items())}
        if seen
        else _("An outside witness signs each checkpoint, so that we cannot go back behind it."),
    }


def _check_of_clock(coverage: Coverage) -> dict[str, str]:
    stamps = coverage.stamps
    return {
        "name": _("Outside clock"),
        "state": "yes" if stamps else "unknown",
        "text": _("Marked by a time authority.") if stamps else _("Not marked yet; the times are our own."),
        "count": str(len(stamps)),
        "how": ", ".join(f"{stamp.authority} {when(stamp.at)}" for stamp in stamps)
        or _("Each checkpoint is shown to a time authority."),
    }


@require_POST
@open_to(Role.MEDIATOR)
def packet(request: HouseRequest, docket: str) -> HttpResponse:
    """Make the evidence packet now and save it: what a court would get, and nothing said in confidence."""
    case = own_case(request, docket)
    made = tempfile.TemporaryFile()  # noqa: SIM115 — the response closes it
    try:
        make_packet(case, made)
    except (Refusal, TryLater) as error:
        made.close()
        problem = str(error) if isinstance(error, Refusal) else _not_sealed_yet()
        return _evidence_page(request, case, problem=problem, status=UNPROCESSABLE)
    made.seek(0)
    viewings.info("packet of case %s saved by %s", case.pk, request.user.pk)
    response = PieceByPiece(made, as_attachment=True, filename=f"{case.docket}-packet.zip")
    return cast("HttpResponse", response)


def _not_sealed_yet() -> str:
    return _(
        "The record is still being sealed: there is no packet before that. Please try again in a minute."
    )
