"""Character error rate, blind to script, punctuation and the way figures are written."""

import re
import unicodedata
from functools import cache
from typing import Any

import cn2an
import opencc


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
    if len(figures) > 16 or (len(figures) > 1 and figures[0] == "0" and "." not in figures):
        return "".join("零一二三四五六七八九"[int(digit)] for digit in figures if digit.isdigit())
    return str(cn2an.an2cn(figures))


@cache
def _simplifier() -> Any:
    return opencc.OpenCC("t2s")
