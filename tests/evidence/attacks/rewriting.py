"""How somebody with all rights over the machine rewrites what is kept, and makes everything fit that needs no key."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.utils.dateparse import parse_datetime

from evidence import ledger
from evidence.bodies import seal_body
from evidence.canonical import EMPTY_ROOT, canonical, commit, commit_sm3, link_hash
from evidence.envelopes import Envelope, read_envelope, write_envelope
from evidence.keys import chain_key
from evidence.log import integrator
from evidence.models import ChainHead, CheckpointRow, Deposit, Entry, LogKey
from evidence.sealing import seal
from evidence.tlog import sm2
from evidence.tlog.notes import ED25519, SM2, VerifierKey


@dataclass(frozen=True)
class Line:
    """One entry as the attacker would have it; its number and its link come from its place."""

    chain: str
    event: str
    role: str
    envelope: Envelope
    sealed: bytes

    @classmethod
    def of(cls, entry: Entry) -> Self:
        envelope = read_envelope(entry.envelope.encode())
        return cls(entry.chain, entry.event, entry.role, envelope, bytes(entry.body))

    def saying(self, body: bytes) -> Self:
        """The same with another body, and commitments that fit it."""
        c256 = commit(body)
        sealed = seal_body(body, chain=self.chain, c256=c256, key=chain_key(self.chain))
        return replace(self, envelope=self.envelope._replace(c256=c256, csm3=commit_sm3(body)), sealed=sealed)

    def with_envelope(self, **changed: Any) -> Self:
        """The same with other words outside."""
        return replace(self, envelope=self.envelope._replace(**changed))

    def dated_as(self, other: Self) -> Self:
        """The same at the time of another, and having seen what that one had."""
        told = other.envelope
        return self.with_envelope(at=told.at, seen_size=told.seen_size, seen_root=told.seen_root)


Story = list[list[Line]]  # what the log holds, a list for each checkpoint; the last one is what waits for it


def read_story() -> Story:
    """All that is kept, in the order of the log."""
    logged = list(Entry.objects.filter(leaf__isnull=False).order_by("leaf__index").select_related("leaf"))
    story, start = [], 0
    for size in CheckpointRow.objects.order_by("size").values_list("size", flat=True):
        story.append([Line.of(one) for one in logged if start <= one.leaf.index < size])
        start = size
    return [*story, [Line.of(one) for one in Entry.objects.filter(leaf=None).order_by("pk")]]


def changed_body(entry: Entry) -> bytes:
    """What was said, with another sum, under a new salt."""
    told = json.loads(ledger.read_body(entry) or b"")
    told["record"] = {**told["record"], "fen": 1}
    return canonical({**told, "salt": secrets.token_hex(32)})


def do(sql: str, *values: object) -> None:
    """Past every guard."""
    with without_triggers(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def without_triggers() -> Iterator[None]:
    """Whoever owns the database may drop its triggers, and put them back so that nobody sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'evidence_%'"
        )
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _name, sql in triggers:
            cursor.execute(sql)


Hand = Callable[[], Any]  # a context manager: whose keys sign meanwhile, and what is left of it afterwards


@contextmanager
def with_the_log_keys() -> Iterator[None]:
    """The keys of the log are stolen."""
    yield


@contextmanager
def with_keys_of_my_own() -> Iterator[None]:
    """New keys under the names of the log, put into its table of keys. They stay there."""
    for row in list(LogKey.objects.all()):
        if row.kind == "sm2":
            private = sm2.generate()
            vkey = str(VerifierKey.of(row.name, SM2, sm2.public_of(private)))
        else:
            key = Ed25519PrivateKey.generate()
            private = key.private_bytes_raw()
            vkey = str(VerifierKey.of(row.name, ED25519, key.public_key().public_bytes_raw()))
        _put_key(row.pk, vkey, seal(private, about=f"log key {vkey}"))
    yield


@contextmanager
def without_keys() -> Iterator[None]:
    """No key: the old signatures, cosignatures and timestamps are laid under the new checkpoints, in their order."""
    old = list(CheckpointRow.objects.order_by("size").values_list("note", "sm3_note", "cosigned"))
    tokens = list(
        CheckpointRow.objects.order_by("size").values_list("tokens__authority", "tokens__der", "tokens__at")
    )
    keys = list(LogKey.objects.values_list("id", "vkey", "sealed_handle"))
    with with_keys_of_my_own():
        yield
    for pk, vkey, handle in keys:
        _put_key(pk, vkey, bytes(handle))
    rows = CheckpointRow.objects.order_by("size").values_list("size", flat=True)
    for size, notes, token in zip(rows, old, tokens, strict=False):
        do(
            "UPDATE evidence_checkpointrow SET note = %s, sm3_note = %s, cosigned = %s WHERE size = %s",
            *notes,
            size,
        )
        do("INSERT INTO evidence_token (checkpoint_id, authority, der, at) VALUES (%s, %s, %s, %s)",
           size, token[0], bytes(token[1]), token[2])  # fmt: skip


def _put_key(pk: int, vkey: str, handle: bytes) -> None:
    do("UPDATE evidence_logkey SET vkey = %s, sealed_handle = %s WHERE id = %s", vkey, handle, pk)


def rewrite(story: Story, hand: Hand, *, publish: Callable[[], Any] | None = None) -> None:
    """Put another story in the place of all that is kept, with new links, trees, closing records and checkpoints.

    `seen` follows the new roots. Every checkpoint is marked as published, as if nobody had been asked; or `publish`
    is called for each.
    """
    sizes = list(CheckpointRow.objects.order_by("size").values_list("size", flat=True))
    files = {Entry.objects.get(chain=one.chain, seq=one.seq).body: one.pk for one in Deposit.objects.all()}
    with without_triggers(), hand():
        _wipe()
        seen: dict[int, tuple[int, str]] = {}
        for number, batch in enumerate(story):
            for line in batch:
                append_line(line, seen)
            if number == len(story) - 1:
                break
            made = integrator.integrate()
            assert made is not None
            seen[sizes[number]] = (made.size, made.root.hex())
            if publish is None:
                _mark_published(made.size, made.root.hex())
            else:
                publish()
        _put_files(files)


def append_line(line: Line, seen: dict[int, tuple[int, str]]) -> None:
    """As the ledger does, but at the time and with the body that the line says."""
    head = ChainHead.objects.get(chain=line.chain)
    size, root = seen.get(line.envelope.seen_size, (0, EMPTY_ROOT))
    told = line.envelope._replace(seq=head.seq + 1, prev=head.hash, seen_size=size, seen_root=root)
    envelope = write_envelope(**told._asdict())
    link = link_hash(envelope)
    row = (
        line.chain,
        told.seq,
        line.event,
        line.role,
        parse_datetime(told.at),
        told.prev,
        link,
        envelope.decode(),
    )
    do("INSERT INTO evidence_entry (chain, seq, event, role, at, prev, hash, envelope, body) "
       "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", *row, line.sealed)  # fmt: skip
    do("INSERT INTO evidence_outbox (entry_id) SELECT MAX(id) FROM evidence_entry")
    step_to(line.chain, told.seq, link)


def step_to(chain: str, seq: int, link: str) -> None:
    """Let the head of a chain say that it ends here."""
    do("UPDATE evidence_chainhead SET seq = %s, hash = %s WHERE chain = %s", seq, link, chain)


def _wipe() -> None:
    with connection.cursor() as cursor:
        for table in ("token", "tile", "leaf", "outbox", "checkpointrow", "entry", "witnessstate"):
            cursor.execute(f"DELETE FROM evidence_{table}")  # noqa: S608
        cursor.execute("UPDATE evidence_chainhead SET seq = 0, hash = %s", ["0" * 64])
        cursor.execute("UPDATE evidence_logstate SET size = 0, published_size = 0, seen_size = 0, "
                       "published_root = %s, seen_root = %s", [EMPTY_ROOT, EMPTY_ROOT])  # fmt: skip


def _mark_published(size: int, root: str) -> None:
    do("UPDATE evidence_checkpointrow SET cosigned = note, published_at = at WHERE size = %s", size)
    do("UPDATE evidence_logstate SET published_size = %s, published_root = %s, seen_size = %s, seen_root = %s",
       size, root, size, root)  # fmt: skip


def _put_files(files: dict[Any, Any]) -> None:
    """Files go with the entries that took them in, wherever these stand now."""
    do("UPDATE evidence_deposit SET seq = seq + 1000000")
    for body, pk in files.items():
        seq = Entry.objects.filter(body=body).values_list("seq", flat=True).first()
        if seq is None:
            do("DELETE FROM evidence_deposit WHERE id = %s", pk.hex)
        else:
            do("UPDATE evidence_deposit SET seq = %s WHERE id = %s", seq, pk.hex)
