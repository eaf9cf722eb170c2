"""The one who puts entries into the log: empties the outbox, gives indices, grows both trees, signs.

A pass is one transaction under the lock of the state row, so the database alone says where the log stands, and whoever
begins anew goes on from there. The outbox is a queue from which rows are taken; nobody asks for ids above the last
one, since entries are committed in another order than they are numbered.
"""

import logging
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from evidence.canonical import NotCanonical, canonical, link_hash
from evidence.envelopes import VERSION, read_envelope
from evidence.log import state as turns
from evidence.log.signing import Signer, log_signer, sm2_signer
from evidence.log.state import Lease
from evidence.log.trees import GrowingTree
from evidence.models import GENESIS, CheckpointRow, LogState
from evidence.tlog import notes
from evidence.tlog.checkpoints import Checkpoint
from evidence.tlog.heads import HeadsTree
from evidence.tlog.merkle import SHA256, SM3
from evidence.tlog.notes import SignedNote

MOST_ENTRIES = 10_000  # of one pass
SM3_SUFFIX = "/sm3"
logger = logging.getLogger(__name__)
_passing = threading.Lock()


class OutOfStep(RuntimeError):
    """The rows of the log do not fit one another: a person has to look (`fsck_evidence`)."""


def integrate(
    *, limit: int = MOST_ENTRIES, lease: Lease | None = None, own: Sequence[bytes] = ()
) -> Checkpoint | None:
    """One pass: log what waits in the outbox (at most `limit` entries) and sign a checkpoint.

    Returns None when nothing waits, or when somebody else holds the lease. `own` are canonical records of the log
    itself, such as the rotation of a key; they come after the entries. Raises Fenced when `lease` has been taken
    over, and what the keeper of the keys raises; then nothing has happened.
    """
    with _passing:
        try:
            with transaction.atomic():
                return _pass(limit, lease, own)
        except BaseException:
            _memory.forget()
            raise


def name_of_this_process() -> str:
    """Who holds the lease, for people who look."""
    return f"{socket.gethostname()}:{os.getpid()}"


def heads_at(size: int, *, start: int = 0) -> Iterator[tuple[str, int, bytes]]:
    """(case, count, head) of every case with an entry among the leaves from `start` to below `size`: how far its
    chain had got in the log of that size.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, (start, size))
        while rows := cursor.fetchmany(5_000):
            for tag, seq, head in rows:
                yield tag, seq, bytes.fromhex(head)


_HEADS = """
SELECT h.tag, e.seq, e.hash FROM (
  SELECT e.chain AS chain, MAX(e.seq) AS seq
  FROM evidence_leaf l JOIN evidence_entry e ON e.id = l.entry_id
  WHERE l."index" >= %s AND l."index" < %s GROUP BY e.chain) last
JOIN evidence_entry e ON e.chain = last.chain AND e.seq = last.seq
JOIN evidence_chainhead h ON h.chain = last.chain"""
_WAITING = """
SELECT e.id, h.tag, e.seq, e.prev, e.hash, e.envelope
FROM evidence_outbox o JOIN evidence_entry e ON e.id = o.entry_id JOIN evidence_chainhead h ON h.chain = e.chain
ORDER BY o.entry_id LIMIT %s"""


@dataclass(slots=True)
class _Log:
    """The log as this process remembers it; the database decides whether that still holds."""

    origin: str
    sha256: GrowingTree
    sm3: GrowingTree
    heads: HeadsTree

    @property
    def size(self) -> int:
        return self.sha256.size

    def add(self, leaves: Sequence[bytes]) -> None:
        self.sha256.extend(SHA256.leaves(leaves))
        self.sm3.extend(SM3.leaves(leaves))

    def save(self) -> None:
        self.sha256.save()
        self.sm3.save()


class _Memory:
    """What one pass leaves behind for the next one of the same process."""

    def __init__(self) -> None:
        self._log: _Log | None = None
        self._root = b""

    def recall(self, state: LogState) -> _Log:
        """The log as the locked state says that it is."""
        root = b""
        if state.size:
            row = CheckpointRow.objects.filter(size=state.size).values_list("root", flat=True).first()
            if row is None:
                raise OutOfStep(f"there is no checkpoint of size {state.size}")
            root = bytes.fromhex(row)
        log = self._log
        if log is None or (log.origin, log.size, self._root) != (state.origin, state.size, root):
            trees = GrowingTree("sha256", state.size), GrowingTree("sm3", state.size)
            log = _Log(state.origin, *trees, HeadsTree(heads_at(state.size)))
            self.keep(log, root)
        return log

    def keep(self, log: _Log, root: bytes) -> None:
        self._log, self._root = log, root

    def forget(self) -> None:
        self._log = None


_memory = _Memory()


def _pass(limit: int, lease: Lease | None, own: Sequence[bytes]) -> Checkpoint | None:
    state = turns.lock_state()
    if lease is not None:
        turns.check_fence(state, lease)
    elif turns.is_held(state):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, (limit,))
        waiting = cursor.fetchall()
    log = _memory.recall(state) if waiting or own else None
    ids, leaves = _take(log, waiting) if log else ([], [])
    if log is None or not (leaves or own):  # nothing that may enter: to ask again at once would not help
        LogState.objects.filter(asked=True).update(asked=False)
        return None
    if lease is None:
        state.epoch += 1  # whoever believes that it is their turn is wrong
    checkpoint, row = _grow(log, ids, [*leaves, *own])
    log.save()
    row.save(force_insert=True)
    state.size, state.asked = checkpoint.size, False
    if lease is not None:
        state.lease_until = timezone.now() + turns.LEASE
    state.save(update_fields=["size", "asked", "epoch", "lease_until"])
    _memory.keep(log, checkpoint.root)
    return checkpoint


def _take(log: _Log, waiting: Sequence[tuple[int, str, int, str, str, str]]) -> tuple[list[int], list[bytes]]:
    """Those who may enter: each the next entry of its case. The others stay; the monitor sees them age."""
    ids, leaves = [], []
    ends: dict[str, tuple[int, str]] = {}
    for pk, tag, seq, prev, hash_, text in waiting:
        data = text.encode()
        try:
            envelope = read_envelope(data)
        except NotCanonical:
            logger.error("entry %s is no canonical envelope and stays outside the log", pk)  # noqa: TRY400
            continue
        end = ends.get(tag) or _end_of(log, tag)
        told = (envelope.log, envelope.case, envelope.seq, envelope.prev, link_hash(data))
        if told != (log.origin, tag, seq, prev, hash_) or end != (seq - 1, prev):
            logger.error("entry %s does not follow the one before it and stays outside the log", pk)
            continue
        ends[tag] = (seq, hash_)
        ids.append(pk)
        leaves.append(data)
    for case, (seq, hash_) in ends.items():
        log.heads.put(case, seq, bytes.fromhex(hash_))
    return ids, leaves


def _end_of(log: _Log, case: str) -> tuple[int, str]:
    head = log.heads.get(case)
    return (head.count, head.head.hex()) if head else (0, GENESIS)


def _grow(log: _Log, ids: Sequence[int], leaves: Sequence[bytes]) -> tuple[Checkpoint, CheckpointRow]:
    """Add the leaves and the two records that close every checkpoint, and sign."""
    first = log.size
    log.add(leaves)
    sm3_tree = Checkpoint(log.origin + SM3_SUFFIX, log.size, log.sm3.root())
    heads_root, cases = log.heads.root(), len(log.heads)
    closing = [
        _own(log, typ="sm3-root", root=sm3_tree.root.hex(), size=sm3_tree.size),
        _own(log, typ="heads", root=heads_root.hex(), cases=cases),
    ]
    log.add(closing)
    _put_leaves(first, ids, [*leaves[len(ids) :], *closing])
    checkpoint = Checkpoint(log.origin, log.size, log.sha256.root())
    row = CheckpointRow(
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        sm3_root=sm3_tree.root.hex(),
        heads_root=heads_root.hex(),
        cases=cases,
        note=_signed(checkpoint, log_signer()),
        sm3_note=_signed(sm3_tree, sm2_signer()),
        at=timezone.now(),
    )
    return checkpoint, row


def _own(log: _Log, **said: str | int) -> bytes:
    return canonical({"log": log.origin, "v": VERSION, **said})


def _signed(tree: Checkpoint, signer: Signer) -> str:
    text = tree.text()
    line = notes.line(tree.origin, signer.vkey.key_id, signer.sign(text.encode()))
    return SignedNote(text, (line,)).serialise()


def _put_leaves(first: int, ids: Sequence[int], own: Sequence[bytes]) -> None:
    """Write the leaves from index `first` on, and take the entries among them out of the outbox."""
    taken = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                'INSERT INTO evidence_leaf ("index", entry_id) SELECT * FROM unnest(%s::bigint[], %s::bigint[])',
                (list(range(first, first + len(ids))), list(ids)),
            )
            cursor.execute("DELETE FROM evidence_outbox WHERE entry_id = ANY(%s)", (list(ids),))
            taken = cursor.rowcount
        elif ids:
            cursor.executemany(
                'INSERT INTO evidence_leaf ("index", entry_id) VALUES (%s, %s)',
                list(enumerate(ids, start=first)),
            )
            cursor.executemany("DELETE FROM evidence_outbox WHERE entry_id = %s", [(pk,) for pk in ids])
            taken = cursor.rowcount
        cursor.executemany(
            'INSERT INTO evidence_leaf ("index", data) VALUES (%s, %s)',
            [(index, data.decode()) for index, data in enumerate(own, start=first + len(ids))],
        )
    if taken != len(ids):
        raise OutOfStep(f"{len(ids)} entries were to leave the outbox, {taken} did")
