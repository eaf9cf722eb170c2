"""Character error rate, blind to script, punctuation and the way figures are written."""

import re
import unicodedata
from functools import cache
from typing import Any

import opencc

DIGITS = "零一二三四五六七八九"
LONGEST, THOUSAND = 12, 1000


def plain(text: str) -> str:
    """The characters that count: NFKC, simplified, figures as Chinese words, no punctuation, lower case."""
    text = _simplifier().convert(unicodedata.normalize("NFKC", text)).lower()
    text = re.sub(r"(\d),(?=\d{3})", r"\1", text)
    text = re.sub(r"(\d+(?:\.\d+)?)\s*%", r"百分之\1", text)
    text = re.sub(r"\d+(?:\.\d+)?", lambda match: _spoken(match.group()), text)
    return re.sub(r"[\W_]", "", text).replace("两", "二").replace("〇", "零")


def edits(reference: str, heard: str) -> tuple[int, int]:
    """(characters wrong, characters said), both sides made plain first; the rate is one over the other."""
    said, got = plain(reference), plain(heard)
    row = list(range(len(got) + 1))
    for i, want in enumerate(said, 1):
        corner, row[0] = row[0], i
        for j, have in enumerate(got, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (want != have))
    return row[-1], len(said)


def error_rate(reference: str, heard: str) -> float:
    """Characters wrong for each character said; above 1 where the machine invented more than was said."""
    wrong, said = edits(reference, heard)
    return wrong / max(said, 1)


def _spoken(figures: str) -> str:
    """How a number is said: 16800.5 is 一万六千八百点五; very long ones and 0571 are said digit by digit."""
    whole, _, part = figures.partition(".")
    if len(figures) > LONGEST or (len(whole) > 1 and whole[0] == "0" and not part):
        return _digits(figures)
    groups = [int(whole[max(end - 4, 0) : end]) for end in range(len(whole), 0, -4)]
    said, is_gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        four = groups[place]
        if four:
            has_zero = bool(said) and (is_gap or four < THOUSAND)
            said += ("零" if has_zero else "") + _four(four) + ("", "万", "亿")[place]
        is_gap = bool(said) and not four
    said = said[1:] if said.startswith("一十") else said
    return (said or "零") + ("点" + _digits(part) if part else "")


def _four(number: int) -> str:
    """One to 9999."""
    said, is_gap = "", False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // size % 10
        if digit:
            said += ("零" if is_gap and said else "") + DIGITS[digit] + unit
        is_gap = not digit
    return said


def _digits(figures: str) -> str:
    return "".join(DIGITS[int(digit)] for digit in figures if digit.isdigit())


@cache
def _simplifier() -> Any:
    return opencc.OpenCC("t2s")
