"""Numbers that point at a person are covered before a story is stored for comparing or shown to others."""

import re

COVER = "*"
SPOKEN_DIGIT = "[零〇一二三四五六七八九幺]"
PERSONAL = re.compile(
    "|".join(
        [
            r"(?<![0-9A-Za-z])\d{6}[ -]?(?:19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[0-9Xx](?![0-9])",  # identity card
            r"(?<!\d)\d{4}(?:[ -]\d{4}){2,4}(?:[ -]\d{1,4})?(?!\d)",  # bank card in groups
            r"(?<!\d)\d{13,19}(?![\d.])",  # bank card
            r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)",  # mobile phone
            r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)",  # telephone
            rf"(?<!{SPOKEN_DIGIT})[一幺]{SPOKEN_DIGIT}{{10}}(?!{SPOKEN_DIGIT})",  # a phone number in words
            r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9.-]{1,100}",  # mail
            r"(?<=[微QqVv][信Qq]号)[:： ]?[A-Za-z0-9_-]{5,20}",  # account of a messenger
            r"(?<=我叫)[\u4e00-\u9fff]{2,4}(?=[，。,. ]|今年|是)",  # own name
        ]
    )
)


def mask_personal(text: str) -> str:
    """The text with identity, card and phone numbers, mail addresses and the teller's name covered by asterisks.

    The length stays the same, so spans found in one text fit the other.
    """
    # Full-width digits are digits too, so they are looked at as such but covered where they stand.
    seen = text.translate(_HALF_WIDTH)
    covered = list(text)
    for found in PERSONAL.finditer(seen):
        covered[found.start() : found.end()] = COVER * (found.end() - found.start())
    return "".join(covered)


_HALF_WIDTH = {ord("０") + step: ord("0") + step for step in range(10)} | {
    ord("－"): ord("-"),
    ord("＋"): ord("+"),
}
