"""A log that tests write into, and what an independent hand computes over the same leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import pytest
from django.db import connection, transaction

from evidence import ledger
from evidence.log import integrator, publishing
from evidence.models import Entry, Leaf
from evidence.tlog.checkpoints import Checkpoint

Write = Callable[..., list[Entry]]


@pytest.fixture
def write(db: None) -> Write:
    def write(*chains: str, event: str = "case.note") -> list[Entry]:
        with transaction.atomic():
            return [
                ledger.append(chain=chain, event=event, record={"n": n}, role="officer")
                for n, chain in enumerate(chains or ["a"])
            ]

    return write


@pytest.fixture
def logged(write: Write) -> list[Entry]:
    """Seven entries of three cases under two checkpoints, the second one published."""
    entries = write("a", "b", "a")
    integrated()
    entries += write("c", "a", "b", "a")
    integrated()
    published()
    return entries


def integrated() -> Checkpoint:
    made = integrator.integrate()
    assert made is not None
    return made


def published() -> publishing.Publication:
    told = publishing.publish()
    assert told is not None
    return told


def leaves() -> list[bytes]:
    """The whole log, as it lies in the tables."""
    rows = Leaf.objects.order_by("index").values_list("data", "entry__envelope")
    return [(envelope if data is None else data).encode() for data, envelope in rows]


def root_of(data: list[bytes], new: Callable[[bytes], "object"] = sha256) -> bytes:
    """RFC 6962 2.1, written from the text."""

    def h(part: bytes) -> bytes:
        return new(part).digest()  # type: ignore[attr-defined, no-any-return]

    if not data:
        return h(b"")
    if len(data) == 1:
        return h(b"\x00" + data[0])
    k = 1
    while 2 * k < len(data):
        k *= 2
    return h(b"\x01" + root_of(data[:k], new) + root_of(data[k:], new))


@dataclass
class Intruder:
    """Somebody with all rights over the database."""

    def do(self, sql: str, *values: object) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            sqlite = connection.vendor == "sqlite"
            cursor.execute(
                "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
                if sqlite
                else "SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal"
            )
            for name, table in cursor.fetchall():
                if name.startswith("evidence_"):
                    cursor.execute(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {table}"))
            cursor.execute(sql, values)


@pytest.fixture
def intruder() -> Intruder:
    return Intruder()
