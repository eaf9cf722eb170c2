"""A person looks at each settled case before it may be found: original beside the cleaned text, then yes or no."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Precedent, User
from cases.roles import Role
from cases.similarity.deidentify import deidentify
from evidence import ledger

CHAIN = "precedents"
SHORTEST_STORY = 20
LONGEST_STORY = 20_000
SURE = frozenset({"证件号", "案号", "邮箱", "电话", "卡号", "车牌"})  # kinds that no released story may hold


def waiting() -> QuerySet[Precedent]:
    """Cases that nobody has looked at yet, the oldest first."""
    return Precedent.every.filter(state=Precedent.State.WAITING).order_by("came_at", "pk")


@transaction.atomic
def release_precedent(*, precedent_id: int, officer: User, story: str, terms: str | None = None) -> Precedent:
    """Let a case into the library with the story, and the terms (one a line), as the officer leaves them.

    The original is wiped.
    Raises Refusal when it was decided already, or when a number of a person still stands in the story.
    """
    row = _locked(precedent_id, officer)
    text = story.replace("\r\n", "\n").strip()
    if not SHORTEST_STORY <= len(text) <= LONGEST_STORY:
        raise Refusal(_("The story must have %(n)s characters or more.") % {"n": SHORTEST_STORY})
    if terms is not None:
        row.terms = [line.strip() for line in terms.splitlines() if line.strip()]
    told = "\n".join([text, *row.terms])
    if left := [found.words for found in deidentify(told).found if found.kind in SURE]:
        raise Refusal(
            _("This still points at a person: %(words)s. Please take it out.")
            % {"words": "、".join(left[:5])}
        )
    edited = text != row.story
    row.story = text
    return _decide(row, Precedent.State.RELEASED, officer, edited=edited)


@transaction.atomic
def refuse_precedent(*, precedent_id: int, officer: User, reason: str) -> Precedent:
    """Keep a case out of the library for good. Its story and original are wiped; key and reason stay.

    Raises Refusal when it was decided already, or without a reason.
    """
    row = _locked(precedent_id, officer)
    if not reason.strip():
        raise Refusal(_("Please say why it is not taken in."))
    row.story, row.terms, row.reason = "", [], reason.strip()[:300]
    return _decide(row, Precedent.State.REFUSED, officer)


def _locked(precedent_id: int, officer: User) -> Precedent:
    if officer.role != Role.OFFICER:
        raise Refusal(_("Only an officer of the centre may decide this."))
    row = Precedent.every.select_for_update().get(pk=precedent_id)
    if row.state != Precedent.State.WAITING:
        raise Refusal(_("Somebody has decided this already."))
    return row


def _decide(row: Precedent, state: str, officer: User, **facts: Any) -> Precedent:
    row.state, row.decided_by, row.decided_at = state, officer, timezone.now()
    taken_out = len(row.taken_out)
    row.original, row.taken_out = None, []
    row.vector, row.vector_model, row.next_vector, row.next_model = b"", "", b"", ""
    row.save()
    record = {"by": str(officer.pk), "key": row.key, "taken_out": taken_out, "reason": row.reason, **facts}
    ledger.append(chain=CHAIN, event=f"precedent.{state}", record=record, role=Role(officer.role))
    return row
