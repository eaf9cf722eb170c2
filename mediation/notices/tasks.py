"""Background work of the notices."""

from celery import shared_task

from cases.reminders import remind_after_commit
from mediation.notices import delivery


@shared_task  # type: ignore[untyped-decorator]
def deliver_due() -> int:
    """Hand over every message that is due. Runs every few seconds, so a lost task loses nothing."""
    return delivery.deliver_due()


@shared_task  # type: ignore[untyped-decorator]
def climb_ladders() -> int:
    """Take every step of a contact ladder that is due. All of it is rows: after a sleep it catches up, in order."""
    from mediation.notices import climbing  # the outbox needs this module before its own tables are there

    return climbing.climb_due()


def deliver_after_commit() -> None:
    """Ask for delivery as soon as the present transaction is on the disk. A broker that is down only makes it later."""
    remind_after_commit(deliver_due)
