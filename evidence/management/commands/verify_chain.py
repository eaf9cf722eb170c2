"""`verify_chain [chain …]`: walk the chains and name the first place where one does not hold."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from evidence.ledger import first_break
from evidence.log.audit import known_chains


class Command(BaseCommand):
    """Exit code 0 when every chain holds, 1 with the first break of each chain that does not."""

    help = "Walk the chains (all of them, or the named ones) and name the first break."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the names of chains."""
        parser.add_argument("chain", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk and tell."""
        chains = options["chain"] or known_chains()
        breaks = [found for chain in chains if (found := first_break(chain))]
        for found in breaks:
            self.stdout.write(f"对不上  {found}")
        self.stdout.write(f"{len(chains)} chains, {len(breaks)} do not hold")
        if breaks:
            sys.exit(1)
