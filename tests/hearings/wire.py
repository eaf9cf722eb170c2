"""A room page at the other end of its socket, without a browser."""

import json
from typing import Any, Self

from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter

from cases.models import User
from mediation.hearings.models import Hearing
from mediation.sockets import sockets

PATIENCE_S = 5


class RoomPage:
    """`async with RoomPage(hearing, person) as page` opens the room; it must open."""

    def __init__(self, hearing: Hearing, person: Any) -> None:
        scope = {
            "type": "websocket", "path": f"/ws/hearings/{hearing.pk}/", "user": person, "session": {}, "cookies": {},
            "subprotocols": [], "headers": [],
        }  # fmt: skip
        self.wire = ApplicationCommunicator(URLRouter(sockets), scope)
        self.heard: list[dict[str, Any]] = []
        self.code = 0

    async def opens(self) -> bool:
        await self.wire.send_input({"type": "websocket.connect"})
        return bool((await self.wire.receive_output(PATIENCE_S))["type"] == "websocket.accept")

    async def __aenter__(self) -> Self:
        assert await self.opens()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.leave()

    async def leave(self) -> None:
        if not self.wire.future.done():
            await self.wire.send_input({"type": "websocket.disconnect", "code": 1000})
            await self.wire.wait(PATIENCE_S)

    async def says(self, **message: Any) -> None:
        await self.raw(json.dumps(message))

    async def raw(self, text: str | None = None, data: bytes | None = None) -> None:
        await self.wire.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def next(self) -> dict[str, Any]:
        sent = await self.wire.receive_output(PATIENCE_S)
        if sent["type"] == "websocket.close":
            self.code = sent.get("code", 1000)
            return {"type": "closed"}
        self.heard.append(json.loads(sent["text"]))
        return self.heard[-1]

    async def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """The next message of this kind with these values; others are kept in `heard`."""
        while True:
            message = await self.next()
            if message["type"] == kind and all(message.get(key) == value for key, value in wanted.items()):
                return message
            assert message["type"] != "closed", self.heard

    async def quiet(self) -> list[dict[str, Any]]:
        """All that comes until nothing comes for a moment."""
        came = []
        while not await self.wire.receive_nothing(0.2, 0.02):
            came.append(await self.next())
            if came[-1]["type"] == "closed":
                break
        return came


def person_in(room: dict[str, Any], person: User) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in room["people"] if one["id"] == person.pk)
    return found
