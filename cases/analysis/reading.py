"""A story made easier to read by rules, character for character, so that every span still fits the original."""

import re
from functools import cache
from typing import Any

MARKUP = re.compile(r"<[^<>]{1,300}>|&[a-zA-Z]{2,8};|&#\d{1,6};")
CLAUSE_ENDS = "，。！？；,!?;\n\r"


@cache
def _converter() -> Any:
    import opencc  # loads its tables: only when a story is really read

    return opencc.OpenCC("t2s")


@cache
def _plain(character: str) -> str:
    """The simplified, half-width twin of one character; itself where there is none of the same length."""
    if "！" <= character <= "～":
        character = chr(ord(character) - 0xFEE0)
        return {",": "，", "!": "！", "?": "？", ";": "；"}.get(character, character)
    if character in "　\u00a0\u200b\ufeff\t":
        return " "
    if "\u3400" <= character <= "\u9fff":
        twin: str = _converter().convert(character)
        return twin if len(twin) == 1 else character
    return character


def plain(text: str) -> str:
    """Simplified characters, half-width digits, markup blanked out. The same length as `text`."""
    text = MARKUP.sub(lambda found: " " * len(found[0]), text)
    return "".join(map(_plain, text))


def clause_start(text: str, at: int, *, reach: int = 40) -> int:
    """Where the clause around `at` begins, looking back at most `reach` characters."""
    floor = max(0, at - reach)
    return max(floor, max(text.rfind(mark, floor, at) for mark in CLAUSE_ENDS) + 1)


def clause_end(text: str, at: int, *, reach: int = 40) -> int:
    """Where the clause around `at` ends, looking ahead at most `reach` characters."""
    ceiling = min(len(text), at + reach)
    return min((end for mark in CLAUSE_ENDS if (end := text.find(mark, at, ceiling)) >= 0), default=ceiling)
