"""What a witness shows to everybody: a page for people, and all that it has seen."""

import json
from collections.abc import Callable, Mapping

from evidence.tlog.notes import to_base64
from evidence.witness import page
from evidence.witness.judging import NOT_FOUND, Answer, Witness
from evidence.witness.store import Seen

MOST_OF_HISTORY = 1000
JSON, HTML, CSS = "application/json", "text/html; charset=utf-8", "text/css; charset=utf-8"
Query = Mapping[str, str]


def read(witness: Witness, prefix: str, place: str, query: Query) -> Answer:
    """What lies at a place below the prefix. Raises sqlite3.Error when the memory cannot be read."""
    if place in {"", "/"}:
        return Answer(200, page.render(witness, prefix), HTML)
    show = PLACES.get(place)
    return show(witness, query) if show else NOT_FOUND


def _style(witness: Witness, query: Query) -> Answer:
    return Answer(200, page.STYLE, CSS)


def _health(witness: Witness, query: Query) -> Answer:
    return Answer(200, "ok\n")


def _latest_of_all(witness: Witness, query: Query) -> Answer:
    return _as_json(witness, witness.store.latest_of_all())


def _latest(witness: Witness, query: Query) -> Answer:
    seen = witness.store.latest(query.get("origin", ""))
    return Answer(200, seen.note) if seen else NOT_FOUND


def _history(witness: Witness, query: Query) -> Answer:
    after, limit = _number(query.get("after"), 0), _number(query.get("limit"), 100)
    rows = witness.store.history(query.get("origin", ""), after=after, limit=min(limit, MOST_OF_HISTORY))
    return _as_json(witness, rows)


def _refused(witness: Witness, query: Query) -> Answer:
    return _as_json(witness, witness.store.refused())


PLACES: Mapping[str, Callable[[Witness, Query], Answer]] = {
    "/style.css": _style,
    "/health": _health,
    "/checkpoints": _latest_of_all,
    "/checkpoint": _latest,
    "/history": _history,
    "/refused": _refused,
}


def _as_json(witness: Witness, seen: list[Seen]) -> Answer:
    rows = [
        {
            "origin": one.origin,
            "size": one.size,
            "root": to_base64(one.root),
            "at": one.at_s,
            "note": one.note,
            **({"kind": one.kind} if one.kind else {}),
        }
        for one in seen
    ]
    told = {"witness": str(witness.key.vkey), "checkpoints": rows}
    return Answer(200, json.dumps(told, ensure_ascii=False, indent=1) + "\n", JSON)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else otherwise
