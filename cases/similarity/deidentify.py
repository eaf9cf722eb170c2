"""Takes out of a story what points at a person, before it may become a precedent. A person looks at each afterwards.

Each find is replaced by a mark that says its kind, so that the story stays readable: 〔姓名〕, 〔电话〕, 〔地址〕 … A
lender keeps its kind and loses its name: 某银行, 某消费金融公司. 张某 and 李×× name nobody and stay. How much slips
through is measured by benchmarks/deidentify.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from cases.segmentation import Token, tokens
from cases.similarity.naming import find_names
from cases.similarity.organisations import TABLES, Before, find_lenders, find_organisations
from cases.similarity.surroundings import SURE
from cases.similarity.tagging import is_small_place, is_tagged_place

NUMBERS = [(row["kind"], re.compile(row["pattern"])) for row in TABLES["numbers"]]
ADDRESS, ROAD, HOUSE, LIVES, NATIVE = (
    re.compile(TABLES["places"][name]) for name in ("address", "road", "house", "lives", "native")
)
EXACT = [re.compile(pattern) for pattern in TABLES["places"]["exact"]]
NEAR_BY = re.compile(TABLES["places"]["near"])
LEADS = frozenset(TABLES["places"]["leads"].split())
PLACE_SIGNS = frozenset("省市区县旗镇乡村路街道巷州")
PLACE_ENDS = re.compile("[省市区县旗镇乡州]$")
MARK = re.compile(r"〔[^〕]*〕")
NEAR = 4  # characters between two parts of one address
RUN = re.compile(r"[^，。；！？\n■]+")
WINDOW, OVERLAP = 130, 65  # characters; the longest address has some forty
OUT = "■"  # stands where something was taken out, while the rest is looked at


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was taken out: its kind, the words that stood there, and where in the story."""

    kind: str
    words: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The story without what points at a person, and everything that was taken out, for the person who looks."""

    text: str
    found: tuple[Found, ...]


def deidentify(text: str, *, names: tuple[str, ...] = ()) -> Cleaned:
    """Take out identities. `names` are those that are known, of parties for instance: they go wherever they stand."""
    return _Cleaning(text).run(names)


def half_width(text: str) -> str:
    """The text with full-width digits and letters as ordinary ones, character for character."""
    return text.translate(_HALF_WIDTH)


class _Cleaning:
    """`seen` is the story with everything that was found so far blotted out, so places stay what they are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.seen = MARK.sub(lambda found: OUT * len(found.group()), half_width(text))
        self.spans: list[tuple[int, int, str, str]] = []  # start, end, kind, what stands there instead

    def run(self, names: tuple[str, ...]) -> Cleaned:
        for name in sorted({name for name in names if len(name) > 1}, key=len, reverse=True):
            self._take_all(name, "姓名")
        for kind, pattern in NUMBERS:
            for found in pattern.finditer(self.seen):
                group = "name" if "name" in pattern.groupindex else 0
                self._take(*found.span(group), kind)
        self._addresses()
        for one in find_lenders(self.seen):
            self._take(one.start, one.end, "机构", one.instead)
        for one in sorted(find_organisations(self.seen), key=lambda one: one.start - one.end):
            self._take(one.start, one.end, "单位", one.instead)
        self._small_places()
        self._people()
        return self._cleaned()

    def _take(self, start: int, end: int, kind: str, instead: str = "") -> None:
        while start < end and self.seen[start].isspace():
            start += 1
        if start >= end or OUT in self.seen[start:end]:
            return
        self.spans.append((start, end, kind, instead or f"〔{kind}〕"))
        self.seen = self.seen[:start] + OUT * (end - start) + self.seen[end:]

    def _take_all(self, words: str, kind: str) -> None:
        for found in re.finditer(re.escape(half_width(words)), self.seen):
            self._take(*found.span(), kind)

    def _addresses(self) -> None:
        for pattern in (ADDRESS, ROAD, LIVES, NATIVE):
            group = "name" if "name" in pattern.groupindex else 0
            for start, end in list(_spans(pattern, self.seen, group)):
                start = self._without_lead(start, end)
                if end - start > 2 and (pattern is not ADDRESS or HOUSE.search(self.seen[start:end])):
                    self._take(start, end, "地址")
        for pattern in EXACT:
            for start, end in list(_spans(pattern, self.seen, 0)):
                start = self._without_lead(start, end)
                if end - start > 2:
                    self._take(start, end, "地址")
        self._join("地址")

    def _small_places(self) -> None:
        """Places where few people live: by their rare names, by a row of names, by what stands beside them."""
        row: list[Token] = []
        before = ""
        for token in [*tokens(self.seen), Token("", len(self.seen), len(self.seen))]:
            if is_small_place(token.word) and before in LEADS:
                self._take(token.start, token.end, "地址")
            if is_tagged_place(token.word):
                row.append(token)
            else:
                if len(row) > 2:
                    self._take(row[0].start, row[-1].end, "地址")
                row = []
            before = token.word
        around = Before(self.seen)
        for found in NEAR_BY.finditer(self.seen):
            if around.is_made_up(*found.span("name")):
                self._take(*found.span("name"), "地址")

    def _without_lead(self, start: int, end: int) -> int:
        """Where the place itself begins: words of the sentence before it are no part of it."""
        begin = start
        for token in tokens(self.seen[start:end]):
            if PLACE_ENDS.search(token.word) and len(token.word) > 1:
                break
            if token.word in LEADS:
                begin = start + token.end
            elif token.word in PLACE_SIGNS:
                break
        return begin

    def _join(self, kind: str) -> None:
        """What stands between two parts of one address goes too; the three become one mark in the end."""
        spans = sorted(span for span in self.spans if span[2] == kind)
        for before, after in pairwise(spans):
            between = self.seen[before[1] : after[0]]
            if between and len(between) <= NEAR and re.fullmatch("[\u4e00-\u9fffA-Za-z0-9-]*", between):
                self._take(before[1], after[0], kind)

    def _people(self) -> None:
        sure = [one for one in find_names(self.seen) if one.weight >= SURE]
        words = sorted({self.seen[one.start : one.end] for one in sure if one.end - one.start > 1}, key=len)
        for one in sure:
            self._take(one.start, one.end, "姓名")
        for name in reversed(words):
            self._take_all(name, "姓名")

    def _cleaned(self) -> Cleaned:
        told: list[str] = []
        found: list[Found] = []
        at = 0
        for start, end, kind, instead in sorted(self.spans):
            if not (start == at and told and told[-1] == instead):
                told += [self.text[at:start], instead]
                found.append(Found(kind, self.text[start:end], start, end))
            else:  # the same kind goes on: one mark for both
                last = found.pop()
                found.append(Found(kind, self.text[last.start : end], last.start, end))
            at = end
        return Cleaned("".join([*told, self.text[at:]]), tuple(found))


def _spans(pattern: re.Pattern[str], text: str, group: str | int) -> Iterator[tuple[int, int]]:
    """Where the pattern matches. Text without any sign is looked at in windows: else long ones would take for ever."""
    for run in RUN.finditer(text):
        for start in range(run.start(), run.end(), WINDOW - OVERLAP):
            end = min(start + WINDOW, run.end())
            for found in pattern.finditer(text, start, end):
                yield found.span(group)
            if end == run.end():
                break


_HALF_WIDTH = {
    sign: sign - 0xFEE0 for sign in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
} | {
    ord("－"): ord("-"),
    ord("＋"): ord("+"),
    ord("＠"): ord("@"),
    ord("．"): ord("."),
    ord("＿"): ord("_"),
    ord("＊"): ord("*"),
}
