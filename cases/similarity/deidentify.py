"""Takes out of a story what points at a person, before it may become a precedent. A person looks at each afterwards.

Each find is replaced by a mark that says its kind, so that the story stays readable: 〔姓名〕, 〔电话〕, 〔地址〕 … A
lender keeps its kind and loses its name: 某银行, 某消费金融公司. How much slips through is measured by
benchmarks/deidentify.py.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cases.similarity.tagging import tagged_names

_DATA = tomllib.loads((Path(__file__).parent / "identities.toml").read_text(encoding="utf-8"))
HAN = "[\u4e00-\u9fff]"
SURNAMES = frozenset(_DATA["surnames"])
S = "[" + "".join(sorted(SURNAMES)) + "]"
DOUBLE, ROLES, AFTER = _DATA["double_surnames"], _DATA["roles"], _DATA["after"]
NOT_NAMES = frozenset(_DATA["not_names"].split())
FULL = rf"(?:(?:{DOUBLE}){HAN}{{0,3}}?|{S}{HAN}{{1,2}}?)"
NAMES = re.compile(
    rf"(?:(?<=[，。；：:、,\s（(])|^|(?:{ROLES}))(?:为|是|叫|系|之|：|:|\s)?\s*(?P<name>{FULL}(?:[·•]{HAN}{{1,8}})?){AFTER}"
)
LED = re.compile(
    rf"(?:{ROLES})(?:为|是|叫|系|：|:|\s|的)?\s*(?P<name>{FULL}(?:[·•]{HAN}{{1,8}})?){AFTER}|"
    rf"(?:我叫|名叫|叫做|客户经理|业务员|信贷员|催收员|联系人|法定代表人|姓名)(?:为|是|：|:|\s)?(?P<short>{S}{HAN})"
)
DOTTED = re.compile(rf"{HAN}{{2,8}}[·•]{HAN}{{2,8}}")
HIDDEN = re.compile(
    rf"{S}(?:某{{1,2}}[甲乙丙丁\d]?(?!银行|消费|小额|信托|担保|保险|公司|餐|饭|酒|工厂|医院|平台)|[某××xX＊*]{{1,3}}(?![×xX＊*\d]))"
)
CALLED = re.compile(
    rf"(?<![\u4e00-\u9fff]的)(?<=[^\u4e00-\u9fff]|[的和与跟让向找给的叫])(?:{S}{HAN}{{1,2}}|{S})(?=先生|女士|小姐|太太|经理|主任|律师|老师|师傅|老板|总监|队长|工头|警官|法官|姐(?!妹)|哥|总(?![共计额是]))"
)
ACTING = re.compile(
    rf"(?:(?<=[的人员和与、，。“”\"‘（(〕])|^)(?P<name>{S}{HAN}{{1,2}}?)(?=打电话|打来|说要|说可以|告诉我?|承诺|让我|骗我|骗了|收了|"
    r"拉黑|不服|威胁|失联|跑了|一起合|帮我|催我|姐妹|兄弟|夫妻|夫妇|二人|两人|去世|报名|左边|右边)"
)
TOLD = re.compile(rf"(?:我|本人|他|她|家里)姓(?P<name>{S})(?!{HAN}名)")
JOINED = re.compile(rf"(?:我和|我与|我跟|和|与)(?P<name>{S}{HAN}{{2}})(?=[、，。和与一两]|$)")
FAMILIAR = re.compile(
    rf"(?:(?<={HAN}|[，。；、：\s])|^)[小老阿](?P<name>{S})(?!{HAN}*(?:区|镇|村|额|贷))" + AFTER
)
LISTED = re.compile(rf"〔姓名〕(?P<between>[、和与及])(?P<name>{FULL}){AFTER}")

NUMBERS = [(row["kind"], re.compile(row["pattern"])) for row in _DATA["numbers"]]
NAMED = "(?P<name>[\u4e00-\u9fffA-Za-z（）()]{1,14}?)"
LENDERS = [(row["kept"], re.compile(NAMED + row["pattern"])) for row in _DATA["lenders"]]
PLAIN_COMPANY = re.compile(NAMED + "公司")
COMPANY, PLACE, STOPS_LEFT, ADDRESS, ROAD, HOUSE, LIVES = (
    re.compile(_DATA[name])
    for name in ("company", "place", "stops_left", "address", "road", "house", "lives")
)
MARKED = re.compile(r"〔[^〕]*〕")
BROKEN_ADDRESS = re.compile(r"〔地址〕(?:[\u4e00-\u9fffA-Za-z0-9-]{0,8}〔地址〕)+")


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was taken out: its kind, and the words that stood there."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The story without what points at a person, and everything that was taken out, for the person who looks."""

    text: str
    found: tuple[Found, ...]


def deidentify(text: str, *, names: tuple[str, ...] = ()) -> Cleaned:
    """Take out identities. `names` are those that are known, of parties for instance: they go wherever they stand."""
    return _Cleaning(text.translate(_HALF_WIDTH)).run(names)


class _Cleaning:
    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Found] = []

    def run(self, names: tuple[str, ...]) -> Cleaned:
        for name in sorted({name for name in names if len(name) > 1}, key=len, reverse=True):
            self._put(re.compile(re.escape(name)), "姓名")
        for kind, pattern in NUMBERS:
            self._put(pattern, kind)
        self._addresses()
        self._companies()
        self._names()
        return Cleaned(self.text, tuple(self.found))

    def _put(self, pattern: re.Pattern[str], kind: str, group: str | int = 0) -> None:
        def mark(found: re.Match[str]) -> str:
            words = found.group(group)
            if not words or "〔" in words:
                return found.group()
            self.found.append(Found(kind, words))
            begin, end = found.span(group)
            whole, start = found.group(), found.start()
            return whole[: begin - start] + f"〔{kind}〕" + whole[end - start :]

        self.text = pattern.sub(mark, self.text)

    def _addresses(self) -> None:
        self._replace(ADDRESS, lambda words: "〔地址〕" if HOUSE.search(words) else None, "地址")
        self._replace(ROAD, lambda _words: "〔地址〕", "地址")
        self._put(LIVES, "地址", "name")
        self.text = BROKEN_ADDRESS.sub("〔地址〕", self.text)

    def _companies(self) -> None:
        for kept, pattern in LENDERS:
            self._replace(pattern, lambda _words, kept=kept: kept, "机构")  # type: ignore[misc]
        self._replace(COMPANY, lambda _words: "某公司", "单位")
        self._replace(PLAIN_COMPANY, lambda words: "某公司" if len(words) > 4 else None, "单位")
        self._replace(PLACE, _kind_of_place, "单位")

    def _replace(self, pattern: re.Pattern[str], put: Callable[[str], str | None], kind: str) -> None:
        """Replace what the pattern finds, less the words before the name that belong to the sentence."""

        def mark(found: re.Match[str]) -> str:
            words = found.group()
            left = STOPS_LEFT.match(words[:-2])
            begin = left.end() if left else 0
            kept, name = words[:begin], words[begin:]
            if (
                len(name) < 3
                or "〔" in name
                or name.startswith(("某", "这", "那", "该", "一", "两", "几", "多"))
            ):
                return words
            replaced = put(name)
            if replaced is None or replaced == name:
                return words
            self.found.append(Found(kind, name))
            return kept + replaced

        self.text = pattern.sub(mark, self.text)

    def _names(self) -> None:
        names = [*self._named(LED), *self._named(NAMES), *self._named(ACTING), *self._named(JOINED)]
        names += [
            name
            for name in tagged_names(MARKED.sub("，", self.text))
            if name[0] in SURNAMES and self._may_be(name)
        ]
        self._put(DOTTED, "姓名")
        for name in sorted(set(names), key=len, reverse=True):
            self._put(re.compile(re.escape(name)), "姓名")
        self._put(HIDDEN, "姓名")
        self._put(CALLED, "姓名")
        for name in {name[0] for name in names}:
            self._put(re.compile(rf"[小老阿]{name}(?!{HAN}*(?:区|镇|村))"), "姓名")
        self._put(FAMILIAR, "姓名")
        self._put(TOLD, "姓名", "name")
        self._put(LISTED, "姓名", "name")

    def _named(self, pattern: re.Pattern[str]) -> Iterator[str]:
        for found in pattern.finditer(self.text):
            name = found["name"] or found.groupdict().get("short") or ""
            if self._may_be(name):
                yield name

    @staticmethod
    def _may_be(name: str) -> bool:
        """Whether this may be a name at all, and not a word that begins with a surname's character."""
        return (
            len(name) > 1
            and name not in NOT_NAMES
            and name[:2] not in NOT_NAMES
            and not set(name) & set("〔某")
        )


def _kind_of_place(words: str) -> str | None:
    found = PLACE.fullmatch(words)
    return f"某{found['kind']}" if found else None


_HALF_WIDTH = {ord("０") + step: ord("0") + step for step in range(10)} | {
    ord("－"): ord("-"),
    ord("＋"): ord("+"),
    ord("＠"): ord("@"),
    ord("Ｘ"): ord("X"),
}
