"""固化: an act with legal effect is acknowledged only once a checkpoint that the witnesses accept covers it.

Until then people read 待固化: it is written down and in order; but nobody outside vouches for it yet.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case
from evidence.log.coverage import uncovered, wait_until_covered
from evidence.models import Entry

# Signatures, agreement, delivery and rulings (电子签名法 Art 13; 民事诉讼法 Arts 205–206).
LEGAL_ACTS: dict[str, str | Promise] = {
    "transcript.confirm": gettext_lazy("Minutes confirmed"),
    "facts.confirm": gettext_lazy("Undisputed facts confirmed"),
    "agreement.sign": gettext_lazy("Agreement signed"),
    "case.take_effect": gettext_lazy("Agreement in effect"),
    "court.consent": gettext_lazy("Joint application signed"),
    "case.apply": gettext_lazy("Application made to the court"),
    "court.send": gettext_lazy("Packet sent to the court"),
    "notice.deliver": gettext_lazy("Paper delivered"),
    "case.confirm": gettext_lazy("Ruling: confirmed"),
    "case.dismiss": gettext_lazy("Ruling: dismissed"),
    "court.objection": gettext_lazy("Objection to the ruling"),
    "court.answer_objection": gettext_lazy("Objection answered"),
}


@dataclass(frozen=True, slots=True)
class SealedAct:
    """One act with legal effect, and whether it is acknowledged (固化) yet."""

    seq: int
    label: str | Promise
    role: str
    at: datetime
    is_covered: bool


def last_seq(case: Case) -> int:
    """How long the chain of the case is now; ask before an act, for `acknowledge` or `is_sealed` after it."""
    return Entry.objects.filter(chain=case.chain).order_by("-seq").values_list("seq", flat=True).first() or 0


def acknowledge(request: HttpRequest, case: Case, *, since: int, told: str | Promise = "") -> None:
    """Say that the act is done; of one with legal effect only once it is covered, and until then that it waits."""
    if not is_sealed(case, since=since):
        messages.warning(request, pending_words())
    elif told:
        messages.success(request, str(told))


def is_sealed(case: Case, *, since: int) -> bool:
    """Whether no act with legal effect after the entry `since` waits; looks for at most settings.EVIDENCE_WAIT_S."""
    act = _legal_entries(case).filter(seq__gt=since).last()
    return act is None or wait_until_covered(act)


def pending_words() -> str:
    """What people read about an act that no checkpoint covers yet."""
    return _(
        "It is written down and being sealed. It counts as done once this page says “sealed”. You need not do it again."
    )


def acts_of(case: Case) -> list[SealedAct]:
    """Every act with legal effect in this case, oldest first."""
    waiting = {entry.seq for entry in uncovered(case.chain)}
    return [
        SealedAct(one.seq, LEGAL_ACTS[one.event], one.role, one.at, one.seq not in waiting)
        for one in _legal_entries(case)
    ]


def waiting_acts(case: Case) -> list[SealedAct]:
    """Acts with legal effect that nobody outside vouches for yet."""
    waiting = [one for one in uncovered(case.chain) if one.event in LEGAL_ACTS]
    return [SealedAct(one.seq, LEGAL_ACTS[one.event], one.role, one.at, is_covered=False) for one in waiting]


def _legal_entries(case: Case) -> Any:
    return Entry.objects.filter(chain=case.chain, event__in=LEGAL_ACTS).order_by("seq")
