"""A story made easier to read by rules, with the way back: every place in the reading knows its place in the story."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DIALECT = Path(__file__).parent / "dialect.toml"
MARKS = re.compile(r",(?!\d)|(?<!\d),|[!?;]")
FULL_WIDTH = {",": "，", "!": "！", "?": "？", ";": "；"}
MARKUP = re.compile(r"<[^<>]{1,300}>|&[a-zA-Z]{2,8};|&#\d{1,6};")
CLAUSE_ENDS = "，。！？；,!?;\n\r"
NUMERAL = re.compile("[0-9零一二两三四五六七八九十百千万块元]")
SPACES = "　\u00a0\u200b\ufeff\t"


@dataclass(frozen=True, slots=True)
class Reading:
    """A story in plain words. `at[i]` is where character i of `text` stands in the story; one more for its end."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the story that `text[start:end]` was read from."""
        return self.at[start], max(self.at[start] + 1, self.at[end - 1] + 1)

    def changed(self, pattern: re.Pattern[str], into: Callable[[re.Match[str]], str]) -> "Reading":
        """The reading with each match replaced; shorter or longer text keeps its way back."""
        pieces: list[str] = []
        places: list[int] = []
        last = 0
        for found in pattern.finditer(self.text):
            begin, end = found.span()
            new = into(found)
            pieces += [self.text[last:begin], new]
            places += self.at[last:begin]
            places += [self.at[min(begin + step, end - 1)] for step in range(len(new))]
            last = end
        if not last:
            return self
        pieces.append(self.text[last:])
        places += self.at[last:]
        return Reading("".join(pieces), tuple(places))


@cache
def _converter() -> Any:
    import opencc  # loads its tables: only when a story is really read

    return opencc.OpenCC("t2s")


@cache
def _plain(character: str) -> str:
    """The simplified, half-width twin of one character; itself where there is none of the same length."""
    if "！" <= character <= "～":
        character = chr(ord(character) - 0xFEE0)
        return FULL_WIDTH.get(character, character)
    if character in SPACES:
        return " "
    if "\u3400" <= character <= "\u9fff":
        twin: str = _converter().convert(character)
        return twin if len(twin) == 1 else character
    return character


@cache
def _dialect() -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], str], ...], re.Pattern[str]]:
    table = tomllib.loads(DIALECT.read_text(encoding="utf-8"))
    words = tuple((re.compile(pattern), plain_word) for pattern, plain_word in table["words"].items())
    either = "|".join(f"(?:{pattern})" for pattern in table["words"] if "\\1" not in pattern)
    grouped = re.sub(r"\((?!\?)", "(?:", either)
    letters = "".join(sorted(set(re.findall("[\u4e00-\u9fff]", grouped))))
    return re.compile(f"(?=[{letters}])(?:{grouped})"), words, re.compile(table["fillers"]["words"])


def _in_plain_words(found: re.Match[str]) -> str:
    whole, at, end = found.string, found.start(), found.end()
    for pattern, word in _dialect()[1]:
        if (same := pattern.match(whole, at)) and same.end() == end:
            return same.expand(word)
    return found[0]


def plain(text: str) -> str:
    """Simplified characters, half-width digits, markup blanked out. The same length as `text`."""
    text = MARKUP.sub(lambda found: " " * len(found[0]), text)
    return MARKS.sub(lambda found: FULL_WIDTH[found[0]], "".join(map(_plain, text)))


def read(text: str) -> Reading:
    """The story in plain written words: dialect put into common words, fillers of speech left out."""
    reading = Reading(plain(text), tuple(range(len(text))))
    either, _words, fillers = _dialect()
    return reading.changed(either, _in_plain_words).changed(fillers, _left_out)


def _left_out(found: re.Match[str]) -> str:
    """Nothing; a space where two numbers would run together."""
    whole, start, end = found.string, found.start(), found.end()
    apart = start and end < len(whole) and NUMERAL.match(whole[start - 1]) and NUMERAL.match(whole[end])
    return " " if apart else ""


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """The stretches between the marks that end a clause."""
    last = 0
    for found in re.finditer(f"[{re.escape(CLAUSE_ENDS)}]", text):
        yield last, found.start()
        last = found.end()
    yield last, len(text)


def clause_start(text: str, at: int, *, reach: int = 40) -> int:
    """Where the clause around `at` begins, looking back at most `reach` characters."""
    floor = max(0, at - reach)
    return max(floor, max(text.rfind(mark, floor, at) for mark in CLAUSE_ENDS) + 1)


def clause_end(text: str, at: int, *, reach: int = 40) -> int:
    """Where the clause around `at` ends, looking ahead at most `reach` characters."""
    ceiling = min(len(text), at + reach)
    return min((end for mark in CLAUSE_ENDS if (end := text.find(mark, at, ceiling)) >= 0), default=ceiling)
