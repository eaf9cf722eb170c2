"""Who lent the money, sold the policy or took the fee: names of companies, platforms and persons (lenders.toml)."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cases.analysis.findings import Finding, Kind
from cases.analysis.name_tags import LONGEST, find_names, rows_of
from cases.analysis.tuned import Seen
from cases.segmentation import Token, can_name, finance_words

LENDERS = Path(__file__).parent / "lenders.toml"
MOST = 20
FOR_A_NAME = frozenset("某甲乙丙丁戊己庚辛壬癸ABCXY")  # what stands in the place of a name
IN_PLACE_OF_A_NAME = frozenset("甲乙丙丁戊己庚辛壬癸")  # 甲平台: whoever writes so means a name
BRANDS = ("贷", "分期", "金条", "借条", "借款", "小额贷", "周转", "优品", "易借")
LONGEST_STEM = 8
SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻苏潘葛范彭郎鲁韦马苗方俞任袁柳唐罗薛雷贺倪汤滕殷毕郝安常乐于傅"
    "齐康伍余顾孟平黄穆萧尹姚邵汪祁毛米贝戴宋庞熊纪舒项祝董梁杜阮蓝闵席季贾路江童颜郭梅盛林钟徐丘骆高夏蔡田樊胡凌霍虞万柯管卢莫房解应宗丁邓洪包石崔"
    "吉龚程邢裴陆荣翁曲段侯宁甘武刘景叶龙黎薄白蒲乔谭申冉桑桂牛边农温柴阎习艾向古易廖文曾关"
)
PERSON = re.compile(
    rf"(?<![一-龥])?(?P<lead>跟|向|找|与|同|和|从|欠|的|是|叫|被|个人|笔|借款人|出借人|，|。|、|^)(?P<name>老?[{SURNAMES}]某{{1,2}}|老[{SURNAMES}]某?(?=借|那|拿|手|的|说|讲|就|又|要|后|，)|[{SURNAMES}]某[一-龥]?)"
)
NAMED = re.compile(
    r"(?:叫做?|名叫|名为|名字是?)[“「『\"']?(?P<name>[一-龥A-Za-z0-9]{2,7}?)[”」』\"']?"
    r"(?=的?(?:平台|公司|APP|app|App|软件|银行|机构|小程序)|[，。！？、]|他|她|我|$)"
)
GENERIC = re.compile(
    "(?:一家|这家|那家|该)?(?:银行|(?:消费|汽车)?金融(?:公司)?|消金|小贷|小额贷款公司|小贷公司|贷款公司|保险公司|担保公司|助贷平台|助贷|支付机构|支付公司"
    "|网贷平台|融资租赁(?:公司)?|公寓|长租公寓|培训机构|培训学校|学校|平台|分期|保险|教育|咨询|投资)"
)
SELF = re.compile(r"(?:我是|本人|我叫|我姓|申请人)[，：]?$")


@cache
def _table() -> dict[str, str]:
    return tomllib.loads(LENDERS.read_text(encoding="utf-8"))


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(_table()[key].split())


@cache
def _ending() -> re.Pattern[str]:
    """A name's ending, the longest first, with what has to stand behind a doubtful one."""
    sure = "|".join(sorted(_words("sure"), key=len, reverse=True))
    maybe = "|".join(sorted(_words("maybe"), key=len, reverse=True))
    return re.compile(
        rf"(?P<sure>{sure})(?P<branch>[一-龥]{{2,6}}分(?:公司|行))?|(?P<maybe>{maybe})(?:平台|公司|APP)?(?=\s*(?P<next>{_table()['follows']})|$)"
    )


@cache
def _lead() -> re.Pattern[str]:
    return re.compile(f"(?:{_table()['leads']})$")


def find_lenders(text: str, words: list[Token], seen: Seen | None = None) -> Iterator[Finding]:
    """Names of banks, companies, platforms and persons, each once, in the order of how sure they are.

    The rules say what looks like a name, a small model (name_tags.py) what is one; beyond its reach the rules alone.
    """
    rules = rule_spans(text, words)
    tagged = find_names(rows_of(text, words, rules, endings_of(text)), seen)
    beyond = [span for span in rules if span[0] >= LONGEST]
    names: list[str] = []
    named = {at for start, end, _sure in tagged for at in range(start, end)}
    standing_in = [span for span in rules if text[span[0]] in IN_PLACE_OF_A_NAME and span[0] not in named]
    for start, end, confidence in sorted([*tagged, *standing_in, *beyond], key=lambda hit: (-hit[2], hit[0])):
        if text.startswith("平台", end) and end - start > 1:
            end += 2
        name = text[start:end]
        if (
            _is_kind(name)
            or GENERIC.fullmatch(name)
            or any(name in known or known in name for known in names)
        ):
            continue
        names.append(name)
        yield Finding(Kind.LENDER, name, start, end, name, round(min(confidence, 0.97), 2))
        if len(names) >= MOST:
            return


def rule_spans(text: str, words: list[Token]) -> list[tuple[int, int, float]]:
    """Where the rules see names."""
    ends = {token.end: token for token in words}
    return _longest([*_persons(text), *_called(text), *_ended(text, ends)])


def endings_of(text: str) -> list[tuple[int, int, str]]:
    """Where words stand that end names, surely (s) or perhaps (m)."""
    return [
        (found.start(), found.end(), "s" if found[0] in _words("sure") else "m")
        for found in _any_ending().finditer(text)
    ]


@cache
def _any_ending() -> re.Pattern[str]:
    words = sorted(_words("sure") | _words("maybe"), key=len, reverse=True)
    return re.compile("|".join(words))


def _longest(hits: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Without those that begin where a longer one begins (城家 in 城家贷)."""
    longest: dict[int, int] = {}
    for start, end, _confidence in hits:
        longest[start] = max(end, longest.get(start, 0))
    return [hit for hit in hits if longest[hit[0]] == hit[1]]


def mentions(text: str, names: list[str]) -> list[tuple[int, int]]:
    """Every place where one of the names stands, longest names first, none inside another."""
    if not names:
        return []
    pattern = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
    return [found.span() for found in pattern.finditer(text)]


def _persons(text: str) -> Iterator[tuple[int, int, float]]:
    for found in PERSON.finditer(text):
        if not SELF.search(text[max(0, found.start("name") - 5) : found.start("name")]):
            yield found.start("name"), found.end("name"), 0.85


def _called(text: str) -> Iterator[tuple[int, int, float]]:
    for found in NAMED.finditer(text):
        name = found["name"]
        if text[found.end() : found.end() + 1] in {"他", "她", "我"} and not _ending().search(name):
            continue
        if name not in _words("kinds") and not any(
            word in name for word in ("我", "什么", "他", "做", "的", "一", "人")
        ):
            yield found.start("name"), found.end("name"), 0.8


def _ended(text: str, ends: dict[int, Token]) -> Iterator[tuple[int, int, float]]:
    last = 0
    for found in _ending().finditer(text):
        begin, is_led = _stem_start(text, found.start(), ends, floor=last)
        stem, name = text[begin : found.start()], text[begin : found.end()]
        if not stem or _is_kind(name) or stem in _words("openers"):
            continue
        last = found.end() if found["sure"] else last
        if confidence := _how_sure(found, stem, name, is_led=is_led):
            yield begin, found.end(), confidence


def _how_sure(found: re.Match[str], stem: str, name: str, *, is_led: bool) -> float:
    """How sure the name is one; 0 where nothing says that somebody is meant."""
    if found["sure"]:
        return 0.9 if is_led else 0.8
    ending = found["maybe"]
    if not found["next"] and found.end() < len(found.string):
        return 0.0
    if ending[-1] in "贷借" and found["next"] in {"了", "得"}:  # 在甲金条贷了: here it is done
        return 0.0
    if ending in {"钱", "金"} and (len(name) < 3 or re.search("[块元出本入违约]", stem)):
        return 0.0
    if is_led and len(name) >= 2:
        return 0.75
    return 0.6 if ending.endswith(BRANDS) and len(stem) >= 2 else 0.0


def _stem_start(text: str, ending: int, ends: dict[int, Token], *, floor: int) -> tuple[int, bool]:
    """Where the name with this ending begins, and whether the words before it lead to a name (在, 向, 叫 …).

    Back over words that can be part of a name; over any two, where a leading word stands before them.
    """
    at = _back_over_names(ending, ends, floor)
    if _is_led(text, at):
        return at, True
    if at in ends and (word := ends[at].word) not in finance_words() and _belongs(word):
        wider = ends[at].start
        if floor <= wider and ending - wider <= LONGEST_STEM and _is_led(text, wider):
            return wider, True
    if at == ending and at not in ends:  # the segmentation cut across: take characters
        while ending - at < 3 and at and "一" <= text[at - 1] <= "龥" and text[at - 1] not in _words("never"):
            at -= 1
        return at, _is_led(text, at)
    return at, False


def _back_over_names(ending: int, ends: dict[int, Token], floor: int) -> int:
    at = ending
    while at in ends and ending - at < LONGEST_STEM:
        token = ends[at]
        too_far = token.start < floor or ending - token.start > LONGEST_STEM
        if too_far or not _belongs(token.word) or not can_name(token.word):
            break
        at = token.start
    return at


def _is_kind(name: str) -> bool:
    """A kind of loan, or one with no more than a letter before it, is nobody's name."""
    return any(
        name.endswith(kind) and len(name) - len(kind) < 2 and name[0] not in FOR_A_NAME
        for kind in _words("kinds")
    )


def _is_led(text: str, at: int) -> bool:
    return at == 0 or _lead().search(text[max(0, at - 4) : at]) is not None


def _belongs(word: str) -> bool:
    if word in _words("openers") or not re.fullmatch(r"[一-龥A-Za-z0-9×*]+", word) or word.isdigit():
        return False
    return len(word) <= 4 and not (len(word) == 1 and word in _words("never"))
