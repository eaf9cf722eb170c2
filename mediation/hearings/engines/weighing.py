"""Terms of the field against the sound: would this recording be about as likely if 结清 had been said and not 节庆?

The decoder reads the text once more with every near term in its place. Where the words then become too unlikely, what
was heard stays; the nearer the two sound, the more unlikely the term may be, for then it is only the general language
of the model that speaks against a word of this field.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from mediation.hearings.engines.alignment import Group
from mediation.hearings.wording.terms import Suggestion, nearby, speaks_of_the_field, stands_for_itself
from mediation.hearings.wording.text import simplified

# Nats for each sign of a term that sounds exactly like what was heard, and less for each unit of distance.
MOST_UNLIKELY, LESS_BY_DISTANCE = 6.0, 12.0
SHORT = 2
QUITE_SURE = 0.87  # a real word of which the engine is so sure is left alone


def meant(
    groups: Sequence[Group], read: Callable[[str], Sequence[Group]], hints: tuple[str, ...] = ()
) -> frozenset[tuple[str, str]]:
    """Pairs (heard, term), in simplified characters, for which the sound speaks; `read` weighs another text.

    `hints` are terms besides those of the list.
    """
    raw = "".join(group.text for group in groups)
    text = simplified(raw)
    if len(raw) != len(text):
        return frozenset()
    near = nearby(text, hints)
    has_terms = speaks_of_the_field(text) or any(not one.distance and one.is_safe for one in near)
    chosen = [one for one in near if _may(one, groups, has_terms)]
    if not chosen:
        return frozenset()
    other = raw
    for one in chosen:
        term = one.term if raw == text else _traditional(one.term)
        if len(term) != len(one.heard):
            return frozenset()
        other = other[: one.start] + term + other[one.end :]
    return frozenset((one.heard, one.term) for one in _likely(chosen, groups, read(other)))


def _may(one: Suggestion, groups: Sequence[Group], has_terms: bool) -> bool:
    """A word that may well have been said gives way only where people speak of the field and the engine doubts."""
    if stands_for_itself(one.heard):
        return has_terms and _least(groups, one) < QUITE_SURE
    return has_terms or not one.distance or len(one.term) > SHORT


def _least(groups: Sequence[Group], one: Suggestion) -> float:
    at, least = 0, 1.0
    for group in groups:
        if at < one.end and one.start < at + len(group.text):
            least = min(least, group.sure)
        at += len(group.text)
    return least


def _likely(
    chosen: Sequence[Suggestion], before: Sequence[Group], after: Sequence[Group]
) -> list[Suggestion]:
    """Those whose part of the text is likely enough; two that the tokens cannot tell apart stand or fall together."""
    one_way, other_way = _sums(before), _sums(after)
    common = sorted(set(one_way) & set(other_way))
    if not common or common[-1] != max(one_way, default=0):
        return []
    parts: dict[int, list[Suggestion]] = {}
    for one in chosen:
        parts.setdefault(max(place for place in common if place <= one.start), []).append(one)
    begins = [*parts, common[-1]]
    kept = list[Suggestion]()
    for (begin, ones), end in zip(parts.items(), begins[1:], strict=True):
        lost = (one_way[end] - one_way[begin]) - (other_way[end] - other_way[begin])
        if lost <= sum(_bearable(one) for one in ones):
            kept += ones
    return kept


def _bearable(one: Suggestion) -> float:
    return (MOST_UNLIKELY - LESS_BY_DISTANCE * one.distance) * len(one.term)


def _sums(groups: Sequence[Group]) -> dict[int, float]:
    """At each place between two groups the likelihood of all before it."""
    at, total, found = 0, 0.0, {0: 0.0}
    for group in groups:
        at += len(group.text)
        total += group.log_sure
        found[at] = total
    return found


def _traditional(term: str) -> str:
    return str(_converter().convert(term))


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("s2t")
