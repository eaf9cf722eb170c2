"""Words that jieba's tagger takes for names of people."""

import warnings
from functools import cache
from typing import Any

from cases import segmentation

LONGEST_STRETCH = 2_000


@cache
def _tagger() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jieba.posseg import POSTokenizer  # heavy: at the first use only
    return POSTokenizer(segmentation._tokenizer())  # noqa: SLF001


def tagged_names(text: str) -> list[str]:
    """Likely names of people in the text, two to four characters long, each once."""
    found: dict[str, None] = {}
    for begin in range(0, len(text), LONGEST_STRETCH):
        for word, flag in _tagger().cut(text[begin : begin + LONGEST_STRETCH]):
            if flag in {"nr", "nrfg", "nrt"} and 2 <= len(word) <= 4:
                found[word] = None
    return list(found)
