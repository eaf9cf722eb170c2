"""Who has the page of a hearing open just now: forgotten by itself, never a record, and never needed for anything."""

from collections.abc import Iterable

from django.core.cache import cache
from redis.exceptions import RedisError

GONE_AFTER_S = 25


def notice(hearing_id: int, person_id: int) -> None:
    """Remember for a moment that the page of this person has asked for news."""
    try:
        cache.set(_key(hearing_id, person_id), 1, GONE_AFTER_S)
    except (RedisError, OSError):
        return


def here(hearing_id: int, people: Iterable[int]) -> set[int]:
    """Those of `people` whose page asked for news a moment ago; nobody where it cannot be known."""
    try:
        found = cache.get_many([_key(hearing_id, person_id) for person_id in people])
    except (RedisError, OSError):
        return set()
    return {int(key.rpartition(".")[2]) for key in found}


def _key(hearing_id: int, person_id: int) -> str:
    return f"hearing.{hearing_id}.{person_id}"
