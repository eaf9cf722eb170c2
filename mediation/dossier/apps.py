"""The room `dossier`."""

from django.apps import AppConfig


class DossierConfig(AppConfig):
    """See places.py for the order, building.py for the PDF, services.py for what can be done."""

    name = "mediation.dossier"
    label = "dossier"
    default_auto_field = "django.db.models.BigAutoField"
