"""What a model looks at to tell what a sum is: the words around it, its size, and how it fits the other sums."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cases.analysis.findings import Role
from cases.analysis.learned import model
from cases.analysis.reading import CLAUSE_ENDS

SUM, SOMEBODY = "￡", "□"
LEFT, RIGHT = 22, 16  # characters of the masked text that are looked at
MOST_TOGETHER = 24  # sums compared with one another: beyond it the text is a list
OTHER_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千万]{2,}")
ENDS = frozenset(CLAUSE_ENDS + "：:")
Scores = Mapping[Role | None, float]


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum in the text: where, how much (fen), whether a unit or a rough word stands at it, what its cues say."""

    start: int
    end: int
    fen: int
    has_unit: bool
    is_rough: bool
    cues: Scores


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the whole story: the part of each cause in all that is said, its term in months."""

    causes: Mapping[str, float] = field(default_factory=dict)
    months: int = 0


def features_of(
    text: str, sums: Sequence[Sum], lenders: Sequence[tuple[int, int]], about: "About"
) -> list[dict[str, float]]:
    """The features of each sum of one story."""
    masked, places = _masked(text, sums, lenders)
    made = []
    for at, one in enumerate(sums):
        features = {"always": 1.0}
        _look_around(features, masked, places[at])
        _look_at_cues(features, sums, at)
        _look_at_size(features, sums, at, about.months)
        for cause, weight in about.causes.items():
            features[f"cause:{cause}"] = weight
            if len(sums) == 1:
                features[f"alone:{cause}"] = weight
            elif at in {0, len(sums) - 1}:
                features[f"{'last' if at else 'first'}:{cause}"] = weight
        features["unit" if one.has_unit else "bare"] = 1.0
        features[f"where:{min(3, 4 * one.start // max(1, len(text)))}"] = 1.0
        made.append(features)
    return made


def likely_roles(rows: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """The share of each role, "" for none, for each sum of a story."""
    return [model("role").shares(row) for row in rows]


def _masked(text: str, sums: Sequence[Sum], lenders: Sequence[tuple[int, int]]) -> tuple[str, list[int]]:
    """The text with a mark for each sum, name and other number, and where the mark of each sum stands."""
    marks = sorted(
        [(one.start, one.end, SUM) for one in sums] + [(start, end, SOMEBODY) for start, end in lenders]
    )
    pieces: list[str] = []
    places: list[int] = []
    last = length = 0
    for start, end, mark in marks:
        if start < last and mark == SOMEBODY:
            continue
        piece = OTHER_NUMBERS.sub("0", text[last : max(last, start)]).replace(" ", "")
        pieces += [piece, mark]
        length += len(piece) + 1
        last = max(last, end)
        if mark == SUM:
            places.append(length - 1)
    pieces.append(OTHER_NUMBERS.sub("0", text[last:]))
    return "".join(pieces), places


def _look_around(features: dict[str, float], masked: str, at: int) -> None:
    left, right = (
        "^" * max(0, LEFT - at) + masked[max(0, at - LEFT) : at],
        masked[at + 1 : at + 1 + RIGHT] + "$",
    )
    for size in range(1, 6):
        features[f"l{left[-size:]}"] = 1.0
    for size in range(1, 5):
        features[f"r{right[:size]}"] = 1.0
    clause = next((place for place in range(len(left) - 1, -1, -1) if left[place] in ENDS), -1)
    for place in range(len(left) - 1):
        pair = left[place : place + 2]
        near = "n" if place > clause else "f"
        features[f"{near}{pair}"] = 1.0 if near == "n" else 0.6
        if place >= len(left) - 10 and place > clause:
            features[f"t{left[place : place + 3]}"] = 1.0
    stop = next((place for place, letter in enumerate(right) if letter in ENDS), len(right))
    for place in range(len(right) - 1):
        near = "N" if place < stop else "F"
        features[f"{near}{right[place : place + 2]}"] = 1.0 if near == "N" else 0.6


def _look_at_cues(features: dict[str, float], sums: Sequence[Sum], at: int) -> None:
    for role, score in sums[at].cues.items():
        features[f"cue:{role or 'none'}"] = max(0.0, score)
    for name, other in (("best", at), ("before", at - 1), ("after", at + 1)):
        if 0 <= other < len(sums) and sums[other].cues:
            role, score = max(sums[other].cues.items(), key=lambda pair: pair[1])
            if score > 0.75:
                features[f"{name}:{role or 'none'}"] = 1.5 if other == at else 1.0


def _look_at_size(features: dict[str, float], sums: Sequence[Sum], at: int, months: int) -> None:
    mine = sums[at].fen
    features[f"size:{int(2 * math.log10(max(1, mine)))}"] = 1.0
    features["rough" if sums[at].is_rough else "sharp"] = 0.5
    features[f"count:{min(6, len(sums))}"] = 0.7
    features[f"order:{min(4, at)}"] = 0.7
    together = [(other, one.fen) for other, one in enumerate(sums[:MOST_TOGETHER]) if other != at]
    if together:
        told = [
            *_beside_others(mine, at, together),
            *_beside_term(mine, {fen for _other, fen in together}, months),
        ]
        features.update(dict.fromkeys(told, 1.5))
        largest = max(fen for _other, fen in together)
        features[f"share:{min(8, int(4 * mine / largest)) if mine <= largest else 9}"] = 1.0


def _beside_others(mine: int, at: int, together: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Said twice, a sum of others, a part of another."""
    values = {fen for _other, fen in together}
    before = [fen for other, fen in together if other < at]
    if any(fen == mine and other < at for other, fen in together):
        yield "said before"
    if any(fen == mine and other > at for other, fen in together):
        yield "said again"
    if any(mine - fen in values and 2 * fen != mine for fen in values if fen < mine):
        yield "is sum"
        if any(mine - fen in before for fen in before):
            yield "sums up"
    if any(fen + mine in values and fen != mine for fen in values):
        yield "larger part" if mine > max(values) / 2 else "smaller part"
    if len(together) > 2 and mine in {sum(before[low:]) for low in range(len(before))}:
        yield "sums all up"


def _beside_term(mine: int, values: set[int], months: int) -> Iterator[str]:
    """Paid once a month, or all that is paid in the end."""
    if not months:
        return
    if any(abs(mine * months - fen) < max(100, fen // 500) for fen in values):
        yield "once a month"
    if any(abs(fen * months - mine) < max(100, mine // 500) for fen in values):
        yield "for all months"
    if any(0.9 < mine * months / fen < 2 for fen in values):
        yield "could be monthly"
