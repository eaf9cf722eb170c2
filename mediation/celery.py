"""The Celery application: two queues, `celery` for light work and `heavy` for speech and vectors."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediation.conf.base")
# Celery would run Django's checks at every start of a worker, and with them load every page and all that pages
# need. `manage.py check` runs them where they belong; a worker loads models and decoders with its first recording.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("mediation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
