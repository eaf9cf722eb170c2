"""The room `bids`."""

from django.apps import AppConfig


class BidsConfig(AppConfig):
    """See models.py for what is kept here and for how long, services.py for what can be done."""

    name = "mediation.bids"
    label = "bids"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what is done when the limit of a round has come."""
        from cases.services.working_off import AGREED
        from mediation.bids import ending, services

        AGREED[ending.ENDS] = services.end_when_due
