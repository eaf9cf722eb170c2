"""What kind of word jieba's dictionary takes something for: a person's name, a place's."""

import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

from cases import segmentation

LONGEST_STRETCH = 2_000
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


def tagged_names(text: str) -> set[tuple[int, int]]:
    """Where jieba's tagger, which also guesses at words it does not know, sees names of two to four characters."""
    found = set()
    at = 0
    for begin in range(0, len(text), LONGEST_STRETCH):
        for word, flag in _tagger().cut(text[begin : begin + LONGEST_STRETCH]):
            if flag in NAMES and 2 <= len(word) <= 4:
                found.add((at, at + len(word)))
            at += len(word)
    return found
