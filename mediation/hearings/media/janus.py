"""Janus (its plugin videoroom) between the browsers: each sends its sound once, and is sent that of the others."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.conf import settings
from django.utils.translation import gettext as _

from mediation.hearings.media.wire import Refused, Unreachable, Wire, wired

NO_SUCH_ROOM, ROOM_EXISTS, WRONG_KEY, ID_TAKEN = 426, 427, 433, 436  # of the plugin
WRONG_SECRET, NO_SUCH_PLUGIN = 403, 460  # of Janus itself
MOST_SENDERS = 20
TRIES = 4


@dataclass(frozen=True, slots=True)
class Room:
    """A room at Janus: of everyone in a hearing, or of one private talk 背对背, which never uses another's again."""

    hearing: int
    caucus: int  # its row; 0 for the room of everyone

    @property
    def number(self) -> int:
        """Its number at Janus; no other site that uses the same Janus comes to the same."""
        return int(self._made("number")[:12], 16)

    @property
    def secret(self) -> str:
        """Opens what only we may do there: let go of somebody, end it."""
        return self._made("secret")[:32]

    @property
    def pin(self) -> str:
        """Opens the room; known to nobody but us."""
        return self._made("pin")[:32]

    def _made(self, what: str) -> str:
        words = f"media room {self.hearing}.{self.caucus} {what}"
        return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).hexdigest()


class Janus:
    """Janus at `url` (ws:// or wss://); `secret` is its api_secret, `room_key` the admin_key of its videoroom."""

    relays = True
    most_guests = 10

    def __init__(self, url: str = "", secret: str = "", room_key: str = "") -> None:
        self.url, self.secret, self.room_key = url, secret, room_key

    async def join(self, wire: Wire, handle: int, room: Room, person: int) -> dict[str, object]:
        """Place this person in the room, which is made where it is not there yet; an older place of theirs ends.

        Returns what Janus says of the room: `private_id`, and `publishers` who send already.
        """
        for left in reversed(range(TRIES)):
            try:
                joined = await wire.message(
                    handle, request="join", ptype="publisher", room=room.number, id=person, pin=room.pin
                )
            except Refused as refused:
                if not left or refused.code not in {NO_SUCH_ROOM, ID_TAKEN}:
                    raise
                if refused.code == NO_SUCH_ROOM:
                    await self._make(wire, handle, room)
                else:
                    await self.let_go(wire, handle, room, person)
            else:
                return dict(joined.data)
        raise AssertionError("the last try raises")

    async def _make(self, wire: Wire, handle: int, room: Room) -> None:
        try:
            await wire.message(
                handle,
                request="create",
                admin_key=self.room_key,
                room=room.number,
                secret=room.secret,
                pin=room.pin,
                permanent=False,
                is_private=True,
                require_pvtid=True,  # whoever receives here has also been placed here
                publishers=MOST_SENDERS,
                bitrate=256_000,  # a small picture; speech takes a tenth of it
                audiocodec="opus",
                videocodec="vp8",
                notify_joining=False,
            )
        except Refused as refused:
            if refused.code != ROOM_EXISTS:  # somebody else has just made it
                raise

    async def people_in(self, wire: Wire, handle: int, room: Room) -> set[int]:
        """Who is placed in the room at Janus."""
        answer = await wire.message(
            handle, request="listparticipants", room=room.number, secret=room.secret, pin=room.pin
        )
        return {int(one["id"]) for one in answer.data.get("participants", [])}

    async def let_go(self, wire: Wire, handle: int, room: Room, person: int) -> None:
        """Put this person out of the room at Janus; they are neither heard there nor hear."""
        await wire.message(handle, request="kick", room=room.number, secret=room.secret, id=person)

    async def end(self, wire: Wire, handle: int, room: Room) -> None:
        """Take the room away, and everybody out of it."""
        await wire.message(handle, request="destroy", room=room.number, secret=room.secret)

    async def try_out(self) -> None:
        """Make a room and take it away. Raises Unreachable and Refused."""
        async with wired(self.url, self.secret) as wire:
            handle = await wire.attach()
            room = Room(0, secrets.randbits(40))
            await self._make(wire, handle, room)
            await self.end(wire, handle, room)

    def problems(self) -> list[str]:
        """The address, the secrets, and whether Janus really makes a room; a room made to see this is taken away."""
        if not self.url.startswith(("ws://", "wss://")):
            return [_("Janus needs its WebSocket address (JANUS_URL), beginning with wss:// or ws://.")]
        missing = [
            name
            for name, value in {"JANUS_SECRET": self.secret, "JANUS_ROOM_KEY": self.room_key}.items()
            if not value
        ]
        if missing:
            return [
                _(
                    "Without %(names)s anybody who reaches Janus could make rooms there. Please set it here and there."
                )
                % {"names": ", ".join(missing)}
            ]
        try:
            async_to_sync(self.try_out)()
        except Unreachable:
            return [
                _("Janus does not answer at %(url)s. Until it does, browsers in a hearing connect directly.")
                % {"url": self.url}
            ]
        except Refused as refused:
            return [_why(refused)]
        return []


def _why(refused: Refused) -> str:
    words = {
        WRONG_SECRET: _("JANUS_SECRET is not the api_secret of Janus."),
        WRONG_KEY: _("JANUS_ROOM_KEY is not the admin_key of the videoroom plugin."),
        NO_SUCH_PLUGIN: _("Janus runs without its videoroom plugin."),
    }
    return words.get(refused.code) or _("Janus refuses to make a room: %(why)s") % {"why": refused}


def is_lost(error: Exception) -> bool:
    """Whether Janus as a whole cannot serve, rather than this room or this person."""
    return isinstance(error, Unreachable) or (
        isinstance(error, Refused) and error.code in {WRONG_SECRET, WRONG_KEY, NO_SUCH_PLUGIN}
    )
