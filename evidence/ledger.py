"""The ledger: append to a chain, read an entry, find the first break."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evidence.canonical import NotCanonical, canonical, commit, link_hash, normalised, parse
from evidence.errors import CannotUnseal, OutsideTransaction
from evidence.keys import chain_key
from evidence.models import ERASURE, GENESIS, Anchor, ChainHead, Entry
from evidence.sealing import seal, unseal
from evidence.signals import entry_appended

VERSION = "mediation-evidence/1"
SALT_BYTES = 32
_EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_ROLE = re.compile(r"[a-z_]{0,32}")


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold together."""

    chain: str
    index: int  # seq of the entry; one past the last one where entries are missing at the end
    reason: str | Promise

    def __str__(self) -> str:
        return f"{self.chain} #{self.index}: {self.reason}"


def append(*, chain: str, event: str, record: Mapping[str, Any], role: str = "") -> Entry:
    """Append one entry, inside the transaction of the fact that it tells, and announce it.

    `chain` (up to 64 characters), `event` and `role` stand open in the envelope and must name nobody; all
    else belongs into `record`, which is sealed. Strings are brought to normal form C. Raises
    OutsideTransaction outside `atomic`, NotCanonical for a record outside the canonical profile and
    ValueError for an event or a role that is no plain word.
    """
    if not _EVENT.fullmatch(event) or not _ROLE.fullmatch(role):
        raise ValueError(f"event {event!r} and role {role!r} need to be plain lower-case words")
    record = normalised(record)
    body = canonical({"salt": os.urandom(SALT_BYTES).hex(), "record": record})
    head = lock_head(chain)
    at = _to_the_millisecond(timezone.now())
    seq = head.seq + 1
    envelope = canonical(
        {
            "v": VERSION,
            "chain": chain,
            "seq": seq,
            "prev": head.hash,
            "typ": event,
            "at": rfc3339(at),
            "role": role,
            "c256": commit(body),
        }
    )
    entry = Entry(
        chain=chain,
        seq=seq,
        event=event,
        role=role,
        at=at,
        prev=head.hash,
        hash=link_hash(envelope),
        envelope=envelope.decode(),
        body=seal(body, about=_about(chain, seq), key=_body_key(chain, event)),
    )
    entry.save()
    ChainHead.objects.filter(chain=chain).update(seq=seq, hash=entry.hash)
    entry_appended.send(sender=Entry, entry=entry, record=record)
    return entry


def lock_head(chain: str) -> ChainHead:
    """Lock the chain until the end of the transaction, so that nobody else can append meanwhile.

    On SQLite the transaction itself is the lock: begin it IMMEDIATE. Raises OutsideTransaction outside
    `atomic`.
    """
    require_transaction()
    if not chain or len(chain) > 64 or not chain.isprintable():
        raise ValueError(f"the chain name {chain!r} needs 1 to 64 printable characters")
    ChainHead.objects.get_or_create(chain=chain)
    return ChainHead.objects.select_for_update().get(chain=chain)


def require_transaction() -> None:
    """Raise OutsideTransaction unless the caller has opened a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction("append inside the transaction of the fact: @transaction.atomic")


def read(entry: Entry) -> dict[str, Any] | None:
    """The record of the entry, or None once it is erased. Raises CannotUnseal when the bytes do not open."""
    body = read_body(entry)
    return None if body is None else json.loads(body)["record"]


def read_body(entry: Entry) -> bytes | None:
    """The exact bytes to which the envelope commits, salt and all, or None once erased."""
    if entry.body is None:
        return None
    return unseal(
        bytes(entry.body), about=_about(entry.chain, entry.seq), key=_body_key(entry.chain, entry.event)
    )


def first_break(chain: str) -> Break | None:
    """Walk the whole chain and return the first place where it does not hold, or None.

    Checked: canonical bytes, the columns beside them, order, links, bodies against their commitments,
    missing bodies against erasures, the head, and every anchor. Not checked here: the stored files
    (`fsck_evidence`).
    """
    prev, seq = GENESIS, 0
    hashes: dict[int, str] = {}
    emptied: list[int] = []
    erased_up_to = 0
    for entry in Entry.objects.of(chain).order_by("seq").iterator(chunk_size=500):
        seq += 1
        if entry.seq != seq:
            return Break(chain, seq, _("This entry is missing."))
        if reason := _flaw(entry, prev):
            return Break(chain, seq, reason)
        if entry.body is None:
            emptied.append(seq)
        elif entry.event == ERASURE:
            erased_up_to = int((read(entry) or {}).get("up_to", 0))
        prev = hashes[seq] = entry.hash
    for index in emptied:
        if index > erased_up_to:
            return Break(chain, index, _("The body is gone, and no erasure says so."))
    return _break_at_the_end(chain, seq, prev, hashes)


def rfc3339(at: datetime) -> str:
    """The instant as the envelope writes it: UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _break_at_the_end(chain: str, seq: int, last: str, hashes: dict[int, str]) -> Break | None:
    head = ChainHead.objects.filter(chain=chain).first()
    if (head.seq, head.hash) != (seq, last) if head else seq > 0:
        return Break(chain, seq + 1, _("The end of the chain is not where its head says."))
    for anchor in Anchor.objects.of(chain):
        if hashes.get(anchor.seq) != anchor.head:
            return Break(chain, anchor.seq, _("An anchor names another entry for this place."))
    return None


def _flaw(entry: Entry, prev: str) -> str | Promise | None:
    """What is wrong with this entry, seen for itself and against the one before it."""
    data = entry.envelope.encode("utf-8", "surrogatepass")
    try:
        envelope = parse(data)
    except NotCanonical:
        return _("The envelope is not in its canonical form.")
    if envelope.get("prev") != prev:
        return _("The link to the entry before does not match.")
    if link_hash(data) != entry.hash:
        return _("The hash of the envelope does not match.")
    told = {
        "v": VERSION,
        "chain": entry.chain,
        "seq": entry.seq,
        "prev": entry.prev,
        "typ": entry.event,
        "at": rfc3339(entry.at),
        "role": entry.role,
        "c256": envelope.get("c256"),
    }
    if told != envelope:
        return _("The columns do not say what the envelope says.")
    return _flaw_of_body(entry, str(envelope["c256"]))


def _flaw_of_body(entry: Entry, commitment: str) -> str | Promise | None:
    try:
        body = read_body(entry)
    except CannotUnseal:
        return _("The body does not open.")
    if body is not None and commit(body) != commitment:
        return _("The body does not match its commitment.")
    return None


def _about(chain: str, seq: int) -> str:
    return f"body {seq} of {chain}"


def _body_key(chain: str, event: str) -> bytes | None:
    """Erasures name no person and outlive the key of their chain, so the key of the site seals them."""
    return None if event == ERASURE else chain_key(chain)


def _to_the_millisecond(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
