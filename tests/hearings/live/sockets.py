"""A client of a WebSocket, inside the test's own process."""

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter

from cases.models import User
from mediation.sockets import sockets

PATIENCE_S = 30


class Socket:
    """Speaks to the consumer behind `path` as `person`."""

    def __init__(self, path: str, person: User) -> None:
        scope = {
            "type": "websocket",
            "path": path,
            "user": person,
            "session": {},
            "headers": [],
            "subprotocols": [],
        }
        self._talk = ApplicationCommunicator(URLRouter(sockets), scope)

    async def connect(self) -> bool:
        """Whether we were let in."""
        await self._talk.send_input({"type": "websocket.connect"})
        return bool((await self._talk.receive_output(PATIENCE_S))["type"] == "websocket.accept")

    async def say(self, word: dict[str, Any] | str | bytes) -> None:
        """Send JSON, text or bytes."""
        if isinstance(word, bytes):
            await self._talk.send_input({"type": "websocket.receive", "bytes": word})
        else:
            text = word if isinstance(word, str) else json.dumps(word)
            await self._talk.send_input({"type": "websocket.receive", "text": text})

    async def hear(self) -> dict[str, Any]:
        """The next word; {"type": "closed"} where the other side closes."""
        sent = await self._talk.receive_output(PATIENCE_S)
        return dict(json.loads(sent["text"])) if sent["type"] == "websocket.send" else {"type": "closed"}

    async def hear_of(self, *kinds: str) -> dict[str, Any]:
        """The next word of one of these kinds; of others only `have` may come before."""
        while True:
            word = await self.hear()
            if word["type"] in kinds:
                return word
            assert word["type"] == "have", word

    async def leave(self) -> None:
        """Close, as a browser does whose tab is closed."""
        await self._talk.send_input({"type": "websocket.disconnect", "code": 1001})
        await self._talk.wait(PATIENCE_S)
