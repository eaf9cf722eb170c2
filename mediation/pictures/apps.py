"""The room `pictures`."""

from django.apps import AppConfig


class PicturesConfig(AppConfig):
    """See models.py for what is kept here, services.py for what can be done."""

    name = "mediation.pictures"
    label = "pictures"
    default_auto_field = "django.db.models.BigAutoField"
