"""The room `court`."""

from django.apps import AppConfig


class CourtRoomConfig(AppConfig):
    """See models.py for what is kept here, services.py for what can be done."""

    name = "mediation.court"
    label = "court"
    default_auto_field = "django.db.models.BigAutoField"
