"""A microphone's stream in a hearing, and what was captioned of it. The sound itself lies in `keeping`."""

from django.db import models
from django.utils import timezone

from cases.models import User
from evidence.sealing import SealedTextField
from mediation.hearings.speech import Dialect


class Stream(models.Model):
    """What one person's microphone sends, from one `start` to its `end`.

    `place` is "" for the main room or the side that sits in caucus 背对背 with the mediator; the sound of a caucus is
    captioned and then deleted, never sealed. `sealed_samples` of it have become recordings so far.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ENDED = "ended"  # complete, to be sealed
        SEALED = "sealed"

    id = models.UUIDField(primary_key=True, editable=False)
    hearing = models.ForeignKey("hearings.Hearing", on_delete=models.CASCADE, related_name="streams")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=12, blank=True)
    dialect = models.CharField(max_length=12, choices=Dialect, default=Dialect.MANDARIN)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN, db_index=True)
    started_at = models.DateTimeField(default=timezone.now, help_text="the instant of sample 0")
    ended_at = models.DateTimeField(null=True, blank=True)
    sealed_samples = models.PositiveBigIntegerField(default=0)
    torn = models.JSONField(
        default=list, blank=True, help_text="[from, to] in samples: broken packets, now silence"
    )
    captioned_samples = models.PositiveBigIntegerField(
        default=0, help_text="all speech before it has its final"
    )
    captioner = models.CharField(max_length=80, blank=True, help_text="the program that captions it")
    caption_beat_at = models.DateTimeField(null=True, blank=True, help_text="its last sign of life")

    class Meta:
        ordering = ["started_at"]

    def __str__(self) -> str:
        return f"{self.hearing_id} {self.person_id} {self.id}"

    @property
    def starts_s(self) -> float:
        """Seconds from the opening of the hearing to the stream's first sample."""
        opened = self.hearing.opened_at or self.started_at
        return max((self.started_at - opened).total_seconds(), 0.0)


class Caption(models.Model):
    """A final caption, kept for those who come later; the record is the transcript made after the hearing."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="captions")
    index = models.PositiveIntegerField()
    start_s = models.FloatField(help_text="seconds of the hearing's clock")
    end_s = models.FloatField()
    text = SealedTextField()
    confidence = models.FloatField()
    doubtful = models.BooleanField()

    class Meta:
        ordering = ["start_s", "pk"]
        constraints = [models.UniqueConstraint(fields=["stream", "index"], name="one_caption_an_index")]

    def __str__(self) -> str:
        return f"{self.stream_id}:{self.index}"
