"""What in a heard sentence a person must check with their own ears before it may stand in a record."""

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import cache
from typing import Any

from mediation.hearings.speech import Segment
from mediation.hearings.wording.figures import beside
from mediation.hearings.wording.words import places

# Below this lay 36 of 37 clips with over 30 % of their characters wrong, and 2 of the 26 better ones.
DOUBT_BELOW = 0.6
# Of the words below this every second is wrong, and they are four in ten of all the wrong ones.
DOUBT_WORD_BELOW = 0.5

_HAN = "零〇一二两三四五六七八九十百千万亿"
_NUMBER = rf"(?:[0-9][0-9,]*(?:\.[0-9]+)?[十百千万亿]*|[{_HAN}]+(?:点[{_HAN}]+)?[{_HAN}]*)"
_KINDS = (
    ("percent", rf"(?:百|千|万)分之\s*{_NUMBER}|{_NUMBER}\s*[%％‰]|{_NUMBER}\s*(?:个点|分利|厘)"),
    (
        "date",
        rf"(?:(?:[0-9]{{2,4}}|[{_HAN}]{{2,4}}|[去前今明后]|大前)\s*年\s*)?{_NUMBER}\s*月份?(?:\s*{_NUMBER}\s*[日号])?"
        rf"|(?:[0-9]{{4}}|[零〇一二三四五六七八九]{{4}})\s*年(?!利率)|{_NUMBER}\s*[日号](?!线)",
    ),
    (
        "amount",
        rf"{_NUMBER}\s*(?:[多余来几]\s*)?(?:元|块钱?|角|毛|人民币)|[0-9][0-9,.]*\s*分钱"
        rf"|(?:[0-9][0-9,.]*|[一二两三四五六七八九])[百千万亿][{_HAN}0-9]*",
    ),
    ("count", rf"{_NUMBER}\s*(?:[多来]\s*)?(?:期|个月|年|天|个工作日)|[0-9][0-9,.\-]+"),
)
_EXACT = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS))
_LOOPS = tuple(
    re.compile(rf"({turn})(?:[\s，。、,.]*\1){{{more},}}")
    for turn, more in ((r"[^\W\d]", 5), (r"\S{2,3}?", 3), (r"\S{4,40}?", 3))
)
_ZHE = re.compile(r"(?<![名原专编土显卓昭论译遗])著(?![作名称述书者录])")
_TURNING = re.compile(r"(?P<denial>不|没|未|别|非)|(?P<consent>同意|认可|接受|承认|放弃|答应)")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a segment's text, `text[start:end]`, and why it needs an ear.

    `kind` is percent, date, amount or count (always), term (another word sounds the same), word (the engine was in
    doubt of these signs), denial or consent (only where it was of the whole). `beside` is the figure in digits, or the
    other word.
    """

    start: int
    end: int
    kind: str
    text: str
    beside: str = ""


def doubtful(segment: Segment) -> bool:
    """Whether the engine heard this so badly that nothing in it may be believed unread."""
    return segment.confidence < DOUBT_BELOW


def needs_ear(segment: Segment) -> list[Span]:
    """Everything in the segment a person must confirm: each figure; in doubt also each no and each consent.

    Figures are asked about however sure the engine is: engines are sure of wrong ones, and those cost money.
    """
    found = [_span(match) for match in _EXACT.finditer(segment.text)]
    taken = {place for span in found for place in range(span.start, span.end)}
    for term in segment.terms:
        if taken.isdisjoint(range(term.start, term.end)):
            found.append(Span(term.start, term.end, "term", term.shown, term.other))
            taken.update(range(term.start, term.end))
    if doubtful(segment):
        turning = [_span(match) for match in _TURNING.finditer(segment.text) if match.start() not in taken]
        taken.update(place for span in turning for place in range(span.start, span.end))
        found += turning
    found += _words_in_doubt(segment, taken)
    return sorted(found, key=lambda span: span.start)


def _words_in_doubt(segment: Segment, taken: Set[int]) -> list[Span]:
    """Words of which the engine itself was not sure; neighbours make one span, marks at its end are left out."""
    found = list[Span]()
    for start, end, word in places(segment.words):
        said = word.text.rstrip("，。？！；：、, ")
        if (
            word.sure is None
            or word.sure >= DOUBT_WORD_BELOW
            or not said
            or not taken.isdisjoint(range(start, end))
        ):
            continue
        if found and found[-1].end == start:
            start = found.pop().start
        end -= len(word.text) - len(said)
        found.append(Span(start, end, "word", segment.text[start:end]))
    return found


def _span(match: re.Match[str]) -> Span:
    kind = match.lastgroup or ""
    return Span(match.start(), match.end(), kind, match.group(), beside(kind, match.group()))


def simplified(text: str) -> str:
    """In simplified characters; 著 as Whisper writes 着 becomes 着 except where it is 著 in simplified writing too."""
    return _ZHE.sub("着", str(_converter().convert(text)))


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def cut_loops(text: str) -> tuple[str, bool]:
    """The text with machine loops cut to one turn, and whether any was cut.

    A decoder that misses the end repeats itself. People say 对对对 and 我不同意 three times as well: a
    loop begins at four turns, of single characters at six; turns of digits alone (10000) are never cut.
    """
    cut = text
    for loop in _LOOPS:
        cut = loop.sub(lambda match: match.group() if match[1].isdigit() else match[1], cut)
    return cut, cut != text
