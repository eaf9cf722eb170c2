"""Background work of the pictures."""

from celery import shared_task

from cases.reminders import remind_after_commit


@shared_task  # type: ignore[untyped-decorator]
def read_due() -> int:
    """Read every picture that waits. Runs also by the clock, so a lost task loses nothing."""
    from mediation.pictures import services  # the models are loaded by the worker alone

    return services.read_due()


def read_after_commit() -> None:
    """Ask the worker as soon as the present transaction is on the disk. Without a broker it is only later."""
    remind_after_commit(read_due)
