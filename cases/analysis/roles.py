"""What a sum of money probably is, by the words around it (roles.toml). Each cue has a weight; nearness counts."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cases.analysis.findings import Role

ROLES = Path(__file__).parent / "roles.toml"
LEFT, RIGHT = 22, 14  # how far a cue may stand from the sum
EACH_CHARACTER = 0.09  # what nearness is worth
OVER_A_COMMA, OVER_A_STOP = 0.55, 1.1
LEAST = 0.75  # below it nobody knows what the sum is
SOMEBODY = "□"
LIST = re.compile(
    r"^(?:块钱?|元|左右|多|[、,，和及跟□ ]|一笔|另外|还有|以及){1,6}$"
    r"|^(?:块钱?|元)?，?[0-9一二两三四五六七八九十]+(?:期|个月)(?:合计|一共|总共|共)$"
)
ROUGHLY = re.compile("(?:差不多|大概|大约|将近|接近|约|快|人民币|是)+$")
Cues = Sequence[tuple[Role | None, re.Pattern[str], float]]


@cache
def _cues(side: str) -> Cues:
    table: Mapping[str, Mapping[str, Any]] = tomllib.loads(ROLES.read_text(encoding="utf-8"))[side]
    return [
        (None if role == "other" else Role(role), re.compile(pattern), float(weight))
        for role, cues in table.items()
        for pattern, weight in cues.items()
    ]


class RoleReader:
    """Reads the roles of the sums of one text, in their order."""

    def __init__(self, text: str, lenders: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._hidden = list(text)
        for start, end in lenders:
            self._hidden[start] = SOMEBODY
            self._hidden[start + 1 : end] = [""] * (end - start - 1)
        self._last_end = 0
        self._last: tuple[Role | None, float] = (None, 0.0)

    def weigh(self, start: int, end: int) -> dict[Role | None, float]:
        """What the words around a sum say for each role; to be asked for one sum after the other."""
        scores: dict[Role | None, float] = {}
        before = "".join(self._hidden[max(self._last_end, start - LEFT) : start])
        behind = "".join(self._hidden[end : end + RIGHT])
        if self._last_end:
            between = "".join(self._hidden[self._last_end : start])
            if LIST.match(between) and self._last[1] > LEAST:
                scores[self._last[0]] = self._last[1] - 0.3
        whole = before if self._last_end < start - LEFT else "￡" + before
        whole = ROUGHLY.sub("", whole)
        for role, pattern, weight in _cues("left"):
            for hit in pattern.finditer(whole):
                _keep(scores, role, weight - _far(whole[hit.end() :]))
        for role, pattern, weight in _cues("right"):
            if pattern.match(behind):
                _keep(scores, role, weight)
        self._last_end = end
        self._last = max(scores.items(), key=lambda pair: pair[1], default=(None, 0.0))
        return scores


def _keep(scores: dict[Role | None, float], role: Role | None, score: float) -> None:
    if score > scores.get(role, -9.0):
        scores[role] = score


def _far(between: str) -> float:
    """What is taken off for the words between a cue and its sum."""
    marks = sum(between.count(mark) for mark in "，,；;：")
    stops = sum(between.count(mark) for mark in "。！？!?\n")
    letters = len(between) - marks - stops
    return EACH_CHARACTER * letters + OVER_A_COMMA * marks + OVER_A_STOP * stops
