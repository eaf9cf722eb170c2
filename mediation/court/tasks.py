"""Handing applications over to the court. The debt is the row: it stays until the packet is covered and has arrived.

Nothing goes out before an accepted checkpoint covers every act of the case and the entry of the packet itself.
"""

import logging

from celery import shared_task
from django.utils import timezone

from evidence.errors import NeverWill, Refusal, TryLater
from mediation.adapters import adapter
from mediation.court.models import JointApplication
from mediation.court.sending import prepare

log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator]
def deliver() -> int:
    """Hand over every application that was sent and has not arrived. Returns how many arrived.

    Call it outside a transaction: it waits for the log.
    """
    arrived = 0
    waiting = JointApplication.objects.filter(sent_at__isnull=False, delivered_at__isnull=True)
    for application in waiting.select_related("case", "court", "agreement"):
        try:
            prepare(application)
            application.refresh_from_db()
            adapter("court").deliver(application)
        except (TryLater, NeverWill, Refusal) as problem:
            log.warning("application of %s has not reached the court: %s", application.case.docket, problem)
            JointApplication.objects.filter(pk=application.pk).update(delivery_problem=str(problem)[:200])
            continue
        except Exception:  # a mistake of ours in one case keeps no other case from its court
            log.exception("application of %s has not reached the court", application.case.docket)
            continue
        now = timezone.now()
        arrived += JointApplication.objects.filter(pk=application.pk, delivered_at__isnull=True).update(
            delivered_at=now, delivery_problem=""
        )
    return arrived
