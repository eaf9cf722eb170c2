"""The socket of one microphone: keeps what comes, says what is safe on disk, and lets nobody speak unasked."""

import asyncio
import contextlib
import json
import logging
import math
import uuid
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils.translation import gettext as _

from cases.errors import Refusal
from mediation.hearings.live import streams
from mediation.hearings.live.admission import place_now
from mediation.hearings.live.keeping import DiskFull, SoundFile
from mediation.hearings.live.models import Stream
from mediation.hearings.live.packets import PacketReader, Unreadable
from mediation.hearings.models import Hearing
from mediation.hearings.room import groups

SYNC_EACH_S = 0.5
LOOK_EACH_S = 5.0
SEALED_LOOK_S = 0.5
MOVED_WAIT_S = 20.0
LONGEST_AGO_S = 6 * 3600

log = logging.getLogger(__name__)


class SoundConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Speaks the protocol of docs/sound.md. Who speaks is taken from the session."""

    stream: Stream | None = None
    sound: SoundFile | None = None
    is_leftover = False

    async def connect(self) -> None:
        """Let in who is signed in; whether they may speak is said at `start`."""
        self.person = self.scope["user"]
        if not self.person.is_authenticated:
            await self.close()
            return
        self.pk = int(self.scope["url_route"]["kwargs"]["pk"])
        self.reader, self.torn = PacketReader(), list[list[int]]()
        self.most = 0
        self.tasks: dict[str, asyncio.Task[None]] = {}
        await self.accept()
        await self.channel_layer.group_add(groups.microphones(self.pk), self.channel_name)

    async def disconnect(self, code: int) -> None:
        """Stop; the stream stays open, for its microphone may come back."""
        await self.channel_layer.group_discard(groups.microphones(self.pk), self.channel_name)
        for task in self.tasks.values():
            task.cancel()
        await self._note_torn()
        if self.sound is not None:
            with contextlib.suppress(DiskFull):
                await asyncio.to_thread(self.sound.sync)
            self.sound.close()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A word of the protocol, or sound."""
        try:
            if bytes_data is not None:
                await self._keep(bytes_data)
            else:
                await self._obey(json.loads(text_data or ""))
        except (Unreadable, ValueError, TypeError):
            await self._refuse(
                _("Your browser sent something that is not sound. Please load the page again.")
            )
        except Refusal as refusal:
            await self._refuse(str(refusal))

    async def sound_check(self, event: dict[str, Any]) -> None:
        """Something has changed in the hearing: look whether this person may still speak here."""
        await self._look()

    async def _obey(self, word: Any) -> None:
        kind = word.get("type") if isinstance(word, dict) else None
        if kind == "start":
            await self._start(word)
        elif kind == "end" and self.stream is not None:
            await self._end()
            self._run("sealed", self._tell_sealed())
        else:
            raise Unreadable

    async def _start(self, word: dict[str, Any]) -> None:
        stream_id, ago_s = uuid.UUID(str(word.get("stream"))), float(word.get("ago", 0))
        place, self.is_leftover = word.get("place"), word.get("ended") is True
        if self.stream is not None or not math.isfinite(ago_s) or ago_s > LONGEST_AGO_S:
            raise Unreadable
        self.stream = await database_sync_to_async(streams.begin_stream)(
            hearing_id=self.pk,
            person=self.person,
            stream_id=stream_id,
            dialect=str(word.get("dialect", "")),
            ago_s=ago_s,
            recorded_at=place if isinstance(place, str) else None,
            is_leftover=self.is_leftover,
        )
        if self.stream.state != Stream.State.OPEN:
            await self._say(type="have", samples=await asyncio.to_thread(streams.samples_of, self.stream))
            self._run("sealed", self._tell_sealed())
            return
        sound = SoundFile(stream_id)
        try:
            await asyncio.to_thread(sound.open, make=True)
        except OSError:  # not even an empty file can be made; the device tries again
            log.exception("no sound of hearing %s can be kept", self.pk)
            await self._tell_wait()
            await self.close()
            return
        self.sound = sound
        await self._set_most()
        await self._tell_have()
        self._run("look", self._look_often())

    async def _keep(self, message: bytes) -> None:
        if self.stream is None:
            raise Unreadable
        if self.sound is None:  # it was ended meanwhile
            return
        packet = self.reader.read(message)
        length = len(packet.pcm) // 2
        await self._refuse_endless(packet.offset + length)
        try:
            have = await asyncio.to_thread(self.sound.append, packet.offset, packet.pcm)
        except DiskFull:
            await self._tell_wait()
            return
        if packet.is_torn and packet.offset + length == have:
            self.torn.append([packet.offset, have])
        if packet.offset > have:
            await self._tell_have()
        elif "sync" not in self.tasks or self.tasks["sync"].done():
            self._run("sync", self._sync_soon())

    async def _refuse_endless(self, end: int) -> None:
        if end > self.most:
            await self._set_most()
        if end > self.most:
            raise Refusal(_("More sound came than time has passed. Please load the page again."))

    async def _set_most(self) -> None:
        assert self.stream is not None  # noqa: S101 - only called between start and end
        hearing = await Hearing.objects.aget(pk=self.pk)
        self.stream.hearing = hearing
        self.most = streams.most_samples(self.stream)

    async def _sync_soon(self) -> None:
        await asyncio.sleep(SYNC_EACH_S)
        await self._tell_have()
        await self._note_torn()

    async def _tell_have(self) -> None:
        if self.sound is None:
            return
        try:
            have = await asyncio.to_thread(self.sound.sync)
        except DiskFull:
            await self._tell_wait()
        else:
            await self._say(type="have", samples=have)

    async def _tell_wait(self) -> None:
        await self._say(
            type="wait",
            why=_("There is no room for more sound just now. Your device keeps it and sends it later."),
        )

    async def _look_often(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EACH_S)
            await self._look()

    async def _look(self) -> None:
        """End the stream at once where somebody's yes was taken back, and soon where its person has moved."""
        if self.stream is None or self.sound is None:
            return
        if await Hearing.objects.filter(pk=self.pk, state=Hearing.State.ENDED).aexists():
            return  # what was said before the end may still come
        try:
            place = await database_sync_to_async(place_now)(hearing_id=self.pk, person=self.person)
        except Refusal as refusal:
            await self._end()
            await self._refuse(str(refusal))
            return
        if place != self.stream.place and not self.is_leftover and "moved" not in self.tasks:
            self._run("moved", self._end_soon())

    async def _end_soon(self) -> None:
        """What was said before the move is still under way, and has its time to come."""
        await asyncio.sleep(MOVED_WAIT_S)
        if self.sound is not None:
            await self._end()
            await self._say(type="moved")
            await self.close()

    async def _end(self) -> None:
        assert self.stream is not None  # noqa: S101 - only called after start
        await self._note_torn()
        if self.sound is not None:
            with contextlib.suppress(DiskFull):
                await asyncio.to_thread(self.sound.sync)
            self.sound.close()
            self.sound = None
        await database_sync_to_async(streams.end_stream)(stream_id=self.stream.pk)

    async def _tell_sealed(self) -> None:
        assert self.stream is not None  # noqa: S101 - only called after start
        while not await Stream.objects.filter(pk=self.stream.pk, state=Stream.State.SEALED).aexists():  # noqa: ASYNC110
            await asyncio.sleep(SEALED_LOOK_S)
        await self._say(type="sealed")

    async def _note_torn(self) -> None:
        if self.torn and self.stream is not None:
            torn, self.torn = self.torn, []
            await database_sync_to_async(streams.note_torn)(stream_id=self.stream.pk, torn=torn)

    async def _refuse(self, why: str) -> None:
        await self._say(type="refused", why=why)
        await self.close()

    async def _say(self, **word: Any) -> None:
        await self.send(text_data=json.dumps(word, ensure_ascii=False))

    def _run(self, name: str, work: Any) -> None:
        self.tasks[name] = asyncio.create_task(work)
