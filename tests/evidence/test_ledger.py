import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import IntegrityError

from evidence import ledger
from evidence.canonical import commit, commit_sm3, link_hash
from evidence.deposits import matches
from evidence.erasure import erase_chain
from evidence.errors import Erased, Immutable, OutsideTransaction
from evidence.guards import missing_guards
from evidence.keys import chain_key
from evidence.models import ChainHead, Deposit, Entry
from evidence.signals import entry_appended


def run(sql: str, *values: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def unguarded(sql: str, *values: str) -> None:
    """As somebody with all rights over the database would do it."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name in [name for name in _guards(cursor) if name.startswith("evidence_")]:
            on = "_".join(name.split("_")[:2])
            cursor.execute(
                f"DROP TRIGGER {name}" + (f" ON {on}" if connection.vendor == "postgresql" else "")
            )
        cursor.execute(sql, values)


def _guards(cursor: Any) -> list[str]:
    sqlite = connection.vendor == "sqlite"
    cursor.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'" if sqlite else "SELECT tgname FROM pg_trigger"
    )
    return [row[0] for row in cursor.fetchall()]


def test_an_entry_remembers_what_was_told_and_shows_nobody(told: str) -> None:
    first = Entry.objects.get(chain=told, seq=1)

    envelope = json.loads(first.envelope)
    assert set(envelope) == {"at", "c256", "case", "csm3", "log", "prev", "seen", "seq", "typ", "v"}
    assert (envelope["seq"], envelope["prev"], envelope["typ"]) == (1, "0" * 64, "record")
    for secret in ("赵某", told, "case.file", "citizen"):
        assert secret not in first.envelope
    assert ledger.read(first) == {"claimant": "赵某", "claim_fen": 94_356}
    body = ledger.read_body(first) or b""
    assert (commit(body), commit_sm3(body)) == (envelope["c256"], envelope["csm3"])
    assert {**json.loads(body), "salt": ""} == {
        "event": "case.file",
        "record": {"claimant": "赵某", "claim_fen": 94_356},
        "role": "citizen",
        "salt": "",
    }


def test_all_entries_of_a_case_bear_one_random_tag(told: str) -> None:
    other = ledger.append(chain="other", event="case.note", record={})

    tags = {json.loads(entry.envelope)["case"] for entry in Entry.objects.of(told)}
    assert len(tags) == 1
    assert json.loads(other.envelope)["case"] not in tags


def test_several_entries_at_once_are_linked_like_one_by_one(told: str) -> None:
    heard = []

    def listen(sender: object, entry: Entry, **_: object) -> None:
        heard.append(entry.seq)

    entry_appended.connect(listen)
    try:
        entries = ledger.append_many(
            chain=told, told=[ledger.Told("case.note", {"n": n}, "officer") for n in range(3)]
        )
    finally:
        entry_appended.disconnect(listen)

    assert [entry.seq for entry in entries] == heard == [6, 7, 8]
    assert [ledger.read(Entry.objects.get(pk=entry.pk)) for entry in entries] == [
        {"n": 0},
        {"n": 1},
        {"n": 2},
    ]
    assert ledger.first_break(told) is None
    assert ledger.append_many(chain=told, told=[]) == []


def test_each_entry_names_the_one_before(told: str) -> None:
    entries = list(Entry.objects.of(told))

    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.prev for entry in entries[1:]] == [link_hash(e.envelope.encode()) for e in entries[:-1]]
    assert ledger.first_break(told) is None


def test_the_same_record_twice_has_two_commitments(db: None) -> None:
    with transaction.atomic():
        one = ledger.append(chain="a", event="case.note", record={"phone": "13900000000"})
        two = ledger.append(chain="a", event="case.note", record={"phone": "13900000000"})

    assert json.loads(one.envelope)["c256"] != json.loads(two.envelope)["c256"]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_appended_outside_a_transaction() -> None:
    with pytest.raises(OutsideTransaction):
        ledger.append(chain="a", event="case.file", record={})

    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_fact_that_is_rolled_back_leaves_no_entry() -> None:
    def fail_after_telling() -> None:
        with transaction.atomic():
            ledger.append(chain="a", event="case.file", record={})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_telling()

    assert not Entry.objects.exists()
    with transaction.atomic():
        assert ledger.append(chain="a", event="case.file", record={}).seq == 1


def test_news_is_told_with_the_record(db: None) -> None:
    heard = []

    def listen(sender: object, entry: Entry, record: dict[str, Any], **_: object) -> None:
        heard.append((entry.event, record))

    entry_appended.connect(listen)
    try:
        ledger.append(chain="a", event="case.file", record={"name": "Jose\u0301"})
    finally:
        entry_appended.disconnect(listen)

    assert heard == [("case.file", {"name": "José"})]


@pytest.mark.parametrize("event", ["", "Case.File", "case file", "赵某"])
def test_the_open_part_of_an_entry_takes_plain_words_only(db: None, event: str) -> None:
    with pytest.raises(ValueError, match="plain"):
        ledger.append(chain="a", event=event, record={})


REFUSED = [
    "UPDATE evidence_entry SET role = 'x'",
    "UPDATE evidence_entry SET body = NULL, role = 'x'",
    "UPDATE evidence_entry SET body = hash",
    "DELETE FROM evidence_entry",
    "UPDATE evidence_deposit SET sha256 = 'x'",
    "DELETE FROM evidence_deposit",
    "UPDATE evidence_chainhead SET seq = seq - 1",
    "UPDATE evidence_chainhead SET tag = 'x', seq = seq + 1",
    "DELETE FROM evidence_outbox",
    "UPDATE evidence_outbox SET entry_id = entry_id + 100",
    "DELETE FROM evidence_chainhead",
    "DELETE FROM evidence_chainkey",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_the_database_itself_refuses_a_change(told: str, sql: str) -> None:
    if connection.vendor == "postgresql":
        sql = sql.replace("body = hash", "body = '\\x00'")
    with pytest.raises(IntegrityError, match="kept for good"):
        run(sql)

    assert ledger.first_break(told) is None


@pytest.mark.parametrize("place", ["id, seq + 100", "id + 100, seq"])
def test_replacing_a_row_is_a_change_too(told: str, place: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is a word of SQLite")
    columns = "chain, event, role, at, prev, hash, envelope, body"
    with pytest.raises(IntegrityError, match="kept for good"):
        run(
            f"INSERT OR REPLACE INTO evidence_entry (id, seq, {columns})"  # noqa: S608
            f" SELECT {place}, {columns} FROM evidence_entry"
        )


def test_an_entry_beyond_the_head_is_noticed(told: str) -> None:
    columns = "chain, event, role, at, prev, hash, envelope, body"
    run(
        f"INSERT INTO evidence_entry (seq, {columns}) SELECT 6, {columns} FROM evidence_entry WHERE seq = 5"  # noqa: S608
    )

    assert str(ledger.first_break(told)).endswith("#6: The end of the chain is not where its head says.")


def test_truncation_is_a_change_too(told: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("TRUNCATE is a word of PostgreSQL")
    with pytest.raises(IntegrityError, match="kept for good"):
        run("TRUNCATE evidence_entry")


def test_models_and_querysets_refuse_before_the_database_is_asked(told: str) -> None:
    entry = Entry.objects.get(chain=told, seq=1)
    for attempt in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.update(role="x"),
        lambda: Entry.objects.bulk_create([Entry()]),
        lambda: Entry.objects.bulk_update([entry], ["role"]),
        lambda: Deposit.objects.all().delete(),
    ):
        with pytest.raises(Immutable):
            attempt()


def test_all_guards_stand(db: None) -> None:
    assert missing_guards() == []


@pytest.mark.parametrize(
    ("sql", "index", "reason"),
    [
        ("UPDATE evidence_entry SET role = 'x' WHERE seq = 3", 3, "columns"),
        ("UPDATE evidence_entry SET event = 'caucus.fact' WHERE seq = 3", 3, "columns"),
        ("UPDATE evidence_entry SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 3", 3, "columns"),
        (
            'UPDATE evidence_entry SET envelope = replace(envelope, \'"c256":"\', \'"c256":"0\') WHERE seq = 3',
            3,
            "canonical",
        ),
        (
            "UPDATE evidence_entry SET envelope = replace(envelope, '\"record\"', '\"export\"') WHERE seq = 3",
            3,
            "hash",
        ),
        ("UPDATE evidence_entry SET hash = prev WHERE seq = 3", 3, "hash"),
        (
            "DELETE FROM evidence_outbox WHERE entry_id = (SELECT id FROM evidence_entry WHERE seq = 3)",
            3,
            "in line",
        ),
        ("UPDATE evidence_entry SET envelope = envelope || ' ' WHERE seq = 2", 2, "canonical"),
        ("UPDATE evidence_entry SET body = NULL WHERE seq = 4", 4, "no erasure"),
        (
            "UPDATE evidence_entry SET body = (SELECT body FROM evidence_entry WHERE seq = 1) WHERE seq = 4",
            4,
            "open",
        ),
        ("DELETE FROM evidence_entry WHERE seq = 2", 2, "missing"),
        ("DELETE FROM evidence_entry WHERE seq = 5", 5, "end of the chain"),
        ("UPDATE evidence_entry SET seq = 7 - seq WHERE seq = 3", 3, "missing"),
    ],
)
def test_a_break_is_named_with_its_index(told: str, sql: str, index: int, reason: str) -> None:
    if "7 - seq" in sql:
        unguarded("UPDATE evidence_entry SET seq = 99 WHERE seq = 4")
    unguarded(sql)

    found = ledger.first_break(told)
    assert found is not None
    assert (found.index, reason in str(found.reason)) == (index, True), str(found)


def test_erasing_leaves_a_chain_that_still_holds_and_says_so(
    told: str, django_capture_on_commit_callbacks: Any
) -> None:
    deposit = Deposit.objects.get(chain=told)
    head = ChainHead.objects.get(chain=told).hash
    key = chain_key(told)
    with django_capture_on_commit_callbacks(execute=True):
        entry = erase_chain(told, reason="asked by the person", by="office")

    assert (entry.seq, entry.event, entry.prev) == (6, "erasure", head)
    assert [ledger.read(e) for e in Entry.objects.of(told)][:5] == [None] * 5
    assert ledger.read(entry) == {
        "up_to": 5,
        "deposits": [2],
        "reason": "asked by the person",
        "by": "office",
    }
    assert ledger.first_break(told) is None
    assert chain_key(told) != key
    erased = Deposit.objects.get(pk=deposit.pk)
    assert (erased.is_erased, erased.name, erased.captured) == (True, None, None)
    with pytest.raises(Erased):
        matches(erased)


def test_a_chain_goes_on_after_an_erasure_and_can_be_erased_again(told: str) -> None:
    erase_chain(told, reason="first", by="office")
    later = ledger.append(chain=told, event="case.note", record={"text": "later"})
    assert ledger.read(later) == {"text": "later"}
    erase_chain(told, reason="second", by="office")

    assert ledger.first_break(told) is None
    reasons = [(ledger.read(e) or {})["reason"] for e in Entry.objects.filter(event="erasure")]
    assert reasons == ["first", "second"]


def test_an_erasure_that_is_rolled_back_leaves_the_key_as_it_was(told: str) -> None:
    def erase_and_fail() -> None:
        with transaction.atomic():
            erase_chain(told, reason="asked", by="office")
            ledger.append(chain=told, event="case.note", record={"text": "never"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        erase_and_fail()
    kept = ledger.append(chain=told, event="case.note", record={"text": "kept"})

    assert ledger.read(Entry.objects.get(pk=kept.pk)) == {"text": "kept"}
    assert ledger.first_break(told) is None


def test_a_key_that_never_came_to_be_closes_nothing(told: str) -> None:
    """This process remembers the key of an erasure that was rolled back; another one has erased since."""
    erase_chain(told, reason="asked", by="office")
    generation = ChainHead.objects.get(chain=told).generation
    ledger._keys.put(told, ledger._KnownKey(generation, b"sealed by nobody", bytes(32)))

    later = [ledger.append(chain=told, event="case.note", record={"n": n}) for n in range(2)]

    assert [ledger.read(Entry.objects.get(pk=entry.pk)) for entry in later] == [{"n": 0}, {"n": 1}]
    assert ledger.first_break(told) is None


def test_erasing_one_chain_leaves_the_others(told: str) -> None:
    other = ledger.append(chain="other", event="case.note", record={"text": "stays"})
    erase_chain(told, reason="asked", by="office")

    assert ledger.read(other) == {"text": "stays"}


def test_the_commands_say_yes_and_name_the_first_break(told: str) -> None:
    call_command("verify_chain", stdout=io.StringIO())
    call_command("fsck_evidence", stdout=io.StringIO())
    out = io.StringIO()
    unguarded("UPDATE evidence_entry SET role = 'x' WHERE seq = 4")

    with pytest.raises(SystemExit) as stop:
        call_command("verify_chain", stdout=out)
    assert stop.value.code == 1
    assert f"{told} #4" in out.getvalue()
    with pytest.raises(SystemExit):
        call_command("fsck_evidence", stdout=out)
    assert "evidence_entry_no_change is missing" in out.getvalue()
