"""The room `agreements`."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """See models.py for what is kept here, services.py for what can be done."""

    name = "mediation.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"
