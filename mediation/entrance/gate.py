"""What is turned away at the gate: addresses that no page of ours has, and who knocks too often."""

import logging
import time
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from cases.errors import Refusal

log = logging.getLogger(__name__)
# How often from one network address; behind one of them a whole house of people may live.
MOST_AN_HOUR = {
    "codes": 60,
    "code tries": 300,
    "wrong passwords": 100,
    "uploads": 600,
    "drafts": 300,
    "receipts": 600,
}
HOUR_S = 3600
# How much may be sent in, from one address by people who are not signed in, or by one account.
MOST_BYTES = {"hour": (HOUR_S, 1 * 1024**3), "day": (24 * HOUR_S, 4 * 1024**3)}
SIGNED_IN = 5  # times as much


@sync_and_async_middleware
def only_plain_addresses(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: an address with a NUL in it is nowhere (404). No database keeps such text, so none is asked."""

    def check(request: HttpRequest) -> None:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404

    async def gate_async(request: HttpRequest) -> Any:
        check(request)
        return await get_response(request)

    def gate(request: HttpRequest) -> Any:
        check(request)
        return get_response(request)

    return gate_async if iscoroutinefunction(get_response) else gate


def count_or_refuse(request: HttpRequest, what: str) -> None:
    """Count one more of `what` (a key of MOST_AN_HOUR) from this network address. Raises Refusal beyond the most."""
    count(request, what)
    if is_too_often(request, what):
        raise Refusal(
            _("This was done very often from this network. Please wait, or call %(phone)s.")
            % {"phone": settings.HELP_PHONE}
        )


def count_bytes_or_refuse(request: HttpRequest, size: int) -> None:
    """Count the bytes of a file before it is taken in. Raises Refusal beyond MOST_BYTES, then without counting them."""
    signed_in = request.user.is_authenticated
    who = f"account-{request.user.pk}" if signed_in else request.META.get("REMOTE_ADDR", "")
    try:
        for name, (seconds, most) in MOST_BYTES.items():
            key = f"gate.bytes.{name}.{who}.{int(time.time() // seconds)}"
            cache.add(key, 0, seconds)
            if cache.incr(key, size) > most * (SIGNED_IN if signed_in else 1):
                cache.decr(key, size)
                raise Refusal(
                    _("Very much was sent in within a short time. Please go on later, or call %(phone)s.")
                    % {"phone": settings.HELP_PHONE}
                )
    except (RedisError, OSError, ValueError):
        log.warning("the gate cannot count bytes")


def count(request: HttpRequest, what: str) -> None:
    """Count one more of `what` from this network address in this hour. Without a cache nothing is counted."""
    key = _key(request, what)
    try:
        cache.add(key, 0, HOUR_S)
        cache.incr(key)
    except (RedisError, OSError, ValueError):
        log.warning("the gate cannot count %s", what)


def is_too_often(request: HttpRequest, what: str) -> bool:
    """Whether there were more of `what` from this network address in this hour than MOST_AN_HOUR says."""
    try:
        return int(cache.get(_key(request, what), 0)) > MOST_AN_HOUR[what]
    except (RedisError, OSError):
        return False


def _key(request: HttpRequest, what: str) -> str:
    address = request.META.get("REMOTE_ADDR", "")
    return f"gate.{what.replace(' ', '-')}.{address}.{int(time.time() // HOUR_S)}"
