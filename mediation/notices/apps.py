"""The room `notices`: every message to a person, written with the fact and delivered after it."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Listens to the one announcement of the house."""

    name = "mediation.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from evidence.signals import entry_appended
        from mediation.notices import outbox

        entry_appended.connect(outbox.write_notices, dispatch_uid="notices.outbox")
