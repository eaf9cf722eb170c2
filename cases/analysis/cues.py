"""Cues (cues.toml) applied to a story: its cause, the remedies wanted, the products, and what the person denies."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cases.analysis.findings import Finding, Kind
from cases.claims import ClaimKind
from cases.segmentation import Token, finance_words

CUES = Path(__file__).parent / "cues.toml"
DENIED = re.compile(
    r"(?:没有?(?:被|遭到?|遇到|受到|发生)?|不是|并非|并没有?|未曾|从没|从未|不存在|没什么|不算|谈不上)$"
)
DENIAL = re.compile(
    r"(?:根本|压根|从来|从|我|并|也|都)?(?:没有?|未曾?|不曾)"
    r"(?P<what>(?:签|办|买|借|贷|同意|授权|收到|告知|告诉|说明|申请|用|拿|见|点|勾|投|看|听)[过到了]?[^，。！？；,.!?;\n]{0,12})"
)
ENOUGH = 3.0  # below this the story names no cause
OF_LIFE = {ClaimKind.HARDSHIP, ClaimKind.RENTAL_LOAN, ClaimKind.HARASSMENT, ClaimKind.TRAINING_LOAN}
WORDS_OF_CREDIT = frozenset({"product", "lender", "cost", *ClaimKind.values}) - OF_LIFE
TALK_OF_CREDIT = re.compile("借了|贷|欠|催收|催债|通讯录|还不[上起清]|还款")
NEARLY_AS_LIKELY = 0.6
AT_MOST_EACH = 200  # findings of a kind in one story; beyond it the text is not a story


@dataclass(frozen=True, slots=True)
class Cue:
    pattern: re.Pattern[str]
    weight: float


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(CUES.read_text(encoding="utf-8"))


@cache
def _causes() -> Mapping[str, tuple[Cue, ...]]:
    return {
        cause: tuple(Cue(re.compile(pattern), float(weight)) for pattern, weight in cues.items())
        for cause, cues in _table()["cause"].items()
    }


@cache
def _patterns(section: str) -> Mapping[str, re.Pattern[str]]:
    return {value: re.compile(pattern) for value, pattern in _table()[section].items()}


@dataclass(slots=True)
class Weighed:
    """How much speaks for one cause, and the words that say it most clearly."""

    score: float = 0.0
    best_weight: float = 0.0
    start: int = 0
    end: int = 0

    def add(self, weight: float, start: int, end: int) -> None:
        self.score += weight
        if weight > self.best_weight:
            self.best_weight, self.start, self.end = weight, start, end


def find_causes(text: str, original: str, words: list[Token]) -> Iterator[Finding]:
    """The likeliest cause first, then any that is nearly as likely; none for a story that is not about credit."""
    topics = [(token, topic) for token in words if (topic := finance_words().get(token.word))]
    if not TALK_OF_CREDIT.search(text) and not any(topic in WORDS_OF_CREDIT for _token, topic in topics):
        return
    scores = {cause: _weigh(text, cues) for cause, cues in _causes().items()}
    said: set[str] = set()
    for token, topic in topics:
        if topic in scores and token.word not in said and not _denied(text, token.start):
            said.add(token.word)
            scores[topic].add(0.5, token.start, token.end)
    ranked = sorted(scores.items(), key=lambda pair: -pair[1].score)
    best = ranked[0][1].score
    if best < ENOUGH:
        return
    total = sum(weighed.score for _cause, weighed in ranked[:3])
    for cause, weighed in ranked[:3]:
        if weighed.score >= max(ENOUGH, best * NEARLY_AS_LIKELY):
            confidence = round(min(0.97, weighed.score / (total + 1)), 2)
            yield Finding(
                Kind.CAUSE,
                cause,
                weighed.start,
                weighed.end,
                original[weighed.start : weighed.end],
                confidence,
            )


def _weigh(text: str, cues: tuple[Cue, ...]) -> Weighed:
    weighed = Weighed()
    for cue in cues:
        for count, found in enumerate(cue.pattern.finditer(text)):
            if count >= 3:  # a word repeated all the time does not weigh more and more
                break
            if not _denied(text, found.start()):
                weighed.add(cue.weight / (1 + count) ** 2, found.start(), found.end())
    return weighed


def _denied(text: str, at: int) -> bool:
    return DENIED.search(text[max(0, at - 5) : at]) is not None


def find_remedies(text: str, original: str) -> Iterator[Finding]:
    """What the person asks for; the last time it is said counts, because people end with what they want."""
    for remedy, pattern in _patterns("remedy").items():
        asked = [found for found in pattern.finditer(text) if not _refused(text, found.start())]
        if asked:
            last = asked[-1]
            wish = re.search(
                r"要求|希望|想|请|求|诉求|应该|得|必须|要|能不能|可不可以|给我",
                text[max(0, last.start() - 14) : last.start()],
            )
            yield Finding(
                Kind.REMEDY,
                remedy,
                last.start(),
                last.end(),
                original[last.start() : last.end()],
                0.9 if wish else 0.6,
            )


def _refused(text: str, at: int) -> bool:
    """他们不退、拒绝赔偿: the other side's words, or none."""
    return (
        re.search(
            r"(?:不肯|不给|拒绝|不同意|不愿|不予|不|没|没有|无法|没法|已经|已)$", text[max(0, at - 4) : at]
        )
        is not None
    )


def find_products(text: str, original: str) -> Iterator[Finding]:
    """The kinds of loan named, each once."""
    for product, pattern in _patterns("products").items():
        if found := pattern.search(text):
            words = original[found.start() : found.end()]
            yield Finding(Kind.PRODUCT, product, found.start(), found.end(), words, 0.8)


def find_denials(text: str, original: str) -> Iterator[Finding]:
    """没有签过保险: what the person says did not happen. Never read as the opposite."""
    for count, found in enumerate(DENIAL.finditer(text)):
        if count >= AT_MOST_EACH:
            return
        words = original[found.start() : found.end()]
        yield Finding(
            Kind.DENIAL, original[found.start("what") : found.end()], found.start(), found.end(), words, 0.7
        )
