"""What is kept of comparing voices: who asked, and what was proposed. No voice print is."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import User


class VoiceMatching(models.Model):
    """Somebody asked whose voice the open lines of a recording have. This row is what the worker owes."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Voices are being compared")
        DONE = "done", _("Voices were compared")
        FAILED = "failed", _("Voices could not be compared")

    recording = models.ForeignKey(
        "hearings.Recording", on_delete=models.CASCADE, related_name="voice_matchings"
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING, db_index=True)
    beat_at = models.DateTimeField(default=timezone.now, help_text="the last sign of life of the worker")
    done_s = models.FloatField(default=0, help_text="seconds of sound heard so far")
    engine = models.CharField(
        max_length=80, blank=True, help_text="what made the voice prints, with its version"
    )
    compared = models.PositiveIntegerField(default=0, help_text="open lines long enough to be compared")
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.recording} {self.state}"

    @property
    def is_going_on(self) -> bool:
        """Whether a worker has it, or will."""
        return self.state in {self.State.PENDING, self.State.RUNNING}


class SpeakerProposal(models.Model):
    """The machine takes a line for somebody's; a person confirms it, and may take that back. Never overwritten.

    `margin`: by how much the line is closer to this voice than to any other (diarization/proposing.py).
    """

    matching = models.ForeignKey(VoiceMatching, on_delete=models.CASCADE, related_name="proposals")
    segment = models.ForeignKey(
        "hearings.Segment", on_delete=models.CASCADE, related_name="speaker_proposals"
    )
    speaker = models.CharField(max_length=12, help_text="a role")
    margin = models.FloatField()
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["matching", "segment"], name="one_speaker_a_matching")]

    def __str__(self) -> str:
        return f"{self.segment} {self.speaker}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has said who spoke there, or that was taken back."""
        return not self.segment.speaker

    @property
    def is_confirmed(self) -> bool:
        """Whether a person confirmed it and nobody has named the line otherwise since."""
        return self.confirmed_at is not None and self.segment.speaker == self.speaker
