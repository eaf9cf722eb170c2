"""Reminding the workers of what rows say is owed. A reminder that is lost loses nothing: a sweep comes by."""

import logging
from functools import partial
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def remind(task: Any, *of: object) -> None:
    """Send a worker the task. Without a broker what is owed waits for the next sweep."""
    try:
        task.apply_async(args=of, retry=False)
    except OperationalError:
        log.warning("no broker: %s %s waits for the next sweep", task.name, of)


def remind_after_commit(task: Any, *of: object) -> None:
    """As `remind`, as soon as the present transaction is on the disk."""
    transaction.on_commit(partial(remind, task, *of), robust=True)
