"""Who lent the money, and over how many instalments."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cases.analysis.findings import Finding, Kind
from cases.analysis.numbers import read_number
from cases.segmentation import Token

CUES = Path(__file__).parent / "cues.toml"
KEPT_SINGLE = frozenset("甲乙丙丁戊己庚辛壬癸宝易融金通盈信达鑫诚汇丰")
PLACE_TAIL = re.compile(r"(?:省|市|县|区|镇)$")
NAMED_AFTER = re.compile(
    r"(?:叫做?|名叫|名为)[“「『\"']?(?P<name>[^，。！？；,.!?;\s“”「」『』\"'的是在]{2,14})[”」』\"']?(?:的|这个|那个)?(?:平台|公司|APP|app|App|软件|银行|机构|小程序)"
)
FULL_NAME = re.compile(r"[一-龥A-Za-z0-9]{4,16}?(?:股份)?有限(?:责任)?公司(?:[一-龥]{2,6}分公司)?")
LEADS = re.compile(
    r"^(?:(?:我|他们?|她)?(?:在|从|向|跟|找|通过|被|是|和|与|由|因|于|去|经|还有|就是|后来|当时|其实))+"
)
MONTHS = re.compile(
    r"(?:分(?:成|了|为|作)?|共|总共|一共|期限|借期|还款期)?\s?(?P<count>\d{1,3}|[一二两三四五六七八九十百]{1,4})(?P<unit>期|个月|年期|年(?=还清|分期|付清|的分期|的贷款|还完))"
)
MONTHS_CUE = re.compile(r"分期|分|期限|借期|贷|还款|每期|合同|签")
NOT_TERM = re.compile(
    r"(?:逾期|晚了?|拖了?|过了?|欠了?|住了?|上了?|干了?|工作|前|休息|躺了?|停工|失业|生病|已经?还了?|还了?|连续|第)(?:了|大概|差不多|快)?$"
)
NOT_TERM_AFTER = re.compile(r"(?:前|以前|之前|后|没|的工资|工资|房租|里|来|大)")


@cache
def _words(kind: str) -> tuple[str, ...]:
    """`endings` of a lender's name, or `nameless` words that are never part of one."""
    return tuple(tomllib.loads(CUES.read_text(encoding="utf-8"))["lender"][kind].split())


@cache
def _nameless() -> frozenset[str]:
    return frozenset(_words("nameless"))


def find_lenders(text: str, original: str, words: list[Token]) -> Iterator[Finding]:
    """Names of banks, companies and platforms, each once, without the words around them."""
    seen: set[str] = set()
    for start, end, confidence in (*_named(text), *_full_names(text), *_by_words(text, words)):
        name = original[start:end]
        if any(name in known or known in name for known in seen):
            continue
        seen.add(name)
        yield Finding(Kind.LENDER, name, start, end, name, confidence)
        if len(seen) >= 20:
            return


def _named(text: str) -> Iterator[tuple[int, int, float]]:
    for found in NAMED_AFTER.finditer(text):
        yield found.start("name"), found.end(), 0.85


def _full_names(text: str) -> Iterator[tuple[int, int, float]]:
    for found in FULL_NAME.finditer(text):
        lead = LEADS.match(found[0])
        start = found.start() + (lead.end() if lead else 0)
        if found.end() - start >= 6:
            yield start, found.end(), 0.9


def _by_words(text: str, words: list[Token]) -> Iterator[tuple[int, int, float]]:
    endings = _words("endings")
    for at, token in enumerate(words):
        if not token.word.endswith(endings):
            continue
        start = token.start
        for before in reversed(words[max(0, at - 5) : at]):
            if before.end != start or not _belongs(before.word) or token.end - before.start > 14:
                break
            start = before.start
        bare = text[start : token.end]
        if start < token.start or (bare not in endings and not bare.startswith(("一家", "这家"))):
            yield start, token.end, 0.75


def _belongs(word: str) -> bool:
    """Whether a word can be part of a company's name."""
    if (
        word in _nameless()
        or word.endswith(("月", "年", "日", "到"))
        or not re.fullmatch(r"[一-龥A-Za-z0-9*]+", word)
    ):
        return False
    return len(word) > 1 or word in KEPT_SINGLE or word.isascii()


def find_months(text: str, original: str) -> Iterator[Finding]:
    """分12期, 24个月, 三年期: how many monthly instalments."""
    for found in MONTHS.finditer(text):
        count = read_number(found["count"])
        before = text[max(0, found.start() - 8) : found.start()]
        if count is None or NOT_TERM.search(before) or NOT_TERM_AFTER.match(text, found.end()):
            continue
        months = int(count) * (12 if found["unit"].startswith("年") else 1)
        sure = found[0].startswith("分") or found["unit"] in {"期", "年期"}
        if 1 < months <= 360 and (sure or MONTHS_CUE.search(before)):
            words = original[found.start() : found.end()]
            yield Finding(Kind.MONTHS, months, found.start(), found.end(), words, 0.85 if sure else 0.6)
