"""Background work of the papers."""

import logging

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator]
def render_due() -> int:
    """Make every paper that is owed. Runs every few seconds, so a lost task loses nothing."""
    from mediation.papers import services  # the printing press is loaded by the worker alone

    return services.render_due()


def render_after_commit() -> None:
    """Ask for the papers as soon as the present transaction is on the disk. Without a broker it is only later."""
    transaction.on_commit(_ask, robust=True)


def _ask() -> None:
    try:
        render_due.apply_async(retry=False)
    except OperationalError:
        log.warning("no broker: papers wait for the next sweep")
