"""When each word was said and how sure the engine was, carried from text to text: heard, written out, corrected."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from mediation.hearings.speech import Word


def carried(words: Sequence[Word], text: str) -> tuple[Word, ...]:
    """The words of `text`, which was made from theirs: together they are exactly `text`. None where there are none.

    What stands in both keeps its time. What replaced other signs has the time of those, and is as sure as the least
    sure of them; what was put in (a mark) belongs to the word before it.
    """
    if not words or not text:
        return ()
    before = "".join(word.text for word in words)
    owner = [index for index, word in enumerate(words) for _ in word.text]
    groups = list[tuple[str, frozenset[int]]]()
    for how, a, b, c, d in SequenceMatcher(None, before, text, autojunk=False).get_opcodes():
        if how == "equal":
            groups += [
                (text[d_at], frozenset({owner[b_at]}))
                for b_at, d_at in zip(range(a, b), range(c, d), strict=True)
            ]
        elif c < d:
            groups.append((text[c:d], frozenset(owner[a:b])))
    return _joined(groups, words)


def _joined(groups: Iterable[tuple[str, frozenset[int]]], words: Sequence[Word]) -> tuple[Word, ...]:
    """Signs that follow one another and come from the same words become one word."""
    found = list[tuple[str, frozenset[int]]]()
    for signs, owners in groups:
        if found and (not owners or owners == found[-1][1]):
            found[-1] = (found[-1][0] + signs, found[-1][1])
        else:
            found.append((signs, owners or frozenset({0})))
    return tuple(_word(signs, [words[index] for index in sorted(owners)]) for signs, owners in found)


def _word(signs: str, of: Sequence[Word]) -> Word:
    known = [word.sure for word in of if word.sure is not None]
    return Word(signs, of[0].start_s, of[-1].end_s, min(known, default=None))


def places(words: Iterable[Word]) -> list[tuple[int, int, Word]]:
    """(start, end, word): where each word stands in the text."""
    at, found = 0, list[tuple[int, int, Word]]()
    for word in words:
        found.append((at, at + len(word.text), word))
        at += len(word.text)
    return found


def second_at(words: Sequence[Word], place: int) -> float | None:
    """The second at which the sign at this place was said; None where nobody knows."""
    for start, end, word in places(words):
        if start <= place < end:
            share = (place - start) / (end - start)
            return round(word.start_s + (word.end_s - word.start_s) * share, 2)
    return None
