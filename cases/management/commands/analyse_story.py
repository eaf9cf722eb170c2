"""`manage.py analyse_story`: a story on the standard input, what it says on the standard output, as JSON."""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.analysis import Provenance, analyse
from cases.analysis.telling import LONGEST_STORY, as_record


class Command(BaseCommand):
    """Keeps nothing. Personal numbers are covered in what is printed."""

    help = "Read a story from the standard input; print its claims with their places, as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", help="the day from which 去年 and 上个月 count, YYYY-MM-DD")
        parser.add_argument("--provenance", choices=[kind.value for kind in Provenance], default="typed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one JSON object."""
        story = sys.stdin.buffer.read(4 * LONGEST_STORY + 4).decode("utf-8", errors="replace")
        if len(story) > LONGEST_STORY:
            raise CommandError(
                _("The story is longer than %(most)d characters. Please send it in parts.")
                % {"most": LONGEST_STORY}
            )
        try:
            today = date.fromisoformat(options["today"]) if options["today"] else timezone.localdate()
        except ValueError as error:
            raise CommandError(_("Please write the day like 2026-03-31.")) from error
        found = analyse(story, today=today, provenance=Provenance(options["provenance"]))
        self.stdout.write(json.dumps(as_record(story, found), ensure_ascii=False, indent=2))
