"""WebSockets of the hearings room: how far a transcription is, and the room 调解室 itself."""

import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer, AsyncWebsocketConsumer

from cases.workflow import Stage
from mediation.hearings.media.page import PageMedia
from mediation.hearings.models import Recording
from mediation.hearings.room import groups, talk
from mediation.hearings.room.talk import View
from mediation.hearings.transcription import may_follow, progress_of

# Characters: a description of one voice and picture takes about ten thousand, of those of ten people thirty thousand.
LARGEST_MESSAGE = 64 * 1024
BURST, A_SECOND = 120, 30  # messages; connecting to three people takes about sixty at once
MOST_BAD = 20
LOOK_EACH_S = 8
REPLACED, TOO_MUCH, NOT_YOURS = 4001, 4008, 4404


class ProgressConsumer(AsyncJsonWebsocketConsumer):
    """Sends {state, done, total, message} at once and at every change, to those who may see the case."""

    async def connect(self) -> None:
        """Accept who may see the recording, or holds its draft."""
        self.pk = int(self.scope["url_route"]["kwargs"]["pk"])
        if not await self._may_see():
            await self.close()
            return
        await self.channel_layer.group_add(f"recording.{self.pk}", self.channel_name)
        await self.accept()
        await self.send_json(await self._progress())

    async def disconnect(self, code: int) -> None:
        """Stop listening."""
        await self.channel_layer.group_discard(f"recording.{self.pk}", self.channel_name)

    async def recording_progress(self, event: dict[str, Any]) -> None:
        """Pass the news on."""
        await self.send_json(await self._progress())

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _may_see(self) -> bool:
        recording = Recording.objects.select_related("case", "exhibit").filter(pk=self.pk).first()
        if recording is None:
            return False
        is_draft = recording.case.stage == Stage.INTAKE
        if is_draft and self.scope["session"].get("draft") == str(recording.case_id):
            return True
        return may_follow(self.scope["user"], recording)

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _progress(self) -> dict[str, object]:
        return progress_of(Recording.objects.get(pk=self.pk))


class RoomConsumer(AsyncWebsocketConsumer):
    """One open room page. Sends {"type": "room", …} at every change; what a page may ask for stands in talk.py.

    The database says who is where; this only carries. A page that is opened again takes the place of the older one.
    """

    view: View | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Carry the page until it is closed. However that ends, its sound ends with it."""
        pk = int(scope["url_route"]["kwargs"]["pk"])
        self.media = PageMedia(
            pk, say=self._say, who=self._placed_in, lost=self._media_lost, changed=self._tell_all
        )
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.media.close()

    async def connect(self) -> None:
        """Let in who has a seat; everybody else is turned away before anything is said."""
        self.pk = int(self.scope["url_route"]["kwargs"]["pk"])
        self.line = secrets.token_hex(8)
        self.left, self.counted_at, self.bad = float(BURST), time.monotonic(), 0
        self.joined: list[str] = []
        self.language = talk.language_of(self.scope)
        view = await self._look_at(talk.enter)
        if view is None:
            await self.close()
            return
        await self.accept()
        await self.channel_layer.group_send(self._me(view), {"type": "room.replaced", "line": self.line})
        for group in (self._me(view), groups.open_pages(self.pk)):
            await self.channel_layer.group_add(group, self.channel_name)
            self.joined.append(group)
        self.looked_at = time.monotonic()
        await self._show(view)
        await self._tell_all()

    async def disconnect(self, code: int) -> None:
        """Say that this page is closed."""
        for group in self.joined:
            await self.channel_layer.group_discard(group, self.channel_name)
        if self.view is not None:
            if self.view.place is not None:
                await self.channel_layer.group_discard(
                    groups.room(self.pk, self.view.place), self.channel_name
                )
            await self._look_at(talk.leave)
            await self._tell_all()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One message of the page. What is not understood is said to be so; who goes on like this is cut off."""
        now = time.monotonic()
        self.left = min(BURST, self.left + (now - self.counted_at) * A_SECOND) - 1
        self.counted_at = now
        if self.left < 0 or len(text_data or bytes_data or "") > LARGEST_MESSAGE:
            await self.close(TOO_MUCH)
            return
        message = _read(text_data)
        if message is None or not await self._obey(message):
            self.bad += 1
            await self._say({"type": "not-understood"})
            if self.bad >= MOST_BAD:
                await self.close(TOO_MUCH)

    async def _obey(self, message: dict[str, Any]) -> bool:
        kind = message.get("type")
        if kind == "ping":
            return await self._pong(message)
        if kind == "signal":
            return await self._signal(message)
        if kind == "media":
            self.media.hear(message)
            return True
        if kind == "say":
            return await self._pass_words_on(message)
        if isinstance(kind, str) and kind in talk.ACTS:
            answer = await self._act(message)
            if answer:
                await self._say({**answer, "of": kind})
            return True
        return False

    async def _pong(self, message: dict[str, Any]) -> bool:
        sent = message.get("at")
        if not isinstance(sent, int | float):
            return False
        await self._say({"type": "pong", "at": sent})
        if time.monotonic() - self.looked_at > LOOK_EACH_S:
            await self._look()
        return True

    async def _signal(self, message: dict[str, Any]) -> bool:
        to, data = message.get("to"), message.get("data")
        if isinstance(to, bool) or not isinstance(to, int) or not isinstance(data, dict):
            return False
        if self.view is not None and to not in self.view.peers:
            await self._look()
        if self.view is not None and to in self.view.peers:
            event = {"type": "room.signal", "from": self.view.person, "place": self.view.place, "data": data}
            await self.channel_layer.group_send(groups.person(self.pk, to), event)
        return True

    async def _pass_words_on(self, message: dict[str, Any]) -> bool:
        text = message.get("text")
        if not isinstance(text, str):
            return False
        answer, place = await self._say_words(text)
        if answer["type"] == "said":
            event = {"type": "room.pass_on", "place": place, "message": answer}
            await self.channel_layer.group_send(groups.room(self.pk, place), event)
        else:
            await self._say({**answer, "of": "say"})
        return True

    # ---- what other pages and programs send

    async def room_changed(self, event: dict[str, Any]) -> None:
        """Something has changed in the hearing: look where everybody is now."""
        await self._look()

    async def room_signal(self, event: dict[str, Any]) -> None:
        """Another page wants to connect: passed on only from somebody who is at the same place."""
        if self.view is None or event["from"] not in self.view.peers or event["place"] != self.view.place:
            await self._look()
        if self.view is not None and event["from"] in self.view.peers and event["place"] == self.view.place:
            await self._say({"type": "signal", "from": event["from"], "data": event["data"]})

    async def room_pass_on(self, event: dict[str, Any]) -> None:
        """Words or captions of a place: shown to who is there, and to nobody else."""
        if self.view is not None and event["place"] == self.view.place:
            await self._say(event["message"])

    async def room_media_lost(self, event: dict[str, Any]) -> None:
        """The sound of this page is relayed no more: it is tried again, or everybody connects directly."""
        if await self.media.has_lost(event["at"], gone=event["gone"]):
            await self._look()

    async def hearing_caption(self, event: dict[str, Any]) -> None:
        """A caption of this place, which alone is told of it."""
        await self._say(event["caption"])

    async def hearing_behind(self, event: dict[str, Any]) -> None:
        """Captions of this place are late."""
        await self._say(event["behind"])

    async def room_replaced(self, event: dict[str, Any]) -> None:
        """The same person has opened the room elsewhere: only the newest page counts."""
        if event["line"] != self.line:
            await self._say({"type": "replaced"})
            await self.close(REPLACED)

    # ---- looking

    async def _look(self) -> None:
        self.looked_at = time.monotonic()
        view = await self._look_at(talk.stay)
        if view is None:
            await self.media.leave()
            await self._say({"type": "gone"})
            await self.close(NOT_YOURS)
            return
        await self._show(view)

    async def _show(self, view: View) -> None:
        """Draw the room anew. At another place, the old one is left before anything is heard of the new."""
        old, self.view = self.view, view
        how = view.room["media"]
        await self.media.step_out(view.standing, how=how)
        moved = old is None or old.place != view.place
        if moved and old is not None and old.place is not None:
            await self.channel_layer.group_discard(groups.room(self.pk, old.place), self.channel_name)
        if moved and view.place is not None:
            await self.channel_layer.group_add(groups.room(self.pk, view.place), self.channel_name)
        await self._say(view.room)
        await self.media.step_in(view.standing, person=view.person, how=how)
        if moved and view.place is not None:
            await self._say({"type": "history", "place": view.place, "lines": await self._history()})

    async def _media_lost(self, at: str, gone: bool) -> None:
        await self.channel_layer.send(self.channel_name, {"type": "room.media_lost", "at": at, "gone": gone})

    async def _tell_all(self) -> None:
        await self.channel_layer.group_send(groups.open_pages(self.pk), {"type": "room.changed"})

    def _me(self, view: View) -> str:
        return groups.person(self.pk, view.person)

    async def _say(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _look_at(self, how: Callable[..., View | None]) -> View | None:
        return how(hearing_id=self.pk, person=self.scope["user"], line=self.line, language=self.language)

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _placed_in(self, caucus: int) -> frozenset[int]:
        return talk.placed_in(hearing_id=self.pk, caucus=caucus)

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _act(self, message: dict[str, Any]) -> dict[str, Any] | None:
        return talk.act(
            hearing_id=self.pk, person=self.scope["user"], message=message, language=self.language
        )

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _say_words(self, text: str) -> tuple[dict[str, Any], str]:
        return talk.say(hearing_id=self.pk, person=self.scope["user"], text=text, language=self.language)

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def _history(self) -> list[dict[str, Any]]:
        return talk.history(hearing_id=self.pk, person=self.scope["user"])


def _read(text: str | None) -> dict[str, Any] | None:
    """The message as a mapping; None for anything else, however it is made."""
    try:
        message = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None
