"""The room `hearings`."""

from django.apps import AppConfig


class HearingsConfig(AppConfig):
    """See models.py for what is kept here, services.py for what can be done."""

    name = "mediation.hearings"
    label = "hearings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from evidence.signals import entry_appended
        from mediation.hearings.room import places

        entry_appended.connect(places.tell_pages, dispatch_uid="hearings.places")
