"""The stretches of a story that speak of the same, for showing beside a hit."""

import re
from collections.abc import Sequence
from typing import NamedTuple

SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
MOST = 2
LONGEST = 90  # characters of a stretch


class Piece(NamedTuple):
    """A bit of text, and whether the other story has it too (or, of an original, whether it was taken out)."""

    text: str
    shared: bool


Passage = list[Piece]


def passages_of(story: str, shared: Sequence[str], *, most: int = MOST) -> list[Passage]:
    """Up to `most` sentences with the most shared words, in the order of the story, cut into plain and shared bits."""
    sentences = [found.group().strip() for found in SENTENCE.finditer(story)]
    sentences = [sentence[:LONGEST] for sentence in sentences if sentence]
    worth = [sum(len(word) for word in shared if word in sentence) for sentence in sentences]
    best = sorted(range(len(sentences)), key=lambda at: (-worth[at], at))[:most]
    return [pieces(sentences[at], shared) for at in sorted(best) if worth[at]]


def pieces(sentence: str, shared: Sequence[str]) -> Passage:
    """The text in bits, those of `shared` apart from the others."""
    if not shared:
        return [Piece(sentence, shared=False)]
    words = "|".join(re.escape(word) for word in sorted(shared, key=len, reverse=True))
    bits = re.split(f"({words})", sentence)
    return [Piece(bit, at % 2 == 1) for at, bit in enumerate(bits) if bit]
