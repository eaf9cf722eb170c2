"""The row behind “may the court read this transcript?”."""

from django.db import models
from django.utils import timezone

from cases.models import Party, User


class CourtConsent(models.Model):
    """A side's last answer. Without the yes of both, what was said stays closed to the court (在线调解规则 Art 18)."""

    hearing = models.ForeignKey("hearings.Hearing", on_delete=models.CASCADE, related_name="court_consents")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hearing", "party"], name="one_court_consent_a_side")]

    def __str__(self) -> str:
        return f"{self.party} on {self.hearing_id}: {self.agrees}"
