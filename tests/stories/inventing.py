"""Stories told again to learn from: the same sums in other words, under names that nobody bears."""

import random
import re
from pathlib import Path

from tests.stories.saying import TAILS, roughly, say_lender, sum_in_words

CHARACTERS, *_LISTS = (Path(__file__).parent / "invented.txt").read_text(encoding="utf-8").splitlines()
STEMS, ENDINGS = (line.split() for line in _LISTS)


def invent_name(before: str, chance: random.Random) -> str:
    """A name of the same sort or of another one; what was struck out mostly stays so."""
    if re.search("[某×X]", before) and chance.random() < 0.7:
        return before
    if before.endswith("某") or len(before) <= 2 or chance.random() < 0.35:
        return say_lender(before, chance)
    few = chance.choice([2, 2, 2, 3])
    stem = (
        chance.choice(STEMS)
        if chance.random() < 0.35
        else "".join(chance.choice(CHARACTERS) for _ in range(few))
    )
    tail = TAILS.search(before)
    return stem + (tail[0] if tail and chance.random() < 0.6 else chance.choice(ENDINGS))


def same_sum(spec: str, before: str, chance: random.Random, *, spoken: bool) -> tuple[str, str]:
    """The same sum in other words; its label."""
    value = float(spec.rstrip("~"))
    if value < 100 or value != int(value):
        return before, spec
    bare = not re.search("[元块蚊钱圆¥]", before)
    words = sum_in_words(int(value), chance, spoken=spoken, bare=bare)
    return (roughly(words, chance) if spec.endswith("~") else words), spec
