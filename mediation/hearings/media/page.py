"""The sound of one open room page, where it is relayed: it follows the seat of its person from place to place."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from asgiref.sync import sync_to_async

from mediation.adapters import adapter
from mediation.hearings.media import standby
from mediation.hearings.media.janus import Room
from mediation.hearings.media.stay import Stay
from mediation.hearings.media.wire import Refused, Unreachable
from mediation.hearings.room.places import Standing

AGAIN_AFTER_S = 1.0


class PageMedia:
    """Goes in and out of rooms at Janus as it is told. With a mesh there is nothing to do."""

    def __init__(
        self,
        hearing_id: int,
        *,
        say: Callable[[dict[str, Any]], Awaitable[None]],
        who: Callable[[int], Awaitable[frozenset[int]]],
        lost: Callable[[str, bool], Awaitable[None]],
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._hearing = hearing_id
        self._say, self._who, self._lost, self._changed = say, who, lost, changed
        self._stay: Stay | None = None
        self._lost_room: Room | None = None
        self._trying: asyncio.Task[None] | None = None

    async def step_out(self, standing: Standing, *, how: str) -> None:
        """Leave the room where the person is no longer; the page hears of its new place only afterwards."""
        stay = self._stay
        if stay is not None and stay.room != self._room(standing, how):
            await self.leave(over=stay.room.caucus not in {0, standing.running})

    async def step_in(self, standing: Standing, *, person: int, how: str) -> None:
        """Go into the room where the person is now, or hear who else has come there or gone."""
        if how == "fallback":
            self._see_if_back()
        room = self._room(standing, how)
        if room is None:
            return
        if self._stay is not None and not self._stay.is_over:
            self._stay.follow(standing.others)
            return
        self._stay = Stay(
            janus=adapter("media"),
            room=room,
            person=person,
            people=standing.others,
            say=self._say,
            who=self._who,
            lost=self._lost,
        )
        self._stay.begin(AGAIN_AFTER_S if room == self._lost_room else 0)
        self._lost_room = None

    def _room(self, standing: Standing, how: str) -> Room | None:
        return (
            Room(self._hearing, standing.caucus) if how == "relayed" and standing.place is not None else None
        )

    def hear(self, message: Mapping[str, Any]) -> None:
        """What the page says of its sound; nobody hears it where nothing is relayed now."""
        if self._stay is not None:
            self._stay.hear(message)

    async def leave(self, *, over: bool = False) -> None:
        """Neither heard nor hearing. `over`: the room has no more use for anybody."""
        stay, self._stay = self._stay, None
        if stay is not None:
            await stay.end(over=over)

    async def has_lost(self, at: str, *, gone: bool) -> bool:
        """A stay has ended by itself: begin anew in a moment, or, where Janus is gone, all connect directly.

        False where that stay had been left already.
        """
        if self._stay is None or self._stay.at != at:
            return False
        self._lost_room = self._stay.room
        await self.leave()
        if gone and await sync_to_async(standby.mark_down)():
            await self._changed()
        return True

    async def close(self) -> None:
        """The page is closed."""
        await self.leave()
        if self._trying is not None:
            self._trying.cancel()

    def _see_if_back(self) -> None:
        if self._trying is None or self._trying.done():
            self._trying = asyncio.create_task(self._try())

    async def _try(self) -> None:
        if not await sync_to_async(standby.may_try)():
            return
        with contextlib.suppress(Unreachable, Refused, TimeoutError):
            await adapter("media").try_out()
            await sync_to_async(standby.mark_up)()
            await self._changed()
