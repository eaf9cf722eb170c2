"""The top floor: rooms, doors, and the wiring of the site."""

from mediation.celery import app as celery_app

__all__ = ["celery_app"]
