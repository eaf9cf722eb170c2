"""WebSockets of the hearings room: how far a transcription is."""

from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from cases.workflow import Stage
from mediation.hearings.models import Recording
from mediation.hearings.transcription import may_follow, progress_of


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
