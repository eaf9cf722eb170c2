"""add-checkpoint: what a witness answers, by the table of tlog-witness."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.tlog import cosignatures
from evidence.tlog.notes import SignedNote, to_base64
from evidence.witness.judging import Witness
from evidence.witness.keys import KeyRefused, WitnessKey
from evidence.witness.logs import KnownLogs, LogsRefused
from evidence.witness.store import CONTRADICTION, UNPROVEN, Store, StoreInUse
from tests.evidence.witness.conftest import Clock
from tests.evidence.witness.logs import Log, a_key


def statuses(witness: Witness, *bodies: bytes) -> list[int]:
    return [witness.add_checkpoint(body).status for body in bodies]


def test_a_log_that_only_grows_is_cosigned(witness: Witness, log: Log, clock: Clock) -> None:
    for old, new in [(0, 0), (0, 1), (1, 7), (7, 8), (8, 300), (300, 300)]:
        answer = witness.add_checkpoint(log.ask(old, new))

        assert answer.status == 200
        cosigned = SignedNote.parse(log.note(new).serialise() + answer.body)
        assert cosignatures.verify(cosigned, witness.key.vkey) == int(clock.now)


def test_every_cosigned_checkpoint_is_kept_whole(witness: Witness, log: Log) -> None:
    statuses(witness, log.ask(0, 3), log.ask(3, 9), log.ask(9, 9))

    kept = witness.store.history(log.origin)
    assert [seen.size for seen in kept] == [3, 9]
    for seen in kept:
        note = SignedNote.parse(seen.note)
        assert note.text == log.note(seen.size).text
        assert {line.name for line in note.lines} == {log.origin, witness.key.name}
        assert cosignatures.verify(note, witness.key.vkey)
    assert witness.store.latest(log.origin) == kept[-1]


Asks = Callable[[Log], bytes]
TABLE: dict[str, tuple[int, Asks]] = {
    "unknown origin": (404, lambda log: Log(log.key, "log.example/2").ask(5, 6)),
    "unknown key": (403, lambda log: log.ask(5, 6, note=log.note(6, key=a_key()))),
    "broken signature": (403, lambda log: log.ask(5, 6).replace(b"\n6\n", b"\n7\n")),
    "old above new": (400, lambda log: log.ask(5, 4)),
    "old behind": (409, lambda log: log.ask(4, 6)),
    "old ahead": (409, lambda log: log.ask(6, 7)),
    "old zero": (409, lambda log: log.ask(0, 7)),
    "an older checkpoint again": (409, lambda log: log.ask(3, 4)),
    "same size, other root": (409, lambda log: log.ask(5, 5, note=log.note(5, root=bytes(32)))),
    "no proof": (422, lambda log: log.ask(5, 6, proof=[])),
    "wrong proof": (422, lambda log: log.ask(5, 6, proof=[to_base64(bytes(32))] * 4)),
    "proof too long": (422, lambda log: log.ask(5, 6, proof=[*log.proof(5, 6), to_base64(bytes(32))])),
    "proof where none is": (422, lambda log: log.ask(5, 5, proof=[to_base64(bytes(32))])),
    "other root": (422, lambda log: log.ask(5, 6, note=log.note(6, root=bytes(32)))),
    "empty": (400, lambda log: b""),
    "no old line": (400, lambda log: log.note(6).serialise().encode()),
    "no empty line": (400, lambda log: log.ask(5, 6).replace(b"\n\n", b"\n")),
    "leading zero": (400, lambda log: log.ask(5, 6).replace(b"old 5", b"old 05")),
    "negative": (400, lambda log: log.ask(5, 6).replace(b"old 5", b"old -5")),
    "other digits": (400, lambda log: log.ask(5, 6).replace(b"old 5", "old ５".encode())),
    "too large a number": (400, lambda log: log.ask(5, 6).replace(b"old 5", b"old 9223372036854775808")),
    "carriage return": (400, lambda log: log.ask(5, 6).replace(b"old 5\n", b"old 5\r\n")),
    "64 hashes": (400, lambda log: log.ask(5, 6, proof=[to_base64(bytes(32))] * 64)),
    "short hash": (400, lambda log: log.ask(5, 6, proof=[to_base64(bytes(31))])),
    "no base64": (400, lambda log: log.ask(5, 6, proof=["!" * 44])),
    "extension line": (400, lambda log: log.ask(5, 6).replace(b"=\n\n\xe2", b"=\nmore\n\n\xe2")),
    "no signature": (400, lambda log: b"old 5\n\n" + log.note(6).text.encode()),
    "17 signatures": (400, lambda log: log.ask(5, 6) + log.ask(5, 6).split(b"\n\n")[2] * 16),
    "no UTF-8": (400, lambda log: log.ask(5, 6) + b"\xff\n"),
    "zeros": (400, lambda log: bytes(4096)),
}


@pytest.mark.parametrize("what", TABLE)
def test_what_is_refused(witness: Witness, log: Log, what: str) -> None:
    statuses(witness, log.ask(0, 5))
    status, ask = TABLE[what]

    answer = witness.add_checkpoint(ask(log))

    assert answer.status == status, answer.body
    if status == 409:
        assert (answer.body, answer.content_type) == ("5\n", "text/x.tlog.size")
    assert witness.store.latest(log.origin).size == 5
    assert statuses(witness, log.ask(5, 6)) == [200]  # an honest log goes on as if nothing had been


def test_before_the_first_checkpoint_the_size_is_zero(witness: Witness, log: Log) -> None:
    answer = witness.add_checkpoint(log.ask(3, 5))

    assert (answer.status, answer.body) == (409, "0\n")
    assert statuses(witness, log.ask(0, 5, proof=[to_base64(bytes(32))])) == [422]
    assert statuses(witness, log.ask(0, 0, note=log.note(0, root=b"\1" * 32))) == [409]


def test_lines_of_other_keys_are_ignored(witness: Witness, log: Log) -> None:
    stranger = Log(origin=log.origin)
    note = log.note(5).with_lines(stranger.note(5).lines)

    assert statuses(witness, log.ask(0, 5, note=note)) == [200]
    kept = SignedNote.parse(witness.store.latest(log.origin).note)
    assert len(kept.lines) == 2


def test_a_split_view_is_refused_and_kept_as_proof(witness: Witness, log: Log) -> None:
    """Two logs with one key: whoever comes second gets nothing, and both signatures stay."""
    other = Log(log.key, story="two")
    statuses(witness, log.ask(0, 5), log.ask(5, 8))

    assert statuses(witness, other.ask(0, 8), other.ask(8, 9), other.ask(5, 5), other.ask(8, 8)) == [
        409, 422, 409, 409,
    ]  # fmt: skip

    kept = {(seen.size, seen.kind) for seen in witness.store.refused()}
    assert kept == {(8, CONTRADICTION), (9, UNPROVEN), (5, CONTRADICTION)}
    for seen in witness.store.refused():
        ours = SignedNote.parse(seen.note)
        assert ours.text == other.note(seen.size).text
        assert [line.name for line in ours.lines] == [log.origin]  # signed by the log, not by us
    assert witness.store.latest(log.origin).root == log.root(8)


def test_a_checkpoint_that_is_proven_later_is_no_proof_of_anything(witness: Witness, log: Log) -> None:
    assert statuses(witness, log.ask(0, 5), log.ask(5, 6, proof=[])) == [200, 422]
    assert [seen.kind for seen in witness.store.refused()] == [UNPROVEN]

    assert statuses(witness, log.ask(5, 6)) == [200]
    assert witness.store.refused() == []


def test_asking_again_and_again_fills_nothing(witness: Witness, log: Log) -> None:
    other = Log(log.key, story="two")
    statuses(witness, log.ask(0, 5), *[log.ask(5, 5)] * 20, *[other.ask(5, 5)] * 20, *[other.ask(5, 6)] * 20)

    assert len(witness.store.history(log.origin)) == 1
    assert len(witness.store.refused()) == 2


# --- keys, logs, memory


def test_the_clock_never_runs_backwards(witness: Witness, log: Log, clock: Clock) -> None:
    began = int(clock.now)
    statuses(witness, log.ask(0, 5))

    clock.now -= 30
    answer = witness.add_checkpoint(log.ask(5, 6))
    note = SignedNote.parse(log.note(6).serialise() + answer.body)
    assert cosignatures.verify(note, witness.key.vkey) == began  # a little late: the last time again

    clock.now = began - 86_400
    assert statuses(witness, log.ask(6, 7)) == [503]
    clock.now = 1_000.0
    assert statuses(witness, log.ask(6, 7)) == [503]
    clock.now = began + 1
    assert statuses(witness, log.ask(6, 7)) == [200]


def test_a_key_counts_for_its_sizes(tmp_path: Path, log: Log, clock: Clock) -> None:
    new = Log(story=log.story)
    policy = tmp_path / "policy.txt"
    policy.write_text(f"log {log.vkey}\nquorum none\n")
    key, store = WitnessKey.make(tmp_path, "w"), Store(tmp_path)
    witness = Witness(key, KnownLogs(policy=policy), store, clock)
    assert statuses(witness, log.ask(0, 5), log.ask(5, 6, note=log.note(6, key=new.key))) == [200, 403]

    policy.write_text(f"log {log.vkey} sizes:-6\nlog {new.vkey} sizes:6-\nquorum none\n")

    assert statuses(witness, log.ask(5, 7), log.ask(5, 6, note=log.note(6, key=new.key))) == [403, 200]
    policy.write_text("nonsense")
    assert statuses(witness, log.ask(6, 7, note=log.note(7, key=new.key))) == [200]  # as it was
    store.close()


@pytest.mark.parametrize("vkey", ["", "nonsense", "a+b+c"])
def test_a_witness_needs_logs_that_are_logs(vkey: str, tmp_path: Path) -> None:
    with pytest.raises(LogsRefused):
        KnownLogs([vkey] if vkey else [])
    with pytest.raises(LogsRefused):
        KnownLogs([str(WitnessKey.make(tmp_path, "w").vkey)])
    with pytest.raises(LogsRefused):
        KnownLogs(policy=tmp_path / "none.txt")


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    made = WitnessKey.make(tmp_path, "witness.example/1")
    file = tmp_path / "witness.key"
    assert file.stat().st_mode & 0o077 == 0
    assert WitnessKey.read(tmp_path).vkey == made.vkey

    with pytest.raises(KeyRefused, match=r"not of witness\.example/2"):
        WitnessKey.read(tmp_path, "witness.example/2")
    file.chmod(0o644)
    with pytest.raises(KeyRefused, match="chmod 600"):
        WitnessKey.read(tmp_path)
    file.chmod(0o600)
    file.write_text(file.read_text().replace("example/1", "example/3"))
    with pytest.raises(KeyRefused, match="no key"):
        WitnessKey.read(tmp_path)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_name_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyRefused):
        WitnessKey.make(tmp_path, name)
    assert not (tmp_path / "witness.key").exists()


def test_what_was_remembered_is_never_changed(witness: Witness, log: Log) -> None:
    statuses(witness, log.ask(0, 5), log.ask(5, 5, note=log.note(5, root=bytes(32))))
    with sqlite3.connect(witness.store._path) as connection:
        for statement in (
            "DELETE FROM cosigned", "UPDATE cosigned SET root = x'00'", "DELETE FROM refused",
            "UPDATE refused SET kind = ''",
            "INSERT INTO cosigned (origin, size, root, at_s, note) SELECT origin, 4, root, at_s, note FROM cosigned",
            "INSERT OR REPLACE INTO cosigned SELECT id, origin, size, x'00', at_s, note FROM cosigned",
        ):  # fmt: skip
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)


def test_one_folder_has_one_witness(witness: Witness, tmp_path: Path) -> None:
    with pytest.raises(StoreInUse):
        Store(tmp_path / "witness")


def test_what_cannot_be_remembered_is_not_cosigned(witness: Witness, log: Log) -> None:
    witness.store._writer.execute("PRAGMA max_page_count = 1")  # the disk is full

    cosigned = 0
    with pytest.raises(sqlite3.OperationalError):  # noqa: PT012 — how soon depends on the page size
        while cosigned < 200:
            witness.add_checkpoint(log.ask(cosigned, cosigned + 1))
            cosigned += 1
    full_at = witness.store.latest(log.origin)
    assert (full_at.size if full_at else 0) == cosigned

    witness.store._writer.execute("PRAGMA max_page_count = 100000")
    assert statuses(witness, log.ask(cosigned, cosigned + 1)) == [200]
