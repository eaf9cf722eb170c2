"""How two browsers of a hearing find each other: ICE servers, named by settings."""

import base64
import hashlib
import hmac
import time
from typing import Any

from django.conf import settings

LASTS_S = 6 * 3600


def ice_servers(person_id: int) -> list[dict[str, Any]]:
    """What RTCPeerConnection takes as `iceServers`; without settings none, and browsers of one network still connect.

    A relay (TURN) takes a user name that holds until a time and a password made of it with TURN_SECRET: HMAC-SHA1, as
    coturn's `use-auth-secret` asks for. The secret itself never leaves the server.
    """
    servers: list[dict[str, Any]] = []
    if settings.STUN_URLS:
        servers.append({"urls": settings.STUN_URLS})
    if settings.TURN_URLS and settings.TURN_SECRET:
        user = f"{int(time.time()) + LASTS_S}:{person_id}"
        made = hmac.new(settings.TURN_SECRET.encode(), user.encode(), hashlib.sha1).digest()
        servers.append(
            {"urls": settings.TURN_URLS, "username": user, "credential": base64.b64encode(made).decode()}
        )
    return servers
