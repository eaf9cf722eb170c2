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
    return set(dict(_kept(hearing_id, people, "")))


def enter(hearing_id: int, person_id: int, line: str) -> None:
    """Remember for a moment that this person's room page holds this line; a newer line takes the place of an older."""
    try:
        cache.set(_key(hearing_id, person_id, "line"), line, GONE_AFTER_S)
    except (RedisError, OSError):
        return


def leave(hearing_id: int, person_id: int, line: str) -> None:
    """Forget this line, unless a newer one has taken its place."""
    try:
        if cache.get(_key(hearing_id, person_id, "line")) == line:
            cache.delete(_key(hearing_id, person_id, "line"))
    except (RedisError, OSError):
        return


def lines(hearing_id: int, people: Iterable[int]) -> dict[int, str]:
    """The lines of those of `people` who have the room open."""
    return {person_id: str(line) for person_id, line in _kept(hearing_id, people, "line")}


def _kept(hearing_id: int, people: Iterable[int], what: str) -> list[tuple[int, object]]:
    keys = {_key(hearing_id, person_id, what): person_id for person_id in people}
    try:
        return [(keys[key], value) for key, value in cache.get_many(list(keys)).items()]
    except (RedisError, OSError):
        return []


def _key(hearing_id: int, person_id: int, what: str = "") -> str:
    return f"hearing.{hearing_id}.{person_id}{what and '.' + what}"
