"""Whose turn it is to do the work of the log, and how far the log has got.

The holder of the lease renews it with every pass and every heartbeat. Whoever takes over raises the epoch, so that
a pass that began before cannot end. The lease only keeps several from doing the same work; what keeps the log right
is the row that every pass locks, and the epoch in it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from evidence.canonical import EMPTY_ROOT
from evidence.envelopes import ORIGIN
from evidence.log.signing import log_signer, wanted_origin
from evidence.models import LogState

LEASE_S = 5.0
LEASE = timedelta(seconds=LEASE_S)


class Fenced(RuntimeError):
    """Another one has taken over the log meanwhile: what this pass did is undone."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do the work of the log, as long as nobody raised the epoch."""

    holder: str
    epoch: int


def begin_log() -> LogState:
    """The state of the log; its row is made at the first call, under the name that its key has.

    Raises ImproperlyConfigured when settings.LOG_ORIGIN is no name that a log can have.
    """
    if found := LogState.objects.first():
        return found
    if problem := problem_of_origin(wanted_origin()):
        raise ImproperlyConfigured(problem)
    with transaction.atomic():
        return LogState.objects.get_or_create(
            id=LogState.ONLY,
            defaults={
                "origin": log_signer().vkey.name,
                "published_root": EMPTY_ROOT,
                "seen_root": EMPTY_ROOT,
            },
        )[0]


def problem_of_origin(origin: str) -> str:
    """What is wrong with a name for the log; empty when it is good, or when there is none."""
    if not origin or re.fullmatch(ORIGIN, origin):
        return ""
    return (
        f"LOG_ORIGIN is “{origin}”: it needs 1 to 64 of a–z 0–9 . - / and a letter or digit at both ends,"
        " for instance mediation.example.org/log"
    )


def lock_state() -> LogState:
    """The state, locked until the end of the transaction."""
    begin_log()
    return LogState.objects.select_for_update().get()


@transaction.atomic
def take_lease(holder: str) -> Lease | None:
    """Become the one who does the work, or None while somebody else does it."""
    state = lock_state()
    if is_held(state) and state.holder != holder:
        return None
    return take_over(state, holder)


def take_over(state: LogState, holder: str) -> Lease:
    """Raise the epoch of the locked state for a new holder."""
    state.epoch += 1
    state.holder = holder
    state.lease_until = _until()
    state.save(update_fields=["epoch", "holder", "lease_until"])
    return Lease(holder, state.epoch)


def beat(lease: Lease) -> None:
    """Say that the holder lives. Raises Fenced."""
    if not LogState.objects.filter(epoch=lease.epoch).update(lease_until=_until()):
        raise Fenced(lease.holder)


def release(lease: Lease) -> None:
    """Give the lease back, if it is still there to give."""
    LogState.objects.filter(epoch=lease.epoch).update(holder="", lease_until=None)


def is_held(state: LogState) -> bool:
    """Whether somebody does the work now. A lease longer than any that is given comes from a clock that was set."""
    return state.lease_until is not None and timedelta(0) < state.lease_until - timezone.now() <= 2 * LEASE


def check_fence(state: LogState, lease: Lease) -> None:
    """Raise Fenced unless the locked state is still of the lease's epoch."""
    if state.epoch != lease.epoch:
        raise Fenced(f"{lease.holder}: epoch {lease.epoch} ended, {state.epoch} began")


def ask_for_checkpoint() -> None:
    """Somebody waits: let the next checkpoint come at once. Costs a write only for the first who asks."""
    LogState.objects.filter(asked=False).update(asked=True)


def _until() -> datetime:
    return timezone.now() + LEASE
