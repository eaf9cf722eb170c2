"""How two browsers of a hearing find each other: ICE servers, named by settings."""

import base64
import hashlib
import hmac
import re
import time
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

LASTS_S = 6 * 3600
FORMS = {
    "STUN_URLS": re.compile(r"stuns?:[^\s/?#@]+"),
    "TURN_URLS": re.compile(r"turns?:[^\s/?#@]+(?:\?transport=(?:udp|tcp))?"),
}
EXAMPLES = {"STUN_URLS": "stun:turn.example.org:3478", "TURN_URLS": "turn:turn.example.org:3478"}


def problems() -> list[str]:
    """What is set wrong or by half: a browser that is told a wrong address connects to nobody."""
    found = [
        _(
            "%(url)s in %(name)s is no such address. It should look like %(example)s. Browsers are not told of it."
        )
        % {"url": url, "name": name, "example": EXAMPLES[name]}
        for name in FORMS
        for url in getattr(settings, name)
        if url not in _right(name)
    ]
    if settings.TURN_URLS and not settings.TURN_SECRET:
        found.append(_("TURN_URLS needs TURN_SECRET as well. Without it no browser is told of the relay."))
    if settings.TURN_SECRET and not settings.TURN_URLS:
        found.append(_("TURN_SECRET needs TURN_URLS as well. Without it no browser is told of the relay."))
    return found


def _right(name: str) -> list[str]:
    return [url for url in getattr(settings, name) if FORMS[name].fullmatch(url)]


def ice_servers(person_id: int) -> list[dict[str, Any]]:
    """What RTCPeerConnection takes as `iceServers`; without settings none, and browsers of one network still connect.

    A relay (TURN) takes a user name that holds until a time and a password made of it with TURN_SECRET: HMAC-SHA1, as
    coturn's `use-auth-secret` asks for. The secret itself never leaves the server.
    """
    servers: list[dict[str, Any]] = []
    if stun := _right("STUN_URLS"):
        servers.append({"urls": stun})
    if (turn := _right("TURN_URLS")) and settings.TURN_SECRET:
        user = f"{int(time.time()) + LASTS_S}:{person_id}"
        made = hmac.new(settings.TURN_SECRET.encode(), user.encode(), hashlib.sha1).digest()
        servers.append({"urls": turn, "username": user, "credential": base64.b64encode(made).decode()})
    return servers
