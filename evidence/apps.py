"""The evidence app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """Chains, deposits, anchors and packets."""

    name = "evidence"
    verbose_name = _("Evidence")
