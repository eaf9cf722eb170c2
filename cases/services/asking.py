"""A story on its own as a search takes it: what nobody typed beside it is read out of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cases.analysis.findings import Findings, Kind, Role
from cases.analysis.story import analyse
from cases.claims import Remedy
from cases.services.indexing import story_vector
from cases.similarity.search import Only, Query

YEARLY = "yearly"
FACTS = ("cause", "claim_fen", "principal_fen", "annual_rate", "remedies")


def query_of(
    story: str, *, cause: str | None = None, claim_fen: int | None = None, only: Only | None = None,
    until: date | None = None,
) -> Query:  # fmt: skip
    """The story with its vector and its facts: `cause` and `claim_fen` (in fen) where given, all others as it tells.

    What is read are guesses: show them (`read_facts`) beside what was found by them. `until`: the last day on which a
    case may have been closed.
    """
    found = analyse(story, today=until or timezone.localdate())
    query = Query(text=story, vector=story_vector(story), only=only, until=until)
    return replace(query, **_read(found) | {"cause": cause or found.cause} | _some(claim_fen=claim_fen))


def read_facts(query: Query) -> dict[str, Any]:
    """The facts that a search went by, as data: fen, the rate as a decimal string; what nobody knows is left out."""
    told = {name: getattr(query, name) for name in FACTS}
    told["annual_rate"] = None if query.annual_rate is None else str(query.annual_rate)
    return {name: list(value) if name == "remedies" else value for name, value in told.items() if value}


def _read(found: Findings) -> dict[str, Any]:
    rates = [Decimal(str(rate.value)) for rate in found.of(Kind.RATE) if rate.role == YEARLY]
    return {
        "claim_fen": found.amount(Role.CLAIMED),
        "principal_fen": found.amount(Role.PRINCIPAL),
        "annual_rate": rates[0] if rates else None,
        "remedies": tuple(
            dict.fromkeys(str(one.value) for one in found.of(Kind.REMEDY) if one.value in Remedy.values)
        ),
    }


def _some(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}
