"""`manage.py run_captions`: the captioning program, until Ctrl-C or SIGTERM."""

import signal
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from mediation.hearings import speech
from mediation.hearings.live.captioning import Captioner

LOOK_AGAIN_S = 60.0


class Command(BaseCommand):
    """Caption all hearings that are spoken now. Several may run, on any machine that sees VAR_DIR."""

    help = "Caption what is said in hearings while it is said; several may run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--side-by-side", type=int, default=2, help="stretches heard at once: one for each core"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            while (engine := speech.live_engine()) is None or engine.problems():
                problems = engine.problems() if engine else ["This engine hears whole recordings only."]
                self.stderr.write("No captions: " + " ".join(map(str, problems)))
                time.sleep(LOOK_AGAIN_S)
            captioner = Captioner(engine, side_by_side=options["side_by_side"])
            signal.signal(signal.SIGTERM, lambda *_: captioner.stop())
            engine.make_ready()
            self.stdout.write("Captions are ready.")
            captioner.run()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")


def _interrupt(_signal: int, _frame: Any) -> None:
    raise KeyboardInterrupt
