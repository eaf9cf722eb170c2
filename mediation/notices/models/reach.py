"""How a person may be reached: e-mail addresses that their owner confirmed, and consents to electronic service."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Party, User
from evidence.sealing import SealedTextField


class EmailAddress(models.Model):
    """An address that a person named. It is written to only after its owner typed the code that was sent there."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_addresses")
    address = SealedTextField()
    digest = models.CharField(max_length=64, blank=True, help_text="of the code that waits to be typed")
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(confirmed_at__isnull=False, removed_at__isnull=True),
                name="one_email_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"address {self.pk} of {self.person_id}"


class DeliveryConsent(models.Model):
    """同意电子送达: what one side answered, for one stage. Never changed; the newest answer counts from its moment on.

    No row is no consent (在线诉讼规则 Arts 4, 29).
    """

    class Phase(models.TextChoices):
        MEDIATION = "mediation", _("The mediation")
        CONFIRMATION = "confirmation", _("Judicial confirmation")

    class How(models.TextChoices):
        FILING = "filing", _("With the application")
        SITE = "site", _("On the site")
        CALL = "call", _("By telephone")  # 在线诉讼规则 Art 30

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="delivery_consents")
    phase = models.CharField(max_length=12, choices=Phase)
    agreed = models.BooleanField()
    ways = models.JSONField(default=list, blank=True, help_text="the channels whose addresses were confirmed")
    how = models.CharField(max_length=8, choices=How)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.phase}: {'yes' if self.agreed else 'no'} at {self.at:%Y-%m-%d %H:%M}"
