"""The loop: what it tries again, and what ends it."""

import threading
from collections.abc import Iterator
from typing import Any, Never

import pytest
from django.db.utils import OperationalError

from evidence.errors import NeverWill, TryLater
from evidence.log import integrator, publishing, running, stamping, state
from evidence.models import CheckpointRow, LogState
from evidence.tlog.checkpoints import Checkpoint
from tests.evidence.log.conftest import Intruder, Write, integrated

pytestmark = pytest.mark.django_db
pass_, heads_at = integrator.integrate, integrator.heads_at


class Stop(threading.Event):
    """Twenty looks, without the rests between them."""

    looks = 0

    def is_set(self) -> bool:
        self.looks += 1
        return self.looks > 20

    def wait(self, timeout: float | None = None) -> bool:
        return False


@pytest.mark.parametrize(
    "error", [TryLater("later"), NeverWill("no"), OperationalError("gone"), OSError("full")]
)
def test_what_may_go_well_later_is_tried_again(error: Exception) -> None:
    def fails() -> Never:
        raise error

    assert running._safely(fails) is None


def test_a_turn_that_was_lost_is_no_mistake(write: Write) -> None:
    stale = state.take_lease("first")
    assert stale is not None
    state.take_over(state.lock_state(), "second")

    assert running._safely(lambda: state.beat(stale)) is None


def test_what_nobody_foresaw_in_a_helper_ends_the_loop_and_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> Never:
        raise ZeroDivisionError

    monkeypatch.setattr(publishing, "publish", breaks)
    monkeypatch.setattr(stamping, "stamp_newest", list)
    monkeypatch.setattr(running, "_tend_for_a_while", lambda lease, stop, fresh: stop.wait(10) and None)

    with pytest.raises(ZeroDivisionError):
        running.run(threading.Event())


def test_an_entry_that_may_not_enter_does_not_make_the_loop_run_hot(
    write: Write, intruder: Intruder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a")
    integrated()
    [entry] = write("a")
    intruder.do(f"UPDATE evidence_entry SET prev = 'x' WHERE id = {entry.pk}")  # noqa: S608
    state.ask_for_checkpoint()
    lease = state.take_lease("the loop")
    stop, passes, built = Stop(), list[Any](), list[Any]()

    def building(size: int) -> Iterator[tuple[str, int, bytes]]:
        built.append(size)
        return heads_at(size)

    def count(**given: Any) -> Checkpoint | None:
        passes.append(given)
        return pass_(**given)

    monkeypatch.setattr(running.integrator, "integrate", count)
    monkeypatch.setattr(running.integrator, "heads_at", building)
    running._tend_for_a_while(lease, stop, threading.Event())  # type: ignore[arg-type]

    assert len(passes) == 1  # and not one for each look, though somebody asked
    assert len(built) <= 1
    assert not LogState.objects.get().asked


def test_tending_does_all_of_it_once(write: Write) -> None:
    write("a")

    assert running.tend()
    row = CheckpointRow.objects.get()
    assert row.published_at is not None
    assert row.tokens.count() == 1
    assert LogState.objects.get().seen_size == row.size
    assert not running.tend()


def test_tending_leaves_the_work_to_whoever_holds_the_lease(write: Write) -> None:
    write("a")
    state.take_lease("somebody")

    assert not running.tend()
    assert not CheckpointRow.objects.exists()
    assert integrator.name_of_this_process()
