"""What kind of word jieba's dictionary takes something for: a person's name, a place's."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from cases import segmentation

LONGEST_STRETCH = 2_000
LONGEST_ROW = 40  # single characters
SELDOM = 5e-7  # of all words
NAMES = frozenset({"nr", "nrfg", "nrt"})
KEPT = NAMES | {"ns", "nt", "nz"}


@cache
def _tags() -> Mapping[str, str]:
    """The tags of names, places and firms; other words are not kept."""
    return {one.word: one.kind for one in segmentation.dictionary() if one.kind in KEPT}


def is_tagged_name(word: str) -> bool:
    """Whether the dictionary knows the word as a person's name."""
    return _tags().get(word) in NAMES


def is_tagged_place(word: str) -> bool:
    """Whether the dictionary knows the word as a town, a province or the like."""
    return _tags().get(word) == "ns"


def is_small_place(word: str) -> bool:
    """Whether the word is a place that is seldom spoken of: 横岗, not 深圳. Few people live there."""
    return is_tagged_place(word) and segmentation.how_common(word) < SELDOM


def is_tagged_firm(word: str) -> bool:
    """Whether the dictionary knows the word as a firm, a brand or the like."""
    return _tags().get(word) in {"nt", "nz"}


@cache
def _tagger() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jieba.posseg import POSTokenizer  # heavy: at the first use only
    return POSTokenizer(segmentation._tokenizer())  # noqa: SLF001


def tagged_names(text: str, words: Iterable[segmentation.Token]) -> set[tuple[int, int]]:
    """Where jieba's tagger, which also guesses at words it does not know, sees names of two to four characters.

    It weighs every way to read a row of characters that make no words, which takes long; where more of them stand in
    a row than anybody writes, it is not asked. `words`: the tokens of the text.
    """
    found = set()
    for begin, end in _readable(text, words):
        at = begin
        for word, flag in _tagger().cut(text[begin:end]):
            if flag in NAMES and 2 <= len(word) <= 4:
                found.add((at, at + len(word)))
            at += len(word)
    return found


def _readable(text: str, words: Iterable[segmentation.Token]) -> Iterator[tuple[int, int]]:
    """The stretches of the text that are words, at most `LONGEST_STRETCH` characters each."""
    begin = row = 0
    for token in words:
        row = row + 1 if len(token.word) == 1 and token.word.isalnum() else 0
        if row == LONGEST_ROW and token.end - row > begin:
            yield begin, token.end - row
        if row >= LONGEST_ROW:
            begin = token.end
        elif token.end - begin >= LONGEST_STRETCH:
            yield begin, token.end
            begin = token.end
    if begin < len(text):
        yield begin, len(text)
