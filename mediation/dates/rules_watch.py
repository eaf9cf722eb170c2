"""Every process counts by the newest rules: before a request and before a task it looks whether staff added any."""

from typing import Any

from celery.signals import task_prerun
from django.core.signals import request_started

from cases.services import rulebook


def keep_up(**kwargs: Any) -> None:
    """Ask the database, at most once a second."""
    rulebook.keep_up()


def watch() -> None:
    """Begin; called once at start."""
    request_started.connect(keep_up, dispatch_uid="rules.request")
    task_prerun.connect(keep_up, dispatch_uid="rules.task", weak=False)
