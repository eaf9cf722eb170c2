"""Delivering what was written. The row is the debt: who dies on the way leaves it to the next."""

import logging
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.roles import Role
from cases.services.steps import lock_case, remember
from mediation.adapters import adapter
from mediation.notices.assessing import look_again
from mediation.notices.models import Notice, Rung
from mediation.notices.notifier import Handed, NeverWill, TryLater

log = logging.getLogger(__name__)
MOST_TRIES = 6
FIRST_WAIT = timedelta(seconds=30)
AT_ONCE = 200


def deliver_due(*, most: int = AT_ONCE) -> int:
    """Send every message that is due, oldest first, at most `most`; return how many were handed over.

    No transaction is open while a message is on its way. A worker that is lost there leaves the row due again after
    its wait, so a message may arrive twice, but never not at all.
    """
    sent = 0
    for _round in range(most):
        notice = _claim()
        if notice is None:
            break
        sent += _send(notice)
    return sent


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: 30 s, 2 min, 8 min, 32 min, about 2 h, about 8 h."""
    return FIRST_WAIT * (1 << 2 * max(0, tries - 1))


@transaction.atomic
def _claim() -> Notice | None:
    """The next message that is due, set aside for us until its next try."""
    now = timezone.now()
    free = Notice.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    notice = (
        free.filter(state=Notice.State.PENDING, next_try_at__lte=now).order_by("next_try_at", "pk").first()
    )
    if notice is None:
        return None
    notice.tries += 1
    notice.next_try_at = now + wait_after(notice.tries)
    notice.save(update_fields=["tries", "next_try_at"])
    return notice


def _send(notice: Notice) -> bool:
    try:
        handed = adapter(f"notifier.{notice.channel}").send(notice) or Handed()
    except TryLater as error:
        _settle(notice, failed=notice.tries >= MOST_TRIES, problem=str(error))
    except NeverWill as error:
        _settle(notice, failed=True, problem=str(error))
    except Exception:
        log.exception("notice %s: its notifier broke", notice.pk)
        _settle(
            notice, failed=notice.tries >= MOST_TRIES, problem=_("The sender program broke; see the log.")
        )
    else:
        _keep(notice, handed)
        return True
    return False


@transaction.atomic
def _keep(notice: Notice, handed: Handed) -> None:
    """It is on its way: when, what the channel answered, and whether that delivers what it tells of."""
    if notice.rung_id and notice.case_id:
        lock_case(notice.case_id)
    now = timezone.now()
    Notice.objects.filter(pk=notice.pk).update(
        state=Notice.State.SENT,
        sent_at=now,
        problem="",
        answer=handed.answer,
        receipt=handed.receipt,
        **({"arrived_at": now} if handed.has_arrived else {}),
    )
    if notice.rung_id:
        look_again(Rung.objects.values_list("ladder_id", flat=True).get(pk=notice.rung_id))


@transaction.atomic
def _settle(notice: Notice, *, failed: bool, problem: str) -> None:
    """Write down why it did not leave. When nobody will try again by itself, the office is told."""
    state = Notice.State.FAILED if failed else Notice.State.PENDING
    Notice.objects.filter(pk=notice.pk).update(state=state, problem=problem[:200])
    if failed:
        if notice.case_id and notice.kind != "notice.fail":  # word of a failure that fails is not told again
            case = lock_case(notice.case_id)
            told = {"kind": notice.kind, "channel": str(notice.channel), "problem": problem[:200]}
            remember(case, "notice.fail", by=None, role=Role.SYSTEM, duty="mediator", **told)
        log.warning("notice %s (%s) was not delivered: %s", notice.pk, notice.kind, problem)


@transaction.atomic
def try_again(*, notice_id: int) -> Notice:
    """A person looked and wants a failed message sent once more, with all its tries."""
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    if notice.state == Notice.State.FAILED:
        notice.state, notice.tries, notice.next_try_at = Notice.State.PENDING, 0, timezone.now()
        notice.save(update_fields=["state", "tries", "next_try_at"])
    return notice


def undelivered() -> int:
    """How many messages failed for good: a number for the office."""
    return Notice.objects.filter(state=Notice.State.FAILED).count()
