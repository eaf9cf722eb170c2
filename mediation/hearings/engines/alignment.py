"""When each token was said and how likely it was: one pass of the decoder over the text it has just written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from mediation.hearings.speech import Word
from mediation.hearings.wording.text import simplified

SECONDS_A_FRAME = 0.02
# The path begins with the first frame, and a word behind a pause takes the pause along: no word is longer than this.
LONGEST_S, LONGEST_SIGN_S = 0.05, 0.22
MEDIAN = 7
LEAST = 1e-9


class Decoder(Protocol):
    """What is needed of the decoder: its model, its tokens, and what it is told before the text."""

    model: Any
    words: Any
    prompt: list[int]


@dataclass(frozen=True, slots=True)
class Group:
    """Signs that were written by one or more tokens, `start_s` and `end_s` within the stretch.

    `log_sure` is the sum over the tokens, `sure` the probability of the least likely of them.
    """

    text: str
    tokens: int
    start_s: float
    end_s: float
    log_sure: float
    sure: float


class Listening:
    """A stretch of sound that the decoder has encoded, to be asked again about any text; `frames` of its features."""

    def __init__(self, decoder: "Decoder", encoded: Any, frames: int, length_s: float) -> None:
        self.decoder, self.encoded, self.frames, self.length_s = decoder, encoded, frames, length_s

    def read(self, text: str) -> list[Group]:
        """The groups of this text against the sound."""
        return self.align(self.decoder.words.encode(text, add_special_tokens=False).ids)

    def align(self, tokens: Sequence[int]) -> list[Group]:
        """The groups of the text that these tokens write; a sign that is written by several tokens is not cut."""
        if not tokens:
            return []
        (found,) = self.decoder.model.align(
            self.encoded, self.decoder.prompt, [list(tokens)], [self.frames], median_filter_width=MEDIAN
        )
        begins = _begins(found.alignments, len(tokens), self.length_s)
        sure = np.maximum(np.asarray(found.text_token_probs, np.float64), LEAST)
        groups, first = list[Group](), 0
        for after in range(1, len(tokens) + 1):
            text = str(self.decoder.words.decode(list(tokens[first:after])))
            if text.endswith("\N{REPLACEMENT CHARACTER}") and after < len(tokens):
                continue
            part, times = sure[first:after], (begins[first], begins[after])
            groups.append(Group(text, after - first, *times, float(np.log(part).sum()), float(part.min())))
            first = after
        return groups


def _begins(path: Sequence[tuple[int, int]], count: int, length_s: float) -> list[float]:
    """The second at which each token begins, and at last the one at which the last ends; they never go back."""
    found = [length_s] * (count + 1)
    for token, frame in reversed(path):
        if token <= count:
            found[token] = min(frame * SECONDS_A_FRAME, length_s)
    for token in range(count - 1, -1, -1):
        found[token] = min(found[token], found[token + 1])
    return found


def words_of(groups: Sequence[Group], start_s: float) -> tuple[Word, ...]:
    """What the groups write, in simplified characters, from `start_s` of the recording; marks and spaces belong to the
    word before them, figures together.
    """
    raw = "".join(group.text for group in groups)
    text = simplified(raw)
    text = text if len(text) == len(raw) else raw
    words, at = list[Word](), 0
    for group in groups:
        signs = text[at : at + len(group.text)]
        at += len(group.text)
        start, end = _trimmed(group)
        start, end = round(start_s + start, 2), round(start_s + end, 2)
        last = words[-1] if words else None
        if last and not any(sign.isalnum() for sign in signs):
            words[-1] = Word(last.text + signs, last.start_s, last.end_s, last.sure)
        elif last and last.text[-1].isdigit() and signs[0].isdigit():
            words[-1] = Word(
                last.text + signs, last.start_s, end, round(min(last.sure or 0.0, group.sure), 3)
            )
        else:
            words.append(Word(signs, start, end, round(group.sure, 3)))
    return tuple(words)


def first_of(groups: Sequence[Group], tokens: int) -> tuple[list[Group], list[Group]]:
    """The groups that the first `tokens` tokens write, and the rest."""
    count, at = 0, 0
    while at < len(groups) and count < tokens:
        count += groups[at].tokens
        at += 1
    return list(groups[:at]), list(groups[at:])


def _trimmed(group: Group) -> tuple[float, float]:
    longest = LONGEST_S + LONGEST_SIGN_S * max(len(group.text.strip()), 1)
    return max(group.start_s, group.end_s - longest), group.end_s
