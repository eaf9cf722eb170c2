"""The lines that the tagger of identities learns from, and how each is told again with other names in it."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.deidentify import A_TITLE, NAMES_NOBODY, SECRET
from benchmarks.similarity_sets import hash_of
from cases.segmentation import dictionary
from cases.similarity.deidentify import deidentify, half_width
from cases.similarity.sensed import KINDS
from cases.similarity.surroundings import GIVEN, SURNAMES
from tests.stories.marks import MARK as TOLD_MARK

HERE = Path(__file__).parent
SEEN = [HERE / f"deidentify_{name}.txt" for name in ("lessons", "more", "stories", "ways", "once_unseen")]
TOLD = HERE.parent / "tests" / "stories"
NUMBERS = frozenset({"电话", "证件号", "卡号", "车牌", "编号"})
KIND_OF = {"姓名": "姓名", "称呼": "姓名", "地址": "地址", "单位": "单位", "学校": "单位", "机构": "机构"}
KIND_OF |= {"账号": "账号", "邮箱": "账号", "生日": "生日"} | dict.fromkeys(NUMBERS, "号码")
LATIN = re.compile("[A-Za-z]")
DOTTED = re.compile("[·•]")
GUESSES = [
    ("编号", re.compile(r"\d{3}")),
    ("机构", re.compile("银行|金融|小贷|小额")),
    ("单位", re.compile("公司|厂|店|学校|医院")),
    ("地址", re.compile("省|市|区|县|镇|村|路")),
]
HAN_NUMBERS = "零一二三四五六七八九"
MARKS = {"机构": ("某银行", "某平台", "某消费金融公司", "某小额贷款公司"), "称呼": ("〔姓名〕",)}
MARKS |= {"单位": ("某公司", "某单位", "〔单位〕"), "学校": ("某学校", "某大学", "某幼儿园")}
UNKNOWN = -1  # a character of which nothing is learnt


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line: plain where `kind` is empty, else a secret of that kind."""

    words: str
    kind: str


Line = tuple[Part, ...]
Telling = tuple[str, list[int]]  # a text, and a kind for each character


def read_lines(path: Path) -> Iterator[Line]:
    """The marked lines of a file; a secret without a kind gets what the rules or its characters say."""
    for text in path.read_text(encoding="utf-8").splitlines():
        if not text.strip():
            continue
        parts, at = [], 0
        plain = SECRET.sub(r"\2", text)
        for found in SECRET.finditer(text):
            parts.append(Part(text[at : found.start()], ""))
            nobody = NAMES_NOBODY.fullmatch(found[2])
            parts.append(Part(found[2], "" if nobody else found[1] or _guessed(plain, found[2])))
            at = found.end()
        yield tuple(part for part in [*parts, Part(text[at:], "")] if part.words)


def _guessed(plain: str, words: str) -> str:
    for one in deidentify(plain).found:
        if words in one.words or one.words in words:
            return one.kind if one.kind in KIND_OF else "编号"
    return next((kind for kind, pattern in GUESSES if pattern.search(words)), "姓名")


def all_lines(*, held_out: int | None = None, only_held: bool = False) -> list[Line]:
    """The lines to learn from: without (or only with) one in six, by hash, where `held_out` says which sixth."""
    lines = [line for path in SEEN for line in read_lines(path)]
    if held_out is None:
        return lines
    return [line for line in lines if (hash_of(text_of(line)) % 6 == held_out) == only_held]


def text_of(line: Line) -> str:
    return "".join(part.words for part in line)


def as_marked(line: Line) -> str:
    """The line as the files have it."""
    return "".join(f"{{{part.kind}|{part.words}}}" if part.kind else part.words for part in line)


def told_stories() -> Iterator[Telling]:
    """Stories that were written for the analysis, in which nobody is named; what the rules doubt teaches nothing."""
    for path in sorted([*TOLD.glob("told_*.txt"), *(TOLD / "more").glob("told_*.txt")]):
        for block in re.split(r"^@.*\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            if not block.strip():
                continue
            text, lenders = "", []
            at = 0
            for found in TOLD_MARK.finditer(block):
                text += block[at : found.start()]
                if found["letter"] == "L":
                    lenders.append((len(text), len(text) + len(found["words"])))
                text += found["words"]
                at = found.end()
            text += block[at:]
            tags = [0] * len(text)
            for start, end in lenders:
                tags[start:end] = [UNKNOWN] * (end - start)
            for one in deidentify(text).found:
                tag = KINDS.index("机构") if one.kind == "机构" else UNKNOWN
                tags[one.start : one.end] = [tag] * (one.end - one.start)
            yield text.strip("\n"), tags[: len(text.strip("\n"))]


class Teller:
    """Tells lines again: other people, places and numbers in the same sentences. The same seed, the same lines."""

    def __init__(self, lines: Sequence[Line], seed: int) -> None:
        self._chance = random.Random(seed)
        self._pool: dict[str, list[str]] = {}
        for line in lines:
            for part in line:
                if part.kind:
                    self._pool.setdefault(part.kind, []).append(part.words)
        self._given: list[str] = sorted(GIVEN)
        self._surnames: list[str] = sorted(SURNAMES)

    def again(self, line: Line) -> Line:
        """The line with most of its secrets put anew; the same secret twice stays the same."""
        anew: dict[Part, Part] = {}
        for part in line:
            if part.kind and part not in anew:
                anew[part] = self._other(part) if self._chance.random() < 0.75 else part
        return tuple(anew.get(part, part) for part in line)

    def text(self, line: Line) -> Telling:
        """The line as text with a tag for each character; titles (师傅, 老板) point at nobody."""
        text, tags = "", []
        masked = self._chance.random() < 0.08
        for part in line:
            words, kind = part.words, part.kind
            if kind and masked:
                words, kind = self._chance.choice(MARKS.get(kind, (f"〔{kind}〕",))), ""
            tag = KINDS.index(KIND_OF[kind]) if kind else 0
            told = [tag] * len(words)
            if kind == "称呼" and (title := A_TITLE.search(words)):
                told[title.start() :] = [0] * (len(words) - title.start())
            text += half_width(words)
            tags += told
        return text, tags

    def joined(self, lines: Sequence[Line]) -> Telling:
        """Several lines as one story."""
        text, tags = "", []
        for line in lines:
            words, told = self.text(line)
            if words[-1] not in "。！？；":
                words, told = words + "。", [*told, 0]
            text += words
            tags += told
        return text, tags

    def _other(self, part: Part) -> Part:
        kind, words = part.kind, part.words
        if kind in NUMBERS or (kind == "账号" and re.search(r"\d", words)):
            return Part(self._number(words), kind)
        if kind == "姓名":
            return Part(self._name(words), kind)
        if kind == "称呼":
            title = A_TITLE.search(words)
            whole = title and title.start() == 1
            return Part(self._chance.choice(self._surnames) + words[1:] if whole else words, kind)
        if kind in {"单位", "学校"} and len(words) > 3 and self._chance.random() < 0.35:
            return Part(self._word() + words[2:], kind)
        return Part(self._chance.choice(self._pool[kind]), kind)

    def _number(self, words: str) -> str:
        def put(sign: str) -> str:
            if sign.isascii() and sign.isdigit():
                return str(self._chance.randrange(10))
            if sign in HAN_NUMBERS:
                return self._chance.choice(HAN_NUMBERS)
            if sign.isascii() and sign.isalpha():
                made = self._chance.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
                return made if sign.isupper() else made.lower()
            return sign

        return "".join(map(put, words))

    def _name(self, words: str) -> str:
        if len(words) < 2 or DOTTED.search(words):
            return words if len(words) > 1 else self._chance.choice(self._surnames)
        way = self._chance.random()
        if way < 0.4 or LATIN.search(words):
            other = self._chance.choice(self._pool["姓名"])
            return other if len(other) > 1 else words
        if way < 0.65:
            given = "".join(self._chance.choices(self._given, k=self._chance.choice((1, 2, 2))))
            return self._chance.choice(self._surnames) + given
        if way < 0.85:
            return self._word()
        if way < 0.93:
            return "".join(self._chance.choices(self._given, k=2))
        return self._chance.choice("阿小老大") + self._chance.choice(self._given)

    def _word(self) -> str:
        return self._chance.choice(two_character_words())


@cache
def two_character_words() -> tuple[str, ...]:
    """Ordinary words that could be somebody's name, of a kind and as common as parents take them."""
    return tuple(
        one.word
        for one in dictionary()
        if len(one.word) == 2 and one.times > 300 and one.kind in {"n", "a", "an", "vn", "nz", "b", "ad"}
    )
