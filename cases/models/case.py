"""The case (案件), who takes part, what was done, which clocks run."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.claims import ClaimKind
from cases.models.people import Centre, Institution, User
from cases.roles import Role, Side
from cases.rules.pausing import PauseKind
from cases.workflow import Ending, Stage
from evidence.models import Deposit
from evidence.origin.provenance import Origin
from evidence.sealing import SealedJSONField, SealedTextField


class CaseQuerySet(models.QuerySet["Case"]):
    """Questions we ask of the docket, in the words the office uses."""

    def visible_to(self, person: User) -> Self:
        """The one door to cases for anyone signed in; a stranger finds nothing, not an error."""
        match person.role:
            case Role.OFFICER:
                return self.filter(centre=person.centre, centre__isnull=False).exclude(stage=Stage.INTAKE)
            case Role.MEDIATOR:
                return self.filter(mediator=person).exclude(stage=Stage.INTAKE)
            case Role.COURT:
                return self.filter(
                    centre__court=person.court, centre__court__isnull=False, applied_at__isnull=False
                )
            case Role.INSTITUTION:
                return self.filter(
                    parties__institution=person.institution,
                    parties__institution__isnull=False,
                    accepted_at__isnull=False,
                ).distinct()
            case _:
                return self.filter(parties__person=person).distinct()

    def open(self) -> Self:
        return self.exclude(stage__in=[Stage.CLOSED, Stage.INTAKE])

    def overdue(self, on: date) -> Self:
        return self.open().filter(due_on__lt=on, paused_at__isnull=True)

    def for_desk(self) -> Self:
        """All that a row of the desk shows, in a few queries however many the rows."""
        return self.select_related("mediator", "centre").prefetch_related(
            "parties__person", "parties__institution", "clocks"
        )


class Case(models.Model):
    """One dispute from the first question to the last instalment. Changed only by services."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    docket = models.CharField(max_length=40, unique=True, null=True, blank=True)
    stage = models.CharField(max_length=16, choices=Stage, default=Stage.INTAKE, db_index=True)
    profile = models.CharField(
        max_length=24, default="self_accepted", help_text="a file of cases/rules/profiles"
    )
    centre = models.ForeignKey(Centre, null=True, on_delete=models.PROTECT, related_name="cases")
    mediator = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="desk")
    kind = models.CharField(max_length=24, choices=ClaimKind, default=ClaimKind.OTHER)
    amount_fen = models.BigIntegerField(null=True, blank=True, help_text="in dispute, fen")
    story = SealedTextField(blank=True)
    answers = SealedJSONField(default=dict, blank=True, help_text="the draft: what was said to each question")
    contact_index = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="finds a draft by its phone"
    )
    drafted_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    filed_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    mediator_confirmed_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True, help_text="sent to the court for confirmation")
    closed_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True, db_index=True, help_text="the earliest running clock")
    paused_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=20, choices=Ending, blank=True)
    ending_note = models.TextField(blank=True)
    is_sample = models.BooleanField(default=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "drafted_at"]

    def __str__(self) -> str:
        return self.docket or f"draft {str(self.pk)[:8]}"

    @property
    def chain(self) -> str:
        """The name of this case's evidence chain: no personal data, no docket."""
        return str(self.pk)

    @property
    def is_closed(self) -> bool:
        return self.stage == Stage.CLOSED

    @property
    def claimant(self) -> "Party | None":
        return next((party for party in self.parties.all() if party.side == Side.CLAIMANT), None)

    @property
    def respondent(self) -> "Party | None":
        return next((party for party in self.parties.all() if party.side == Side.RESPONDENT), None)

    def party_of(self, person: User) -> "Party | None":
        """The party this person is, or acts for; None for staff."""
        for party in self.parties.all():
            if person.role == Role.CITIZEN and party.person_id == person.pk:
                return party
            if (
                person.role == Role.INSTITUTION
                and party.institution_id
                and party.institution_id == person.institution_id
            ):
                return party
        return None


class Party(models.Model):
    """当事人: one side of a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parties")
    side = models.CharField(max_length=10, choices=Side)
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    institution = models.ForeignKey(
        Institution, null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    name = SealedTextField(blank=True)
    phone = SealedTextField(blank=True)
    id_number = SealedTextField(blank=True)
    address = SealedTextField(blank=True, help_text="送达地址 address for delivery")
    helper = SealedTextField(blank=True, help_text="who helped to fill the form in, and how they are related")
    identity_checked_at = models.DateTimeField(null=True, blank=True)
    e_delivery_at = models.DateTimeField(null=True, blank=True, help_text="consented to electronic delivery")

    class Meta:
        ordering = ["side"]
        constraints = [models.UniqueConstraint(fields=["case", "side"], name="one_party_a_side")]

    def __str__(self) -> str:
        return str(self.name)


class StepTaken(models.Model):
    """A step that was taken: the memory of the workflow."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=24)
    source = models.CharField(max_length=16, choices=Stage)
    target = models.CharField(max_length=16, choices=Stage)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, choices=Role)
    note = SealedTextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M}"


class Clock(models.Model):
    """期限: one time limit that runs, was met, or ran out."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        MET = "met", _("Met")
        EXPIRED = "expired", _("Run out")
        STOPPED = "stopped", _("No longer needed")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    limit = models.CharField(max_length=32, help_text="its key in the profile")
    started_on = models.DateField()
    due_on = models.DateField()
    overdue_on = models.DateField(help_text="the later date, where two rules conflict")
    days_extended = models.PositiveSmallIntegerField(default=0)
    provisional = models.BooleanField(
        default=False, help_text="runs into a year whose holidays are not yet published"
    )
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on"]

    def __str__(self) -> str:
        return f"{self.limit} by {self.due_on}"


class Pause(models.Model):
    """中止: a stretch of days that does not count, with its kind, its reason and by whom we wait."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pauses")
    kind = models.CharField(max_length=16, choices=PauseKind, default=PauseKind.WAITING)
    reason = models.CharField(max_length=200)
    waiting_for = models.CharField(max_length=12, choices=Role)
    person = SealedTextField(blank=True, help_text="the name of whoever is waited for")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["from_on"]

    def __str__(self) -> str:
        return self.reason


class MediatorChoice(models.Model):
    """选定: the mediator that one side would like; chosen when both sides name the same (在线调解规则 Art 10)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="choices")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    mediator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "party"], name="one_choice_a_side")]

    def __str__(self) -> str:
        return f"{self.party} chooses {self.mediator}"


class Disclosure(models.Model):
    """披露: what a mediator must tell before taking a case on (在线调解规则 Art 13)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="disclosures")
    mediator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    has_relation = models.BooleanField(help_text="a relative, an interest, or another relation that matters")
    words = SealedTextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"disclosure of {self.mediator}"


class DisclosureReply(models.Model):
    """One side's reply to a disclosure: goes on knowing it, or asks for another mediator (回避)."""

    disclosure = models.ForeignKey(Disclosure, on_delete=models.CASCADE, related_name="replies")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    accepts = models.BooleanField()
    words = SealedTextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["disclosure", "party"], name="one_reply_a_side")]

    def __str__(self) -> str:
        return f"{self.party} on {self.disclosure}"


class Extension(models.Model):
    """延长: more days for the mediation period, only when both sides agree (在线调解规则 Art 24)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    claimant_agreed_at = models.DateTimeField(null=True, blank=True)
    respondent_agreed_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    lapsed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="replaced by another request, or the period ended without both replies",
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.days} days more for {self.case}"


class Exhibit(models.Model):
    """证据: a file that someone handed in, with the number people call it by."""

    class Kind(models.TextChoices):
        CONTRACT = "contract", _("Contract")
        SCHEDULE = "schedule", _("Repayment schedule")
        STATEMENT = "statement", _("Bank or app statement")
        CHAT = "chat", _("Chat or text messages")
        RECORDING = "recording", _("Sound recording")
        IDENTITY = "identity", _("Identity paper")
        STORY = "story", _("Spoken story")
        DOCUMENT = "document", _("Document of the centre or the court")
        OTHER = "other", _("Something else")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exhibits")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.OTHER)
    title = SealedTextField(blank=True)
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="exhibits")
    by_role = models.CharField(max_length=12, choices=Role)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_private = models.BooleanField(
        default=False, help_text="seen by the side that gave it and by the mediator only"
    )
    origin = models.CharField(max_length=12, choices=Origin, blank=True)  # 怎么来的, as the person says
    origin_words = SealedTextField(blank=True)
    told_seq = models.PositiveIntegerField(null=True, blank=True)  # the last entry in which it was described
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_exhibit_a_number")]

    def __str__(self) -> str:
        return f"{self.number:02d} {self.title}"
