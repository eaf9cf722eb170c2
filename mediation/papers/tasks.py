"""Background work of the papers."""

from celery import shared_task

from cases.reminders import remind_after_commit


@shared_task  # type: ignore[untyped-decorator]
def render_due() -> int:
    """Make every paper that is owed. Runs every few seconds, so a lost task loses nothing."""
    from mediation.papers import services  # the printing press is loaded by the worker alone

    return services.render_due()


def render_after_commit() -> None:
    """Ask for the papers as soon as the present transaction is on the disk. Without a broker it is only later."""
    remind_after_commit(render_due)
