"""Background work of the notices."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from mediation.notices import delivery

log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator]
def deliver_due() -> int:
    """Hand over every message that is due. Runs every few seconds, so a lost task loses nothing."""
    return delivery.deliver_due()


@shared_task  # type: ignore[untyped-decorator]
def climb_ladders() -> int:
    """Take every step of a contact ladder that is due. All of it is rows: after a sleep it catches up, in order."""
    from mediation.notices import climbing  # the outbox needs this module before its own tables are there

    return climbing.climb_due()


def deliver_after_commit() -> None:
    """Ask for delivery as soon as the present transaction is on the disk. A broker that is down only makes it later."""
    transaction.on_commit(_ask, robust=True)


def _ask() -> None:
    try:
        deliver_due.apply_async(retry=False)
    except OperationalError:
        log.warning("no broker: messages wait for the next sweep")
