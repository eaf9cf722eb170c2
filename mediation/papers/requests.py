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
    "case.accept": ("register", "acceptance_notice", "rights_notice", "delivery_address", "invitation"),
    "case.decline": ("decline_notice",),
    "case.take_on": ("disclosure",),
    "case.refuse": ENDED,
    "case.end": ENDED,
    "case.expire": ENDED,
    "case.withdraw": ENDED,
    "ending.describe": ENDED,
    "extension.grant": ("extension_consent",),
    "privacy.answer": ("privacy_consent",),
}
COURTS_TRACKS = {
    "delegated",
    "entrusted",
    "entrusted_simplified",
}  # the court that sent the case gets it back (在线调解规则 Arts 15, 21)
FOR_ONE_SIDE = {"privacy_consent"}
NOT_AGREED = {"case.refuse", "case.end", "case.expire"}


def ask_for_papers(sender: object, entry: Entry, record: Mapping[str, Any], **kwargs: Any) -> None:
    """Write a PENDING row for each paper that this entry calls for.

    A case that ends before it was accepted needs no notice of the end of a mediation: there was none.
    """
    called_for = CALLED_FOR.get(entry.event)
    case = _case_of(entry) if called_for else None
    if not called_for or case is None or (called_for == ENDED and not case.accepted_at):
        return
    for kind in _really(case, entry.event, called_for):
        about = {"asked_at": entry.at, "side": record.get("side", "") if kind in FOR_ONE_SIDE else ""}
        Paper.objects.get_or_create(case=case, kind=kind, seq=entry.seq, defaults=about)
    render_after_commit()


def _really(case: Case, event: str, called_for: tuple[str, ...]) -> list[str]:
    """Without the confirmation of an address that nobody gave; with a letter to the court whose case it was."""
    claimant = case.claimant
    kinds = [kind for kind in called_for if kind != "delivery_address" or (claimant and claimant.address)]
    if event in NOT_AGREED and case.profile in COURTS_TRACKS:
        kinds.append("transfer_letter")
    return kinds


def _case_of(entry: Entry) -> Case | None:
    try:
        return Case.objects.filter(pk=UUID(entry.chain)).first()
    except ValueError:
        return None
