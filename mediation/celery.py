"""The Celery application: two queues, `celery` for light work and `heavy` for speech and vectors."""

import os
from contextlib import suppress

from celery import Celery
from celery.signals import worker_ready
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.base")
# Celery would run Django's checks at every start of a worker, and with them load every page and all that pages
# need. `manage.py check` runs them where they belong; a worker loads models and decoders with its first recording.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("mediation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect  # type: ignore[untyped-decorator]
def read_first(**_told: object) -> None:
    """Read the settled cases as soon as a worker is there: with the first beat alone a mediator would wait for it."""
    with suppress(OperationalError):
        app.send_task("mediation.suggestions.tasks.read_settled", retry=False)
