"""Background work of the evidence."""

from celery import shared_task

from evidence.log import running


@shared_task  # type: ignore[untyped-decorator]
def tend_log() -> bool:
    """Do the work of the log once, in case that no `run_log` does it. Returns whether a checkpoint was made."""
    return running.tend()
