"""Passes: from the outbox into the log."""

import json
import random
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from pytest_django.fixtures import Settings

from evidence import ledger
from evidence.canonical import canonical
from evidence.checks import log_is_ready
from evidence.errors import NeverWill
from evidence.log import integrator, state, trees
from evidence.log.policy import current_policy, policy_path
from evidence.log.state import Fenced
from evidence.models import CheckpointRow, Entry, Leaf, LogState, Outbox, Tile
from evidence.tlog import heads, sm3
from evidence.tlog.merkle import SHA256, SM3, root_at
from evidence.tlog.notes import SignedNote
from tests.evidence.log.conftest import Intruder, Write, integrated, leaves, root_of

pytestmark = pytest.mark.django_db


def test_a_pass_empties_the_outbox_and_closes_with_two_records(write: Write) -> None:
    write("a", "b", "a")
    assert Outbox.objects.count() == 3

    checkpoint = integrated()

    assert (checkpoint.size, Outbox.objects.count()) == (5, 0)
    data = leaves()
    assert data[:3] == [entry.envelope.encode() for entry in Entry.objects.order_by("pk")]
    assert json.loads(data[3]) == {
        "log": checkpoint.origin,
        "root": root_of(data[:3], sm3.new).hex(),
        "size": 3,
        "typ": "sm3-root",
        "v": "mediation-evidence/1",
    }
    told = json.loads(data[4])
    assert (told["typ"], told["cases"], set(told)) == ("heads", 2, {"cases", "log", "root", "typ", "v"})
    assert checkpoint.root == root_of(data)
    row = CheckpointRow.objects.get()
    assert SignedNote.parse(row.note).text == checkpoint.text()
    assert SignedNote.parse(row.sm3_note).text.splitlines()[:2] == [f"{checkpoint.origin}/sm3", "3"]


def test_the_heads_map_holds_the_end_of_every_case(write: Write) -> None:
    write("a", "b", "a", "c")
    row = CheckpointRow.objects.get(size=integrated().size)
    write("b")
    integrated()

    ends = {}
    for envelope, link in (
        Entry.objects.filter(leaf__index__lt=row.size).order_by("pk").values_list("envelope", "hash")
    ):
        told = json.loads(envelope)
        ends[told["case"]] = (told["case"], told["seq"], bytes.fromhex(link))
    assert sorted(integrator.heads_at(row.size)) == sorted(ends.values())
    assert heads.HeadsTree(ends.values()).root().hex() == row.heads_root
    assert json.loads(leaves()[row.size - 1])["root"] == row.heads_root


@pytest.mark.parametrize("forgetful", [False, True])
def test_both_trees_grow_rightly_however_the_entries_come(write: Write, forgetful: bool) -> None:
    """Over the edge of three tiles, with and without what one pass remembers of the last."""
    chance = random.Random(7)
    while (size := LogState.objects.values_list("size", flat=True).first() or 0) < 600:
        write(*(f"case {chance.randrange(9)}" for _ in range(chance.choice([1, 2, 60, 250]))))
        if forgetful:
            integrator._memory.forget()
        integrator.integrate(limit=chance.choice([1, 100, 1000]))
    data = leaves()

    assert [*Leaf.objects.order_by("index").values_list("index", flat=True)] == list(range(len(data)))
    for row in CheckpointRow.objects.order_by("size"):
        assert row.root == root_of(data[: row.size]).hex()
        assert row.sm3_root == root_of(data[: row.size - 2], sm3.new).hex()
        assert row.root == root_at(SHA256, trees.subtree("sha256"), row.size).hex()
        assert row.sm3_root == root_at(SM3, trees.subtree("sm3"), row.size - 2).hex()
    tile = Tile.objects.get(tree="sha256", level=0, n=1)
    assert bytes(tile.hashes) == b"".join(SHA256.leaf(one) for one in data[256:512])
    assert size >= 600


def test_without_anything_new_there_is_no_checkpoint(write: Write) -> None:
    assert integrator.integrate() is None
    write()
    integrated()

    assert integrator.integrate() is None
    assert CheckpointRow.objects.count() == 1


def test_entries_that_were_written_first_and_committed_last_are_not_lost(write: Write) -> None:
    """Ids are given before the commit: who asks for ids above the last one never sees the late ones."""
    [early] = write("late")
    Outbox.objects.get(entry=early)
    with connection.cursor() as cursor:  # as if its transaction were still open
        cursor.execute("CREATE TEMPORARY TABLE aside AS SELECT * FROM evidence_outbox")
        cursor.execute("DROP TRIGGER evidence_outbox_no_loss" + _on("evidence_outbox"))
        cursor.execute("DELETE FROM evidence_outbox")
    write("a", "b")
    integrated()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO evidence_outbox SELECT * FROM aside")
    integrated()

    assert Leaf.objects.filter(entry=early).exists()
    assert ledger.first_break("late") is None


def _on(table: str) -> str:
    return f" ON {table}" if connection.vendor == "postgresql" else ""


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE evidence_entry SET envelope = envelope || ' ' WHERE chain = 'a' AND seq = 2",
        "UPDATE evidence_entry SET envelope = replace(envelope, 'record', 'export') WHERE chain = 'a' AND seq = 2",
        "UPDATE evidence_entry SET seq = 9 WHERE chain = 'a' AND seq = 2",
        "UPDATE evidence_chainhead SET tag = '00000000000000000000000000000000' WHERE chain = 'a'",
    ],
)
def test_an_entry_that_does_not_follow_stays_outside_and_holds_nobody_up(
    write: Write, intruder: Intruder, sql: str
) -> None:
    write("a")
    integrated()
    write("a", "b")
    intruder.do(sql)

    integrated()

    assert [entry.chain for entry in Entry.objects.filter(waiting__isnull=False)] == ["a"]
    assert Leaf.objects.filter(entry__chain="b").exists()


def test_records_of_the_log_itself_come_after_the_entries(write: Write) -> None:
    write("a")
    record = canonical({"log": state.begin_log().origin, "typ": "key"})

    checkpoint = integrator.integrate(own=[record])

    assert checkpoint is not None
    assert checkpoint.size == 4
    assert leaves()[1] == record


def test_a_key_that_cannot_sign_leaves_everything_as_it_was(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a")
    integrated()
    before = LogState.objects.get().size, Tile.objects.count()
    write("a")

    def cannot() -> None:
        raise NeverWill("the module is gone")

    with monkeypatch.context() as patched:
        patched.setattr(integrator, "sm2_signer", cannot)
        with pytest.raises(NeverWill):
            integrator.integrate()
    assert (LogState.objects.get().size, Tile.objects.count()) == before
    assert Outbox.objects.count() == 1

    assert integrated().root == root_of(leaves())


class TestTurns:
    """Who does the work."""

    def test_while_one_holds_the_lease_nobody_else_works(self, write: Write) -> None:
        write("a")
        lease = state.take_lease("first")

        assert integrator.integrate() is None
        assert state.take_lease("second") is None
        assert integrator.integrate(lease=lease) is not None

    def test_a_released_lease_is_free_at_once(self, write: Write) -> None:
        lease = state.take_lease("first")
        assert lease is not None
        state.release(lease)
        write("a")

        assert integrator.integrate() is not None

    def test_a_holder_that_falls_silent_is_followed_and_can_write_nothing_more(self, write: Write) -> None:
        stale = state.take_lease("first")
        assert stale is not None
        write("a")
        with time_machine.travel(timezone.now() + timedelta(seconds=2 * state.LEASE_S), tick=False):
            fresh = state.take_lease("second")
            assert fresh is not None
            assert integrator.integrate(lease=fresh) is not None
        write("a")

        with pytest.raises(Fenced), transaction.atomic():
            integrator.integrate(lease=stale)
        with pytest.raises(Fenced):
            state.beat(stale)
        state.release(stale)  # takes nothing from the other
        assert LogState.objects.get().holder == "second"
        assert Outbox.objects.count() == 1

    def test_one_pass_by_anybody_ends_the_turn_of_a_silent_holder(self, write: Write) -> None:
        stale = state.take_lease("first")
        LogState.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        write("a")
        assert integrator.integrate() is not None
        write("a")

        with pytest.raises(Fenced), transaction.atomic():
            integrator.integrate(lease=stale)

    @pytest.mark.parametrize("days", [-1, 1])
    def test_a_clock_that_is_set_by_a_day_stops_nothing(self, write: Write, days: int) -> None:
        assert state.take_lease("first")
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            write("a")
            lease = state.take_lease("second")
            assert lease is not None
            assert integrator.integrate(lease=lease) is not None
        write("a")

        assert state.take_lease("third") is not None
        assert ledger.first_break("a") is None

    def test_the_database_lets_the_log_step_forward_only(self, write: Write) -> None:
        write("a")
        integrated()
        for change in ("size = size - 1", "epoch = epoch - 1", "origin = 'other'"):
            with (
                pytest.raises(IntegrityError, match="kept for good"),
                transaction.atomic(),
                connection.cursor() as c,
            ):
                c.execute(f"UPDATE evidence_logstate SET {change}")  # noqa: S608


class TestNames:
    """What a log may be called."""

    @pytest.mark.parametrize("origin", ["mediation.example.org/log-1", "a", "0", "a" * 64])
    def test_a_good_name_is_the_name_of_the_log(self, write: Write, settings: Settings, origin: str) -> None:
        settings.LOG_ORIGIN = origin
        [entry] = write("a")

        assert f'"log":"{origin}"' in entry.envelope
        assert integrated().origin == origin

    @pytest.mark.parametrize("origin", ["Mediation", "log ", "-log", "log/", "日志", "a" * 65, "a+b", "a\nb"])
    def test_a_bad_one_is_refused_before_anything_is_written(
        self, write: Write, settings: Settings, origin: str
    ) -> None:
        settings.LOG_ORIGIN = origin

        with pytest.raises(ImproperlyConfigured, match="LOG_ORIGIN"):
            write("a")
        assert not Entry.objects.exists()
        assert [found.id for found in log_is_ready(None)] == ["evidence.E001"]

    def test_a_policy_is_looked_at_before_the_site_is_public(self, write: Write) -> None:
        assert log_is_ready(None) == []
        current_policy()
        assert [found.id for found in log_is_ready(None)] == ["evidence.W001"]
        policy_path().write_text("quorum\n")
        assert [found.id for found in log_is_ready(None)] == ["evidence.E002"]


REFUSED = [
    "UPDATE evidence_leaf SET data = 'x'",
    "DELETE FROM evidence_leaf",
    "UPDATE evidence_tile SET hashes = substr(hashes, 1, 32)",
    "UPDATE evidence_tile SET n = n + 1",
    "DELETE FROM evidence_tile",
    "UPDATE evidence_checkpointrow SET root = sm3_root",
    "UPDATE evidence_checkpointrow SET published_at = NULL",
    "DELETE FROM evidence_checkpointrow",
    "DELETE FROM evidence_logstate",
    "DELETE FROM evidence_logkey",
    "UPDATE evidence_logkey SET vkey = 'x'",
    "UPDATE evidence_logkey SET from_size = 7",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_the_database_itself_refuses_to_change_the_log(logged: list[Entry], sql: str) -> None:
    with (
        pytest.raises(IntegrityError, match="kept for good"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
