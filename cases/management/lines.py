"""Commands that answer questions: one from the command line, or many as JSON lines, each with its answer or error."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

Row = Mapping[str, Any]


class Unanswerable(ValueError):
    """A question that cannot be answered; its message says in plain words what to change."""


class AnsweringCommand(BaseCommand):
    """`--json` prints one JSON object; `--batch FILE` one JSON line for each line of the file (- is the input).

    A line that cannot be answered becomes {"error": …, "line": n}, the others are answered all the same, and the
    exit code is 1. Blank lines are passed over.
    """

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of text")
        parser.add_argument(
            "--batch", metavar="FILE", help="questions as JSON lines; - reads the standard input"
        )

    def answer(self, asked: Row, *, brief: bool) -> dict[str, Any]:
        """Answer one question; `brief` leaves out what only one reader of one answer wants."""
        raise NotImplementedError

    def in_words(self, told: dict[str, Any]) -> str:
        """The answer as text."""
        raise NotImplementedError

    def reply(self, asked: Row, options: Mapping[str, Any]) -> None:
        """Answer the one question of the command line, or all those of the file."""
        if options["batch"]:
            self._reply_to_all(options["batch"])
            return
        try:
            told = self.answer(asked, brief=False)
        except Unanswerable as refused:
            if options["json"]:
                self._print({"error": str(refused)})
            raise CommandError(str(refused)) from refused
        if options["json"]:
            self._print(told)
        else:
            self.stdout.write(self.in_words(told))

    def _reply_to_all(self, path: str) -> None:
        failed = 0
        for number, line in _lines_of(path):
            try:
                self._print(self.answer(row_of(line), brief=True))
            except Unanswerable as refused:
                failed += 1
                self._print({"error": str(refused), "line": number})
        if failed:
            raise CommandError(_("%(failed)s lines could not be answered.") % {"failed": failed})

    def _print(self, told: Mapping[str, Any]) -> None:
        self.stdout.write(json.dumps(told, ensure_ascii=False))


def row_of(line: str) -> Row:
    """Read one JSON line; numbers with a point stay exact. Raises Unanswerable."""
    try:
        row = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Unanswerable(_("This line is not JSON.")) from error
    if not isinstance(row, dict):
        raise Unanswerable(_("This line must be a JSON object, with names and values."))
    return row


def text_in(row: Row, name: str) -> str:
    """A text of the question. Raises Unanswerable when it is missing or no text."""
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Unanswerable(_("“%(name)s” is missing.") % {"name": name})
    return value.strip()


def whole_in(row: Row, name: str, *, default: int | None = None) -> int:
    """A whole number of the question. Raises Unanswerable when it is missing or no whole number."""
    value = row.get(name, default)
    if value is None:
        raise Unanswerable(_("“%(name)s” is missing.") % {"name": name})
    if type(value) is not int:
        raise Unanswerable(_("“%(name)s” must be a whole number.") % {"name": name})
    return value


def _lines_of(path: str) -> Iterator[tuple[int, str]]:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("The file %(path)s cannot be read.") % {"path": path}) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line
