"""Background work of the case files."""

from celery import shared_task

from cases.reminders import remind_after_commit


@shared_task  # type: ignore[untyped-decorator]
def build_due() -> int:
    """Put together every file that is asked for. Runs also by the clock, so a lost task loses nothing."""
    from mediation.dossier import services  # the printing press is loaded by the worker alone

    return services.build_due()


def build_after_commit() -> None:
    """Ask the worker as soon as the present transaction is on the disk. Without a broker it is only later."""
    remind_after_commit(build_due)
