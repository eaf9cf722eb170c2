"""A hearing whose words are known, against what was heard of it: errors, terms of the field, amounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.characters import edits, plain
from mediation.hearings.speech import Segment
from mediation.hearings.wording.figures import beside
from mediation.hearings.wording.terms import terms
from mediation.hearings.wording.text import Span, needs_ear

NEAR_S = 1.5
FIGURES = {"amount", "percent", "count", "date"}


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch as text; `segment` where it is ours and carries marks."""

    start_s: float
    end_s: float
    text: str
    raw: str
    is_doubtful: bool
    segment: Segment | None


def figures_of_hearing(
    utterances: Sequence[Mapping[str, Any]], heard: Mapping[str, Sequence[Heard]]
) -> dict[str, Any]:
    """Error rate, share of terms right or suggested, amounts right, and amounts right or flagged."""
    wrong = wrong_heard = said = 0
    for speaker, parts in heard.items():
        words = "".join(one["text"] for one in utterances if one["speaker"] == speaker)
        wrong += edits(words, "".join(part.text for part in parts))[0]
        wrong_heard += edits(words, "".join(part.raw for part in parts))[0]
        said += edits(words, "")[1]
    found = [_terms_of(one, _near(one, heard)) for one in utterances]
    amounts = [pair for one in utterances for pair in _amounts_of(one, _near(one, heard))]
    return {
        "cer": round(wrong / max(said, 1), 3),
        "cer_heard": round(wrong_heard / max(said, 1), 3),
        "terms": sum(count for _, _, count in found),
        "term_recall": _share(sum(right for right, _, _ in found), sum(count for _, _, count in found)),
        "term_recall_with_suggestions": _share(
            sum(helped for _, helped, _ in found), sum(count for _, _, count in found)
        ),
        "amounts": len(amounts),
        "amounts_right": _share(sum(right for right, _ in amounts), len(amounts)),
        "amounts_right_or_flagged": _share(sum(right or flagged for right, flagged in amounts), len(amounts)),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _near(one: Mapping[str, Any], heard: Mapping[str, Sequence[Heard]]) -> list[Heard]:
    """What was heard of this speaker about then."""
    return [
        part
        for part in heard[one["speaker"]]
        if part.end_s > one["start"] - NEAR_S and part.start_s < one["end"] + NEAR_S
    ]


def _terms_of(one: Mapping[str, Any], parts: Sequence[Heard]) -> tuple[int, int, int]:
    """How many terms were said; how many stand in the text, and in the text or beside it."""
    words, text = plain(one["text"]), plain("".join(part.text for part in parts))
    beside_it = {mark.other for part in parts if part.segment for mark in part.segment.terms}
    said = _longest_terms(words)
    right = sum(plain(term) in text for term in said)
    helped = sum(plain(term) in text or term in beside_it for term in said)
    return right, helped, len(said)


def _longest_terms(words: str) -> list[str]:
    found, at = list[str](), 0
    by_length = sorted(terms(), key=len, reverse=True)
    while at < len(words):
        term = next((one for one in by_length if words.startswith(plain(one), at)), "")
        found += [term] if term else []
        at += len(plain(term)) if term else 1
    return found


def _amounts_of(one: Mapping[str, Any], parts: Sequence[Heard]) -> list[tuple[bool, bool]]:
    """For each figure that was said: whether it was heard right, and whether a person is told to listen there."""
    spoken = Heard(0, 0, one["text"], "", False, None)
    said = [span for span in _spans(spoken) if span.kind in FIGURES]
    text = plain("".join(part.text for part in parts))
    marked = [span for part in parts for span in _spans(part) if span.kind in FIGURES | {"gap"}]
    flagged = any(part.is_doubtful for part in parts) or bool(marked) or not parts
    return [(plain(span.text) in text or _same(span, marked), flagged) for span in said]


def _same(span: Span, marked: Sequence[Span]) -> bool:
    wanted = beside(span.kind, span.text) or span.text
    return any((beside(other.kind, other.text) or other.text) == wanted for other in marked)


def _spans(part: Heard) -> list[Span]:
    from datetime import timedelta

    segment = part.segment or Segment(timedelta(0), timedelta(0), part.text, 1.0)
    return needs_ear(segment)
