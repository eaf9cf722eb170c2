"""One page's sound and picture at one place, relayed: from going in until leaving.

The page never speaks to Janus. What it may send and receive is asked for by us, and only in the room where its seat is.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mediation.hearings.media.janus import Janus, Room, is_lost
from mediation.hearings.media.wire import Answer, Refused, Unreachable, Wire, wired

LOG = logging.getLogger(__name__)
GOODBYE_WITHIN_S = 2.0
NO_SUCH_FEED = 428
KINDS = {"audio", "video"}
MOST_STREAMS = 2  # of one person: a voice and a picture
Part = tuple[int, str]  # whose, and which of theirs


class Ousted(Exception):
    """Janus has put us out of the room, or the room is gone, or the page asks to begin anew."""


class Stay:
    """What a page sends: {"publish"} with an offer, {"answer"}, {"candidate", "of"}, {"again"}.

    What it is sent: {"go"}, {"published"} with an answer, {"offer", "who"}: whose each part of the offer is. All of
    them carry `at`, the name of this stay. `who` says who is placed in a room now, by its private talk; `lost` is told
    when this stay has ended by itself, and whether Janus is gone.
    """

    def __init__(
        self,
        *,
        janus: Janus,
        room: Room,
        person: int,
        people: frozenset[int],
        say: Callable[[dict[str, Any]], Awaitable[None]],
        who: Callable[[int], Awaitable[frozenset[int]]],
        lost: Callable[[str, bool], Awaitable[None]],
    ) -> None:
        self.at = secrets.token_hex(4)
        self.room = room
        self._janus, self._person = janus, person
        self._people = self._expected = people
        self._say, self._who, self._lost = say, who, lost
        self._inbox: asyncio.Queue[Answer | frozenset[int] | Mapping[str, Any] | None] = asyncio.Queue()
        self._wire: Wire | None = None
        self._up = self._down = self._private = 0
        self._feeds: dict[int, frozenset[str]] = {}
        self._taken: set[Part] = set()
        self._owners: dict[str, int] = {}
        self._sends = self._ending = False
        self._task: asyncio.Task[None] | None = None

    def begin(self, after_s: float = 0) -> None:
        """Go in, in a moment."""
        self._task = asyncio.create_task(self._live(after_s))

    async def end(self, *, over: bool) -> None:
        """Leave: nothing is heard of this page or by it any more. The room goes with the last, or when it is `over`."""
        self._ending = True
        if self._wire is not None and self._up:
            with contextlib.suppress(Unreachable, Refused, TimeoutError):
                async with asyncio.timeout(GOODBYE_WITHIN_S):
                    await self._take_leave(self._wire, over=over)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def is_over(self) -> bool:
        """Whether this stay has ended by itself."""
        return self._task is not None and self._task.done()

    def follow(self, people: frozenset[int]) -> None:
        """Others have come here or gone."""
        if people != self._expected:
            self._expected = people
            self._inbox.put_nowait(people)

    def hear(self, message: Mapping[str, Any]) -> None:
        """Something that the page says; what belongs to another stay is let go."""
        if message.get("at") == self.at and not self._ending:
            self._inbox.put_nowait(message)

    async def _live(self, after_s: float) -> None:
        try:
            await asyncio.sleep(after_s)
            async with wired(self._janus.url, self._janus.secret, self._inbox.put_nowait) as wire:
                self._wire = wire
                await self._go_in(wire)
                while True:
                    await self._take(wire, await self._inbox.get())
        except Exception as error:  # whatever it was, the page must come to its sound again
            if not self._ending:
                expected = isinstance(error, Unreachable | Refused | Ousted)
                level = logging.INFO if isinstance(error, Ousted) else logging.WARNING
                LOG.log(level, "sound of a hearing is not relayed: %s", error, exc_info=not expected)
                await self._lost(self.at, is_lost(error))

    async def _go_in(self, wire: Wire) -> None:
        self._up = await wire.attach()
        joined = await self._janus.join(wire, self._up, self.room, self._person)
        if self._person not in await self._put_out(wire):
            raise Ousted("the seats place this person elsewhere by now")
        self._private = int(str(joined.get("private_id", 0)))
        await self._tell({"go": True})
        await self._note(wire, joined)

    async def _take(self, wire: Wire, item: Answer | frozenset[int] | Mapping[str, Any] | None) -> None:
        if item is None:
            raise Unreachable("the connection to Janus has ended")
        if isinstance(item, frozenset):
            await self._meet(wire, item)
        elif isinstance(item, Answer):
            await self._obey_janus(wire, item)
        else:
            await self._obey_page(wire, item)

    # ---- who is here

    async def _meet(self, wire: Wire, people: frozenset[int]) -> None:
        gone = self._people - people
        self._people = people
        await self._subscribe(wire)
        if gone:
            await self._put_out(wire)

    async def _put_out(self, wire: Wire) -> frozenset[int]:
        """Nobody stays in the room at Janus whom the seats do not place there. Returns whom they do."""
        held = await self._janus.people_in(wire, self._up, self.room)
        placed = await self._who(self.room.caucus)  # asked last: who has come meanwhile is in it
        for person in held - placed - {self._person}:
            await self._janus.let_go(wire, self._up, self.room, person)
        return placed

    async def _note(self, wire: Wire, data: Mapping[str, Any]) -> None:
        for one in data.get("publishers") or []:
            parts = [
                str(part["mid"])
                for part in one.get("streams", [])
                if part.get("type") in KINDS and not part.get("disabled")
            ]
            self._feeds[int(one["id"])] = frozenset(parts[:MOST_STREAMS])
        for key in ("unpublished", "leaving", "kicked"):
            left = data.get(key)
            if isinstance(left, int):
                self._feeds.pop(left, None)
                self._taken = {part for part in self._taken if part[0] != left}
        await self._subscribe(wire)

    async def _subscribe(self, wire: Wire) -> None:
        wanted = {(feed, mid) for feed, mids in self._feeds.items() if feed in self._people for mid in mids}
        more, less = wanted - self._taken, self._taken - wanted
        if not more and not less:
            return
        try:
            answer = await self._ask_for(wire, _listed(more), _listed(less))
        except Refused as refused:
            if refused.code != NO_SUCH_FEED:
                raise
            return  # gone meanwhile; Janus says so in a moment
        self._taken = wanted
        await self._offer(answer)

    async def _ask_for(self, wire: Wire, more: list[dict[str, Any]], less: list[dict[str, Any]]) -> Answer:
        if not self._down:
            down = await wire.attach()
            answer = await wire.message(
                down,
                request="join",
                ptype="subscriber",
                room=self.room.number,
                pin=self.room.pin,
                private_id=self._private,
                streams=more,
            )
            self._down = down
            return answer
        change: dict[str, Any] = {"subscribe": more} if more else {}
        if less:
            change["unsubscribe"] = less
        return await wire.message(self._down, None, request="update", **change)

    # ---- carrying

    async def _obey_janus(self, wire: Wire, told: Answer) -> None:
        data = told.data
        if told.handle == self._down:
            await self._offer(told)
        elif data.get("videoroom") == "destroyed" or data.get("leaving") == "ok":
            raise Ousted("put out of the room at Janus")
        else:
            await self._note(wire, data)

    async def _offer(self, answer: Answer) -> None:
        streams = answer.data.get("streams")
        if isinstance(streams, list):
            self._owners = {
                str(one["mid"]): int(one["feed_id"])
                for one in streams
                if one.get("active") and "feed_id" in one
            }
        if answer.jsep:
            await self._tell({"offer": answer.jsep["sdp"], "who": self._owners})

    async def _obey_page(self, wire: Wire, message: Mapping[str, Any]) -> None:
        if message.get("again") is True:
            raise Ousted("the page begins anew")
        publish, answer, candidate = (message.get(key) for key in ("publish", "answer", "candidate"))
        try:
            if isinstance(publish, str):
                made = await wire.message(
                    self._up,
                    {"type": "offer", "sdp": publish},
                    request="configure" if self._sends else "publish",
                )
                self._sends = True
                if made.jsep:
                    await self._tell({"published": made.jsep["sdp"]})
            elif isinstance(answer, str) and self._down:
                await wire.message(self._down, {"type": "answer", "sdp": answer}, request="start")
            elif isinstance(candidate, dict):
                handle = self._down if message.get("of") == "down" else self._up
                await wire.trickle(handle, candidate)
        except Refused as refused:  # no browser describes itself so that Janus cannot read it
            LOG.warning("Janus refused what a page described: %s", refused)

    async def _take_leave(self, wire: Wire, *, over: bool) -> None:
        if self._down:
            await wire.detach(self._down)
        if over:
            await self._janus.end(wire, self._up, self.room)
            return
        await wire.message(self._up, request="leave")
        if not await self._janus.people_in(wire, self._up, self.room):
            await self._janus.end(wire, self._up, self.room)

    async def _tell(self, word: dict[str, Any]) -> None:
        if not self._ending:
            await self._say({"type": "media", "at": self.at, **word})


def _listed(parts: set[Part]) -> list[dict[str, Any]]:
    return [{"feed": feed, "mid": mid} for feed, mid in sorted(parts)]
