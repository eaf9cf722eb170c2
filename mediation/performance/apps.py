"""The room `performance`."""

from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    """See models.py for what is kept here, services.py for what can be done."""

    name = "mediation.performance"
    label = "performance"
    default_auto_field = "django.db.models.BigAutoField"
