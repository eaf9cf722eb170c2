"""`manage.py export_lessons`: what people let us learn from, as JSON lines, for the next training of the analysis."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from cases.services.lessons import lessons_for_training


class Command(BaseCommand):
    """One line a story: the covered text, each guess with its place, and what the person said of it."""

    help = "Print the corrected stories whose tellers agreed to it, as JSON lines."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them all; nothing where nobody agreed."""
        for lesson in lessons_for_training():
            self.stdout.write(json.dumps(lesson, ensure_ascii=False))
