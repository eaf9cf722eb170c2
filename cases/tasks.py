"""Background work of the docket: limits that ran out, precedents without a vector."""

import logging

from celery import shared_task

from cases.errors import Refusal
from cases.services import library
from cases.services.closing import expire_case
from cases.services.limits import cases_to_end, close_windows, warn_of_limits

log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator]
def sweep_limits() -> None:
    """End what ran out, warn of what is near. All due work is rows: a scheduler that slept catches up, once."""
    for case in cases_to_end():
        try:
            expire_case(case_id=case.pk)
        except Refusal as refusal:
            log.warning("case %s was not ended: %s", case.docket, refusal)
    close_windows()
    warn_of_limits()


@shared_task  # type: ignore[untyped-decorator]
def index_precedents() -> int:
    """Give a vector to every precedent that has none of the present model."""
    return library.index_missing()
