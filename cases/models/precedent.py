"""先例: a settled case with every name taken out, for comparing."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.claims import ClaimKind
from cases.models.people import Licence


class Precedent(models.Model):
    """A settled case in the library. `vector` holds float32 bytes of `vector_model`; empty until indexed."""

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
    vector = models.BinaryField(blank=True, default=b"")
    vector_model = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["key"]
        verbose_name = _("precedent")

    def __str__(self) -> str:
        return self.key
