"""Which fact calls for which papers: rows written in its transaction, made after it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cases.models import Case
from evidence.models import Entry
from mediation.papers.models import Paper
from mediation.papers.tasks import render_after_commit

ENDED = ("failure_notice",)
CALLED_FOR: dict[str, tuple[str, ...]] = {
    "case.file": ("application",),
    "case.accept": ("acceptance_notice", "rights_notice", "invitation"),
    "case.decline": ("decline_notice",),
    "case.take_on": ("disclosure",),
    "case.refuse": ENDED,
    "case.end": ENDED,
    "case.expire": ENDED,
    "case.withdraw": ENDED,
}


def ask_for_papers(sender: object, entry: Entry, record: Mapping[str, Any], **kwargs: Any) -> None:
    """Write a PENDING row for each paper that this entry calls for.

    A case that ends before it was accepted needs no notice of the end of a mediation: there was none.
    """
    kinds = CALLED_FOR.get(entry.event)
    case = _case_of(entry) if kinds else None
    if not kinds or case is None or (kinds == ENDED and not case.accepted_at):
        return
    for kind in kinds:
        Paper.objects.get_or_create(case=case, kind=kind, seq=entry.seq, defaults={"asked_at": entry.at})
    render_after_commit()


def _case_of(entry: Entry) -> Case | None:
    try:
        return Case.objects.filter(pk=UUID(entry.chain)).first()
    except ValueError:
        return None
