"""Where people are named in a text: each stretch with how much speaks for it: the sure ones go, the others are shown.

A name is a surname with one or two characters behind it that the dictionary does not need for another word; better if
something around it says so (“借款人”, “跟…”, “…女士”), where the characters are such as parents choose, and where
jieba's tagger thinks so too. Names of other peoples are known by the characters that write their sounds.
"""

import re
from collections.abc import Iterator

from cases.segmentation import can_name, finance_words, is_word
from cases.similarity.calling import find_called
from cases.similarity.surroundings import (
    ACTS,
    BEFORE,
    BEHIND,
    DATA,
    GIVEN,
    HAN,
    MAYBE,
    NEVER_GIVEN,
    NONE,
    RARELY_GIVEN,
    SURE,
    SURNAMES,
    Cut,
    Named,
    is_no_name,
    left_of,
    right_of,
)
from cases.similarity.tagging import is_tagged_name, is_tagged_place

PLAIN = frozenset(DATA["plain_surnames"])
PREPOSITIONS = frozenset("向于时经同为方")  # surnames that stand before other words far more often
WORDS_FIRST = frozenset(DATA["words_first"])  # surnames that stand at the head of other words far more often
AFTER_ALL = frozenset(DATA["after_all"].split())
S = "[" + "".join(sorted(SURNAMES)) + "]"
DOUBLE = re.compile(DATA["double_surnames"])
SAID = re.compile(
    rf"(?:{DATA['said']}|收款人|付款人|经手人|书记员|见证人)(?:是|为|：|:|\s)*[“‘\"'「]?(?P<name>{HAN}{{2,4}})(?=[^\u4e00-\u9fff]|$)"
)
DOTTED = re.compile(rf"{HAN}{{1,8}}(?:[·•‧・]{HAN}{{1,8}})+")
LEAD = re.compile(
    rf"{HAN}*(?:我是|[叫是和跟与向给被找由让在的人])(?={HAN}+[·•‧・])"
)  # of the sentence, not of the name
FOREIGN = re.compile("[" + "".join(sorted(frozenset(DATA["sounds"]))) + "]{3,9}")
SHORT_FOREIGN = re.compile(f"(?:{DATA['short_sounds']})")
CALLED = re.compile(
    rf"(?=(?P<name>{S}|{HAN}{{2}})(?P<title>{DATA['titles']}))"
)  # every place: they may overlap
TOLD = re.compile(
    rf"(?:我|本人|他|她|家里|个|免贵|位|都)姓(?P<name>{S}|{DOUBLE.pattern})(?![\u4e00-\u9fff]?[名氏某])"
)
LISTED_BEFORE = re.compile(rf"(?:^|[^\u4e00-\u9fff])(?P<name>{HAN}{{2,3}})[、和与及]\s*$")
LISTED = re.compile(
    rf"[、和与及]\s*(?P<name>{HAN}{{2,3}})(?=[、，。；！？和与及一二三两都等的在也均系打说要]|\s|$)"
)
TAGGED = 1.5


def find_names(text: str) -> list[Named]:
    """Every stretch that may name a person, in order, none overlapping another, those that weigh most first served."""
    cut = Cut(text)
    found = [*_chinese(cut), *_foreign(cut), *_said(cut), *_with_title(cut), *_told(text), *find_called(cut)]
    found += _listed(text, [one for one in found if one.weight >= SURE], cut)
    chosen: list[Named] = []
    taken = bytearray(len(text))
    for one in sorted(found, key=lambda one: (-one.weight, one.start - one.end)):
        if one.weight >= MAYBE and not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
            chosen.append(one)
    return [_with_surname(cut, one) for one in sorted(chosen)]


def _with_surname(cut: Cut, one: Named) -> Named:
    """The name from its surname on, where only the given name was seen: 荆海涛 by 海涛."""
    at = one.start - 1
    alone = at >= 0 and cut.word_at.get(at) == cut.text[at]
    before = cut.text[at] if alone and one.end - one.start == 2 and one.weight >= SURE else ""
    family = before in SURNAMES and before not in PREPOSITIONS | BEFORE | BEHIND | WORDS_FIRST
    return one._replace(start=at) if family and set(cut.text[one.start : one.end]) <= GIVEN else one


def _chinese(cut: Cut) -> Iterator[Named]:
    text = cut.text
    for at in range(len(text) - 1):
        double = DOUBLE.match(text, at)
        if double is None and text[at] not in SURNAMES:
            continue
        family = 2 if double else 1
        around = left_of(cut, at) + _surname(text, at, double=double is not None)
        if text[at] == "元" and at and text[at - 1].isdigit():
            continue
        starts = at in cut.word_at
        if not starts and around < 2.5 and not {(at, at + family + 1), (at, at + family + 2)} & cut.tagged:
            continue
        for given in (2, 1):
            end = at + family + given
            word = text[at:end]
            if end <= len(text) and re.fullmatch(f"{HAN}+", word) and not is_no_name(word):
                yield Named(
                    at, end, around + _given(word[family:], word) + right_of(cut, end) + _words(cut, at, end)
                )


def _surname(text: str, at: int, *, double: bool) -> float:
    if double:
        return 1.0
    return 0.6 if text[at] in PLAIN else -0.9 if text[at] in WORDS_FIRST else -0.2


def _given(name: str, whole: str) -> float:
    if (set(name) & NEVER_GIVEN and not is_tagged_name(whole)) or name in AFTER_ALL:
        return -1.6
    weight = sum((sign in GIVEN) - (sign in RARELY_GIVEN) for sign in name) * 1.5 / len(name)
    return weight if len(name) == 1 or not is_word(name) or can_name(name) else weight - 1.5


def _words(cut: Cut, at: int, end: int) -> float:
    """What the dictionary says: a word that begins here and is none of a name speaks against it."""
    text = cut.text
    weight = TAGGED if (at, end) in cut.tagged else 0.0
    if text[at : at + 2] in NONE:
        weight -= 1.0 if left_of(cut, at) >= 3.0 else 4.0
    if text[at] in PREPOSITIONS and len(cut.word_at.get(at + 1, "")) > 1:
        weight -= 2.0
    if is_word(text[at:end]):
        led = left_of(cut, at) >= 3.0 or ACTS.match(text, end)
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


def _foreign(cut: Cut) -> Iterator[Named]:
    """Names written by their sounds, with a dot, or in Latin letters."""
    text = cut.text
    for found in DOTTED.finditer(text):
        lead = LEAD.match(found.group())
        yield Named(found.start() + (lead.end() if lead else 0), found.end(), 9.0)
    for found in FOREIGN.finditer(text):
        yield from _sounding(cut, *found.span())
    for found in SHORT_FOREIGN.finditer(text):
        if left_of(cut, found.start()) >= 1.0 and right_of(cut, found.end()) > 0:
            yield Named(*found.span(), 2.5)


def _said(cut: Cut) -> Iterator[Named]:
    """What stands after “name:” and fills the place up to the next sign, whatever its characters."""
    for found in SAID.finditer(cut.text):
        name = found["name"]
        words = cut.words_in(*found.span("name"))
        plain = all(can_name(word) and not (len(word) > 2 and is_word(word)) for word in words)
        family = len(name) == 2 and name[0] in SURNAMES and name[1] in GIVEN and name not in finance_words()
        if ((plain and not is_no_name(name)) or family) and not set(name) & NEVER_GIVEN:
            yield Named(*found.span("name"), 2.5)


def _sounding(cut: Cut, start: int, end: int) -> Iterator[Named]:
    """A row of characters that write foreign sounds; words of the dictionary at its ends are no part of it."""
    while start < end and len(cut.word_at.get(start, "?")) > 1 and not _may_sound(cut.word_at[start]):
        start += len(cut.word_at[start])
    words = cut.words_in(start, end)
    broken = end - start >= 4 and all(len(word) < 3 and not is_tagged_place(word) for word in words)
    if end - start < 3 or not (broken or all(len(word) == 1 or _may_sound(word) for word in words)):
        return
    while start < end and left_of(cut, start) < 1.0 and cut.text[start] in BEFORE:
        start += 1
    if end - start >= 3:
        yield Named(start, end, 1.0 + max(left_of(cut, start), 0.6) + max(0.0, right_of(cut, end)))


def _may_sound(word: str) -> bool:
    return is_tagged_name(word) or SHORT_FOREIGN.fullmatch(word) is not None


def _with_title(cut: Cut) -> Iterator[Named]:
    text = cut.text
    for found in CALLED.finditer(text):
        start, end = found.span("name")
        name, title = found["name"], found["title"]
        if title == "某" or is_no_name(name) or (start not in cut.word_at and left_of(cut, start) < 1.0):
            continue
        if len(name) == 1:
            free = is_word(name + title) is False and cut.word_at.get(start, name) == name
            yield Named(start, end, 2.6 if free and not (start and text[start - 1] in "某姓") else 1.0)
        elif len(title) < 3 and not is_word(name) and set(name) <= GIVEN and not set(name) & NEVER_GIVEN:
            yield Named(start, end, 1.6 + min(left_of(cut, start), 1.0))


def _told(text: str) -> Iterator[Named]:
    for found in TOLD.finditer(text):
        yield Named(*found.span("name"), 3.0)


def _listed(text: str, sure: list[Named], cut: Cut) -> Iterator[Named]:
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
            plain = all(map(can_name, cut.words_in(start, end)))
            if plain and start not in seen:
                seen.add(start)
                queue.append(Named(start, end, 2.6))
                yield queue[-1]
