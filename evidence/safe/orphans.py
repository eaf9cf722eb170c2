"""Sealed files that no deposit names: of a transaction that was rolled back after its file had been stored, or of a
program that was stopped in the middle of one. They are removed after a day; a file that is named never is.
"""

import datetime as dt
import logging
import time
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Protocol, cast

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from evidence.models import Deposit
from evidence.safe.storage import CONTENT_NAME, UNFINISHED

log = logging.getLogger(__name__)
OLD = dt.timedelta(days=1)
PATIENCE_S, TURN_S = 30.0, 0.2
STILL_RUNNING = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend' AND xact_start <= %s LIMIT 1"
)
FOLDERS = [f"{n:02x}" for n in range(256)]  # of the first level
HOURS = 24


class Listed(Protocol):
    """A storage that can list a folder of the first level."""

    def listed(self, prefix: str) -> Iterable[tuple[str, dt.datetime]]:
        """Names with their last change."""

    def delete(self, name: str) -> None:
        """Delete one."""


def share_of(hour: int) -> list[str]:
    """The folders that are looked through in this hour of the day; in a day every folder comes up once."""
    return FOLDERS[hour % HOURS :: HOURS]


def remove_orphans(folders: Iterable[str] = tuple(FOLDERS)) -> list[str]:
    """Remove every file in these folders that is older than a day and that no deposit names; return their names.

    The files of erased deposits go, too, if they are still there.
    """
    storage = cast("Listed", default_storage)
    folders = list(folders)
    limit = timezone.now() - OLD
    old = {
        name
        for folder in folders
        for name, changed in storage.listed(folder)
        if changed < limit and (CONTENT_NAME.fullmatch(name) or UNFINISHED in name)
    }
    if not old or not _settled():
        return []
    with (
        transaction.atomic()
    ):  # SQLite: no writer is in the middle of anything from here on (settings: IMMEDIATE)
        inside = reduce(or_, (Q(stored__startswith=f"{folder}/") for folder in folders))
        named = set(Deposit.objects.filter(inside, name__isnull=False).values_list("stored", flat=True))
        gone = sorted(old - named)
        for name in gone:
            storage.delete(name)
            log.warning("the stored file %s belonged to no deposit and was removed", name)
    return gone


def _settled() -> bool:
    """Wait until every transaction that runs now is over: what it stored is named then, or never will be.

    False when one takes too long; then nothing is sure, and the next hour is soon enough.
    """
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
        for _turn in range(int(PATIENCE_S / TURN_S)):
            cursor.execute(STILL_RUNNING, [now])
            if cursor.fetchone() is None:
                return True
            time.sleep(TURN_S)
    log.warning(
        "a transaction takes long; stored files that belong to nothing are looked for in an hour again"
    )
    return False
