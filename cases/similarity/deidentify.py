"""Takes out of a story what points at a person, before it may become a precedent. A person looks at each afterwards.

Each find is replaced by a mark that says its kind, so that the story stays readable: 〔姓名〕, 〔电话〕, 〔地址〕 … A
lender keeps its kind and loses its name: 某银行, 某消费金融公司. 张某 and 李×× name nobody and stay. What no rule
finds, a learnt tagger may (`sensed.py`). How much slips through is measured by benchmarks/deidentify.py.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from cases.segmentation import Token, is_word, tokens
from cases.similarity.naming import find_names
from cases.similarity.organisations import (
    STANDS_INSTEAD,
    TABLES,
    Before,
    find_lenders,
    find_organisations,
    instead_of,
)
from cases.similarity.sensed import sense
from cases.similarity.surroundings import ANONYMOUS, SURE
from cases.similarity.tagging import is_small_place, is_tagged_place

NUMBERS = [(row["kind"], re.compile(row["pattern"])) for row in TABLES["numbers"]]
ADDRESS, ROAD, HOUSE, LIVES, NATIVE = (
    re.compile(TABLES["places"][name]) for name in ("address", "road", "house", "lives", "native")
)
EXACT = [re.compile(pattern) for pattern in TABLES["places"]["exact"]]
NEAR_BY, SETTLED = (re.compile(TABLES["places"][name]) for name in ("near", "settled"))
LEADS = frozenset(TABLES["places"]["leads"].split())
PLACE_SIGNS = frozenset("省市区县旗镇乡村路街道巷州")
PLACE_ENDS = re.compile("[省市区县旗镇乡州]$")
MARK = re.compile(r"〔[^〕]*〕")
NEAR = 4  # characters between two parts of one address
NOBODY = re.compile(rf"{ANONYMOUS.pattern}[甲乙丙丁]?|(?:{'|'.join(STANDS_INSTEAD)})")
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


def every_place(words: Iterable[str], text: str) -> Iterator[tuple[int, int]]:
    """Where any of the words stands in the text, the longest first served. Linear in the text, however many words."""
    wanted = {word for word in words if word}
    lengths = sorted({len(word) for word in wanted}, reverse=True)
    at = 0
    while at < len(text):
        word = next((here for most in lengths if (here := text[at : at + most]) in wanted), "")
        if word:
            yield at, at + len(word)
        at += len(word) or 1


class _Cleaning:
    """`seen` is the story with everything that was found so far blotted out, so places stay what they are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._seen = MARK.sub(lambda found: OUT * len(found.group()), half_width(text))
        self.taken = bytearray(sign == OUT for sign in self._seen)
        self.spans: list[tuple[int, int, str, str]] = []  # start, end, kind, what stands there instead
        self._blotted = 0  # spans

    @property
    def seen(self) -> str:
        """Made anew only when something was found since: a pass over the text looks at one version of it."""
        if self._blotted < len(self.spans):
            self._seen = "".join(
                OUT if out else sign for sign, out in zip(self._seen, self.taken, strict=True)
            )
            self._blotted = len(self.spans)
        return self._seen

    def run(self, names: tuple[str, ...]) -> Cleaned:
        self._take_all((name for name in names if len(name) > 1), "姓名")
        for kind, pattern in NUMBERS:
            group = "name" if "name" in pattern.groupindex else 0
            for found in pattern.finditer(self.seen):
                self._take(*found.span(group), kind)
        self._addresses()
        for one in find_lenders(self.seen):
            self._take(one.start, one.end, "机构", one.instead)
        for one in sorted(find_organisations(self.seen), key=lambda one: one.start - one.end):
            self._take(one.start, one.end, "单位", one.instead)
        self._small_places()
        self._people()
        self._sensed()
        return self._cleaned()

    def _take(self, start: int, end: int, kind: str, instead: str = "") -> None:
        while start < end and self.text[start].isspace():
            start += 1
        if start >= end or 1 in self.taken[start:end]:
            return
        self.spans.append((start, end, kind, instead or f"〔{kind}〕"))
        self.taken[start:end] = b"\1" * (end - start)

    def _take_all(self, words: Iterable[str], kind: str) -> None:
        for start, end in every_place(map(half_width, words), self.seen):
            self._take(start, end, kind)

    def _addresses(self) -> None:
        for pattern in (ADDRESS, ROAD, LIVES, NATIVE, *EXACT):
            group = "name" if "name" in pattern.groupindex else 0
            seen = self.seen
            for start, end in _spans(pattern, seen, group):
                start += _lead_of(seen[start:end])
                if end - start > 2 and (pattern is not ADDRESS or HOUSE.search(seen[start:end])):
                    self._take(start, end, "地址")
        self._join("地址")

    def _small_places(self) -> None:
        """Places where few people live: by their rare names, by a row of names, by what stands beside them."""
        seen, before = self.seen, ""
        row: list[Token] = []
        for token in [*tokens(seen), Token("", len(seen), len(seen))]:
            if is_small_place(token.word) and before in LEADS:
                self._take(token.start, token.end, "地址")
            if is_tagged_place(token.word):
                row.append(token)
            else:
                if len(row) > 2:
                    self._take(row[0].start, row[-1].end, "地址")
                row = []
            before = token.word
        self._settlements()

    def _settlements(self) -> None:
        for found in SETTLED.finditer(self.seen):
            if not is_word(found["name"]) or is_small_place(found["name"]):
                self._take(*found.span("name"), "地址")
        around = Before(self.seen)
        for found in NEAR_BY.finditer(self.seen):
            if around.is_made_up(*found.span("name")):
                self._take(*found.span("name"), "地址")

    def _join(self, kind: str) -> None:
        """What stands between two parts of one address goes too; the three become one mark in the end."""
        spans, seen = sorted(span for span in self.spans if span[2] == kind), self.seen
        for before, after in pairwise(spans):
            between = seen[before[1] : after[0]]
            if between and len(between) <= NEAR and re.fullmatch("[\u4e00-\u9fffA-Za-z0-9-]*", between):
                self._take(before[1], after[0], kind)

    def _people(self) -> None:
        seen = self.seen
        sure = [one for one in find_names(seen) if one.weight >= SURE]
        for one in sure:
            self._take(one.start, one.end, "姓名")
        self._take_all((seen[one.start : one.end] for one in sure if one.end - one.start > 1), "姓名")

    def _sensed(self) -> None:
        """What the learnt tagger sees in the story as it was told, where no rule took it."""
        seen, again = half_width(self.text), set()
        stays = bytearray(self.taken)
        for found in NOBODY.finditer(seen):
            stays[found.start() : found.end()] = b"\1" * len(found.group())
        for one in sense(seen):
            for start, end in _free(stays, one.start, one.end):
                if any(map(str.isalnum, words := seen[start:end])):
                    self._take(start, end, one.kind, instead_of(words) if one.kind == "单位" else "")
            name = seen[one.start : one.end]
            if one.kind == "姓名" and len(name) > 1 and not is_word(name) and not NOBODY.search(name):
                again.add(name)
        self._take_all(again, "姓名")

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


def _free(taken: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a stretch that nothing was taken from."""
    for at in range(start, end + 1):
        if at == end or taken[at]:
            if start < at:
                yield start, at
            start = at + 1


def _lead_of(words: str) -> int:
    """How many characters of the sentence stand before the place itself."""
    begin = 0
    for token in tokens(words):
        if PLACE_ENDS.search(token.word) and len(token.word) > 1:
            break
        if token.word in LEADS:
            begin = token.end
        elif token.word in PLACE_SIGNS:
            break
    return begin


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
