"""`fsck_evidence`: everything that is kept, looked at anew: log, chains, bodies, files, timestamps and triggers."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from evidence.log.audit import findings, first_bad_index


class Command(BaseCommand):
    """Exit code 0 when all holds, 1 with a line for each thing that does not. Changes nothing."""

    help = "Hash everything again: log, chains, files, timestamps; name the index of the first bad entry."

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at everything, even after the first finding."""
        found = []
        for finding in findings():
            found.append(finding)
            self.stdout.write(f"对不上  {finding}")
        self.stdout.write(f"{len(found)} findings")
        if found:
            first = first_bad_index(found)
            if first is not None:
                self.stdout.write(f"first bad index of the log: {first}")
            sys.exit(1)
