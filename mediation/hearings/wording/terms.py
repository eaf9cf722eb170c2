"""Words of the field that a machine took for others of the same sound: 预期 for 逾期. It suggests; people decide."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from cases.segmentation import dictionary

LIST = Path(__file__).parent / "finance.txt"
_HAN = re.compile(r"[一-鿿]+")
_SPOKEN = re.compile(r"[一-鿿]+(?:[，,\s][一-鿿]+)*")  # a machine puts a comma into the middle of a term, too
_ACROSS = 4  # characters of a term that may be heard across a pause
# Initials and finals that speakers of many places, and machines, take for one another.
_INITIALS = "zh-z ch-c sh-s n-l r-l f-h b-p d-t g-k j-q j-zh q-ch x-sh x-s j-z zh-ch x-q"
_FINALS = "in-ing en-eng an-ang ian-iang uan-uang un-ong i-v e-uo ie-ve ai-ei ian-an iao-ao in-en eng-ong"
_NEAR = {frozenset(pair.split("-")) for pair in f"{_INITIALS} {_FINALS}".split()}
NEAR, FAR = 0.25, 0.5
MEANT = 0.1  # so much nearer counts a term that the sound speaks for
SHORTEST = 2
CUTS = 0.06  # so much farther one for which a word would be cut
_NEVER = frozenset("不没未别是也的了就在我你他她它这那有吗呢吧")  # a suggestion never takes away one of these
COMMON = 5  # times in jieba's corpus


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far a term may sound from what was heard, and whether even a word that may well have been said gives way."""

    mean: Mapping[int, float]  # distance of a syllable, by the length of the term; longer ones as 4
    syllable: float  # of any one of them
    takes_words: bool

    def of(self, length: int) -> float:
        """The farthest mean distance of a term of this length."""
        return self.mean.get(length, self.mean[4])


_SHOWN = _Reach({2: 0.0, 3: 0.17, 4: 0.2}, 0.25, takes_words=False)
_WEIGHED = _Reach({2: 0.25, 3: 0.2, 4: 0.25}, 0.5, takes_words=True)  # against the sound, before it is shown


@dataclass(frozen=True, slots=True)
class Suggestion:
    """At `text[start:end]` stands `heard`; it sounds like `term`. `distance` is 0 for the same syllables, at most 1.

    `cuts` says of a term of two signs that its first or last makes a word with the sign beside it: 受福 in 受福利.
    """

    start: int
    end: int
    heard: str
    term: str
    distance: float
    cuts: bool = False

    @property
    def is_safe(self) -> bool:
        """Whether what was heard is no word at all, so that nothing else can have been meant."""
        return not stands_for_itself(self.heard)


def suggestions(text: str, meant: Set[tuple[str, str]] = frozenset()) -> list[Suggestion]:
    """Terms that may have been said, in order, none overlapping another; the nearest and longest first choice.

    `meant` are pairs (heard, term) for which the sound speaks: they may sound farther apart, and come first.
    """
    spoken = [one for run in _SPOKEN.finditer(text) for one in _in_spoken(run.group(), run.start())]
    found = [one for one in spoken if not one.cuts]  # 三月公司 is no 月供
    if meant:
        hints = tuple(sorted(term for _, term in meant))
        found += [one for one in _weighable(text, hints) if (one.heard, one.term) in meant]
    return _chosen(found, meant)


def nearby(text: str, hints: tuple[str, ...] = ()) -> list[Suggestion]:
    """As `suggestions`, farther ones and real words included, and longer ones before nearer ones: to be weighed against
    the sound, not to be shown. `hints` are words that are likely here besides: the name of the lender.
    """
    return _chosen(_weighable(text, hints), length_counts=0.1)


def speaks_of_the_field(text: str) -> bool:
    """Whether a term stands in the text as it should: that makes others likely."""
    return any(term in text for term in terms())


def _weighable(text: str, hints: tuple[str, ...] = ()) -> list[Suggestion]:
    return [one for run in _HAN.finditer(text) for one in _in_run(run.group(), run.start(), _WEIGHED, hints)]


def _chosen(
    found: list[Suggestion], meant: Set[tuple[str, str]] = frozenset(), length_counts: float = 0.05
) -> list[Suggestion]:
    right = [one for one in found if one.heard == one.term]
    found = [one for one in found if one.heard == one.term or _keeps(one, right)]
    found.sort(
        key=lambda one: (
            one.distance
            - length_counts * (one.end - one.start)
            - MEANT * ((one.heard, one.term) in meant)
            + CUTS * one.cuts,
            one.start,
        )
    )
    taken: set[int] = set()
    chosen = []
    for one in found:
        places = set(range(one.start, one.end))
        if not places & taken:
            taken |= places
            chosen.append(one)
    return sorted((one for one in chosen if one.heard != one.term), key=lambda one: one.start)


def _keeps(one: Suggestion, right: list[Suggestion]) -> bool:
    """Whether it leaves alone what was heard right: 尚欠本金 keeps 本金, 犹豫期 for 有逾期 does not keep 逾期."""
    return all(
        one.start <= other.start and other.end <= one.end and other.term in one.term
        for other in right
        if one.start < other.end and other.start < one.end
    )


def with_suggestions(text: str, chosen: list[Suggestion]) -> str:
    """The text as it would read with all of them."""
    for one in reversed(chosen):
        text = text[: one.start] + one.term + text[one.end :]
    return text


@cache
def terms() -> tuple[str, ...]:
    """The terms of the list."""
    lines = [line for line in LIST.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return tuple(dict.fromkeys(word for line in lines for word in line.split()[1:] if _HAN.fullmatch(word)))


def _in_spoken(spoken: str, at: int) -> Iterator[Suggestion]:
    """As `_in_run`, over pauses as well: 遇弃，纪录 for 逾期记录, where each syllable is the same."""
    places = [place for place, sign in enumerate(spoken) if _HAN.match(sign)]
    for one in _in_run("".join(spoken[place] for place in places), 0):
        start, end = places[one.start], places[one.end - 1] + 1
        if end - start == one.end - one.start:
            yield replace(one, start=at + start, end=at + end)
        elif len(one.term) >= _ACROSS and not one.distance and one.heard != one.term:
            yield replace(one, start=at + start, end=at + end, heard=spoken[start:end])


def _in_run(run: str, at: int, reach: _Reach = _SHOWN, hints: tuple[str, ...] = ()) -> Iterator[Suggestion]:
    """Every near term at every place of a run of characters; where a term stands as it should, it holds its place."""
    said = _syllables(run)
    for length, by_first in _index(hints).items():
        for start in range(len(run) - length + 1):
            heard = run[start : start + length]
            for term, sounds in by_first:
                distance = _distance(said[start : start + length], sounds, reach.of(length), reach.syllable)
                if distance is None or (heard != term and not _NEVER.isdisjoint(set(heard) - set(term))):
                    continue
                if heard == term or not distance or reach.takes_words or not stands_for_itself(heard):
                    cuts = heard != term and _cuts(run, start, start + length)
                    yield Suggestion(at + start, at + start + length, heard, term, distance, cuts)


@lru_cache(maxsize=64)
def _index(
    hints: tuple[str, ...],
) -> dict[int, tuple[tuple[str, tuple[tuple[str, str], ...]], ...]]:
    known = tuple(
        dict.fromkeys((*terms(), *(hint for hint in hints if _HAN.fullmatch(hint) and len(hint) > 1)))
    )
    return {
        length: tuple((term, _syllables(term)) for term in known if len(term) == length)
        for length in sorted(set(map(len, known)))
    }


def _distance(
    said: tuple[tuple[str, str], ...],
    meant: tuple[tuple[str, str], ...],
    farthest: float,
    farthest_syllable: float,
) -> float | None:
    """The mean over the syllables, or None where it would be more than `farthest`."""
    most, total = farthest * len(meant), 0.0
    for one, other in zip(said, meant, strict=True):
        apart = _apart(one[0], other[0]) + _apart(one[1], other[1])
        total += apart
        if apart > farthest_syllable or total > most + 1e-9:
            return None
    return total / len(meant)


@cache
def _apart(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return NEAR if frozenset((one, other)) in _NEAR else FAR


@lru_cache(maxsize=4096)
def _syllables(run: str) -> tuple[tuple[str, str], ...]:
    """Initial and final of each character, read in its context."""
    from pypinyin import Style, lazy_pinyin

    initials = lazy_pinyin(run, style=Style.INITIALS, strict=False)
    finals = lazy_pinyin(run, style=Style.FINALS, strict=False)
    return tuple(zip(initials, finals, strict=True))


def _cuts(run: str, start: int, end: int) -> bool:
    if end - start > SHORTEST or stands_for_itself(run[start:end]):
        return False
    return any(stands_for_itself(run[edge - 1 : edge + 1]) for edge in (start, end) if 0 < edge < len(run))


def stands_for_itself(heard: str) -> bool:
    """Whether what was heard is a word of its own, which may well have been said."""
    return heard in _words()


@cache
def _words() -> frozenset[str]:
    """Words of two and three characters from jieba's list, without loading its tokenizer."""
    return frozenset(one.word for one in dictionary() if len(one.word) in {2, 3} and one.times >= COMMON)
