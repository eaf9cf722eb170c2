"""The WebSocket API of Janus: one connection for each page, with its questions and what Janus tells by itself."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidURI, WebSocketException
from websockets.typing import Subprotocol

PLUGIN = "janus.plugin.videoroom"
PATIENCE_S = 4.0
ALIVE_EACH_S = 5.0  # a program that hangs loses its sessions after session_timeout (docs/operate.md: 15 s)
LARGEST = 4 * 1024 * 1024
SPEAKS = Subprotocol("janus-protocol")


class Unreachable(Exception):
    """Janus does not answer, or has gone away."""


class Refused(Exception):
    """Janus understood and said no; `code` is its error number."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code} {why}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What Janus says through a handle: the plugin's data, perhaps with a description of sound and picture."""

    kind: str
    handle: int
    data: Mapping[str, Any]
    jsep: Mapping[str, Any] | None


class Wire:
    """One session. When it is closed, Janus takes all of it away at once: no sound goes in or out of it any more."""

    def __init__(self, socket: ClientConnection, secret: str, tell: Callable[[Answer | None], None]) -> None:
        self._socket, self._secret, self._tell = socket, secret, tell
        self._session = 0
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def begin(self) -> None:
        """Open the session. Raises Refused where the secret is not Janus' api_secret."""
        self._session = int((await self._ask({"janus": "create"}))["data"]["id"])

    async def attach(self) -> int:
        """A handle of the plugin that keeps rooms. Raises Refused where Janus runs without it."""
        return int((await self._ask({"janus": "attach", "plugin": PLUGIN}))["data"]["id"])

    async def message(self, handle: int, jsep: Mapping[str, Any] | None = None, **body: Any) -> Answer:
        """Ask the plugin, and wait for its last word on it. Raises Refused and Unreachable."""
        asked: dict[str, Any] = {"janus": "message", "handle_id": handle, "body": body}
        if jsep is not None:
            asked["jsep"] = jsep
        answer = _answer_in(await self._ask(asked))
        if "error_code" in answer.data:
            raise Refused(int(answer.data["error_code"]), str(answer.data.get("error", "")))
        return answer

    async def trickle(self, handle: int, candidate: Mapping[str, Any]) -> None:
        """Pass on where a browser can be reached."""
        await self._send({"janus": "trickle", "handle_id": handle, "candidate": candidate})

    async def detach(self, handle: int) -> None:
        """Give the handle up, and with it the connection of the browser behind it."""
        await self._ask({"janus": "detach", "handle_id": handle})

    async def read(self) -> None:
        """Hear what Janus says, until the connection ends."""
        try:
            async for text in self._socket:
                self._take(json.loads(text))
        except (WebSocketException, OSError, ValueError):
            pass
        finally:
            for waiting in self._asked.values():
                if not waiting.done():
                    waiting.set_exception(Unreachable("the connection to Janus has ended"))
            self._tell(None)

    async def stay_alive(self) -> None:
        """Say now and then that this session is still wanted."""
        while True:
            await asyncio.sleep(ALIVE_EACH_S)
            await self._send({"janus": "keepalive"})

    def _take(self, word: Mapping[str, Any]) -> None:
        kind = word.get("janus")
        waiting = self._asked.get(str(word.get("transaction", "")))
        if waiting is not None:
            if kind != "ack" and not waiting.done():  # an "ack" is followed by the answer itself
                waiting.set_result(dict(word))
        elif kind in {"event", "hangup"}:
            self._tell(_answer_in(word))

    async def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        name = secrets.token_hex(6)
        waiting = self._asked[name] = asyncio.get_running_loop().create_future()
        try:
            await self._send(question, name)
            word: dict[str, Any] = await asyncio.wait_for(waiting, PATIENCE_S)
        except TimeoutError as error:
            raise Unreachable("Janus does not answer") from error
        finally:
            del self._asked[name]
        if word.get("janus") == "error":
            problem = word.get("error") or {}
            raise Refused(int(problem.get("code", 0)), str(problem.get("reason", "")))
        return word

    async def _send(self, question: dict[str, Any], name: str = "") -> None:
        asked = {**question, "transaction": name or secrets.token_hex(6)}
        if self._session:
            asked["session_id"] = self._session
        if self._secret:
            asked["apisecret"] = self._secret
        try:
            await self._socket.send(json.dumps(asked))
        except (WebSocketException, OSError) as error:
            raise Unreachable("the connection to Janus has ended") from error


def _answer_in(word: Mapping[str, Any]) -> Answer:
    data = (word.get("plugindata") or {}).get("data") or {}
    return Answer(str(word.get("janus", "")), int(word.get("sender", 0)), data, word.get("jsep"))


@contextlib.asynccontextmanager
async def wired(
    url: str, secret: str, tell: Callable[[Answer | None], None] = lambda answer: None
) -> AsyncIterator[Wire]:
    """A session at Janus for as long as the block lasts. Raises Unreachable, and Refused for a wrong secret.

    `tell` is given what Janus says by itself; None once the connection is gone.
    """
    try:
        socket = await connect(
            url, subprotocols=[SPEAKS], open_timeout=PATIENCE_S, close_timeout=1, max_size=LARGEST, proxy=None
        )
    except (OSError, TimeoutError, InvalidURI, WebSocketException) as error:
        raise Unreachable(f"Janus does not answer at {url}") from error
    wire = Wire(socket, secret, tell)
    tasks = [asyncio.create_task(wire.read())]
    try:
        await wire.begin()
        tasks.append(asyncio.create_task(wire.stay_alive()))
        yield wire
    finally:
        for task in tasks:
            task.cancel()
        await socket.close()
        await asyncio.gather(*tasks, return_exceptions=True)
