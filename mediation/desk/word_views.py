"""Copies for Word: the agreement, the notice of the end, a transcript; to be worked on outside, without any force.

Taken in again at the desk, such a file is an exhibit like any other.
"""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases.errors import Refusal
from cases.models import Case
from cases.roles import Role
from mediation.agreements import content as agreements
from mediation.agreements.models import Agreement, Proposal
from mediation.agreements.services import standing
from mediation.desk.case_views import own_case
from mediation.desk.drafting import first_text
from mediation.documents.kinds import KINDS
from mediation.documents.word import render_word
from mediation.hearings import content as hearings
from mediation.hearings.models import Hearing
from mediation.hearings.transcripts import digest_of, lines_of
from mediation.http import HouseRequest, open_to
from mediation.papers.content import content_of

viewings = logging.getLogger("mediation.viewings")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NOT_YET = "（待填写）"
FOR_THE_OFFICE = {"failure_notice"}


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy that can be saved."""

    label: str
    url: str


def copies_of(case: Case, role: str) -> list[Copy]:
    """What can be saved for Word in this case, by this role: the talks are the mediator's."""
    found: list[tuple[str, int, str]] = []
    if case.papers.filter(kind="failure_notice").exists():
        found.append(("failure_notice", 0, str(KINDS["failure_notice"].label)))
    if role == Role.MEDIATOR:
        if standing(case) or _accepted(case):
            found.append(("agreement", 0, str(KINDS["agreement"].label)))
        for hearing in case.hearings.filter(state=Hearing.State.ENDED).order_by("number"):
            label = _("Transcript of hearing %(n)s") % {"n": hearing.number}
            found.append(("transcript", hearing.number, label))
    return [Copy(label, reverse("desk:word", args=[case.docket, kind, n])) for kind, n, label in found]


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def word(request: HouseRequest, docket: str, kind: str, number: int) -> HttpResponse:
    """One copy. What the law still asks for is named, and no copy is made without it."""
    case = own_case(request, docket)
    if request.user.role != Role.MEDIATOR and kind not in FOR_THE_OFFICE:
        raise Http404
    try:
        with translation.override("zh-hans"):
            content = _content(case, kind, number)
        file = render_word(kind, content)
    except Refusal as refusal:
        for message in refusal:
            messages.error(request, str(message))
        return redirect("desk:dossier", docket)
    viewings.info("word copy of %s, case %s, saved by %s", kind, case.pk, request.user.pk)
    response = HttpResponse(file, content_type=DOCX)
    name = quote(f"{case.docket}-{KINDS[kind].title}-副本.docx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _content(case: Case, kind: str, number: int) -> dict[str, Any]:
    match kind:
        case "agreement":
            return _agreement(case)
        case "failure_notice":
            paper = case.papers.filter(kind="failure_notice").last()
            if paper is None:
                raise Http404
            return content_of(paper, case)
        case "transcript":
            return _transcript(case, number)
        case _:
            raise Http404


def _accepted(case: Case) -> Proposal | None:
    return case.proposals.filter(state=Proposal.State.ACCEPTED).last()


def _agreement(case: Case) -> dict[str, Any]:
    """The agreement as it stands; before it is drawn up, the accepted terms with the first words for the rest."""
    made = next(iter(standing(case)), None)
    accepted = _accepted(case)
    if made is None and accepted is None:
        raise Http404
    if made is None and accepted is not None:
        texts = {key: words or NOT_YET for key, words in first_text(case, accepted).items()}
        number = agreements.agreement_number(case, accepted)
        made = Agreement(case=case, proposal=accepted, number=number, **texts)
    return agreements.agreement(made) if made else {}


def _transcript(case: Case, number: int) -> dict[str, Any]:
    """The transcript as it reads now; what is not yet known is marked, because the copy is there to be worked on."""
    hearing = case.hearings.filter(number=number, state=Hearing.State.ENDED).first()
    if hearing is None:
        raise Http404
    lines = lines_of(hearing)
    told = hearings.transcript(hearing, lines, digest_of(hearing, lines))
    told["result"] = told["result"] or NOT_YET
    told["statements"] = told["statements"] or [{"speaker": "调解员", "text": NOT_YET}]
    told["participants"] = [
        {**one, "identity_check": one["identity_check"] or "尚未核验"} for one in told["participants"]
    ] or [{"role": "参加人", "name": NOT_YET, "identity_check": "尚未核验"}]
    told["read_back"] = told["read_back"] or [
        {"name": party.name, "answer": "尚未核对"} for party in case.parties.all()
    ]
    return told
