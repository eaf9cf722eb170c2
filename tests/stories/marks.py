"""Reads the stories written by hand, whose labels stand in the text: {两万块|P20000} is a principal of 20,000 yuan.

A story begins with `@ causes > remedies > products`. The letter says what a stretch is:
P principal, V received, F fee, C claimed, M monthly, T repaid so far, O still owed, W lost or spent by an accident
(all in yuan, `~` behind for about); R a rate as its yearly fraction with y, m or d for how it was told; D a date, N
instalments, L the lender, Z what the person says did not happen, X what looks like a finding and is none.
A bare `-` behind L, M, N or Z: may be found or not.
Dates: 2024-05-17, 2024-05, 2024, or from the day of telling: Y-1-05 (May of last year), M-1-15 (the 15th of last
month), d-2 (the day before yesterday), B-03-12 (the last 12 March).
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ROLES = {
    "P": "principal",
    "V": "received",
    "F": "fee",
    "C": "claimed",
    "M": "monthly",
    "T": "total_repaid",
    "O": "outstanding",
    "W": "loss",
}
MARK = re.compile(r"\{(?P<words>[^{}|]+)\|(?P<letter>[PVFCMTOWRDNLZX])(?P<spec>[^{}]*)\}")
PERIODS = {"y": "yearly", "m": "monthly", "d": "daily"}


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of a story with its label."""

    words: str
    letter: str
    spec: str


@dataclass(frozen=True, slots=True)
class Told:
    """A story as pieces: plain text and marked stretches in turn."""

    name: str
    causes: tuple[str, ...]
    remedies: tuple[str, ...]
    products: tuple[str, ...]
    pieces: tuple[str | Marked, ...]
    complete: bool = False  # in its file products and denials are labelled too


def read_told(folder: Path) -> Iterator[Told]:
    """All stories of told_*.txt in order; a name is the number of the story and never changes."""
    count = 0
    for path in sorted(folder.glob("told_*.txt")):
        blocks = re.split(r"^@", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        complete = any(block.split("\n", 1)[0].count(">") == 2 for block in blocks)
        for block in blocks:
            head, text = block.strip().split("\n", 1)
            causes, remedies, products = (tuple(part.split(",")) for part in _parts(head))
            count += 1
            yield Told(
                f"told-{count:03d}",
                tuple(cause for cause in causes if cause and cause != "none"),
                tuple(filter(None, remedies)),
                tuple(filter(None, products)),
                tuple(_pieces(text.strip())),
                complete,
            )


def read_phrases(path: Path, count: int) -> Iterator[Told]:
    """Stories of a few phrases each, put together by chance (always the same): they say what sums are, and no more."""
    phrases = [tuple(_pieces(line)) for line in path.read_text(encoding="utf-8").splitlines() if line]
    chance = random.Random(len(phrases))
    for number in range(count):
        pieces: list[str | Marked] = []
        for phrase in chance.sample(phrases, chance.choice([1, 2, 3, 4])):
            pieces += [*phrase, chance.choice("，，，。")]
        yield Told(f"phrases-{number:03d}", (), (), (), tuple(pieces))


def _parts(head: str) -> list[str]:
    parts = [part.strip() for part in head.split(">")]
    return [*parts, "", ""][:3]


def _pieces(text: str) -> Iterator[str | Marked]:
    at = 0
    for found in MARK.finditer(text):
        if found.start() > at:
            yield text[at : found.start()]
        yield Marked(found["words"], found["letter"], found["spec"])
        at = found.end()
    if at < len(text):
        yield text[at:]


def label_of(mark: Marked, start: int, today: date) -> dict[str, object] | None:
    """The label of a stretch that begins at `start`; None for what is no finding and harms nobody when found."""
    end = start + len(mark.words)
    span: dict[str, object] = {"start": start, "end": end}
    if mark.spec == "-":
        return {"kind": "optional", **span}
    match mark.letter:
        case "R":
            fraction = f"{float(mark.spec[:-1]):.4f}"
            return {"kind": "rate", "value": fraction, "role": PERIODS[mark.spec[-1]], **span}
        case "D":
            return {"kind": "date", "value": day_of(mark.spec, today), **span}
        case "N":
            return {"kind": "months", "value": int(mark.spec), **span}
        case "L":
            return {"kind": "lender", "value": mark.words, **span}
        case "Z":
            return {"kind": "denial", "value": mark.words, **span}
        case "X":
            return None
        case letter:
            fen = round(float(mark.spec.rstrip("~")) * 100)
            return {
                "kind": "amount",
                "value": fen,
                "role": ROLES[letter],
                "about": mark.spec.endswith("~"),
                **span,
            }


def day_of(spec: str, today: date) -> str:
    """The date that a mark means on the day of telling, as exact as it was said."""
    head, *rest = spec.split("-")
    if head == "Y":
        year, *more = rest
        return "-".join([str(today.year - int(year)), *more])
    if head == "M":
        months = today.year * 12 + today.month - 1 - int(rest[0])
        return "-".join([f"{months // 12}-{months % 12 + 1:02d}", *rest[1:]])
    if head == "d":
        return (today - timedelta(days=int(rest[0]))).isoformat()
    if head == "B":
        this_year = "-".join([str(today.year), *rest])
        return this_year if this_year <= today.isoformat() else "-".join([str(today.year - 1), *rest])
    return spec
