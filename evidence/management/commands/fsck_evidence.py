"""`fsck_evidence`: everything that `verify_chain` looks at, and every stored file, token and trigger."""

import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from evidence.deposits import TAKE_IN, matches
from evidence.errors import CannotUnseal
from evidence.guards import missing_guards
from evidence.ledger import first_break, read
from evidence.management.commands.verify_chain import known_chains
from evidence.models import Deposit, Entry


class Command(BaseCommand):
    """Exit code 0 when all holds, 1 with a line for each thing that does not. Changes nothing."""

    help = "Check chains, stored files, timestamp tokens and database triggers."

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at everything, even after the first finding."""
        count = 0
        for finding in findings():
            count += 1
            self.stdout.write(f"对不上  {finding}")
        self.stdout.write(f"{count} findings")
        if count:
            sys.exit(1)


def findings() -> Iterator[str]:
    """One line for each thing that does not hold."""
    yield from (f"the trigger {name} is missing" for name in missing_guards())
    yield from (str(found) for chain in known_chains() if (found := first_break(chain)))
    yield from _lost_deposits()
    for deposit in Deposit.objects.filter(name__isnull=False).iterator(chunk_size=500):
        if not matches(deposit):
            yield f"{deposit.chain} #{deposit.seq}: the file {deposit.stored} does not match its hash"
        if not _is_linked(deposit):
            yield f"{deposit.chain} #{deposit.seq}: no entry says that deposit {deposit.pk} was taken in"


def _lost_deposits() -> Iterator[str]:
    there = set(Deposit.objects.values_list("chain", "seq"))
    for chain, seq in Entry.objects.filter(event=TAKE_IN).values_list("chain", "seq"):
        if (chain, seq) not in there:
            yield f"{chain} #{seq}: the deposit of this entry is missing"


def _is_linked(deposit: Deposit) -> bool:
    entry = Entry.objects.filter(chain=deposit.chain, seq=deposit.seq, event=TAKE_IN).first()
    try:
        record = read(entry) if entry else None
    except CannotUnseal:
        return False
    return record is not None and (record["sha256"], record["size"]) == (deposit.sha256, deposit.size)
