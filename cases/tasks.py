"""Background work of the docket: limits that ran out, rules that changed, precedents without a vector."""

import logging

from celery import shared_task

from cases.reminders import remind_after_commit
from cases.services import indexing, rulebook, working_off

log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator]
def sweep_limits() -> None:
    """Do what is due. All of it is rows: a scheduler that slept catches up, once, in order."""
    rulebook.recount_owed()
    working_off.plan_missing()
    working_off.work_off()


@shared_task  # type: ignore[untyped-decorator]
def recount_clocks() -> int:
    """Count the running clocks anew after an addition to the rules. The sweep does it, too."""
    return rulebook.recount_owed()


def recount_after_commit() -> None:
    """Ask for it as soon as the present transaction is on the disk. A broker that is down only makes it later."""
    remind_after_commit(recount_clocks)


@shared_task  # type: ignore[untyped-decorator]
def index_precedents() -> int:
    """Give a vector to every precedent that has none of the present model. Searches go on meanwhile."""
    return indexing.index_missing(told=lambda at: log.info("index %s: %s of %s", at.model, at.done, at.total))


def index_after_commit() -> None:
    """Ask for it as soon as the present transaction is on the disk; a run each minute does it, too."""
    remind_after_commit(index_precedents)
