"""分词: one jieba tokenizer of our own for the whole process, with the words of consumer credit in it.

Loaded at the first use, quietly; its cache file stays under `VAR_DIR/tmp`.
"""

import logging
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

DICTIONARY = Path(__file__).parent / "analysis" / "finance.txt"
LONGEST_STRETCH = 4_000  # characters given to jieba at once: it works stretch by stretch anyway


class Token(NamedTuple):
    """A word and where it stands in the text."""

    word: str
    start: int
    end: int


class Entry(NamedTuple):
    """A word of jieba's dictionary: how often its corpus has it, and what kind of word it is there (nr: a person)."""

    word: str
    times: int
    kind: str


def dictionary() -> Iterator[Entry]:
    """Jieba's own dictionary, line by line: 349,046 words, read without loading the tokenizer (170 MB)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = files("jieba").joinpath("dict.txt")
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            word, times, kind = line.split()
            yield Entry(word, int(times), kind)


@cache
def finance_words() -> Mapping[str, str]:
    """Every word of our dictionary with what it speaks of: a cause, `product`, `lender`, `cost`, `law`, `work`."""
    rows = (line.split() for line in DICTIONARY.read_text(encoding="utf-8").splitlines())
    return {word: topic for word, _weight, topic in rows}


@cache
def _tokenizer() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba  # heavy: half a second, so not before it is needed
    jieba.setLogLevel(logging.WARNING)
    folder = Path(settings.VAR_DIR) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(folder)
    tokenizer.initialize()
    for line in DICTIONARY.read_text(encoding="utf-8").splitlines():
        word, weight, topic = line.split()
        tokenizer.add_word(word, int(weight), topic)
    return tokenizer


def warm_up() -> None:
    """Load the dictionary now (one to three seconds), so that the first person does not wait for it."""
    _tokenizer()


def is_word(word: str) -> bool:
    """Whether the dictionary knows it as a word of its own."""
    return bool(_tokenizer().FREQ.get(word, 0))


def how_common(word: str) -> float:
    """The part of all words of running text that this one makes; 0 for what is no word."""
    tokenizer = _tokenizer()
    return float(tokenizer.FREQ.get(word, 0) / tokenizer.total)


NO_NAMES = frozenset("vdcprutmqyfz")  # verbs, adverbs, particles, pronouns, times, numbers and the like


@cache
def _never_names() -> frozenset[str]:
    """The words of the dictionary that are by their kind no part of a name."""
    return frozenset(one.word for one in dictionary() if one.kind[0] in NO_NAMES and one.kind != "vn")


def can_name(word: str) -> bool:
    """Whether a company could be called so: 光明 and 鹏程 could, 逾期 and 可是 could not."""
    if len(word) == 1:
        return True  # jieba cuts what it does not know into single characters
    return word not in _never_names() and finance_words().get(word, "lender") == "lender"


def tokens(text: str) -> Iterator[Token]:
    """The words of the text in order, none left out, none twice. Linear in its length."""
    at = 0
    for begin in range(0, len(text), LONGEST_STRETCH):
        for word in _tokenizer().cut(text[begin : begin + LONGEST_STRETCH], HMM=False):
            yield Token(word, at, at + len(word))
            at += len(word)


def search_words(text: str) -> list[str]:
    """Words for an index: long words, and the shorter ones inside them."""
    return [word for word in _tokenizer().cut_for_search(text, HMM=False) if word.strip()]
