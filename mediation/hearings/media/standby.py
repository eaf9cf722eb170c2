"""Whether the server that relays sound is gone, for every page at once: all connect directly, or all through it."""

from django.core.cache import cache
from redis.exceptions import RedisError

DOWN, TRIED = "media.down", "media.tried"
TRY_EACH_S = 10
FORGOTTEN_AFTER_S = 3600


def is_down() -> bool:
    """Whether browsers connect directly for now; no, where it cannot be known."""
    try:
        return bool(cache.get(DOWN))
    except (RedisError, OSError):
        return False


def mark_down() -> bool:
    """Remember that it is gone; True for who says so first."""
    try:
        return bool(cache.add(DOWN, 1, FORGOTTEN_AFTER_S))
    except (RedisError, OSError):
        return False


def mark_up() -> None:
    """It serves again."""
    try:
        cache.delete(DOWN)
    except (RedisError, OSError):
        return


def may_try() -> bool:
    """Whether it is this caller's turn to see if it is back; one every few seconds."""
    try:
        return bool(cache.add(TRIED, 1, TRY_EACH_S))
    except (RedisError, OSError):
        return False
