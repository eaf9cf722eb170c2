"""还款计划: payments as (month, fen), read from pasted rows, a CSV or an XLSX file."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from cases.money import AmountError, parse_yuan

MOST_ROWS = 600
MONTH = re.compile(r"^第?\s*(\d{1,3})(?:\.0)?\s*[期个月]*$")
SPLIT = re.compile(r"[\s,，;；、|]+")
AMOUNT_HEADS = ("合计", "总额", "还款额", "应还", "金额")  # the sum before its parts


class ScheduleError(ValueError):
    """A plan that cannot be read; its message names the row and says what to write."""


def read_rows(text: str) -> list[tuple[int, int]]:
    """Pasted rows: number of the month, then the amount, one payment a line. Raises ScheduleError."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return _payments([_halves(line) for line in lines])


def read_file(file: BinaryIO, *, name: str) -> list[tuple[int, int]]:
    """A CSV or XLSX file with a column for the month and one for the amount. Raises ScheduleError."""
    if name.lower().endswith((".xlsx", ".xlsm")):
        return _payments(_columns(_sheet(file)))
    if name.lower().endswith((".csv", ".txt")):
        return _payments(_columns(_csv(file.read())))
    raise ScheduleError(_("Please choose a CSV or an XLSX file, or paste the rows."))


def _halves(line: str) -> tuple[str, str]:
    parts = SPLIT.split(line, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 else (line, "")


def _payments(rows: Iterable[tuple[str, str]]) -> list[tuple[int, int]]:
    payments: dict[int, int] = {}
    for number, (month, amount) in enumerate(rows, start=1):
        found = MONTH.match(month.strip())
        if not found or int(found[1]) == 0:
            if number == 1 and not re.search(r"\d", month + amount):
                continue  # the heads of the columns
            raise ScheduleError(
                _("Row %(row)d: “%(text)s” is not the number of a month.")
                % {"row": number, "text": month[:40]}
            )
        try:
            fen = parse_yuan(amount)
        except AmountError as error:
            raise ScheduleError(_("Row %(row)d: %(problem)s") % {"row": number, "problem": error}) from error
        if int(found[1]) in payments:
            raise ScheduleError(_("Month %(month)s stands twice.") % {"month": found[1]})
        payments[int(found[1])] = fen
    if not payments:
        raise ScheduleError(_("There is no payment in it. Write one a line, such as: 1 943.56"))
    return sorted(payments.items())


def _columns(rows: Iterator[Sequence[str]]) -> list[tuple[str, str]]:
    """The month and the amount of each row; the heads, where there are any, say which column is which."""
    kept = [row for _n, row in zip(range(MOST_ROWS), rows, strict=False) if any(cell.strip() for cell in row)]
    if not kept:
        return []
    month, amount = _heads(kept[0])
    return [
        (row[month] if len(row) > month else "", row[amount] if len(row) > amount else "") for row in kept
    ]


def _heads(first: Sequence[str]) -> tuple[int, int]:
    month = next((i for i, cell in enumerate(first) if "期" in cell or "月" in cell), 0)
    for head in AMOUNT_HEADS:
        for i, cell in enumerate(first):
            if head in cell and i != month:
                return month, i
    return month, 1 if month == 0 else 0


def _csv(data: bytes) -> Iterator[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            yield from csv.reader(io.StringIO(text))
        except csv.Error:
            break
        return
    raise ScheduleError(_("This file could not be read. Please save it again as CSV."))


def _sheet(file: BinaryIO) -> Iterator[list[str]]:
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(max_row=MOST_ROWS, max_col=20, values_only=True):
            yield ["" if cell is None else str(cell) for cell in row]
    except (InvalidFileException, zipfile.BadZipFile, OSError, KeyError, ValueError, IndexError) as error:
        raise ScheduleError(_("This file could not be read. Please save it again as XLSX.")) from error
