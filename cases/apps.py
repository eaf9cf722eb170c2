"""The first floor: the docket and its rules."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases 案件."""

    name = "cases"
    default_auto_field = "django.db.models.BigAutoField"
