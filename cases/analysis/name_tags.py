"""Which characters of a story name somebody who lends, insures or teaches: a small model over characters.

It looks at seven characters, at the words they stand in, at what endings and leading words say, and at what the rules
of `lenders` found. Its weights (`names` in learned.npz) are eight bits each, under a hash of the feature.
"""

import zlib
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from cases.analysis.learned import kept
from cases.analysis.tuned import Seen
from cases.segmentation import Token, can_name, finance_words

TAGS = "OBIE"  # outside, first, inner, last character of a name
BUCKETS = 1 << 16
LONGEST = 5_000  # characters that are read so; beyond them the rules read alone
LONGEST_NAME = 20
AFTER = {"O": "OB", "B": "IE", "I": "IE", "E": "OB"}
NEVER = -1e9
OF_SEEN = 0.6  # what the sentence model counts beside these weights
EAGER = 0.6  # added for a beginning: without it more names are missed than seen too many


def tags_of_rules(length: int, spans: Sequence[tuple[int, int, float]]) -> list[str]:
    """What the rules say at each place."""
    tags = ["O"] * length
    for start, end, _confidence in spans:
        tags[start:end] = ["I"] * (end - start)
        tags[start], tags[end - 1] = "B", "E"
    return tags


def kind_of(letter: str) -> str:
    if letter.isdigit():
        return "0"
    if letter.isascii():
        return "a" if letter.isalpha() else "."
    return "z" if "一" <= letter <= "龥" else ","


def rows_of(
    text: str,
    words: Sequence[Token],
    rules: Sequence[tuple[int, int, float]],
    endings: Sequence[tuple[int, int, str]],
) -> Iterator[list[str]]:
    """The features of each character."""
    tags = [*tags_of_rules(len(text), rules), "O"]
    places = [*_places_in_words(len(text), words), ""]
    ends = _longest_endings(len(text), endings)
    padded = f"^^^^{text}$$$$$"
    for at in range(min(len(text), LONGEST)):
        c = padded[at : at + 9]  # c[4] is the character itself
        row = [f"{k}{c[k]}" for k in range(1, 8)]
        row += [f"{k}={c[k]}{c[k + 1]}" for k in range(1, 7)]
        row += [f"t{c[3]}{c[4]}{c[5]}", f"u{c[2]}{c[3]}{c[4]}", f"v{c[4]}{c[5]}{c[6]}"]
        row += [f"k{''.join(map(kind_of, c[2:7]))}"]
        row += [f"p{places[at]}", f"q{places[at - 1] if at else ''}/{places[at]}"]
        row += [f"n{places[at]}/{places[at + 1]}"]
        row += [f"r{tags[at]}", f"s{tags[at - 1] if at else 'O'}{tags[at]}{tags[at + 1]}"]
        for ahead, end in enumerate(ends[at + 1 : at + 7], start=1):
            if end:
                row += [f"e{ahead}{end}", f"E{ahead}{end[0]}{c[3]}"]
        row.append("always")
        yield row


def _places_in_words(length: int, words: Sequence[Token]) -> list[str]:
    """For each character where it stands in its word, and what the word speaks of."""
    places = [""] * length
    for word in words:
        if word.start >= LONGEST:
            break
        known = finance_words().get(word.word, "-" if can_name(word.word) else "x")
        sides = "s" if len(word.word) == 1 else f"b{'m' * (len(word.word) - 2)}e"
        places[word.start : word.end] = [f"{side}{known}" for side in sides]
    return places


def _longest_endings(length: int, endings: Sequence[tuple[int, int, str]]) -> list[str]:
    """For each place the sort and length of the longest ending that ends there."""
    ends, sizes = [""] * (length + 1), [0] * (length + 1)
    for start, end, sort in endings:
        if end - start > sizes[end]:
            ends[end], sizes[end] = sort + str(end - start), end - start
    return ends


def hashed(row: Sequence[str]) -> list[int]:
    return [zlib.crc32(name.encode("utf-8", "surrogatepass")) & (BUCKETS - 1) for name in row]


@cache
def _weights() -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    weights: np.ndarray[tuple[int, int], np.dtype[np.float32]] = kept("names_weights").astype(np.float32)
    return weights * np.float32(kept("names_scale"))


def find_names(rows: Iterator[list[str]], seen: Seen | None = None) -> list[tuple[int, int, float]]:
    """The names, with how sure each is."""
    weights = _weights()
    scores = np.array([weights[hashed(row)].sum(axis=0) for row in rows], dtype=np.float64)
    if not len(scores):
        return []
    if seen:
        scores -= np.logaddexp.reduce(scores, axis=1, keepdims=True)
        told = seen.tag_scores()[: len(scores)]
        scores[: len(told)] = (1 - OF_SEEN) * scores[: len(told)] + OF_SEEN * told
    return best_spans(scores)


def best_spans(scores: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> list[tuple[int, int, float]]:
    """The likeliest row of tags that is one: a name begins, goes on, ends."""
    scores = scores + np.array([0.0, EAGER, 0.0, 0.0])
    scores = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    table = scores.tolist()
    best = [table[0][0], table[0][1], NEVER, NEVER]
    back: list[tuple[int, int, int, int]] = []
    for row in table[1:]:
        out = 0 if best[0] >= best[3] else 3
        inner = 1 if best[1] >= best[2] else 2
        back.append((out, out, inner, inner))
        best = [best[out] + row[0], best[out] + row[1], best[inner] + row[2], best[inner] + row[3]]
    tag = 0 if best[0] >= best[3] else 3
    tags = [tag]
    for pointers in reversed(back):
        tag = pointers[tag]
        tags.append(tag)
    tags.reverse()
    found, start = [], -1
    for at, tag in enumerate(tags):
        if tag == 1:
            start = at
        elif tag == 3 and start >= 0:
            sure = float(np.exp(np.mean([table[place][tags[place]] for place in range(start, at + 1)])))
            if at + 1 - start <= LONGEST_NAME:
                found.append((start, at + 1, sure))
            start = -1
    return found
