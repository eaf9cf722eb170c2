"""Names without a surname: after “my husband”, by a title, a nickname, in another people's sounds, one foreign word.

A story calls people as their families and workmates do: 我婆婆秀珍, 外号铁公鸡, 强哥. No surname says that it is a
name; what stands around it does.
"""

import re
from collections.abc import Iterator

from cases.segmentation import can_name, finance_words, how_common, is_word
from cases.similarity.surroundings import (
    ACTS,
    ANONYMOUS,
    BEHIND,
    DATA,
    GIVEN,
    HAN,
    NEVER_GIVEN,
    NONE,
    RARELY_GIVEN,
    SURE,
    SURNAMES,
    Cut,
    Named,
    left_of,
    right_of,
)
from cases.similarity.tagging import is_tagged_name

NOT_CALLED = frozenset(DATA["not_called"].split())
NICKNAME = re.compile(rf"[小老阿大](?P<name>{HAN})")
PERSON = re.compile(rf"(?:{DATA['roles']}|{DATA['kin']}|{DATA['titles']}).*")
AFTER_PERSON = re.compile(
    rf"(?:(?:{DATA['roles']})(?:叫|是|：|:)?|(?P<kin>{DATA['kin']})(?:家的?)?)(?=(?P<name>{HAN}{{2,3}}))"
)
BYNAME = re.compile(
    rf"(?:{DATA['bynames']})(?:就?叫做?|就?是|为|：|:|\s)*[“\"「‘]?(?P<name>{HAN}{{1,5}}?)"
    r"(?=[”\"」’，。、；！？的\s]|收了|放[贷款了]|借[给我了]|领[着我]|带[着我]|骗|$)"
)
ORDER = re.compile("[小老阿][一二三四五六七八九幺]")
SAID_SO = re.compile("(?:叫做?|名叫|外号|都喊[他她])$")
HAN_SIGN = re.compile(HAN)
WHO_IS = re.compile(
    rf"(?<![\u4e00-\u9fffA-Za-z])(?P<name>{HAN}{{2,3}}?)(?=[也就都]?是(?:我|他|她|我们|本人)们?的?(?:{DATA['roles']}|{DATA['kin']}))"
)
TOGETHER = re.compile(
    rf"(?<![\u4e00-\u9fffA-Za-z])(?P<name>{HAN}{{2,3}}?)[和与跟](?P<other>{HAN}{{2,3}}?)"
    r"(?=两口子|夫[妻妇]|两个?人|二人|合伙|都是|是(?:夫[妻妇]|兄弟|姐妹|父子|母女|同事|同学))"
)
OWNER = re.compile(
    rf"(?<![\u4e00-\u9fffA-Za-z])(?P<name>{HAN}{{2,3}}?)(?=的(?:贷款|征信|签名|签字|身份证|名字|手印|工资卡|银行卡|账户))"
)
WITH_TITLE = re.compile(
    rf"(?=(?P<name>{HAN}{{2}})(?:调解员|律师|法官|警官|书记员|医生|大夫|师傅|老师|会计|女士|先生|大姐|大哥))"
)
LOOKS = re.compile(rf"[{DATA['nick_first']}](?:[子头脸眼三四五六]|哥|姐|爷|叔)")
WITH_ME = re.compile(
    rf"(?<![\u4e00-\u9fffA-Za-z])(?P<name>{HAN}{{2}})(?=[和跟]我(?:一个|一起|一块|同|住|在|是|都|合)|在群里|(?:她|他)?说[她他]也|[她他]也)"
)
SPACED = re.compile(rf"(?<![\u4e00-\u9fff])(?P<name>{HAN} {HAN}(?: {HAN})?)(?![ \u4e00-\u9fff] )")
ELDER = re.compile(rf"(?=(?P<name>{HAN})(?:哥|姐|叔|婶|嫂|爷|总|仔|妹)(?![哥姐叔婶嫂爷总妹夫弟]))")
WORD_OF_LETTERS = re.compile(
    r"(?<![A-Za-z0-9_@.+-])[A-Z\u00c0-\u00de\u0110\u01a0\u01af][a-z\u00df-\u024f\u1e00-\u1eff]{1,14}"
    r"(?:\s[A-Z\u00c0-\u00de\u0110\u01a0\u01af][a-z\u00df-\u024f\u1e00-\u1eff]{1,14}){0,3}(?![A-Za-z0-9_@.+-])"
)
NO_NAMES = frozenset(DATA["latin_words"].split())
SOUNDS = frozenset(DATA["sounds"] + DATA["more_sounds"])
NEVER_FIRST = frozenset(DATA["never_first"])
LONGEST_ROW = 5
RARE_OF_KIN = 2e-6  # as well, behind what somebody is to the teller
RARE = 2e-7  # of all words: 德福 stands in the dictionary, and is a name all the same
FUNCTION = BEHIND | NEVER_GIVEN


def find_called(cut: Cut) -> Iterator[Named]:
    """Every stretch that may call a person by anything but a surname and a given name."""
    yield from _after_person(cut)
    yield from _nicknames(cut)
    yield from _bynames(cut)
    yield from _before_title(cut)
    yield from _by_what_is_said(cut)
    yield from _looks_and_spaced(cut)
    yield from _rows(cut)
    for found in WORD_OF_LETTERS.finditer(cut.text):
        if found.group() not in NO_NAMES:
            yield Named(*found.span(), 2.5)


def _after_person(cut: Cut) -> Iterator[Named]:
    """A given name, or a surname that is rare, behind what somebody is: 我公公德福, 室友起丽萍."""
    for found in AFTER_PERSON.finditer(cut.text):
        start = found.start("name")
        for length in (3, 2):
            name = found["name"][:length]
            if len(name) == length and _could_be_called(cut, start, name, kin=bool(found["kin"])):
                yield Named(start, start + length, 1.6 + length / 10)


def _could_be_called(cut: Cut, start: int, name: str, *, kin: bool) -> bool:
    end = start + len(name)
    words = cut.words_in(start, end)
    if (
        start not in cut.word_at
        or sum(map(len, words)) != len(name)
        or not _ends_there(cut, end, name, kin=kin)
    ):
        return False
    tagged = (start, end) in cut.tagged or is_tagged_name(name)
    if set(name[1:] if tagged else name) & (NEVER_GIVEN | RARELY_GIVEN):
        return False
    if (
        name in NONE
        or PERSON.fullmatch(name)
        or ANONYMOUS.match(name)
        or not all(map(can_name, words[tagged:]))
    ):
        return False
    if tagged:
        return True
    chosen = sum(sign in GIVEN for sign in name)
    if not is_word(name):
        family = name[0] in SURNAMES and chosen == len(name) - 1
        apart = all(len(word) == 1 or is_tagged_name(word) for word in words)
        told = kin and chosen > 0 and right_of(cut, end) > 0
        doubled = kin and name[0] == name[-1] and len(name) == 2
        fits = chosen == len(name) or family or doubled or told
        return fits and name[0] not in NEVER_FIRST and apart
    if how_common(name) < RARE_OF_KIN:
        return kin and chosen > 0
    acts = ACTS.match(cut.text, end) is not None
    return acts and (chosen == len(name) or name[0] in SURNAMES) and name not in finance_words()


def _ends_there(cut: Cut, end: int, name: str, *, kin: bool) -> bool:
    plain = kin and set(name) <= GIVEN and how_common(name) < RARE_OF_KIN  # 嫂子玉珍: only a word may follow
    return right_of(cut, end) > (-1 if plain else 0) and cut.text[end : end + 1] not in {"了", "着", "过"}


def _nicknames(cut: Cut) -> Iterator[Named]:
    text = cut.text
    for found in NICKNAME.finditer(text):
        whole, start, end = found.group(), *found.span()
        said = SAID_SO.search(text[max(0, start - 6) : start]) and not HAN_SIGN.match(text, end)
        if said and ORDER.match(text, start):
            yield Named(start, end, 2.0)  # 叫老四。
        word = how_common(whole) > RARE and not is_tagged_name(whole)
        if whole in NOT_CALLED or word or found["name"] in NEVER_GIVEN:
            continue
        if (
            text[end : end + 1] == "某"
            or len(cut.word_at.get(start + 1, "")) > 1
            or len(cut.word_at.get(start, "")) > 2
        ):
            continue
        known = found["name"] in SURNAMES or found["name"] in GIVEN
        if whole[0] == "大" and left_of(cut, start) < 3.0:
            continue
        yield Named(start, end, (1.2 if known else 0.0) + min(left_of(cut, start), 1.5) + right_of(cut, end))
    for found in ELDER.finditer(text):
        start, end = found.span("name")
        known = found["name"] in GIVEN or found["name"] in SURNAMES
        alone = cut.word_at.get(start, found["name"]) == found["name"] and not is_word(text[start : end + 1])
        if known and alone and start in cut.word_at and left_of(cut, start) >= 1.0:
            yield Named(start, end + 1, 2.0)


def _bynames(cut: Cut) -> Iterator[Named]:
    """What somebody is called by others, whatever it is: 外号铁公鸡, 大家都喊他麻子."""
    for found in BYNAME.finditer(cut.text):
        start, end = found.span("name")
        name = found["name"]
        words = cut.words_in(start, end)
        verbs = any(len(word) == 2 and not can_name(word) for word in words) or set(name) & RARELY_GIVEN
        if not (PERSON.match(name) or set(name) & NEVER_GIVEN or verbs or ACTS.match(name)):
            yield Named(start, end, 2.5)


def _before_title(cut: Cut) -> Iterator[Named]:
    """A name that is a word as well, before what a person is: 请程序调解员接着办."""
    for found in WITH_TITLE.finditer(cut.text):
        start, end = found.span("name")
        name = found["name"]
        if start not in cut.word_at or cut.word_at[start] not in {name, name[0]} or PERSON.fullmatch(name):
            continue
        named = name[0] in SURNAMES and name[1] in GIVEN and name not in NOT_CALLED
        if named and left_of(cut, start) >= 1.0 and name not in finance_words():
            yield Named(start, end, SURE + 0.2)


def _by_what_is_said(cut: Cut) -> Iterator[Named]:
    """Names that are words as well, where the sentence can only speak of a person: 高峰是我同事."""
    for pattern in (WHO_IS, TOGETHER, WITH_ME, OWNER):
        for found in pattern.finditer(cut.text):
            for group in pattern.groupindex:
                if _word_of_a_name(found[group], tagged=pattern is OWNER):
                    yield Named(*found.span(group), 2.5)


def _looks_and_spaced(cut: Cut) -> Iterator[Named]:
    """Called by their looks (胖姐, 疤脸), or written with spaces between the characters."""
    for found in LOOKS.finditer(cut.text):
        led = left_of(cut, found.start()) >= 0.7 and right_of(cut, found.end()) > -1
        if led and (how_common(found.group()) < RARE or left_of(cut, found.start()) >= 3.0):
            yield Named(*found.span(), 2.0)
    for found in SPACED.finditer(cut.text):
        family, *given = found["name"].split()
        if family in SURNAMES and set(given) <= GIVEN:
            yield Named(*found.span("name"), 2.5)


def _word_of_a_name(name: str, *, tagged: bool) -> bool:
    if PERSON.fullmatch(name) or set(name) & NEVER_GIVEN or name in finance_words() or ANONYMOUS.match(name):
        return False
    return name[0] in SURNAMES and set(name[1:]) <= GIVEN and (is_tagged_name(name) or not tagged)


def _rows(cut: Cut) -> Iterator[Named]:
    """Characters in a row that make no common words, and write foreign sounds: 仁青卓嘎 before 开小卖部."""
    start = end = 0
    for at, word in [*cut.word_at.items(), (len(cut.text), "")]:
        if _sounds(word):
            end = at + len(word)
            continue
        led = start < len(cut.text) and left_of(cut, start) >= 1.0
        if 3 <= end - start <= LONGEST_ROW and led:
            yield Named(start, end, 1.0 + left_of(cut, start))
        start = end = at + len(word)


def _sounds(word: str) -> bool:
    if not word or not set(word) <= SOUNDS:
        return False
    return word not in FUNCTION if len(word) == 1 else is_tagged_name(word) or how_common(word) < RARE_OF_KIN
