"""The room `suggestions`."""

from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    """See models.py for what is kept here, services.py for what can be done."""

    name = "mediation.suggestions"
    label = "suggestions"
    default_auto_field = "django.db.models.BigAutoField"
