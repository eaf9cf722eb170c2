"""`manage.py load_precedents [FILE]`: bring settled cases into the library from JSON lines, CSV or XLSX."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from cases.services import indexing, precedents, releasing


class Command(BaseCommand):
    """Names each row that it cannot read, and why; takes all the others. Exit code 1 when a row was left out."""

    help = "Bring settled cases in from a .jsonl, .csv or .xlsx file (without FILE: the sample library)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=precedents.SAMPLES)
        parser.add_argument("--index", action="store_true", help="compute the sentence vectors at once")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        taken, refused = precedents.bring_in(rows_of(path))
        self.stdout.write(f"{taken} 件已读入 taken in")
        if waiting := releasing.waiting().count():
            self.stdout.write(f"{waiting} 件待人工放行 wait for a person to release them: /desk/release/")
        for one in refused:
            self.stderr.write(f"第 {one.number} 行未入库 row {one.number} left out: {one.reason}")
        if options["index"]:
            self.stdout.write(f"{indexing.index_missing()} 件已建索引 indexed")
        if refused:
            raise CommandError(f"{len(refused)} rows were left out; mend them and load the file again.")


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of the file, by its ending. A line that is no JSON comes as an empty row, so that it is named."""
    match path.suffix.lower():
        case ".xlsx":
            sheet = (
                load_workbook(path, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)
            )
            heads = [str(head or "") for head in next(sheet, ())]
            for cells in sheet:
                if any(cell is not None for cell in cells):
                    yield dict(zip(heads, cells, strict=False))
        case ".csv":
            yield from csv.DictReader(_text(path).splitlines())
        case _:
            for line in _text(path).splitlines():
                if line.strip():
                    yield _row(line)


def _row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        return {precedents.UNREADABLE: _("this line is not JSON")}
    return row if isinstance(row, dict) else {precedents.UNREADABLE: _("this line is no JSON object")}


def _text(path: Path) -> str:
    """UTF-8, or GB18030 as Chinese spreadsheets write it."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")
