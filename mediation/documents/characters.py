"""What the document fonts can print, and what becomes of everything else that people type."""

import unicodedata
from functools import cache
from pathlib import Path

from mediation.documents.needs import UnknownCharacter

COVERED = Path(__file__).resolve().parent / "fonts" / "covered.txt"


def printable(text: str) -> str:
    """The text as it can be set, letter for letter.

    Line ends are unified. Signs that cannot be seen, among them those that turn the reading direction, are left
    out. A picture sign (🙂) becomes its visible code, [U+1F642]. A letter that no font of ours has raises
    UnknownCharacter, because leaving it out would change a name.
    """
    return "".join(map(_as_set, text.replace("\r\n", "\n").replace("\r", "\n")))


def _as_set(character: str) -> str:
    if character == "\n" or character in covered():
        return character
    category = unicodedata.category(character)
    if character.isspace():
        return " "
    if category in {"Cc", "Cf"} or unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return ""
    if category.startswith("L") or category == "Mc":
        raise UnknownCharacter(character)
    return f"[U+{ord(character):04X}]"


@cache
def covered() -> frozenset[str]:
    """Every character of the regular face."""
    ranges = (line.split() for line in COVERED.read_text(encoding="ascii").splitlines())
    return frozenset(chr(code) for first, last in ranges for code in range(int(first, 16), int(last, 16) + 1))
