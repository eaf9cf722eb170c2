"""The ledger: append to a chain, read an entry, find the first break."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from evidence import keys, statements
from evidence.bodies import read, read_body, seal_body, write_body
from evidence.canonical import commit, commit_sm3, link_hash, normalised
from evidence.envelopes import ERASURE, typ_of, write_envelope
from evidence.errors import OutsideTransaction
from evidence.instants import rfc3339, to_the_millisecond
from evidence.models import ChainHead, Entry
from evidence.signals import entry_appended
from evidence.walking import Break, first_break

__all__ = [
    "Break",
    "Told",
    "append",
    "append_many",
    "first_break",
    "lock_head",
    "read",
    "read_body",
    "require_transaction",
    "rfc3339",
]

_EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_ROLE = re.compile(r"[a-z_]{0,32}")


class Told(NamedTuple):
    """What is to be appended."""

    event: str
    record: Mapping[str, Any]
    role: str = ""


def append(*, chain: str, event: str, record: Mapping[str, Any], role: str = "") -> Entry:
    """Append one entry, inside the transaction of the fact that it tells, and announce it.

    `chain` (up to 64 characters) is known to the database alone. `event`, `role` and `record` go into the sealed
    body; strings are brought to normal form C. The entry waits in the outbox for the log. Raises OutsideTransaction
    outside `atomic`, NotCanonical for a record outside the canonical profile and ValueError for an event or a role
    that is no plain word.
    """
    return append_many(chain=chain, told=[Told(event, record, role)])[0]


def append_many(*, chain: str, told: Iterable[Told]) -> list[Entry]:
    """Append several entries to one chain at the price of one. As `append`."""
    drafts = [_draft(*one) for one in told]
    if not drafts:
        return []
    _check_place(chain)
    place = statements.lock(chain)
    key = keys.open_key(chain, place.sealed_key)
    at = to_the_millisecond(timezone.now())
    written, seq, prev = rfc3339(at), place.seq, place.hash
    entries = []
    for event, role, _record, body in drafts:
        seq += 1
        envelope = write_envelope(
            at=written,
            c256=commit(body),
            case=place.tag,
            csm3=commit_sm3(body),
            log=place.origin,
            prev=prev,
            seen_root=place.seen_root,
            seen_size=place.seen_size,
            seq=seq,
            typ=typ_of(event),
        )
        sealed = seal_body(body, chain=chain, seq=seq, key=None if event == ERASURE else key)
        entries.append(
            Entry(
                chain=chain,
                seq=seq,
                event=event,
                role=role,
                at=at,
                prev=prev,
                hash=link_hash(envelope),
                envelope=envelope.decode(),
                body=sealed,
            )
        )
        prev = entries[-1].hash
    _save(chain, entries)
    for entry, (_event, _role, record, _body) in zip(entries, drafts, strict=True):
        entry_appended.send(sender=Entry, entry=entry, record=record)
    return entries


def lock_head(chain: str) -> ChainHead:
    """Lock the chain until the end of the transaction, so that nobody else can append meanwhile.

    On SQLite the transaction itself is the lock: begin it IMMEDIATE. Raises OutsideTransaction outside
    `atomic`.
    """
    _check_place(chain)
    statements.lock(chain)
    return ChainHead.objects.get(chain=chain)


def require_transaction() -> None:
    """Raise OutsideTransaction unless the caller has opened a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction("append inside the transaction of the fact: @transaction.atomic")


def _draft(event: str, record: Mapping[str, Any], role: str) -> tuple[str, str, dict[str, Any], bytes]:
    if not _EVENT.fullmatch(event) or not _ROLE.fullmatch(role):
        raise ValueError(f"event {event!r} and role {role!r} need to be plain lower-case words")
    plain = normalised(record)
    return event, role, plain, write_body(event=event, role=str(role), record=plain)


def _check_place(chain: str) -> None:
    require_transaction()
    if not chain or len(chain) > 64 or not chain.isprintable():
        raise ValueError(f"the chain name {chain!r} needs 1 to 64 printable characters")


def _save(chain: str, entries: list[Entry]) -> None:
    rows = [
        statements.Row(e.seq, e.event, e.role, e.at, e.prev, e.hash, e.envelope, e.body or b"")
        for e in entries
    ]
    new_key = any(e.event == ERASURE for e in entries)
    for entry, pk in zip(entries, statements.write(chain, rows, new_key=new_key), strict=True):
        entry.pk = pk
        entry._state.adding = False  # noqa: SLF001 — as a model that was saved
        entry._state.db = "default"  # noqa: SLF001
