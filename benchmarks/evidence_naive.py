"""The naive ways of keeping what was done, to be measured beside the log: one chain for everything, under a lock or
without one, and no chain at all. The content, its sealing and the driver are the same as those of the log.
"""

RECORD = {"by": "7f3c", "name": "赵某", "note": "双方确认还款计划，分六期付清。" * 3, "claim_fen": 94_356}
TABLES = """
CREATE TABLE naive_entry (id bigserial PRIMARY KEY, seq integer NOT NULL, event text NOT NULL, role text NOT NULL,
  at timestamptz NOT NULL, prev text NOT NULL, hash text NOT NULL, envelope text NOT NULL, body bytea NOT NULL);
CREATE TABLE plain_entry (LIKE naive_entry INCLUDING ALL)"""
LAST = "SELECT seq, hash FROM naive_entry ORDER BY id DESC LIMIT 1"
INSERT = """
INSERT INTO naive_entry (seq, event, role, at, prev, hash, envelope, body) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""
INSERT_PLAIN = INSERT.replace("naive_entry", "plain_entry")
FORKS = "SELECT count(*) - count(DISTINCT prev) FROM naive_entry"


def append_locked(number: int, turn: int) -> None:
    """The naive way: one chain, one lock."""
    _append(turn, "SELECT pg_advisory_xact_lock(1)", LAST, INSERT)


def append_unlocked(number: int, turn: int) -> None:
    """The naive way without the lock."""
    _append(turn, "", LAST, INSERT)


def append_plain(number: int, turn: int) -> None:
    """The same row without a chain: the ceiling of one transaction an entry."""
    _append(turn, "", "", INSERT_PLAIN)


def _append(turn: int, lock: str, last_one: str, insert: str) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    from evidence.bodies import seal_body, write_body
    from evidence.canonical import EMPTY_ROOT, commit, commit_sm3, link_hash, normalised
    from evidence.envelopes import write_envelope
    from evidence.instants import rfc3339, to_the_millisecond

    with transaction.atomic(), connection.cursor() as cursor:
        body = write_body(event="case.note", role="mediator", record=normalised({**RECORD, "turn": turn}))
        c256 = commit(body)
        if lock:
            cursor.execute(lock)
        if last_one:
            cursor.execute(last_one)
        last, prev = (cursor.fetchone() if last_one else None) or (0, "0" * 64)
        at, seq = to_the_millisecond(timezone.now()), last + 1
        envelope = write_envelope(
            at=rfc3339(at), c256=c256, case="0" * 32, csm3=commit_sm3(body), log="bench.example/log",
            prev=prev, seen_root=EMPTY_ROOT, seen_size=0, seq=seq, typ="record",
        )  # fmt: skip
        sealed = seal_body(body, chain="naive", c256=c256, key=b"k" * 32)
        row = (seq, "case.note", "mediator", at, prev, link_hash(envelope), envelope.decode(), sealed)
        cursor.execute(insert, row)
