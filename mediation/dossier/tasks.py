"""Background work of the case files."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator]
def build_due() -> int:
    """Put together every file that is asked for. Runs also by the clock, so a lost task loses nothing."""
    from mediation.dossier import services  # the printing press is loaded by the worker alone

    return services.build_due()


def build_after_commit() -> None:
    """Ask the worker as soon as the present transaction is on the disk. Without a broker it is only later."""
    transaction.on_commit(_ask, robust=True)


def _ask() -> None:
    try:
        build_due.apply_async(retry=False)
    except OperationalError:
        log.warning("no broker: case files wait for the next sweep")
