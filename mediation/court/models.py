"""司法确认: the joint application, the ruling, and the window for objections."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Court, Exhibit, Party, User
from evidence.sealing import SealedTextField
from mediation.agreements.models import Agreement


class JointApplication(models.Model):
    """共同申请: both sides ask, or nobody does (民事诉讼法 Art 205: within 30 days of the agreement taking effect)."""

    class State(models.TextChoices):
        GATHERING = "gathering", _("Waiting for both sides to sign")
        SENT = "sent", _("With the court")
        SUPPLEMENT = "supplement", _("The court asks for more papers")
        ACCEPTED = "accepted", _("Taken up by the court")
        CONFIRMED = "confirmed", _("Confirmed")
        DISMISSED = "dismissed", _("Dismissed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="applications")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="applications")
    court = models.ForeignKey(Court, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(max_length=12, choices=State, default=State.GATHERING)
    number = models.CharField(max_length=60, blank=True, help_text="the court's case number")
    paper = models.ForeignKey(Exhibit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    packet_stored = models.CharField(max_length=120, blank=True, help_text="where the sealed packet lies")
    packet_sha256 = models.CharField(max_length=64, blank=True)
    packet_bytes = models.BigIntegerField(default=0)
    packet_fingerprint = models.CharField(
        max_length=64, blank=True, help_text="of its tag manifest; stands in the chain"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True, help_text="the gateway has handed it over")
    delivery_problem = models.CharField(max_length=200, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    asked_for = SealedTextField(blank=True, help_text="what the court wants to see")
    supplied = SealedTextField(blank=True)
    checks = models.JSONField(
        default=dict, blank=True, help_text="what the judge ticked off, each with its article"
    )
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number or f"application for {self.case}"

    @property
    def is_being_sealed(self) -> bool:
        """正在固化: both sides have signed, and the packet waits until the log covers all of it."""
        return self.state == self.State.SENT and not self.delivered_at

    @property
    def standing(self) -> str:
        """Where it stands, in words."""
        return (
            gettext("Being sealed, then to the court") if self.is_being_sealed else self.get_state_display()
        )


class Consent(models.Model):
    """One side's signature under the joint application."""

    application = models.ForeignKey(JointApplication, on_delete=models.CASCADE, related_name="consents")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "party"], name="one_consent_a_side")]

    def __str__(self) -> str:
        return f"{self.party} applies"


class Ruling(models.Model):
    """裁定书: the court's word, in force at once; a confirmation has windows for objections (民诉法解释 Art 372)."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Confirms the agreement")
        DISMISS = "dismiss", _("Dismisses the application")

    application = models.OneToOneField(JointApplication, on_delete=models.PROTECT, related_name="ruling")
    kind = models.CharField(max_length=8, choices=Kind)
    number = models.CharField(max_length=60, unique=True)
    judge = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    clerk = models.CharField(max_length=40, blank=True)
    reasons = models.TextField(blank=True)
    paper = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="+")
    findings = models.TextField(blank=True)
    issued_at = models.DateTimeField(default=timezone.now)
    objection_until = models.DateField(
        null=True, blank=True, help_text="for the parties: 15 days from receipt of a confirmation"
    )
    third_party_until = models.DateField(
        null=True,
        blank=True,
        help_text="for interested persons: 6 months from a confirmation, if they knew at once",
    )

    def __str__(self) -> str:
        return self.number


class Objection(models.Model):
    """异议: against a ruling, within its window."""

    ruling = models.ForeignKey(Ruling, on_delete=models.CASCADE, related_name="objections")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    words = SealedTextField()
    answer = SealedTextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"objection to {self.ruling}"
