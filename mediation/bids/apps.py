"""The room `bids`."""

from django.apps import AppConfig


class BidsConfig(AppConfig):
    """See models.py for what is kept here and for how long, services.py for what can be done."""

    name = "mediation.bids"
    label = "bids"
    default_auto_field = "django.db.models.BigAutoField"
