"""大意: what a dialect word means in Mandarin, shown under it and never instead of it. The list is our own."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIST = Path(__file__).parent / "dialects.tsv"


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of a dialect, its meaning in Mandarin (several parted by ；), and where the entry comes from."""

    word: str
    meaning: str
    dialect: str
    source: str


@dataclass(frozen=True, slots=True)
class Gloss:
    """At `text[start:end]` stands a word of the list."""

    start: int
    end: int
    entry: Entry


def glosses_in(text: str, dialect: str) -> list[Gloss]:
    """The words of this dialect in the text, the longest at each place, in order. Mandarin has none."""
    words = _of(dialect)
    if not words:
        return []
    longest, found, at = max(map(len, words)), list[Gloss](), 0
    while at < len(text):
        length = next((n for n in range(longest, 0, -1) if text[at : at + n] in words), 0)
        if length:
            found.append(Gloss(at, at + length, words[text[at : at + length]]))
        at += length or 1
    return found


def meanings_in(text: str, dialect: str) -> tuple[tuple[str, str], ...]:
    """The words of this dialect in the text with what they mean (大意), each once, in order."""
    return tuple({gloss.entry.word: gloss.entry.meaning for gloss in glosses_in(text, dialect)}.items())


@cache
def entries() -> tuple[Entry, ...]:
    """All entries."""
    rows = (line.split("\t") for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#"))
    return tuple(Entry(*row) for row in rows)


@cache
def _of(dialect: str) -> dict[str, Entry]:
    return {entry.word: entry for entry in entries() if entry.dialect == dialect}
