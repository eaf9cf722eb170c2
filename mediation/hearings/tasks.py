"""Turning sound into text, in the background."""

from celery import shared_task

from mediation.hearings import transcription
from mediation.hearings.diarization import services as diarization
from mediation.hearings.live import tasks as live  # noqa: F401 - found by the workers through this module


@shared_task  # type: ignore[untyped-decorator]
def transcribe(recording_id: int) -> None:
    """Write one recording down, unless somebody else is doing it."""
    transcription.transcribe(recording_id)


@shared_task  # type: ignore[untyped-decorator]
def match_voices(matching_id: int) -> None:
    """Compare the voices of one recording, unless somebody else is doing it."""
    diarization.match_voices(matching_id)


@shared_task  # type: ignore[untyped-decorator]
def sweep() -> int:
    """Take up again what a lost task or a killed worker left. Returns how many were queued again."""
    diarization.give_up_lost()
    waiting, lost = diarization.still_waiting(), transcription.take_up_lost()
    for matching_id in waiting:
        match_voices.delay(matching_id)
    for recording_id in lost:
        transcribe.delay(recording_id)
    return len(waiting) + len(lost)
