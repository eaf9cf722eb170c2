"""What stands around a name in a text, and how much it speaks for a name: read by naming.py and calling.py."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cases.segmentation import tokens
from cases.similarity.tagging import is_tagged_place, tagged_names

DATA = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))
HAN = "[\u4e00-\u9fff]"
SURNAMES = frozenset(DATA["surnames"]) - {"\n"}
GIVEN = frozenset(DATA["given"]) - {"\n"}
NEVER_GIVEN = frozenset(DATA["never_given"])
RARELY_GIVEN = frozenset(DATA["rarely_given"])
NONE = frozenset(DATA["words"]["none"].split())
TITLE = re.compile(DATA["titles"])
ACTS = re.compile(DATA["acts"])
BEFORE, BEHIND = frozenset(DATA["before"]), frozenset(DATA["behind"])
EDGE = re.compile(r"[^\u4e00-\u9fffA-Za-z]")
CUE = re.compile(
    rf"(?:(?:{DATA['roles']}|{DATA['kin']})(?:（[^）]{{1,10}}）|\([^)]{{1,10}}\))?(?:（?签[字名]）?)?(?:是|为|叫|系|：|:|\s)*|(?:{DATA['said']})(?:了|是|为|：|:|\s)*|我是|我叫|我姓名|[转打汇借付交还]给了?|给了)[“‘\"'「]?$"
)
LEFT_OVER = re.compile(rf"{HAN}(?:[^\u4e00-\u9fff]|$)")  # one character more: it belongs to the name
ANONYMOUS = re.compile(rf"{HAN}(?:某{{1,2}}|[×xX＊*]{{1,3}})")
SURE, MAYBE = 1.3, 0.4


class Named(NamedTuple):
    """A stretch that may name a person; from `SURE` on it does."""

    start: int
    end: int
    weight: float


class Cut:
    """A text with where its words begin and end."""

    def __init__(self, text: str) -> None:
        self.text = text
        words = list(tokens(text))
        self.word_at = {token.start: token.word for token in words}
        self.tagged = tagged_names(text, words)
        self.word_to = {start + len(word): word for start, word in self.word_at.items()}

    def words_in(self, start: int, end: int) -> list[str]:
        """The words that begin in this stretch."""
        return [self.word_at[at] for at in range(start, end) if at in self.word_at]


@cache
def is_no_name(word: str) -> bool:
    """Whether it only looks like a name: a town, 张某, a word such as 客户."""
    return word in NONE or is_tagged_place(word) or bool(ANONYMOUS.match(word))


def left_of(cut: Cut, at: int) -> float:
    """How much what stands before a place speaks for a name that begins there; 3 is as good as certain."""
    text = cut.text
    before = text[max(0, at - 20) : at]
    if CUE.search(before):
        return 3.0
    if not before or EDGE.match(before[-1]):
        return 1.0
    if before[-1] in "很太更最挺":
        return -5.0
    if before[-1] in BEFORE:
        return 1.2
    if before[-1] == "的":
        return 0.7
    return 0.7 if len(cut.word_to.get(at, "")) > 1 else 0.0


def right_of(cut: Cut, end: int) -> float:
    """How much what stands behind a place speaks for a name that ends there; below 0 it goes on."""
    text = cut.text
    if TITLE.match(text, end):
        return 2.5
    if end == len(text) or EDGE.match(text[end]):
        return 1.0
    if ACTS.match(text, end):
        return 1.8
    if text[end] in "地得里":
        return -5.0
    if LEFT_OVER.match(text, end) and text[end] not in BEHIND:
        return -3.0
    return 0.9 if text[end] in BEHIND or len(cut.word_at.get(end, "")) > 1 else -0.6
