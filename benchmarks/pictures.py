"""How well pictures of papers and chats are read: wrong characters, and rows of repayments that are wholly right.

    python benchmarks/pictures.py [--json] [--tables N]

The pictures are drawn by the tests (tests/pictures/drawings.py), clean and as a phone takes them: turned by 2.2 and by
-3.5 degrees, blurred, pressed into a JPEG. Drawn print is easier than a real photo: no folds, shadows or stamps.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.test")
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediation-bench-"))

from PIL import Image

from cases.analysis.rows import read_rows
from mediation.pictures.engines.rapid import RapidReader
from tests.pictures import drawings

Cells = list[tuple[str, ...]]


def _taken(picture: Image.Image, manner: str) -> Image.Image:
    if manner == "photographed":
        return drawings.photographed(picture)
    return drawings.photographed(picture, degrees=-3.5, blur=0.6) if manner == "turned_more" else picture


def distance(one: str, other: str) -> int:
    """How many characters must be changed, added or taken away."""
    last = list(range(len(other) + 1))
    for at, here in enumerate(one, 1):
        now = [at]
        for place, there in enumerate(other, 1):
            now.append(min(last[place] + 1, now[-1] + 1, last[place - 1] + (here != there)))
        last = now
    return last[-1]


def right_rows(found: list[Any], cells: Cells) -> int:
    """Rows in which every cell is right."""
    wanted = {(row[1], *(round(float(cell.replace(",", "")) * 100) for cell in row[2:])) for row in cells}
    got = {(row.date, row.amount, row.principal, row.interest, row.fee, row.balance) for row in found}
    return len(wanted & got)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tables", type=int, default=3, help="statements drawn for each manner")
    chosen = parser.parse_args()
    reader = RapidReader()
    result: dict[str, Any] = {}
    for manner in ("clean", "photographed", "turned_more"):
        rows = right = characters = wrong = 0
        seconds = []
        tables = [drawings.rows_of(12, seed) for seed in range(1, chosen.tables + 1)]
        pages: list[tuple[Image.Image, str, Cells]] = [
            (
                drawings.statement(table),
                "甲宝小额贷款还款明细" + "".join(drawings.HEADS) + "".join("".join(row) for row in table),
                table,
            )
            for table in tables
        ]
        pages += [
            (drawings.chat(), "".join(words for _side, words in drawings.CHAT), []),
            (drawings.paper(), "".join(drawings.CONTRACT), []),
        ]
        for picture, words, table in pages:
            shot = _taken(picture, manner)
            begun = time.process_time()
            lines = reader.read(shot)
            seconds.append(time.process_time() - begun)
            if table:
                found = read_rows(lines)
                rows, right = rows + len(table), right + right_rows(found, table)
            else:
                heard = "".join(line.text for line in lines).replace(" ", "")
                characters, wrong = characters + len(words), wrong + distance(words, heard)
        result[manner] = {
            "character_errors": round(wrong / characters, 4),
            "rows_right": round(right / rows, 4),
            "rows": rows,
            "seconds_a_picture": round(sum(seconds) / len(seconds), 2),
        }
    print(
        json.dumps(result) if chosen.json else "\n".join(f"{key:13}{value}" for key, value in result.items())
    )


if __name__ == "__main__":
    main()
