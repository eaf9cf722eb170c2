"""Background work of the pictures."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator]
def read_due() -> int:
    """Read every picture that waits. Runs also by the clock, so a lost task loses nothing."""
    from mediation.pictures import services  # the models are loaded by the worker alone

    return services.read_due()


def read_after_commit() -> None:
    """Ask the worker as soon as the present transaction is on the disk. Without a broker it is only later."""
    transaction.on_commit(_ask, robust=True)


def _ask() -> None:
    try:
        read_due.apply_async(retry=False)
    except OperationalError:
        log.warning("no broker: pictures wait for the next sweep")
