"""Words of our trade as people mistype them (愈期, 利西): the right word where the written one is no word at all."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from cases.analysis.reading import Reading
from cases.segmentation import Token, is_word

SLIPS = Path(__file__).parent / "slips.toml"
LENGTHS = (2, 3, 4)
TAKEN_FOR = {  # words of their own, or beside letters that make them look so, yet in a dispute about money meant so
    "预期": "逾期",
    "货款": "贷款",
    "提钱": "提前",
    "纪录": "记录",
    "利西": "利息",
    "利习": "利息",
    "力息": "利息",
    "坎头息": "砍头息",
}


@cache
def _slips() -> Mapping[str, str]:
    """Every way to write one of our words with one character that sounds alike, and the word."""
    table = tomllib.loads(SLIPS.read_text(encoding="utf-8"))
    alike = table["alike"]
    slips = {
        term[:place] + other + term[place + 1 :]: term
        for term in table["terms"].split()
        for place, character in enumerate(term)
        for other in alike.get(character, "")
    }
    return {slip: term for slip, term in slips.items() if not is_word(slip)} | TAKEN_FOR


def corrected(reading: Reading, words: Sequence[Token]) -> Reading:
    """The reading with slips put right. Only whole words of the text are looked at, and only such as are none."""
    slips, text = _slips(), reading.text
    ends = {token.end for token in words}
    starts = [token.start for token in words]
    found = {
        text[at : at + size]
        for size in LENGTHS
        for at in starts
        if text[at : at + size] in slips and at + size in ends
    } | {slip for slip in TAKEN_FOR if slip in text}
    if not found:
        return reading
    pattern = re.compile("|".join(re.escape(slip) for slip in sorted(found, key=len, reverse=True)))

    def into(hit: re.Match[str]) -> str:
        if hit[0] in TAKEN_FOR or (hit.end() in ends and hit.start() in begins):
            return slips[hit[0]]
        return hit[0]

    begins = set(starts)
    return reading.changed(pattern, into)
