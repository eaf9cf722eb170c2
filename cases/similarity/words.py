"""Words of a text for finding like texts: long words for people to see, character pairs for the index."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cases.segmentation import finance_words, search_words

RUN = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]+|\d+(?:\.\d+)?")
LATIN = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?")
GRAMMAR = """
自己 我们 他们 现在 一个 没有 这个 那个 什么 怎么 因为 所以 但是 而且 如果 已经 可以 不能 就是 还是 不是 后来 当时
时候 知道 一直 他说 都是 还有 只有 这样 那样 一次 之后 以后 之前 希望 要求 今年 去年 每月 每个 个月 起来 出来 下来
回来 过来 我要 给我 一下
"""
STOP = frozenset(GRAMMAR.split())


def grams(text: str) -> list[str]:
    """Single characters and neighbouring pairs; words of letters and figures stay whole."""
    units: list[str] = []
    for run in RUN.findall(text.lower()):
        if "\u3400" <= run[0] <= "\u9fff":
            units.extend(run)
            units.extend(run[at : at + 2] for at in range(len(run) - 1))
        else:
            units.append(run)
    return units


def gram_codes(text: str) -> npt.NDArray[np.uint64]:
    """The same grams, each as a number: for an index of many texts."""
    small = text.lower()
    signs = np.frombuffer(small.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    chinese = (signs >= 0x3400) & (signs <= 0x9FFF)
    both = chinese[:-1] & chinese[1:]
    pairs = (signs[:-1][both] << np.uint64(32)) | signs[1:][both]
    whole = [
        int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest()) | 1 << 63
        for run in LATIN.findall(small)
    ]
    return np.concatenate([signs[chinese], pairs, np.array(whole, dtype=np.uint64)])


def words_of(text: str) -> set[str]:
    """Words worth showing to a person: two characters or more, Chinese, and not merely grammar."""
    return {word for word in search_words(text) if len(word) > 1 and "\u3400" <= word[0] <= "\u9fff"} - STOP


def shared_words(one: str, other: Sequence[str] | set[str], *, most: int = 8) -> list[str]:
    """The words both texts have, terms of credit first, then the longest."""
    common = words_of(one) & set(other)
    whole = [word for word in common if not any(word != longer and word in longer for longer in common)]
    return sorted(whole, key=lambda word: (word not in finance_words(), -len(word), word))[:most]
