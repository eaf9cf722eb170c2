"""Where a text names a company, a shop, a school or a lender, and the words that may stand there instead."""

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from cases.segmentation import Token, can_name, finance_words, tokens
from cases.similarity.tagging import is_small_place, is_tagged_firm, is_tagged_place

TABLES = tomllib.loads((Path(__file__).parent / "identities.toml").read_text(encoding="utf-8"))
_DATA = TABLES["organisations"]
STOPS, GENERIC = frozenset(_DATA["stops"].split()), frozenset(_DATA["generic"].split())
STRONG = sorted(_DATA["strong"].split(), key=len, reverse=True)
WEAK = sorted(_DATA["weak"].split(), key=len, reverse=True)
ENDING = re.compile(  # at every place, for endings overlap: 第三中学 ends in 中学, not in 三中
    "(?=(?P<ending>" + "|".join(map(re.escape, sorted([*STRONG, *WEAK], key=len, reverse=True))) + "))"
)
KIND = re.compile("银行|公司|平台|机构|中介")  # a lender by itself: 银行贷的 is a verb
CALLED, BRAND = (
    re.compile(_DATA["called"]),
    re.compile(f"(?:{_DATA['brands']})(?:平台|[Aa][Pp][Pp])?"),
)
SCHOOLS = [re.compile(pattern) for pattern in _DATA["schools"]]
WORKPLACE = re.compile(_DATA["workplace"])
PLATFORM = re.compile(_DATA["platforms"])
LENDERS = [
    (row["kept"], re.compile(row["pattern"]), row.get("named", False)) for row in TABLES["lenders"]
]  # `named`: the pattern has the name in it
WITH_PLACE = frozenset(_DATA["with_place"].split())  # where a town before them is a name
LEGAL = frozenset(_DATA["legal"].split())
PLACEHOLDERS = frozenset("甲乙丙丁戊己庚辛壬癸")
PART_OF_A_NAME = re.compile("[\u4e00-\u9fffA-Za-z（）()·&]+")
BRANCH = re.compile("[\u4e00-\u9fff]{1,8}?(?:分公司|分店|门店|分校|校区|店(?!员|长|主|铺|里|家))")
LONGEST = 16  # characters before the ending
KINDS = (
    "人民法院",
    "法院",
    "派出所",
    "小学",
    "中学",
    "大学",
    "学院",
    "幼儿园",
    "学校",
    "医院",
    "公寓",
    "超市",
    "厂",
)
STANDS_INSTEAD = tuple(
    sorted(
        {
            "某公司",
            "某单位",
            "某平台",
            "某学校",
            *(f"某{kind}" for kind in KINDS),
            *(kept for kept, *_rest in LENDERS),
        }
    )
)  # what may have been put in the place of a name


class Organisation(NamedTuple):
    """Where it stands, and what may stand there instead: its kind without its name."""

    start: int
    end: int
    instead: str


def find_lenders(text: str) -> Iterator[Organisation]:
    """Banks and the like by their endings, and brands of lending by their names."""
    before = Before(text)
    for kept, pattern, named in LENDERS:
        for found in pattern.finditer(text):
            start = found.start() if named else before.name_ending_at(found.start(), with_place=True)
            if start is not None:
                yield Organisation(start, found.end(), kept)
    for found in PLATFORM.finditer(text):
        start = before.name_ending_at(found.start())
        if start is not None and not KIND.search(text[start : found.start()]):
            yield Organisation(start, found.end(), "某平台")
    for found in BRAND.finditer(text):
        yield Organisation(*found.span(), "某平台")


def find_organisations(text: str) -> Iterator[Organisation]:
    """Companies, shops, schools and offices that are named, not those that are only spoken of: 一家电子厂."""
    before = Before(text)
    for found in ENDING.finditer(text):
        ending, end = found["ending"], found.end("ending")
        start = before.name_ending_at(found.start(), with_place=ending in WITH_PLACE, whole=ending in LEGAL)
        if start is None:
            continue
        branch = BRANCH.match(text, end)
        yield Organisation(start, branch.end() if branch else end, instead_of(ending))
    for found in CALLED.finditer(text):
        start, end = found.span("name")
        if not before.is_generic(start, end):
            yield Organisation(start, end, "某单位")

    yield from _schools_and_workplaces(text, before)


def _schools_and_workplaces(text: str, before: "Before") -> Iterator[Organisation]:
    """Named short, as those who go there do: 在武大读书, 在铭宇上班."""
    for pattern in SCHOOLS:
        for found in pattern.finditer(text):
            if found["name"] not in GENERIC:
                yield Organisation(*found.span("name"), instead_of(found["name"], "某学校"))
    for found in WORKPLACE.finditer(text):
        start, end = found.span("name")
        if before.is_made_up(start, end):
            yield Organisation(start, end, instead_of(found["name"]))


def instead_of(ending: str, otherwise: str = "某单位") -> str:
    """What may stand instead of a name that ends so: its kind alone."""
    if ending in STRONG and not ending.endswith("厂"):
        return "某公司"
    return next((f"某{kind}" for kind in KINDS if ending.endswith(kind)), otherwise)


class Before:
    """What stands before an ending, word by word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.at = {
            place: number
            for number, token in enumerate(self.tokens)
            for place in range(token.start, token.end)
        }

    def name_ending_at(self, end: int, *, with_place: bool = False, whole: bool = False) -> int | None:
        """Where the name begins that ends here; None where there is none, or only words of no one in particular.

        `with_place`: a town is a name here, as in 杭州银行, but not in 杭州工厂.
        `whole`: this is the ending of a registered name, so whatever stands there belongs to it.
        """
        number = self.at.get(end - 1, -1) if end else -1
        start, telling, singles = end, 0, 0
        while number >= 0:
            token = self.tokens[number]
            part = self.text[token.start : min(token.end, end)]
            belongs = (whole or with_place) and self._may_belong(token.word, part)
            if end - token.start > LONGEST or not (belongs or self._goes_on(token.word, part)):
                break
            start = token.start
            telling += 0 if not whole and self._tells_nothing(token.word, part, with_place) else len(part)
            singles = singles + 1 if len(part) == 1 else 0
            if singles == 2:
                telling += 2  # 新网, 达内: together they are no words of a trade
            number -= 1
        return start if telling >= 2 and not self.text[start:end].startswith(("某", "这", "那")) else None

    @staticmethod
    def _goes_on(word: str, part: str) -> bool:
        """Whether a word may be part of a name; verbs, days and the like end it."""
        return (
            word not in STOPS
            and PART_OF_A_NAME.fullmatch(part) is not None
            and (can_name(word) or part in GENERIC)
        )

    @staticmethod
    def _may_belong(word: str, part: str) -> bool:
        return word not in STOPS and PART_OF_A_NAME.fullmatch(part) is not None

    @staticmethod
    def _tells_nothing(word: str, part: str, with_place: bool) -> bool:
        """Whether a word of a name says nothing about whose it is: a trade, a town, 甲 and 乙."""
        common = (
            finance_words().get(word, "lender") != "lender" or finance_words().get(part, "lender") != "lender"
        )
        return (
            common
            or part in PLACEHOLDERS
            or not {word, part}.isdisjoint(GENERIC)
            or (is_tagged_place(part) and not is_small_place(part) and not with_place)
        )

    def is_generic(self, start: int, end: int) -> bool:
        return all(token.word in GENERIC or token.word in STOPS for token in self._words_in(start, end))

    def _words_in(self, start: int, end: int) -> list[Token]:
        first, last = self.at[start], self.at[end - 1]
        return [token for token in self.tokens[first : last + 1] if token.start >= start]

    def is_made_up(self, start: int, end: int) -> bool:
        """Whether words stand there that no dictionary knows together, as names of firms are: 艾薇尔, 铭宇."""
        words = self._words_in(start, end)
        if (
            not words
            or words[0].start != start
            or words[-1].end != end
            or not {one.word for one in words}.isdisjoint(STOPS)
        ):
            return False
        if any(
            is_tagged_firm(one.word) or is_small_place(one.word) for one in words if one.word not in GENERIC
        ):
            return True
        single = [len(one.word) == 1 and one.word not in GENERIC for one in words]
        return any(a and b for a, b in pairwise(single))
