"""The work of the log without end: passes, publishing and timestamps, each at its own pace."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import close_old_connections, connection
from django.db.utils import DatabaseError, InterfaceError

from evidence.errors import NeverWill, TryLater
from evidence.log import integrator, publishing, stamping
from evidence.log import state as turns
from evidence.log.state import Fenced, Lease
from evidence.models import LogState, Outbox

LOOKS_EACH_S = 0.1
RESTS_S = 1.0  # after something went wrong
HEARTBEAT_S = turns.LEASE_S / 4
logger = logging.getLogger(__name__)
Result = TypeVar("Result")


def tend() -> bool:
    """Do once what `run` does, unless somebody does it. Returns whether a checkpoint was made. Does not raise for
    what is only to be tried again.
    """
    if turns.is_held(turns.begin_log()):
        return False
    made = integrator.integrate()
    publishing.publish()
    stamping.stamp_newest()
    return made is not None


def run(stop: threading.Event) -> None:
    """Do the work of the log until `stop` is set. Waits for its turn while another one holds the lease.

    What cannot be mended by trying again ends all of it and is raised here.
    """
    fresh = threading.Event()  # there may be something to publish
    published = threading.Event()  # there may be something to stamp
    helpers = [
        _Helper("publish", stop, fresh, lambda: _publish(published)),
        _Helper("stamp", stop, published, stamping.stamp_newest),
    ]
    for helper in helpers:
        helper.start()
        helper.wake.set()
    lease: Lease | None = None
    try:
        while not stop.is_set():
            lease = _safely(lambda held=lease: _tend_for_a_while(held, stop, fresh))  # type: ignore[misc]
            if lease is None:
                stop.wait(RESTS_S)
    finally:
        stop.set()
        for helper in helpers:
            helper.wake.set()
            helper.join()
        if lease is not None:
            turns.release(lease)
        connection.close()
    for helper in helpers:
        if helper.failure is not None:
            raise helper.failure


def _tend_for_a_while(lease: Lease | None, stop: threading.Event, fresh: threading.Event) -> Lease | None:
    """Make checkpoints until something goes wrong, or `stop`. None: it is not our turn."""
    lease = lease or turns.take_lease(integrator.name_of_this_process())
    if lease is None:
        return None
    last = beaten = -1e9
    while not stop.is_set():
        now = time.monotonic()
        if now - beaten > HEARTBEAT_S:
            turns.beat(lease)
            beaten = now
        is_due = now - last >= settings.EVIDENCE_CHECKPOINT_EACH_S
        if _has_work(is_due=is_due):
            last = now
            if integrator.integrate(lease=lease) is not None:  # that renews the lease
                fresh.set()
                beaten = now
        else:
            stop.wait(LOOKS_EACH_S)
    return lease


def _has_work(*, is_due: bool) -> bool:
    asked = LogState.objects.values_list("asked", flat=True).first()
    return (is_due or bool(asked)) and Outbox.objects.exists()


def _publish(published: threading.Event) -> object:
    """Publish the newest, and say whether that is to be tried again."""
    told = publishing.publish()
    if told is not None and told.is_published:
        published.set()
    return told is not None and not told.is_published


class _Helper(threading.Thread):
    """Acts whenever woken, and now and then by itself: what failed is tried again."""

    def __init__(
        self, name: str, stop: threading.Event, wake: threading.Event, act: Callable[[], object]
    ) -> None:
        super().__init__(name=name)
        self.stop = stop
        self.wake = wake
        self.act = act
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Until `stop`, or until something goes wrong that nobody foresaw; then everything stops."""
        try:
            while not self.stop.is_set():
                self.wake.wait(RESTS_S)
                self.wake.clear()
                if not self.stop.is_set():
                    _safely(self.act)
        except BaseException as error:
            self.failure = error
            self.stop.set()
        finally:
            connection.close()


def _safely(act: "Callable[[], Result]") -> "Result | None":
    """What went wrong outside is written down and tried again; another's turn is no mistake."""
    try:
        return act()
    except Fenced:
        logger.warning("another process has taken over the log")
    except (TryLater, NeverWill, DatabaseError, InterfaceError, OSError) as error:
        logger.warning("the log waits: %s", error)
        close_old_connections()
    return None
