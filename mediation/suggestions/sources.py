"""What is kept beside a suggestion: the cases it rests on with their reasons, and everything that went into it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation

from cases.similarity.factors import Doc, compare
from cases.similarity.search import Answer, Library, Query
from cases.similarity.suggest import Like, Suggested
from cases.similarity.suggest_changes import Change
from cases.similarity.suggest_facts import Pleaded
from cases.similarity.words import shared_words, words_of
from mediation.suggestions.stock import pleaded_as_record

KEPT = 30  # cases kept with their reasons; of the others the sums alone
MOST_SHARES = 400


def sources_of(said: Suggested, nearest: Answer, query: Query, library: Library) -> list[dict[str, Any]]:
    """The cases behind the range, those that are cited first; without a range the nearest that were found."""
    scores = {hit.doc.key: hit.score for hit in (*nearest.comparable, *nearest.hits)}
    likes = {like.case.key: like for like in said.likes}
    cited = [hit.doc.key for hit in nearest.hits] if said.silence else [like.case.key for like in said.cited]
    wanted = list(dict.fromkeys([*cited, *list(likes)[:KEPT]]))
    docs = library.of_keys(wanted)
    least = said.cited and not said.silence and min(said.cited, key=_paid).case.key
    mine = words_of(query.text)
    with translation.override(settings.LANGUAGE_CODE):
        return [
            {
                **_source(docs[key], query, mine, scores.get(key)),
                **_moved(likes.get(key)),
                "cited": key in cited,
                "comparable": key in likes,
                "least": key == least,
            }
            for key in wanted
            if key in docs
        ]


def _paid(like: Like) -> float:
    return like.case.settled_fen / max(1, like.case.pleaded.claim_fen)


def _moved(like: Like | None) -> dict[str, Any]:
    return {"moved_fen": like.moved_fen, "likeness": round(like.likeness, 3)} if like else {}


def _source(doc: Doc, query: Query, mine: set[str], score: float | None) -> dict[str, Any]:
    facts, _parts, reasons = compare(query, doc)
    return {
        "key": doc.key,
        "score": round(facts if score is None else score, 3),
        "reasons": [str(reason) for reason in reasons if reason.same],
        "differences": [str(reason) for reason in reasons if not reason.same],
        "shared": list(shared_words(doc.text, mine)),
        "settled_fen": doc.settled_fen,
        "claim_fen": doc.claim_fen,
        "instalments": doc.instalments,
        "closed_on": doc.closed_on.isoformat() if doc.closed_on else "",
        "is_sample": doc.is_sample,
    }


def details_of(
    said: Suggested, changes: Sequence[Change], facts: Pleaded, *, most_fen: int | None, stock: str
) -> dict[str, Any]:
    """Inputs, legal base, reasons, remedies and “what ifs”, in the site's language; whole numbers only."""
    base = said.base
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "stock": stock,
            "facts": dict(pleaded_as_record(facts)),
            "base": {
                "fen": base.fen,
                "kind": str(base.kind.label),
                "most_fen": base.most_fen if most_fen is None else min(base.most_fen, most_fen),
                **_cap(said),
            },
            "silence": str(said.silence.label) if said.silence else "",
            "effective": round(said.effective_n),
            "held": said.held,
            "asked": said.asked,
            "reasons": [str(reason) for reason in said.reasons],
            "shares": _shares(said),
            "remedies": [
                {
                    "remedy": one.remedy,
                    "n": one.n,
                    "of": one.of,
                    "least": round(one.least * 100),
                    "most": round(one.most * 100),
                    "low": one.low,
                    "middle": one.middle,
                    "high": one.high,
                    "in_months": one.in_months,
                }
                for one in said.remedies
            ],
            "changes": [_change(change) for change in changes],
        }


def _cap(said: Suggested) -> Mapping[str, Any]:
    cap = said.base.cap
    if cap is None:
        return {}
    return {"rate_millionths": int(cap.rate * 1_000_000), "source": cap.source, "status": cap.status.value}


def _shares(said: Suggested) -> list[int]:
    """What each like case comes to with these facts, in thousandths of the claim."""
    asked = said.base.most_fen
    return [round(1000 * like.moved_fen / asked) for like in said.likes[:MOST_SHARES]] if asked else []


def _change(change: Change) -> dict[str, Any]:
    said = change.said
    if said.silence:
        return {"what": str(change.say), "silence": str(said.silence.label)}
    return {
        "what": str(change.say),
        "low_fen": said.low_fen,
        "middle_fen": said.middle_fen,
        "high_fen": said.high_fen,
    }
