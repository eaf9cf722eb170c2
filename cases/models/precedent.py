"""先例: a settled case with every name taken out, for comparing, once a person has released it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.claims import ClaimKind
from cases.models.people import Licence
from evidence.sealing import SealedJSONField, SealedTextField

if TYPE_CHECKING:
    from django.db.models.manager import Manager


class Released(models.Manager["Precedent"]):
    """Precedents that a person has released. It is the manager that everybody gets who asks for precedents."""

    def get_queryset(self) -> models.QuerySet["Precedent"]:
        return super().get_queryset().filter(state=Precedent.State.RELEASED)


class Precedent(models.Model):
    """A settled case in the library. `objects` finds what is released; `every`, for the release desk, finds all.

    `vector` holds float32 bytes of `vector_model`, which answer searches; `next_vector` those of a model that is being
    brought in and does not answer yet. `original` is the story as it came; it is gone once a person has decided.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a person")
        RELEASED = "released", _("In the library")
        REFUSED = "refused", _("Not taken in")

    key = models.CharField(max_length=60, unique=True, help_text="its name in the centre's own register")
    is_sample = models.BooleanField(default=False, help_text="invented, for trying things out")
    kind = models.CharField(max_length=24, choices=ClaimKind)
    licence = models.CharField(max_length=20, choices=Licence, default=Licence.UNKNOWN)
    product = models.CharField(max_length=60, blank=True)
    city = models.CharField(max_length=30, blank=True)
    story = models.TextField()
    claim_fen = models.BigIntegerField(null=True, blank=True)
    principal_fen = models.BigIntegerField(null=True, blank=True)
    annual_rate = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    evidence_level = models.PositiveSmallIntegerField(default=1, help_text="0 nothing … 3 full papers")
    remedies = models.JSONField(default=list)
    settled_fen = models.BigIntegerField(null=True, blank=True)
    instalments = models.PositiveSmallIntegerField(default=0)
    terms = models.JSONField(default=list, help_text="what was agreed, in plain sentences")
    closed_on = models.DateField(null=True, blank=True)
    parties = models.JSONField(
        default=list, help_text="blind marks of the parties: the same people again, no more"
    )
    vector = models.BinaryField(blank=True, default=b"")
    vector_model = models.CharField(max_length=80, blank=True)
    next_vector = models.BinaryField(blank=True, default=b"")
    next_model = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_index=True)
    original = SealedTextField(null=True)
    taken_out = SealedJSONField(default=list, help_text="[[kind, words], …]")
    digest = models.CharField(max_length=64, blank=True, help_text="blind mark of the row it came from")
    came_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = Released()
    every: "Manager[Precedent]" = models.Manager()

    class Meta:
        ordering = ["key"]
        base_manager_name = "every"
        verbose_name = _("precedent")

    def __str__(self) -> str:
        return self.key
