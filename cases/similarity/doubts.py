"""What in a cleaned story may still point at a person, for the one who decides whether it may be found.

The machine takes out only what it is fairly sure of. Everything that looked a little like it is shown here, with why;
whether it stays is for a person to say.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.segmentation import tokens
from cases.similarity.deidentify import MARK, NOBODY, half_width
from cases.similarity.naming import find_names
from cases.similarity.sensed import MAYBE, sense
from cases.similarity.tagging import is_tagged_place

NAME, PLACE = _("perhaps a name"), _("a place")
NUMBER, DAY = _("a number"), _("an exact day")
GROUP, QUOTED = _("few people are so"), _("a name in quotation marks")
WORKPLACE, ACCOUNT = _("perhaps a workplace, a school or a lender"), _("perhaps an account")
OUT = _("taken out")
WHY = {"姓名": NAME, "地址": PLACE, "号码": NUMBER, "生日": DAY, "账号": ACCOUNT}

WORD = "(?![在到去从来的是于和我住把被给也为有])[\u4e00-\u9fff]"  # of a name, not of the sentence
DIGITS = re.compile(
    r"(?<![\d.,])(?!(?:19|20)\d{2}(?!\d))\d{4,}(?![\d.]|,\d|\s*(?:元|块|万|期|%|人民币))|[A-Za-z][A-Za-z_-]*\d[A-Za-z0-9_-]{2,}"
)
EXACT_DAY = re.compile(
    r"(?:19|20)\d{2}(?:年|[-./])\d{1,2}(?:月|[-./])\d{1,2}日?|(?<!\d)\d{1,2}月\d{1,2}[日号]|[一二三四五六七八九十]{1,2}月[一二三四五六七八九十廿]{1,3}[日号]"
)
SMALL_GROUP = re.compile(
    rf"(?:{WORD}){{1,3}}族|残疾|聋哑|盲人|轮椅|双胞胎|三胞胎|孤儿|军属|烈士|艾滋|尿毒症|白血病|癌|村支书|村主任|村长|"
    r"唯一(?:的|一)|全(?:村|镇|厂|校)(?:就|只|都)|第一批|省级|全国冠军|上过(?:电视|新闻|报)"
)
NAMED_SO = re.compile('[“「『"《]([^”」』"》]{2,12})[”」』"》]')
SMALL_PLACE = re.compile(
    rf"(?:{WORD}){{1,6}}(?:县|镇|乡|村|屯|街道|社区|小区|路|巷|桥|码头|市场|广场|工业园)(?!里|委|民)"
)


class Doubt(NamedTuple):
    """A stretch to look at, and why."""

    start: int
    end: int
    why: str | Promise


class Bit(NamedTuple):
    """A piece of the story: plain (`why` is empty), a mark where something was taken out, or something to look at."""

    text: str
    why: str | Promise = ""
    is_mark: bool = False


def doubts_in(text: str) -> list[Doubt]:
    """Everything in the text that may still point at a person, in order; none overlaps another."""
    told = half_width(text)
    seen = MARK.sub(lambda found: "■" * len(found.group()), told)
    taken = bytearray(len(text))
    chosen = []
    for doubt in chain(_found(seen), _sensed(told)):
        if not any(taken[doubt.start : doubt.end]) and "■" not in seen[doubt.start : doubt.end]:
            taken[doubt.start : doubt.end] = b"\1" * (doubt.end - doubt.start)
            chosen.append(doubt)
    return sorted(chosen, key=lambda doubt: doubt.start)


def _found(seen: str) -> Iterator[Doubt]:
    for pattern, why in ((EXACT_DAY, DAY), (DIGITS, NUMBER), (SMALL_PLACE, PLACE), (SMALL_GROUP, GROUP)):
        for found in pattern.finditer(seen):
            yield Doubt(*found.span(), why)
    for name in find_names(seen):
        yield Doubt(name.start, name.end, NAME)
    for found in NAMED_SO.finditer(seen):
        yield Doubt(*found.span(1), QUOTED)
    for token in tokens(seen):
        if is_tagged_place(token.word):
            yield Doubt(token.start, token.end, PLACE)


def _sensed(told: str) -> Iterator[Doubt]:
    """What the learnt tagger thinks possible; it knows the marks, so they are left in."""
    for one in sense(told, least=MAYBE):
        if not NOBODY.search(told, one.start, one.end):
            yield Doubt(one.start, one.end, WHY.get(one.kind, WORKPLACE))


def in_bits(text: str) -> list[Bit]:
    """The cleaned text cut into what is plain, what was taken out, and what to look at."""
    spans = [Doubt(*found.span(), OUT) for found in MARK.finditer(text)] + doubts_in(text)
    bits: list[Bit] = []
    at = 0
    for start, end, why in sorted(spans, key=lambda span: span.start):
        if start > at:
            bits.append(Bit(text[at:start]))
        bits.append(Bit(text[start:end], why, is_mark=why is OUT))
        at = end
    return [*bits, Bit(text[at:])] if at < len(text) else bits
