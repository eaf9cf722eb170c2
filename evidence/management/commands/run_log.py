"""`run_log`: do the work of the log (passes, witnesses, timestamps) until it is stopped. Several may run: one works."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from evidence.log import running


class Command(BaseCommand):
    """Ends on SIGTERM or SIGINT, after the pass that runs."""

    help = "Put entries into the log, ask the witnesses, fetch timestamps; until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--once` for a scheduler that comes back by itself."""
        parser.add_argument("--once", action="store_true", help="do it once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        if options["once"]:
            running.tend()
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        running.run(stop)
