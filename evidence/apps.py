"""The evidence app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """Chains, deposits, the log of all of them, and packets."""

    name = "evidence"
    verbose_name = _("Evidence")

    def ready(self) -> None:
        """Register the checks."""
        from evidence import checks  # noqa: F401
