"""Where people are named in a text: each stretch with how much speaks for it: the sure ones go, the others are shown.

A name is a surname with one or two characters behind it that the dictionary does not need for another word; better if
something around it says so (“借款人”, “跟…”, “…女士”), where the characters are such as parents choose, and where
jieba's tagger thinks so too. Names of other peoples are known by the characters that write their sounds.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cases.segmentation import can_name, is_word, tokens
from cases.similarity.tagging import is_tagged_name, is_tagged_place, tagged_names

_DATA = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))
HAN = "[\u4e00-\u9fff]"
SURNAMES = frozenset(_DATA["surnames"]) - {"\n"}
PLAIN = frozenset(_DATA["plain_surnames"])
PREPOSITIONS = frozenset("向于时经同为方")  # surnames that stand before other words far more often
GIVEN = frozenset(_DATA["given"]) - {"\n"}
WORDS_FIRST = frozenset(_DATA["words_first"])  # surnames that stand at the head of other words far more often
NEVER_GIVEN = frozenset(_DATA["never_given"])
AFTER_ALL = frozenset(_DATA["after_all"].split())
RARELY_GIVEN = frozenset(_DATA["rarely_given"])
NONE = frozenset(_DATA["words"]["none"].split())
NOT_CALLED = frozenset(_DATA["not_called"].split())
S = "[" + "".join(sorted(SURNAMES)) + "]"
DOUBLE = re.compile(_DATA["double_surnames"])
TITLE = re.compile(_DATA["titles"])
ACTS = re.compile(_DATA["acts"])
BEFORE, BEHIND = frozenset(_DATA["before"]), frozenset(_DATA["behind"])
EDGE = re.compile(r"[^\u4e00-\u9fffA-Za-z]")
CUE = re.compile(
    rf"(?:(?:{_DATA['roles']}|{_DATA['kin']})(?:（[^）]{{1,10}}）|\([^)]{{1,10}}\))?(?:（?签[字名]）?)?(?:是|为|叫|系|：|:|\s)*|(?:{_DATA['said']})(?:了|是|为|：|:|\s)*|我是|我叫|我姓名|[转打汇借付交还]给了?|给了)[“‘\"'「]?$"
)
SAID = re.compile(
    rf"(?:{_DATA['said']}|收款人|付款人|经手人|书记员|见证人)(?:是|为|：|:|\s)*[“‘\"'「]?(?P<name>{HAN}{{2,4}})(?=[^\u4e00-\u9fff]|$)"
)
DOTTED = re.compile(rf"{HAN}{{1,8}}(?:[·•‧・]{HAN}{{1,8}})+")
LATIN = re.compile(r"(?<![A-Za-z0-9_@.])[A-Z][a-z]{1,14}(?: [A-Z][a-z]{1,14}){1,3}(?![A-Za-z0-9_@])")
LEAD = re.compile(
    rf"{HAN}*(?:我是|[叫是和跟与向给被找由让在的人])(?={HAN}+[·•‧・])"
)  # of the sentence, not of the name
FOREIGN = re.compile("[" + "".join(sorted(frozenset(_DATA["sounds"]))) + "]{3,9}")
SHORT_FOREIGN = re.compile(f"(?:{_DATA['short_sounds']})")
NICKNAME = re.compile(rf"[小老阿](?P<name>{HAN})")
CALLED = re.compile(
    rf"(?=(?P<name>{S}|{HAN}{{2}})(?P<title>{_DATA['titles']}))"
)  # every place: they may overlap
TOLD = re.compile(
    rf"(?:我|本人|他|她|家里|个|免贵|位|都)姓(?P<name>{S}|{DOUBLE.pattern})(?![\u4e00-\u9fff]?[名氏某])"
)
LISTED_BEFORE = re.compile(rf"(?:^|[^\u4e00-\u9fff])(?P<name>{HAN}{{2,3}})[、和与及]\s*$")
LISTED = re.compile(
    rf"[、和与及]\s*(?P<name>{HAN}{{2,3}})(?=[、，。；！？和与及一二三两都等的在也均系打说要]|\s|$)"
)
LEFT_OVER = re.compile(rf"{HAN}(?:[^\u4e00-\u9fff]|$)")  # one character more: it belongs to the name
ANONYMOUS = re.compile(rf"{HAN}(?:某{{1,2}}|[×xX＊*]{{1,3}})")
TAGGED = 1.5
SURE, MAYBE = 1.3, 0.4


class Named(NamedTuple):
    """A stretch that may name a person; from `SURE` on it does."""

    start: int
    end: int
    weight: float


def find_names(text: str) -> list[Named]:
    """Every stretch that may name a person, in order, none overlapping another, those that weigh most first served."""
    cut = _Cut(text)
    found = [*_chinese(cut), *_foreign(cut), *_said(cut), *_nicknames(cut), *_with_title(cut), *_told(text)]
    found += _listed(text, [one for one in found if one.weight >= SURE], cut)
    chosen: list[Named] = []
    taken = bytearray(len(text))
    for one in sorted(found, key=lambda one: (-one.weight, one.start - one.end)):
        if one.weight >= MAYBE and not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
            chosen.append(one)
    return sorted(chosen)


class _Cut:
    """A text with where its words begin and end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.word_at = {token.start: token.word for token in tokens(text)}
        self.tagged = tagged_names(text)
        self.word_to = {start + len(word): word for start, word in self.word_at.items()}


@cache
def _not_a_name(word: str) -> bool:
    return word in NONE or is_tagged_place(word) or bool(ANONYMOUS.match(word))


def _chinese(cut: _Cut) -> Iterator[Named]:
    text = cut.text
    for at in range(len(text) - 1):
        double = DOUBLE.match(text, at)
        if double is None and text[at] not in SURNAMES:
            continue
        family = 2 if double else 1
        around = _left(cut, at) + _surname(text, at, double=double is not None)
        if text[at] == "元" and at and text[at - 1].isdigit():
            continue
        starts = at in cut.word_at
        if not starts and around < 2.5 and not {(at, at + family + 1), (at, at + family + 2)} & cut.tagged:
            continue
        for given in (2, 1):
            end = at + family + given
            word = text[at:end]
            if end <= len(text) and re.fullmatch(f"{HAN}+", word) and not _not_a_name(word):
                yield Named(
                    at, end, around + _given(word[family:], word) + _right(cut, end) + _words(cut, at, end)
                )


def _left(cut: _Cut, at: int) -> float:
    text = cut.text
    before = text[max(0, at - 20) : at]
    if CUE.search(before):
        return 3.0
    if not before or EDGE.match(before[-1]):
        return 1.0
    if before[-1] in BEFORE:
        return 1.2
    if before[-1] == "的":
        return 0.7
    return 0.7 if len(cut.word_to.get(at, "")) > 1 else 0.0


def _right(cut: _Cut, end: int) -> float:
    text = cut.text
    if TITLE.match(text, end):
        return 2.5
    if end == len(text) or EDGE.match(text[end]):
        return 1.0
    if ACTS.match(text, end):
        return 1.8
    if LEFT_OVER.match(text, end) and text[end] not in BEHIND:
        return -3.0
    return 0.9 if text[end] in BEHIND or len(cut.word_at.get(end, "")) > 1 else -0.6


def _surname(text: str, at: int, *, double: bool) -> float:
    if double:
        return 1.0
    return 0.6 if text[at] in PLAIN else -0.9 if text[at] in WORDS_FIRST else -0.2


def _given(name: str, whole: str) -> float:
    if (set(name) & NEVER_GIVEN and not is_tagged_name(whole)) or name in AFTER_ALL:
        return -1.6
    weight = sum((sign in GIVEN) - (sign in RARELY_GIVEN) for sign in name) * 1.5 / len(name)
    return weight if len(name) == 1 or not is_word(name) or can_name(name) else weight - 1.5


def _words(cut: _Cut, at: int, end: int) -> float:
    """What the dictionary says: a word that begins here and is none of a name speaks against it."""
    text = cut.text
    weight = TAGGED if (at, end) in cut.tagged else 0.0
    if text[at : at + 2] in NONE:
        weight -= 1.0 if _left(cut, at) >= 3.0 else 4.0
    if text[at] in PREPOSITIONS and len(cut.word_at.get(at + 1, "")) > 1:
        weight -= 2.0
    if is_word(text[at:end]):
        led = _left(cut, at) >= 3.0 or ACTS.match(text, end)
        weight += 1.0 if is_tagged_name(text[at:end]) else -1.5 if led else -3.0
    word = cut.word_at.get(at, "")
    if len(word) > 1 and not text.startswith(word, at, end):
        weight -= 2.5
    elif len(word) > 1 and word != text[at:end] and not DOUBLE.fullmatch(word):
        weight -= 0.0 if is_tagged_name(word) else 2.0
    elif at not in cut.word_at:
        weight -= 1.5
    if end not in cut.word_to:
        weight -= 1.0
    return weight


def _foreign(cut: _Cut) -> Iterator[Named]:
    """Names written by their sounds, with a dot, or in Latin letters."""
    text = cut.text
    for found in DOTTED.finditer(text):
        lead = LEAD.match(found.group())
        yield Named(found.start() + (lead.end() if lead else 0), found.end(), 5.0)
    for found in LATIN.finditer(text):
        yield Named(*found.span(), 2.5)
    for found in FOREIGN.finditer(text):
        yield from _sounding(cut, *found.span())
    for found in SHORT_FOREIGN.finditer(text):
        if _left(cut, found.start()) >= 1.0 and _right(cut, found.end()) > 0:
            yield Named(*found.span(), 2.5)


def _said(cut: _Cut) -> Iterator[Named]:
    """What stands after “name:” and fills the place up to the next sign, whatever its characters."""
    for found in SAID.finditer(cut.text):
        name = found["name"]
        words = [cut.word_at[at] for at in range(*found.span("name")) if at in cut.word_at]
        plain = all(can_name(word) and not (len(word) > 2 and is_word(word)) for word in words)
        if plain and not _not_a_name(name) and not set(name) & NEVER_GIVEN:
            yield Named(*found.span("name"), 2.5)


def _sounding(cut: _Cut, start: int, end: int) -> Iterator[Named]:
    """A row of characters that write foreign sounds; words of the dictionary at its ends are no part of it."""
    while start < end and len(cut.word_at.get(start, "?")) > 1 and not _may_sound(cut.word_at[start]):
        start += len(cut.word_at[start])
    words = [cut.word_at[at] for at in range(start, end) if at in cut.word_at]
    broken = end - start >= 4 and all(len(word) < 3 and not is_tagged_place(word) for word in words)
    if end - start < 3 or not (broken or all(len(word) == 1 or _may_sound(word) for word in words)):
        return
    while start < end and _left(cut, start) < 1.0 and cut.text[start] in BEFORE:
        start += 1
    if end - start >= 3:
        yield Named(start, end, 1.0 + max(_left(cut, start), 0.6) + max(0.0, _right(cut, end)))


def _may_sound(word: str) -> bool:
    return is_tagged_name(word) or SHORT_FOREIGN.fullmatch(word) is not None


def _nicknames(cut: _Cut) -> Iterator[Named]:
    text = cut.text
    for found in NICKNAME.finditer(text):
        whole, start, end = found.group(), *found.span()
        if (
            whole in NOT_CALLED
            or (is_word(whole) and not is_tagged_name(whole))
            or found["name"] in NEVER_GIVEN
        ):
            continue
        if (
            text[end : end + 1] == "某"
            or len(cut.word_at.get(start + 1, "")) > 1
            or len(cut.word_at.get(start, "")) > 2
        ):
            continue
        known = found["name"] in SURNAMES or found["name"] in GIVEN
        yield Named(start, end, (1.2 if known else 0.0) + min(_left(cut, start), 1.5) + _right(cut, end))


def _with_title(cut: _Cut) -> Iterator[Named]:
    text = cut.text
    for found in CALLED.finditer(text):
        start, end = found.span("name")
        name, title = found["name"], found["title"]
        if title == "某" or _not_a_name(name) or (start not in cut.word_at and _left(cut, start) < 1.0):
            continue
        if len(name) == 1:
            free = is_word(name + title) is False and cut.word_at.get(start, name) == name
            yield Named(start, end, 2.6 if free and not (start and text[start - 1] in "某姓") else 1.0)
        elif len(title) < 3 and not is_word(name) and set(name) <= GIVEN and not set(name) & NEVER_GIVEN:
            yield Named(start, end, 1.6 + min(_left(cut, start), 1.0))


def _told(text: str) -> Iterator[Named]:
    for found in TOLD.finditer(text):
        yield Named(*found.span("name"), 3.0)


def _listed(text: str, sure: list[Named], cut: _Cut) -> Iterator[Named]:
    """Names that stand beside one that is sure: 张伟、李娜和王强."""
    queue = [*sure]
    seen = {one.start for one in sure}
    while queue:
        one = queue.pop()
        left = max(0, one.start - 6)
        for found, shift in (
            (LISTED.match(text, one.end), 0),
            (LISTED_BEFORE.search(text[left : one.start]), left),
        ):
            if found is None or found["name"][:2] in NONE or set(found["name"]) & NEVER_GIVEN:
                continue
            start, end = found.start("name") + shift, found.end("name") + shift
            plain = all(can_name(cut.word_at[at]) for at in range(start, end) if at in cut.word_at)
            if plain and start not in seen:
                seen.add(start)
                queue.append(Named(start, end, 2.6))
                yield queue[-1]
