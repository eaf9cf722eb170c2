"""Rows of repayments out of the lines read off a picture: date, amount, principal, interest, fee, balance."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from statistics import median

HEADS = {  # what stands over a column, the more exact name first
    "number": re.compile("期数|期次|期号|序号|第几期|^期$"),
    "date": re.compile("日期|还款日|时间|到期日|扣款日"),
    "principal": re.compile("(?<!剩余)(?<!未还)本金"),
    "interest": re.compile("利息"),
    "fee": re.compile("费"),
    "balance": re.compile("余额|剩余|未还|结余"),
    "amount": re.compile("金额|应还|实还|月供|还款额|合计|总额|本息"),
}
ORDER = ("balance", "principal", "interest", "fee", "date", "number", "amount")
MONEY = ("amount", "principal", "interest", "fee", "balance")
DATE = re.compile(r"((?:19|20)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
FIGURE = re.compile(r"-?\d[\d,，]*(?:\.\d{1,2})?")
LIKE_FIGURES = str.maketrans(
    {"O": "0", "o": "0", "l": "1", "I": "1", "，": ",", "．": ".", "¥": "", "￥": "", " ": ""}
)


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of text on a picture. `box` holds its four corners (x, y) in pixels, clockwise from the upper left."""

    text: str
    box: tuple[tuple[float, float], ...]
    confidence: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box."""
        return sum(x for x, _y in self.box) / len(self.box), sum(y for _x, y in self.box) / len(self.box)

    @property
    def height(self) -> float:
        """How tall the letters are."""
        (ax, ay), (bx, by) = self.box[0], self.box[-1]
        return math.hypot(bx - ax, by - ay)

    @property
    def slope(self) -> float:
        """How far it is turned, in radians."""
        (ax, ay), (bx, by) = self.box[0], self.box[1]
        return math.atan2(by - ay, bx - ax)


@dataclass(slots=True)
class Row:
    """One repayment as read: money in fen. `doubts` names the cells a person should look at first."""

    date: str = ""
    number: int | None = None
    amount: int | None = None
    principal: int | None = None
    interest: int | None = None
    fee: int | None = None
    balance: int | None = None
    confidence: float = 1.0
    top: float = 0.0
    doubts: list[str] = field(default_factory=list)


def read_rows(lines: Sequence[Line]) -> list[Row]:
    """The rows below the first line of column heads; none where the picture shows no such table. Never raises."""
    bands = _bands(lines)
    for at, band in enumerate(bands):
        columns = {name: x for x, line in band for name in _heads(line.text)}
        if len(columns) >= 2 and columns.keys() & {"amount", "principal", "balance"}:
            rows = [row for later in bands[at + 1 :] if (row := _row(later, columns))]
            return [_doubted(row) for row in rows]
    return []


def _heads(text: str) -> list[str]:
    bare = text.replace(" ", "")
    if len(bare) > 12 or re.search(r"\d{3}", bare):
        return []
    return next(([name] for name in ORDER if HEADS[name].search(bare)), [])


def _bands(lines: Sequence[Line]) -> list[list[tuple[float, Line]]]:
    """The lines in rows from top to bottom, each from left to right, the turn of the picture taken out."""
    if not lines:
        return []
    turn = median(line.slope for line in lines)
    level = median(line.height for line in lines)
    placed = []
    for line in lines:
        x, y = line.centre
        placed.append(
            (y * math.cos(turn) - x * math.sin(turn), x * math.cos(turn) + y * math.sin(turn), line)
        )
    placed.sort(key=lambda item: item[0])
    bands: list[list[tuple[float, Line]]] = []
    last = -math.inf
    for y, x, line in placed:
        if y - last > 0.6 * level:
            bands.append([])
        bands[-1].append((x, line))
        last = y
    return [sorted(band, key=lambda item: item[0]) for band in bands]


def _row(band: list[tuple[float, Line]], columns: dict[str, float]) -> Row | None:
    row = Row(top=min(line.centre[1] for _x, line in band))
    found = 0
    for x, line in band:
        name = min(columns, key=lambda column: abs(columns[column] - x))
        if name in MONEY and (fen := read_fen(line.text)) is not None:
            setattr(row, name, fen)
            found += 1
        elif name == "date" and (day := DATE.search(line.text.translate(LIKE_FIGURES))):
            row.date = f"{day[1]}-{int(day[2]):02d}-{int(day[3]):02d}"
        elif name == "number" and (count := re.search(r"\d{1,3}", line.text.translate(LIKE_FIGURES))):
            row.number = int(count[0])
        else:
            continue
        row.confidence = min(row.confidence, line.confidence)
        if line.confidence < 0.9:
            row.doubts.append(name)
    return row if found and (row.date or row.number is not None or found >= 2) else None


def read_fen(text: str) -> int | None:
    """The sum in a cell, in fen; None for what is no sum."""
    found = FIGURE.search(text.translate(LIKE_FIGURES))
    if not found:
        return None
    try:
        return int(Decimal(found[0].replace(",", "").replace("，", "")) * 100)
    except InvalidOperation:
        return None


def _doubted(row: Row) -> Row:
    """Where the parts do not add up to the whole, a person looks first."""
    parts = [row.principal, row.interest, row.fee]
    if row.amount is not None and row.principal is not None and row.interest is not None:
        total = sum(part for part in parts if part is not None)
        if abs(total - row.amount) > 1:
            row.doubts.append("sum")
    return row
