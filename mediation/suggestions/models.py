"""方案建议: what the machine suggests, and what the mediator made of it."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.claims import Remedy
from cases.models import Case, User
from cases.similarity.suggest import Confidence


class Suggestion(models.Model):
    """A suggested range with its sources. It goes nowhere until a mediator adopts or edits it."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Suggested by the machine")
        ADOPTED = "adopted", _("Adopted by the mediator")
        EDITED = "edited", _("Changed by the mediator")
        DISMISSED = "dismissed", _("Set aside by the mediator")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="suggestions")
    low_fen = models.BigIntegerField(null=True, blank=True)
    middle_fen = models.BigIntegerField(null=True, blank=True)
    high_fen = models.BigIntegerField(null=True, blank=True)
    comparable = models.PositiveIntegerField(default=0, help_text="how many settled cases it rests on")
    confidence = models.CharField(max_length=12, blank=True)
    sources = models.JSONField(default=list, help_text="[{key, score, reasons, settled_fen, claim_fen}, …]")
    cost = models.JSONField(default=dict, help_text="the audit of the loan's yearly cost against its caps")
    details = models.JSONField(
        default=dict, help_text="inputs, stock version, legal base, reasons, remedies, what would change it"
    )
    engine = models.CharField(max_length=120, help_text="embedder and index version")
    state = models.CharField(max_length=10, choices=State, default=State.OFFERED)
    decided_fen = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.case} suggestion {self.pk}"

    @property
    def confidence_label(self) -> str:
        """How far the range can be leaned on, in words."""
        return str(Confidence(self.confidence).label) if self.confidence else ""

    @property
    def remedies(self) -> list[dict[str, Any]]:
        """The kept range of each remedy, with the remedy in words."""
        return [
            {**one, "label": str(Remedy(one["remedy"]).label)} for one in self.details.get("remedies", [])
        ]


class MachineChoice(models.Model):
    """Somebody's word on machine suggestions: a mediator's for the own desk (no case), a party's for its case."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="machine_choices")
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.CASCADE, related_name="machine_choices"
    )
    is_on = models.BooleanField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "case"], name="one_machine_choice_a_case"),
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(case=None), name="one_machine_choice_a_desk"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {'on' if self.is_on else 'off'}"
