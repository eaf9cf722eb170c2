"""The loop: what it tries again, and what ends it."""

import threading
from typing import Never

import pytest
from django.db.utils import OperationalError

from evidence.errors import NeverWill, TryLater
from evidence.log import integrator, publishing, running, stamping, state
from evidence.models import CheckpointRow, LogState
from tests.evidence.log.conftest import Write

pytestmark = pytest.mark.django_db


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
