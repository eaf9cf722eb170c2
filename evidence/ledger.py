"""The ledger: append to a chain, read an entry, find the first break."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self

from django.db import connection, transaction
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
    bodies = [_Body.of(one) for one in told]
    if not bodies:
        return []
    _check_place(chain)
    entries = None
    if len(bodies) == 1 and connection.vendor == "postgresql":
        entries = _append_at_once(chain, bodies[0])
    if entries is None:
        entries = _append_locked(chain, bodies)
    for entry, body in zip(entries, bodies, strict=True):
        entry_appended.send(sender=Entry, entry=entry, record=body.record)
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


class _Body(NamedTuple):
    """What is to be appended, with all that its envelope says of it."""

    event: str
    role: str
    record: dict[str, Any]
    plain: bytes
    c256: str
    csm3: str

    @classmethod
    def of(cls, told: Told) -> Self:
        if not _EVENT.fullmatch(told.event) or not _ROLE.fullmatch(told.role):
            raise ValueError(f"event {told.event!r} and role {told.role!r} need to be plain lower-case words")
        role, record = str(told.role), normalised(told.record)
        plain = write_body(event=told.event, role=role, record=record)
        return cls(told.event, role, record, plain, commit(plain), commit_sm3(plain))

    def sealed(self, chain: str, key: bytes) -> bytes:
        own = None if self.event == ERASURE else key
        return seal_body(self.plain, chain=chain, c256=self.c256, key=own)


def _append_at_once(chain: str, body: _Body) -> list[Entry] | None:
    """On PostgreSQL, where this process knows the key of the chain already."""
    known = _keys.get(chain)
    if known is None:
        return None
    generation, sealed_key, key = known
    at = to_the_millisecond(timezone.now())
    draft = statements.Draft(
        body.event,
        body.role,
        at,
        rfc3339(at),
        body.c256,
        body.csm3,
        typ_of(body.event),
        body.sealed(chain, key),
    )
    placed = statements.write_placed(
        chain, draft, sealed_key=sealed_key, generation=generation, new_key=body.event == ERASURE
    )
    if placed is None:
        return None
    if link_hash(placed.envelope.encode()) != placed.hash:
        raise statements.HeadMoved(chain)
    return [
        _saved(
            placed.id,
            chain=chain,
            seq=placed.seq,
            event=body.event,
            role=body.role,
            at=at,
            prev=placed.prev,
            hash=placed.hash,
            envelope=placed.envelope,
            body=draft.body,
        )
    ]


def _append_locked(chain: str, bodies: list[_Body]) -> list[Entry]:
    """Lock, write the envelopes, save."""
    place = statements.lock(chain)
    key = keys.open_key(chain, place.sealed_key)
    _keys.put(chain, _KnownKey(place.generation, bytes(place.sealed_key), key))
    at = to_the_millisecond(timezone.now())
    written, seq, prev = rfc3339(at), place.seq, place.hash
    rows = []
    for body in bodies:
        seq += 1
        envelope = write_envelope(
            at=written,
            c256=body.c256,
            case=place.tag,
            csm3=body.csm3,
            log=place.origin,
            prev=prev,
            seen_root=place.seen_root,
            seen_size=place.seen_size,
            seq=seq,
            typ=typ_of(body.event),
        )
        link = link_hash(envelope)
        sealed = body.sealed(chain, key)
        rows.append(statements.Row(seq, body.event, body.role, at, prev, link, envelope.decode(), sealed))
        prev = link
    new_key = any(body.event == ERASURE for body in bodies)
    ids = statements.write(chain, rows, new_key=new_key)
    return [_saved(pk, chain=chain, **row._asdict()) for pk, row in zip(ids, rows, strict=True)]


def _saved(pk: int, **columns: Any) -> Entry:
    entry = Entry(id=pk, **columns)
    entry._state.adding = False  # noqa: SLF001 — as a model that was saved
    entry._state.db = "default"  # noqa: SLF001
    return entry


class _KnownKey(NamedTuple):
    """The key of a chain, and how to see that it still is."""

    generation: int
    sealed: bytes
    key: bytes


class _KnownKeys:
    """The keys of the chains that this process wrote to last. The database is asked whether they still are."""

    MOST = 1_000

    def __init__(self) -> None:
        self._keys: dict[str, _KnownKey] = {}

    def get(self, chain: str) -> _KnownKey | None:
        return self._keys.get(chain)

    def put(self, chain: str, key: _KnownKey) -> None:
        if len(self._keys) >= self.MOST:
            self._keys.clear()
        self._keys[chain] = key


_keys = _KnownKeys()


def _check_place(chain: str) -> None:
    require_transaction()
    if not chain or len(chain) > 64 or not chain.isprintable():
        raise ValueError(f"the chain name {chain!r} needs 1 to 64 printable characters")
