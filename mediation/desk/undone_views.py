"""没办成的事: papers that were not made or not printed whole, messages that did not arrive, people to reach."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases.models import Case, User
from cases.roles import Role
from mediation.documents.kinds import KINDS
from mediation.http import HouseRequest, open_to, page
from mediation.notices.delivery import try_again as try_message_again
from mediation.notices.models import Notice, Rung
from mediation.papers.models import Paper
from mediation.papers.services import note_mended
from mediation.papers.services import try_again as try_paper_again

MOST = 100  # of each kind on the page


@dataclass(frozen=True, slots=True)
class Undone:
    """One thing that needs a person: what it is, in which case, why, since when, and how it is mended.

    `mend` is the name of the address that tries again; empty where people do it on the page of the case.
    """

    case: Case
    title: str | Promise
    why: str
    since: datetime
    mend: str = ""
    pk: int = 0
    part: str = ""


def failed_papers(person: User) -> "QuerySet[Paper]":
    """Papers that cannot be made, and papers with letters that no font has until somebody has seen to them."""
    unprinted = Q(state=Paper.State.DONE, unprinted__gt=0, mended_at__isnull=True)
    return Paper.objects.filter(
        Q(state=Paper.State.FAILED) | unprinted, case__in=Case.objects.visible_to(person)
    )


def failed_messages(person: User) -> "QuerySet[Notice]":
    """Messages that will not be tried again by themselves."""
    return Notice.objects.filter(state=Notice.State.FAILED, case__in=Case.objects.visible_to(person))


def people_to_reach(person: User) -> "QuerySet[Rung]":
    """Calls and letters that the office was asked for."""
    return Rung.objects.to_do().filter(ladder__case__in=Case.objects.visible_to(person))


def undone_of(person: User) -> dict[str, list[Undone]]:
    """What waits for this person, oldest first, by kind; six queries."""
    papers = failed_papers(person).select_related("case").order_by("asked_at")[:MOST]
    told = failed_messages(person).select_related("case", "to").order_by("written_at")[:MOST]
    steps = people_to_reach(person).select_related("ladder__case", "ladder__party").order_by("due_at")[:MOST]
    return {
        "papers": [_paper(one) for one in papers],
        "messages": [_message(one) for one in told],
        "people": [_step(one) for one in steps],
    }


def _paper(one: Paper) -> Undone:
    title = KINDS[one.kind].title if one.kind in KINDS else one.kind
    if one.state == Paper.State.FAILED:
        return Undone(one.case, title, one.problem, one.asked_at, "make_again", one.pk, "papers")
    why = _("%(count)d letters could not be printed. Please add them by hand on the paper.")
    return Undone(
        one.case, title, why % {"count": one.unprinted}, one.made_at or one.asked_at, "mended", one.pk
    )


def _message(one: Notice) -> Undone:
    who = str(one.to) if one.to else one.phone or one.email
    title = f"{one.subject} · {one.get_channel_display()} · {who}"
    return Undone(one.case, title, one.problem, one.written_at, "send_again", one.pk, "parties")  # type: ignore[arg-type]


def _step(one: Rung) -> Undone:
    title = _("Call: %(what)s") if one.channel == "call" else _("Send by post: %(what)s")
    words = {"what": f"{one.ladder.subject} · {one.ladder.party.name}"}
    return Undone(one.ladder.case, title % words, "", one.due_at, "", one.ladder_id, "delivery")


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def undone(request: HouseRequest) -> HttpResponse:
    """Everything that did not get done by itself, each with a way to mend it."""
    found = undone_of(request.user)
    shown = [
        ("people", _("People to reach"), found["people"]),
        ("messages", _("Messages that did not arrive"), found["messages"]),
        ("papers", _("Papers that need a person"), found["papers"]),
    ]
    return page(
        request, "desk/undone.html", shown=shown, count=sum(len(rows) for _key, _title, rows in shown)
    )


@require_POST
@open_to(Role.OFFICER, Role.MEDIATOR)
def send_again(request: HouseRequest, pk: int) -> HttpResponse:
    """Send a failed message once more: to the number and the address that hold now."""
    notice = get_object_or_404(failed_messages(request.user).select_related("to"), pk=pk)
    _take_present_address(notice)
    try_message_again(notice_id=notice.pk)
    messages.success(request, _("It is being sent again."))
    return redirect("desk:undone")


@transaction.atomic
def _take_present_address(notice: Notice) -> None:
    from mediation.notices.addresses import confirmed_addresses

    changes: dict[str, Any] = {}
    if notice.channel == Notice.Channel.SMS and notice.case:
        party = next((one for one in notice.case.parties.all() if one.person_id == notice.to_id), None)
        changes["phone"] = (party.phone if party else "") or notice.phone
    if notice.channel == Notice.Channel.EMAIL and notice.to:
        changes["email"] = confirmed_addresses([notice.to]).get(notice.to.pk, notice.email)
    for name, value in changes.items():
        setattr(notice, name, value)
    notice.report = ""
    notice.save(update_fields=[*changes, "report"])


@require_POST
@open_to(Role.OFFICER, Role.MEDIATOR)
def make_again(request: HouseRequest, pk: int) -> HttpResponse:
    """Make a failed paper once more, after what was missing has been mended."""
    paper = get_object_or_404(failed_papers(request.user), pk=pk, state=Paper.State.FAILED)
    try_paper_again(paper_id=paper.pk)
    messages.success(request, _("The paper is being made."))
    return redirect("desk:undone")


@require_POST
@open_to(Role.OFFICER, Role.MEDIATOR)
def mended(request: HouseRequest, pk: int) -> HttpResponse:
    """Somebody has written the missing letters on the paper by hand."""
    paper = get_object_or_404(failed_papers(request.user), pk=pk, state=Paper.State.DONE)
    note_mended(paper_id=paper.pk, staff=request.user)
    messages.success(request, _("Noted in the record."))
    return redirect("desk:undone")


def count_undone(person: User) -> int:
    """How many things wait for a person: for the link to the page."""
    return sum(
        found.count() for found in (failed_papers(person), failed_messages(person), people_to_reach(person))
    )


__all__ = ["count_undone", "make_again", "mended", "send_again", "undone", "undone_of"]
