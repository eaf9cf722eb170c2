"""Taking files into a case (存证): each becomes a deposit in the chain and an exhibit with a number."""

from dataclasses import replace
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Exhibit, User
from cases.roles import Role
from cases.services.steps import lock_case, remember
from evidence import deposits
from evidence.origin.provenance import Origin, Provenance, Way


@transaction.atomic
def add_exhibit(
    *,
    case_id: UUID,
    file: BinaryIO,
    name: str,
    by: User | None,
    role: Role,
    kind: str = Exhibit.Kind.OTHER,
    title: str = "",
    is_private: bool = False,
    captured: Provenance | None = None,
    media_type: str = "",
) -> Exhibit:
    """Take a file in, as it is. `captured` says how, where, by whom and with what it came to be (在线诉讼规则 Art 18);
    `media_type` is what the sender says of it, such as audio/webm for sound in a container made for film.

    Raises evidence.errors.DepositRefused, in plain words, for a file that is empty, too large, or not what it says.
    """
    case = lock_case(case_id)
    if case.is_closed and role in {Role.CITIZEN, Role.INSTITUTION}:
        raise Refusal(_("This case is closed. Call us if you still have papers to hand in."))
    captured = captured or Provenance(how=Way.FORM)
    captured = replace(captured, role=captured.role or str(role))
    deposit = deposits.take_in(
        chain=case.chain, file=file, name=name, captured=captured, media_type=media_type, role=role
    )
    last = case.exhibits.aggregate(n=Max("number"))["n"] or 0
    exhibit = case.exhibits.create(
        number=last + 1,
        kind=kind,
        title=title or deposit.name,
        deposit=deposit,
        by=by,
        by_role=role,
        is_private=is_private,
        origin=captured.origin,
        origin_words=captured.words,
    )
    remember(
        case,
        "exhibit.add",
        by=by,
        role=role,
        number=exhibit.number,
        kind=exhibit.kind,
        title=exhibit.title,
        sha256=deposit.sha256,
        private=is_private,
    )
    return exhibit


@transaction.atomic
def describe_exhibit(
    *, exhibit_id: int, by: User | None, role: Role, kind: str, origin: str = "", words: str = ""
) -> Exhibit:
    """Say what a file is and how it came about (`origin`, `words`). Only the one who handed it in may; the file itself
    stays as it is, and so does every earlier word about it in the chain.
    """
    exhibit = Exhibit.objects.select_for_update().select_related("case").get(pk=exhibit_id)
    if exhibit.by_role != role or (by and exhibit.by_id and exhibit.by_id != by.pk):
        raise Refusal(_("Only the one who handed this in can say what it is."))
    exhibit.kind = Exhibit.Kind(kind)
    exhibit.origin, exhibit.origin_words = Origin(origin).value if origin else "", words.strip()
    entry = remember(
        exhibit.case,
        "exhibit.describe",
        by=by,
        role=role,
        number=exhibit.number,
        kind=exhibit.kind,
        origin=exhibit.origin,
        words=exhibit.origin_words,
    )
    exhibit.told_seq = entry.seq
    exhibit.save(update_fields=["kind", "origin", "origin_words", "told_seq"])
    return exhibit


@transaction.atomic
def withdraw_exhibit(*, exhibit_id: int, by: User | None, role: Role) -> Exhibit:
    """Take an exhibit back out of sight. The deposit stays in the chain; before filing this is how one deletes."""
    exhibit = Exhibit.objects.select_for_update().select_related("case").get(pk=exhibit_id)
    if exhibit.by_role != role or (by and exhibit.by_id and exhibit.by_id != by.pk):
        raise Refusal(_("Only the one who handed this in can take it back."))
    exhibit.withdrawn_at = timezone.now()
    exhibit.save()
    remember(exhibit.case, "exhibit.withdraw", by=by, role=role, number=exhibit.number)
    return exhibit


def exhibits_for(case: Case, person: User | None, role: Role) -> list[Exhibit]:
    """What this person may see of the case's files, in order. Private ones: whose side gave them, and the mediator."""
    seen = case.exhibits.filter(withdrawn_at__isnull=True).select_related("deposit", "by")
    if role == Role.MEDIATOR:
        return list(seen)
    return [exhibit for exhibit in seen if not exhibit.is_private or exhibit.by_role == role]
