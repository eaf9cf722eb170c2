"""待固化: what is covered, who waits, and what a party takes home."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from evidence.errors import TryLater
from evidence.log import coverage, monitor, reading, running, state
from evidence.log.policy import current_policy
from evidence.log.receipts import NotCovered, make_receipt
from evidence.models import CheckpointRow, Entry, LogState
from evidence.tlog.merkle import SHA256
from evidence.tlog.proofs import Receipt
from evidence.tlog.tiles import ENTRIES, tile_path, unpack
from tests.evidence.log.conftest import Write, integrated, leaves, published

pytestmark = pytest.mark.django_db


def test_an_entry_is_covered_once_its_checkpoint_is_published(write: Write) -> None:
    [entry] = write("a")
    seen = [coverage.is_covered(entry)]
    integrated()
    seen.append(coverage.is_covered(entry))
    published()

    assert [*seen, coverage.is_covered(entry)] == [False, False, True]
    row = coverage.covering_checkpoint(entry)
    assert row == CheckpointRow.objects.get()


def test_the_covering_checkpoint_is_the_first_that_was_published(logged: list[Entry], write: Write) -> None:
    write("a")
    integrated()
    published()

    assert [row.size for row in CheckpointRow.objects.all()] == [5, 11, 14]
    assert {coverage.covering_checkpoint(entry).size for entry in logged} == {11}


def test_what_is_not_covered_is_listed_in_its_order(logged: list[Entry], write: Write) -> None:
    late = write("a", "b", "a")
    integrated()
    later = write("a")

    assert list(coverage.uncovered("a")) == [late[0], late[2], later[0]]
    told = coverage.coverage_of("a")
    assert (told.up_to, told.waiting, told.checkpoint.size) == (4, 3, 11)
    assert list(coverage.uncovered("nobody")) == []


def test_waiting_does_the_work_where_nobody_else_does(write: Write) -> None:
    [entry] = write("a")

    assert coverage.wait_until_covered(entry, within_s=5)


def test_with_no_time_it_only_looks(write: Write, settings: Settings) -> None:
    [entry] = write("a")
    settings.EVIDENCE_WAIT_S = 0

    assert not coverage.wait_until_covered(entry)
    assert not CheckpointRow.objects.exists()


def test_waiting_for_somebody_who_holds_the_lease_and_does_nothing_ends(write: Write) -> None:
    [entry] = write("a")
    state.take_lease("somebody")

    assert not coverage.wait_until_covered(entry, within_s=0.2)
    assert LogState.objects.get().asked


def test_a_receipt_proves_its_entry_to_whoever_trusts_the_policy(logged: list[Entry], write: Write) -> None:
    receipts = [make_receipt(entry) for entry in logged]
    write("a")
    integrated()
    published()

    for entry, receipt in zip(logged, receipts, strict=True):
        assert make_receipt(entry) == receipt
        checked = Receipt.parse(receipt).check(current_policy())
        assert (checked.envelope, checked.index) == (entry.envelope.encode(), entry.leaf.index)
        assert len(receipt) <= 2953


def test_there_is_no_receipt_of_what_is_not_covered(logged: list[Entry], write: Write) -> None:
    [entry] = write("a")
    with pytest.raises(NotCovered):
        make_receipt(entry)
    integrated()
    with pytest.raises(TryLater):
        make_receipt(entry)


class TestReading:
    """The published log, for everybody."""

    def test_the_checkpoint_is_the_newest_published_one(self, logged: list[Entry], write: Write) -> None:
        before = reading.checkpoint()
        write("a")
        integrated()

        assert reading.checkpoint() == before
        assert before is not None
        assert before.split("\n")[1] == "11" == str(reading.published_size())

    def test_tiles_and_bundles_are_those_of_the_leaves(self, write: Write) -> None:
        write(*(f"case {n % 7}" for n in range(530)))
        integrated()
        published()
        data = leaves()

        assert reading.resource("tile/0/001") == b"".join(SHA256.leaf(one) for one in data[256:512])
        assert reading.resource("tile/0/002.p/9") == b"".join(SHA256.leaf(one) for one in data[512:521])
        assert unpack(reading.resource("tile/entries/002.p/20")) == data[512:532]
        assert unpack(reading.resource("tile/entries/000")) == data[:256]
        assert len(reading.resource("tile/1/000.p/2")) == 64

    @pytest.mark.parametrize(
        "path",
        ["tile/0/000", "tile/0/000.p/12", "tile/1/000.p/1", "tile/entries/000.p/12", "tile/0/0", "x", ""],
    )
    def test_what_no_published_checkpoint_needs_is_not_shown(
        self, logged: list[Entry], write: Write, path: str
    ) -> None:
        write("a")
        integrated()

        assert reading.resource(path) is None
        assert reading.resource(tile_path(0, 0, 11)) is not None
        assert reading.resource(tile_path(ENTRIES, 0, 11)) is not None

    def test_the_sm3_tree_ends_two_leaves_earlier(self, logged: list[Entry]) -> None:
        assert reading.tile("sm3", 0, 0, 9) is not None
        assert reading.tile("sm3", 0, 0, 10) is None

    def test_before_the_first_checkpoint_there_is_nothing(self, db: None) -> None:
        assert (reading.checkpoint(), reading.published_size(), reading.entries(0, 1)) == (None, 0, None)


class TestMonitor:
    """How the log is doing."""

    def test_a_log_that_works_is_well(self, logged: list[Entry]) -> None:
        running.tend()
        health = monitor.health()

        assert health.is_well
        assert (health.size, health.published_size, health.in_line, health.uncovered, health.lag_s) == (
            11,
            11,
            0,
            0,
            0,
        )
        assert health.checkpoint_age_s is not None
        assert health.checkpoint_age_s < 60
        assert [clock.is_well for clock in health.clocks] == [True]

    def test_an_entry_that_waits_for_more_than_a_minute_is_an_alarm(
        self, logged: list[Entry], write: Write
    ) -> None:
        running.tend()
        write("a")
        with time_machine.travel(timezone.now() + timedelta(seconds=59), tick=False):
            assert monitor.health().alarms == []
        with time_machine.travel(timezone.now() + timedelta(seconds=62), tick=False):
            health = monitor.health()
        assert [alarm.code for alarm in health.alarms] == ["delay"]
        assert health.lag_s == pytest.approx(62, abs=2)

    def test_what_is_logged_and_not_published_waits_too(self, logged: list[Entry], write: Write) -> None:
        running.tend()
        write("a", "b")
        integrated()
        write("a")

        health = monitor.health()
        assert (health.in_line, health.uncovered) == (1, 3)

    def test_an_empty_site_is_well(self, db: None) -> None:
        assert monitor.health().is_well
