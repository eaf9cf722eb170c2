"""Entries for a log, and the checkpoint over them."""

from django.db import transaction

from evidence import ledger
from evidence.log import integrator


def write(count: int = 1) -> int:
    """Entries in the log; the size of the checkpoint over them."""
    with transaction.atomic():
        for number in range(count):
            ledger.append(chain="例1", event="case.note", record={"n": number}, role="officer")
    checkpoint = integrator.integrate()
    assert checkpoint is not None
    return checkpoint.size
