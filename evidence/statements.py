"""The statements of an append: as few as each database allows, since every case waits for them.

On PostgreSQL one statement locks the head, writes the envelope, the entry, its place in the outbox and the new head.
Several entries of one chain take two statements. On SQLite, where the transaction is the lock and nothing travels,
everything is written here in Python.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.db import connection

from evidence.canonical import LINK
from evidence.envelopes import VERSION
from evidence.keys import chain_key
from evidence.models import ChainHead

if TYPE_CHECKING:
    from psycopg import Connection


class Place(NamedTuple):
    """Where the next entry of a chain goes, and what it needs to know."""

    tag: str
    seq: int
    hash: str
    generation: int
    sealed_key: bytes
    origin: str
    seen_size: int
    seen_root: str


class Row(NamedTuple):
    """One entry as the database takes it."""

    seq: int
    event: str
    role: str
    at: datetime
    prev: str
    hash: str
    envelope: str
    body: bytes


class Draft(NamedTuple):
    """One entry before its place is known. `written_at` is `at` as the envelope writes it."""

    event: str
    role: str
    at: datetime
    written_at: str
    c256: str
    csm3: str
    typ: str
    body: bytes


class Placed(NamedTuple):
    """One entry as PostgreSQL wrote it."""

    id: int
    seq: int
    prev: str
    hash: str
    envelope: str


# The key must be of the generation of the head: whoever waits here for an erasure to end must not get the old one.
_LOCK = """
SELECT h.tag, h.seq, h.hash, h.generation, k.sealed_key, s.origin, s.seen_size, s.seen_root
FROM evidence_chainhead h
JOIN evidence_chainkey k ON k.chain = h.chain AND k.generation = h.generation
CROSS JOIN evidence_logstate s
WHERE h.chain = %s"""
_LOCK_POSTGRESQL = _LOCK + " FOR UPDATE OF h"
_INSERT = "INSERT INTO evidence_entry (chain, seq, event, role, at, prev, hash, envelope, body)"
_POST = "posted AS (INSERT INTO evidence_outbox (entry_id) SELECT id FROM made)"
_ONE_POSTGRESQL = f"""
WITH head AS (
  SELECT h.tag, h.seq + 1 AS seq, h.hash AS prev, s.origin, s.seen_size, s.seen_root
  FROM evidence_chainhead h
  JOIN evidence_chainkey k ON k.chain = h.chain AND k.sealed_key = %s
  CROSS JOIN evidence_logstate s
  WHERE h.chain = %s AND h.generation = %s FOR UPDATE OF h),
written AS (
  SELECT seq, prev, '{{"at":"' || %s || '","c256":"' || %s || '","case":"' || tag || '","csm3":"' || %s
    || '","log":"' || origin || '","prev":"' || prev || '","seen":{{"root":"' || seen_root || '","size":'
    || seen_size || '}},"seq":' || seq || ',"typ":"' || %s || '","v":"{VERSION}"}}' AS envelope FROM head),
linked AS (
  SELECT seq, prev, envelope, encode(sha256('\\x{LINK.hex()}'::bytea || convert_to(envelope, 'UTF8')), 'hex') AS hash
  FROM written),
made AS ({_INSERT} SELECT %s, seq, %s, %s, %s, prev, hash, envelope, %s FROM linked RETURNING id),
{_POST}
UPDATE evidence_chainhead h SET seq = l.seq, hash = l.hash, generation = h.generation + %s
FROM linked l, made WHERE h.chain = %s RETURNING made.id, l.seq, l.prev, l.hash, l.envelope"""  # noqa: S608
_MANY_POSTGRESQL = f"""
WITH made AS (
  {_INSERT}
  SELECT %s::text, one.* FROM unnest(%b::int[], %b::text[], %b::text[], %b::timestamptz[],
    %b::text[], %b::text[], %b::text[], %b::bytea[]) AS one
  RETURNING id, seq),
{_POST}
UPDATE evidence_chainhead SET seq = %s, hash = %s, generation = generation + %s
WHERE chain = %s AND seq = %s RETURNING (SELECT array_agg(id ORDER BY seq) FROM made)"""  # noqa: S608
_ONE_SQLITE = f"{_INSERT} VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
_STEP_SQLITE = """UPDATE evidence_chainhead SET seq = %s, hash = %s, generation = generation + %s
WHERE chain = %s AND seq = %s"""


PREPARED_AFTER = 5  # times on one connection; a connection of one request is not worth it


class HeadMoved(RuntimeError):
    """The head of a chain is not where its lock left it: the lock does not hold."""


def lock(chain: str) -> Place:
    """Lock the chain until the end of the transaction and say where its next entry goes; a new chain is begun."""
    return _look(chain) or _begin(chain)


def write_placed(
    chain: str, draft: Draft, *, sealed_key: bytes, generation: int, new_key: bool
) -> Placed | None:
    """PostgreSQL alone: lock, write one entry and step the head, in one statement. None: the chain is not there, or
    its key is another one by now.
    """
    event, role, at, written_at, c256, csm3, typ, body = draft
    place, open_part = (sealed_key, chain, generation), (written_at, c256, csm3, typ)
    values = (*place, *open_part, chain, event, role, at, body, int(new_key), chain)
    found = _ask(_ONE_POSTGRESQL, values)
    return Placed(*found) if found else None


def write(chain: str, rows: Sequence[Row], *, new_key: bool) -> list[int]:
    """Write entries that follow the locked head, each with its place in the outbox, and step the head. Returns
    their ids.
    """
    last = rows[-1]
    step = (last.seq, last.hash, int(new_key), chain, rows[0].seq - 1)
    if connection.vendor != "postgresql":
        return _write_sqlite(chain, rows, step)
    found = _ask(_MANY_POSTGRESQL, (chain, *(list(column) for column in zip(*rows, strict=True)), *step))
    ids = found[0] if found else None
    if ids is None or len(ids) != len(rows):
        raise HeadMoved(chain)
    return cast("list[int]", ids)


def _look(chain: str) -> Place | None:
    if connection.vendor == "postgresql":
        found = _ask(_LOCK_POSTGRESQL, (chain,))
        if (
            found is None
        ):  # perhaps an erasure ended while we waited: what it wrote is seen by a new look only
            found = _ask(_LOCK_POSTGRESQL, (chain,))
    else:
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, (chain,))
            found = cursor.fetchone()
    return Place(*found) if found else None


def _begin(chain: str) -> Place:
    """The first entry of a chain, or of the whole log."""
    from evidence.log.state import begin_log  # the log stands on the chains

    begin_log()
    ChainHead.objects.get_or_create(chain=chain)
    chain_key(chain)
    found = _look(chain)
    if found is None:
        raise HeadMoved(chain)
    return found


def _ask(statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """One row of a prepared statement. Past Django's cursors, which write every value into the text anew."""
    from psycopg import Cursor  # there is none where SQLite is used

    connection.ensure_connection()
    raw = cast("Connection[Any]", connection.connection)
    if raw.prepare_threshold is None:
        raw.prepare_threshold = PREPARED_AFTER
    with connection.wrap_database_errors:
        return cast("tuple[Any, ...] | None", Cursor(raw).execute(statement, values).fetchone())


def _write_sqlite(chain: str, rows: Sequence[Row], step: tuple[Any, ...]) -> list[int]:
    ids = []
    with connection.cursor() as cursor:
        for row in rows:
            at = connection.ops.adapt_datetimefield_value(row.at)
            cursor.execute(_ONE_SQLITE, (chain, *row[:3], at, *row[4:]))
            ids.append(int(cursor.lastrowid))
        cursor.executemany("INSERT INTO evidence_outbox (entry_id) VALUES (%s)", [(one,) for one in ids])
        cursor.execute(_STEP_SQLITE, step)
        if cursor.rowcount != 1:
            raise HeadMoved(chain)
    return ids
