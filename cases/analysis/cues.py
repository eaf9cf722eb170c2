"""Cues (cues.toml) applied to a story: its cause, the remedies wanted, the products, and what the person denies."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from cases.analysis.findings import Finding, Kind
from cases.analysis.learned import Features, model
from cases.analysis.tuned import Seen, mixed, mixed_alone
from cases.claims import ClaimKind
from cases.segmentation import Token, finance_words

CUES = Path(__file__).parent / "cues.toml"
DENIED = re.compile(
    r"(?:没有?(?:被|遭到?|遇到|受到|发生)?|不是|并非|并没有?|未曾|从没|从未|不存在|没什么|不算|谈不上)$"
)
NOT_SO = re.compile(  # what somebody says is not so
    r"(?:根本|压根|从来|从|我|并|也|都)?(?:没有?|未曾?|不曾|不是|不(?=知|晓得|清楚|同意|认得|认识))"
    r"(?P<what>[^，。！？；,.!?;\n ]{1,16})"
)
OF_AN_ACT = re.compile(  # of these the rules take as a denial what speaks of an act
    "[签办买借贷用拿见点勾投看听](?:[过到了])?|同意|授权|收到|告知|告诉|说明|申请"
)
LEAST_FIRST, LEAST_MORE = 0.15, 0.4  # how likely a cause has to be, alone and beside another
LEAST_REMEDY, LEAST_UNSAID = 0.3, 0.5  # a remedy; one, or a cause, that only the words as a whole suggest
PLAIN_WORDS = frozenset({"apology", "stop_collection", "correct_credit"})  # who names them wants them
OF_CAUSES, OF_REMEDIES = 0.6, 0.5  # what the sentence model counts beside the linear one
OF_PRODUCTS, OF_DENIALS = 0.3, 0.9  # and beside the rules
NAMED, UNNAMED, LEAST_PRODUCT = 0.9, 0.2, 0.4  # how likely a product is that is named, or not
WISH = re.compile("要求|希望|想|请|求|诉求|应该|得|必须|要|能不能|可不可以|给我")
OF_LIFE = {ClaimKind.HARDSHIP, ClaimKind.RENTAL_LOAN, ClaimKind.HARASSMENT, ClaimKind.TRAINING_LOAN}
WORDS_OF_CREDIT = frozenset({"product", "lender", "cost", *ClaimKind.values}) - OF_LIFE
TALK_OF_CREDIT = re.compile(
    "借了|[借贷]|欠[他她它我条款着了]|催收|催债|通讯录|还不[上起清]|还款|还清|结清|保险|理赔|理财|盗刷|刷卡|刷了|银行|卡[里上]|信用卡|"
    "存折|存款|存单|投资|征信|逾期|分期|利息|月息|平台|支付|扣款|扣了|到账|本金|投保|保费|人寿|财险|期货|基金|收益|年费|额度|账单|公寓|转走"
)
LAST_WORDS = 1_500  # characters in which wishes are looked for
AT_THE_END = 26  # those that are the end of a story
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


def find_causes(
    text: str, scores: Mapping[str, "Weighed"], features: Features, seen: Seen | None = None
) -> Iterator[Finding]:
    """The likeliest cause first, then any other that is likely too; none for a story that is not about money matters.

    `scores` is what the cues say (`weigh_causes`), `features` all that is known of the story (`story_features`).
    """
    if not scores:
        return
    likely = _likely("cause", features, seen, OF_CAUSES)
    ranked = sorted(likely.items(), key=lambda pair: -pair[1])
    for place, (cause, probability) in enumerate(ranked[:3]):
        weighed = scores[cause]
        if probability < (LEAST_FIRST if not place else LEAST_MORE):
            return
        if weighed.score < 1 and probability < LEAST_UNSAID:
            continue  # the words only sound like it, or all that says so is denied
        start, end = (weighed.start, weighed.end) if weighed.end else (0, min(len(text), 12))
        yield Finding(Kind.CAUSE, cause, start, end, text[start:end], round(min(probability, 0.99), 2))


def _likely(task: str, features: Features, seen: Seen | None, of_seen: float) -> dict[str, float]:
    alone = model(task).probabilities(features)
    return mixed_alone(alone, seen.likely(task), of_seen) if seen else alone


def weigh_causes(text: str, words: list[Token], *, names_somebody: bool = False) -> dict[str, "Weighed"]:
    """What the cues alone say for each cause; empty for a story that does not talk of such things at all."""
    topics = [(token, topic) for token in words if (topic := finance_words().get(token.word))]
    of_credit = TALK_OF_CREDIT.search(text) or any(topic in WORDS_OF_CREDIT for _token, topic in topics)
    if not of_credit and not names_somebody:
        return {}
    scores = {cause: _weigh(text, cues) for cause, cues in _causes().items()}
    said: set[str] = set()
    for token, topic in topics:
        if topic in scores and token.word not in said and not _denied(text, token.start):
            said.add(token.word)
            scores[topic].add(0.5, token.start, token.end)
    return scores


def parts_of_causes(scores: Mapping[str, "Weighed"]) -> dict[str, float]:
    """The three causes that most speaks for, as parts of all that speaks for any."""
    whole = sum(max(0.0, weighed.score) for weighed in scores.values()) or 1.0
    parts = {cause: weighed.score / whole for cause, weighed in scores.items() if weighed.score > 0}
    return dict(sorted(parts.items(), key=lambda pair: -pair[1])[:3])


def cause_features(scores: Mapping[str, "Weighed"]) -> dict[str, float]:
    """What the cues say of the causes, as the models take it."""
    best = max(scores.values(), key=lambda weighed: weighed.score, default=Weighed())
    told = {f"c:{cause}": min(weighed.score, 9.0) / 2 for cause, weighed in scores.items()}
    told |= {f"best:{cause}": 1.5 for cause, weighed in scores.items() if weighed.score == best.score > 0}
    return told


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


def find_remedies(
    text: str,
    asked: Mapping[str, re.Match[str]],
    wished: Mapping[str, re.Match[str]],
    features: Features,
    seen: Seen | None = None,
) -> Iterator[Finding]:
    """What the person asks for; the last time it is said (`asked_for`) counts: people end with what they want."""
    likely = _likely("remedy", features, seen, OF_REMEDIES)
    for remedy, likelihood in likely.items():
        probability = max(likelihood, 0.8) if remedy in PLAIN_WORDS and remedy in asked else likelihood
        if probability < LEAST_REMEDY:
            continue
        if found := asked.get(remedy):
            start, end = found.span()
        elif (found := wished.get(remedy)) and not _refused(found.string, found.start()):
            shift = len(text) - len(found.string)
            start, end = found.start() + shift, found.end() + shift
        elif probability >= LEAST_UNSAID and (
            WISH.search(text) or not _patterns("remedy")[remedy].search(text)
        ):
            start, end = _wish_in(text)  # not where it is only refused, and nothing asked
        else:
            continue
        yield Finding(Kind.REMEDY, remedy, start, end, text[start:end], round(min(probability, 0.99), 2))


def asked_for(text: str) -> dict[str, re.Match[str]]:
    """The last place where each remedy is named and not refused."""
    asked: dict[str, re.Match[str]] = {}
    for remedy, pattern in _patterns("remedy").items():
        for found in pattern.finditer(text):
            if not _refused(text, found.start()):
                asked[remedy] = found
    return asked


def wished_for(text: str) -> dict[str, re.Match[str]]:
    """The last place where words stand that may ask for each remedy."""
    wished: dict[str, re.Match[str]] = {}
    for remedy, pattern in _patterns("wish").items():
        for found in islice(pattern.finditer(text[-LAST_WORDS:]), AT_MOST_EACH):
            wished[remedy] = found
    return wished


def remedy_features(
    asked: Mapping[str, re.Match[str]], wished: Mapping[str, re.Match[str]]
) -> dict[str, float]:
    """What the cues say of the remedies, as the models take it."""
    told = {}
    for remedy, found in wished.items():
        told[f"h:{remedy}"] = 1.5
        if len(found.string) - found.end() < AT_THE_END:
            told[f"he:{remedy}"] = 2.0
    for remedy, found in asked.items():
        before = found.string[max(0, found.start() - 14) : found.start()]
        told[f"r:{remedy}"] = 4.0 if WISH.search(before) else 3.0
        told[f"end:{remedy}"] = found.end() / max(1, len(found.string))
    return told


def _wish_in(text: str) -> tuple[int, int]:
    wishes = list(WISH.finditer(text))
    start = wishes[-1].start() if wishes else max(0, len(text) - 12)
    return start, min(len(text), start + 12)


def _refused(text: str, at: int) -> bool:
    """他们不退、拒绝赔偿: the other side's words, or none."""
    return (
        re.search(
            r"(?:不肯|不给|拒绝|不同意|不愿|不予|不|没|没有|无法|没法|已经|已)$", text[max(0, at - 4) : at]
        )
        is not None
    )


def products() -> tuple[str, ...]:
    """Every kind of loan that can be found."""
    return tuple(_patterns("products"))


def find_products(text: str, seen: Seen | None = None) -> Iterator[Finding]:
    """The kinds of loan that the story is about, each once, where it is named; else the story's first words."""
    named = {product: pattern.search(text) for product, pattern in _patterns("products").items()}
    likely = {product: NAMED if found else UNNAMED for product, found in named.items()}
    if seen:
        likely = mixed_alone(likely, seen.likely("product"), OF_PRODUCTS)
    for product, found in named.items():
        if likely[product] >= LEAST_PRODUCT:
            start, end = found.span() if found else (0, min(len(text), 12))
            yield Finding(Kind.PRODUCT, product, start, end, text[start:end], round(likely[product], 2))


def find_denials(text: str, seen: Seen | None = None) -> Iterator[Finding]:
    """没有签过保险: what the person says did not happen. Never read as the opposite."""
    for found in islice(NOT_SO.finditer(text), AT_MOST_EACH):
        sure = 0.7 if OF_AN_ACT.match(found["what"]) else 0.1
        shares: Mapping[str, float] = {"denied": sure, "": 1 - sure}
        if seen and (told := seen.shares("denial", *found.span())):
            shares = mixed(shares, told, OF_DENIALS)
        if shares["denied"] >= 0.5:
            yield Finding(Kind.DENIAL, found["what"], *found.span(), found[0], round(shares["denied"], 2))
