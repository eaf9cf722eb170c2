"""调解会: who sat together, what was said, how it was heard, what was corrected, who confirmed it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Exhibit, Party, User
from cases.roles import Side
from evidence.sealing import SealedJSONField, SealedTextField
from mediation.hearings.speech import Dialect


class Hearing(models.Model):
    """One sitting. `how` follows 在线调解规则 Art 16."""

    class How(models.TextChoices):
        ONLINE = "online", _("Online, at the same time")
        APART = "apart", _("Online, at different times")
        PHONE = "phone", _("By telephone")
        IN_PERSON = "in_person", _("In person")

    class State(models.TextChoices):
        CALLED = "called", _("Called")
        OPEN = "open", _("In session")
        ENDED = "ended", _("Ended")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="hearings")
    number = models.PositiveSmallIntegerField()
    how = models.CharField(max_length=10, choices=How, default=How.ONLINE)
    place = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.CALLED)
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    result = SealedTextField(blank=True, help_text="what the mediator wrote down as its result")
    read_asked_at = models.DateTimeField(null=True, blank=True, help_text="both sides were asked to read it")
    read_asked_digest = models.CharField(
        max_length=64, blank=True, help_text="of the text they were asked about"
    )
    transcript = models.ForeignKey(Exhibit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_hearing_a_number")]

    def __str__(self) -> str:
        return f"{self.case} hearing {self.number}"


class Part(models.TextChoices):
    """As what somebody sits here who is neither a side nor the mediator."""

    NONE = "", _("For oneself")
    HELPER = "helper", _("Helper")
    INTERPRETER = "interpreter", _("Interpreter")


class Way(models.TextChoices):
    """How somebody takes part just now; each change is remembered and the others are told."""

    ONLINE = "online", _("In this room")
    PHONE = "phone", _("By telephone")
    IN_PERSON = "in_person", _("In person")


class Attendance(models.Model):
    """Presence, identity check, and the answer to “may we record?” — asked, never assumed.

    A guest (`part`) sits for the side `with_side`, or for everyone where it is empty. Nobody is in the room 调解室
    before the mediator has let them in (`admitted_at`). `speaks` is a dialect, empty until they have said.
    """

    hearing = models.ForeignKey(Hearing, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, choices=Part, default=Part.NONE, blank=True)
    with_side = models.CharField(max_length=10, choices=Side, blank=True)
    joined_at = models.DateTimeField(default=timezone.now)
    rights_told_at = models.DateTimeField(null=True, blank=True)
    identity_checked_at = models.DateTimeField(null=True, blank=True)
    records_agreed = models.BooleanField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    admitted_at = models.DateTimeField(null=True, blank=True)
    way = models.CharField(max_length=10, choices=Way, default=Way.ONLINE)
    apart_agreed = models.BooleanField(
        null=True, blank=True, help_text="the answer to “may each of us speak in their own time?”"
    )
    speaks = models.CharField(max_length=12, blank=True)
    asks_interpreter = models.BooleanField(default=False)

    class Meta:
        ordering = ["joined_at"]
        constraints = [models.UniqueConstraint(fields=["hearing", "person"], name="one_seat_a_person")]

    def __str__(self) -> str:
        return f"{self.person} at {self.hearing}"


class Invitation(models.Model):
    """A link by which one helper or interpreter may come, once, and only to this hearing. Its secret is not kept."""

    hearing = models.ForeignKey(Hearing, on_delete=models.CASCADE, related_name="invitations")
    part = models.CharField(max_length=12, choices=Part)
    with_side = models.CharField(max_length=10, choices=Side, blank=True)
    digest = models.CharField(max_length=64, unique=True, help_text="of the secret in the link")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at"]

    def __str__(self) -> str:
        return f"{self.part} for {self.hearing}"


class Caucus(models.Model):
    """背对背: the mediator alone with one side and its helpers; the interpreter for everyone comes where asked."""

    hearing = models.ForeignKey(Hearing, on_delete=models.CASCADE, related_name="caucuses")
    side = models.CharField(max_length=10, choices=Side)
    takes_interpreter = models.BooleanField(default=False)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["hearing"], condition=models.Q(ended_at__isnull=True), name="one_caucus_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hearing} with the {self.side}"


class Recording(models.Model):
    """A sound file that is turned into text. This row is the debt: a lost task is taken up again from here."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Being written down")
        DONE = "done", _("Written down")
        FAILED = "failed", _("Cannot be read")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="recordings")
    hearing = models.ForeignKey(
        Hearing, null=True, blank=True, on_delete=models.CASCADE, related_name="recordings"
    )
    exhibit = models.OneToOneField(Exhibit, on_delete=models.PROTECT, related_name="recording")
    stream = models.ForeignKey(
        "hearings.Stream", null=True, blank=True, on_delete=models.SET_NULL, related_name="recordings"
    )
    began_at = models.DateTimeField(
        null=True, blank=True, help_text="the instant of its first sound, if known"
    )
    speaker = models.CharField(max_length=12, blank=True, help_text="a role, where only one person speaks")
    dialect = models.CharField(max_length=12, choices=Dialect, default=Dialect.MANDARIN)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING, db_index=True)
    done_s = models.FloatField(default=0, help_text="seconds of sound written down so far")
    total_s = models.FloatField(default=0, help_text="seconds of sound in all")
    engine = models.CharField(max_length=80, blank=True, help_text="engine and model version")
    peaks = models.JSONField(default=list, blank=True, help_text="its loudness, 0 … 100, for the drawing")
    tries = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True, help_text="the last sign of life of the worker")
    problem = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return f"{self.exhibit} {self.state}"


class Segment(models.Model):
    """A stretch of speech as the machine heard it, or a line the mediator wrote; never overwritten.

    It belongs to a recording, or, where nobody may record, to the hearing itself (`written_at` and `written_by`
    say who wrote it when; its seconds are zero).
    """

    recording = models.ForeignKey(
        Recording, null=True, blank=True, on_delete=models.CASCADE, related_name="segments"
    )
    hearing = models.ForeignKey(
        Hearing, null=True, blank=True, on_delete=models.CASCADE, related_name="written_lines"
    )
    index = models.PositiveIntegerField()
    start_s = models.FloatField(default=0)
    end_s = models.FloatField(default=0)
    heard = SealedTextField(help_text="what the machine heard, written out")
    notes = SealedJSONField(
        blank=True,
        default=dict,
        help_text="raw: what the engine gave, untouched; terms: [start, end, shown, other] in what was heard",
    )
    confidence = models.FloatField(default=1, help_text="0 … 1")
    speaker = models.CharField(max_length=12, blank=True, help_text="a role, set by the mediator")
    written_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["recording", "index"], name="one_segment_an_index"),
            models.UniqueConstraint(fields=["hearing", "index"], name="one_written_line_an_index"),
            models.CheckConstraint(
                condition=models.Q(recording__isnull=False) ^ models.Q(hearing__isnull=False),
                name="heard_or_written",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recording_id or 'written'}:{self.index}"

    @property
    def text(self) -> str:
        """The latest correction, or what was heard."""
        latest = self.latest
        return str(latest.text if latest else self.heard)

    @property
    def latest(self) -> "Correction | None":
        """The latest human reading of what was heard."""
        return max(self.readings, key=lambda correction: correction.pk, default=None)

    @property
    def readings(self) -> "list[Correction]":
        """The human readings that hold: those taken back are kept, and hold no longer."""
        return [correction for correction in self.corrections.all() if correction.taken_back_at is None]

    @property
    def case(self) -> Case:
        """The case in which this was said."""
        if self.hearing is not None:
            return self.hearing.case
        assert self.recording is not None  # noqa: S101 - the database sees to it
        return self.recording.case


class Correction(models.Model):
    """A human reading of a segment, beside the kept original. One with the same words says: heard, and right."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="corrections")
    text = SealedTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"correction of {self.segment}"


class ReadBack(models.Model):
    """A party read the transcript and confirmed it, or said what is wrong."""

    hearing = models.ForeignKey(Hearing, on_delete=models.CASCADE, related_name="readbacks")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="readbacks")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the text that was read")
    confirmed = models.BooleanField()
    objection = SealedTextField(blank=True)
    voice = models.ForeignKey(
        Exhibit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="their spoken yes",
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.party} read {self.hearing}"


class FactSheet(models.Model):
    """无争议事实: facts that both sides confirm in writing; the only part of the talks that a court may use."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="fact_sheets")
    version = models.PositiveSmallIntegerField()
    facts = SealedTextField()
    paper = models.ForeignKey(Exhibit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="one_fact_sheet_a_version")]

    def __str__(self) -> str:
        return f"{self.case} facts v{self.version}"


class FactConfirmation(models.Model):
    """One side's yes to one version of the facts."""

    sheet = models.ForeignKey(FactSheet, on_delete=models.CASCADE, related_name="confirmations")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "party"], name="one_confirmation_a_side")]

    def __str__(self) -> str:
        return f"{self.party} confirms {self.sheet}"


from mediation.hearings.court_consents import CourtConsent  # noqa: E402, F401 - its table
from mediation.hearings.diarization.models import SpeakerProposal, VoiceMatching  # noqa: E402, F401
from mediation.hearings.live.models import Caption, Stream  # noqa: E402, F401 - the tables of the live sound
