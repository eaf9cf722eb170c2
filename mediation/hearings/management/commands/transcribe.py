"""`manage.py transcribe FILE`: what is said in a sound or video file, on this machine, kept nowhere."""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mediation.hearings import speech
from mediation.hearings.dialects import warning_for
from mediation.hearings.exports import as_json, as_vtt
from mediation.hearings.speech import Dialect, Segment, SpeechError
from mediation.hearings.voices import hear_all
from mediation.hearings.wording.text import doubtful

ENGINES = {
    "whisper": "mediation.hearings.engines.whisper.WhisperEngine",
    "server": "mediation.hearings.engines.server.ServerEngine",
    "funasr": "mediation.hearings.engines.funasr.FunasrEngine",
    "sherpa": "mediation.hearings.engines.sherpa.SherpaEngine",
}
BAR = 30
CLEAR = "\r\x1b[K"  # the bar makes room for a line


class Command(BaseCommand):
    """Text to stdout; progress and what to know of it to stderr."""

    help = "Write down what is said in a sound or video file."
    requires_system_checks = ()  # they load every page of the site: 60 MB that no sound needs

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dialect", choices=Dialect.values, default=Dialect.MANDARIN)
        parser.add_argument("--engine", choices=sorted(ENGINES), help="another than that of the settings")
        form = parser.add_mutually_exclusive_group()
        form.add_argument(
            "--json", action="store_true", help="everything known of each segment, as one JSON object"
        )
        form.add_argument("--vtt", action="store_true", help="subtitles (WebVTT)")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"没有这个文件 There is no file {path}")
        engine = speech.engine_at(ENGINES[options["engine"]]) if options["engine"] else speech.engine()
        if problems := engine.problems():
            raise CommandError(" ".join(problems))
        if warning := warning_for(options["dialect"], engine):
            self.stderr.write(f"{warning.words} {warning.help}")
        heard = self._heard(path, engine, options["dialect"])
        name = f"{engine.name} {engine.version}"
        if options["json"] or options["vtt"]:
            lines = list(heard)
            doubts = [doubtful(line) for line in lines]
            given = (
                as_vtt(lines) if options["vtt"] else as_json(lines, engine=name, dialect=options["dialect"])
            )
            self.stdout.write(given)
        else:
            doubts = [doubtful(self._shown(line)) for line in heard]
        all_of_them, unsure = len(doubts), sum(doubts)
        self.stderr.write(
            f"{name}: {all_of_them} 句，其中 {unsure} 句没有把握。{all_of_them} lines, {unsure} in doubt."
        )

    def _heard(self, path: Path, engine: speech.SpeechEngine, dialect: str) -> Iterator[Segment]:
        try:
            yield from hear_all(path, engine, dialect=dialect, on_progress=self._progress())
        except SpeechError as problem:
            raise CommandError(str(problem)) from problem

    def _shown(self, line: Segment) -> Segment:
        """The line, printed at once: of hours nothing is lost that was heard."""
        if sys.stderr.isatty():
            sys.stderr.write(CLEAR)
        self.stdout.write(_as_text(line))
        self.stdout.flush()
        return line

    def _progress(self) -> Any:
        """A bar on stderr where a person looks, one line a tenth elsewhere."""
        is_seen, began, told = sys.stderr.isatty(), time.monotonic(), -1

        def tell(done: float, total: float) -> None:
            nonlocal told
            share = done / total if total else 1.0
            if is_seen:
                full = round(share * BAR)
                bar = "█" * full + "·" * (BAR - full)
                sys.stderr.write(f"\r{bar} {done:.0f}/{total:.0f} s  {time.monotonic() - began:.0f} s ")
                sys.stderr.write("\n" if done >= total else "")
            elif int(share * 10) > told:
                told = int(share * 10)
                sys.stderr.write(f"{share:.0%} {done:.0f}/{total:.0f} s\n")
            sys.stderr.flush()

        return tell


def _as_text(line: Segment) -> str:
    minutes, seconds = divmod(line.start_s, 60)
    voice = f" [{'左右'[line.channel - 1]}]" if line.channel else ""
    return f"{minutes:02.0f}:{seconds:04.1f}{voice}{' ?' if doubtful(line) else ''} {line.text}"
