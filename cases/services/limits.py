"""Watching the clocks: who must be warned, which mediation has run out."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cases.models import Case, Clock
from cases.roles import Role
from cases.services.steps import lock_case, refresh_due, remember
from cases.workflow import Stage

WARN_DAYS_BEFORE = 3
WINDOWS = {"objection"}  # a right that may go unused: its end is nobody's delay


def cases_to_end() -> list[Case]:
    """Cases whose mediation period is over, not paused, oldest first."""
    today = timezone.localdate()
    return list(
        Case.objects.filter(
            stage__in=[Stage.FACT_FINDING, Stage.MEDIATION, Stage.SIGNING],
            paused_at__isnull=True,
            clocks__limit="mediation",
            clocks__state=Clock.State.RUNNING,
            clocks__overdue_on__lt=today,
        )
        .distinct()
        .order_by("due_on")
    )


def close_windows() -> int:
    """End the windows that have simply passed, such as the one for objections. Returns how many."""
    today = timezone.localdate()
    passed = Clock.objects.filter(limit__in=WINDOWS, state=Clock.State.RUNNING, overdue_on__lt=today)
    closed = 0
    for case_id in set(passed.values_list("case_id", flat=True)):
        with transaction.atomic():
            case = lock_case(case_id)
            closed += passed.filter(case=case).update(state=Clock.State.STOPPED, ended_at=timezone.now())
            refresh_due(case)
            case.save(update_fields=["due_on"])
    return closed


def warn_of_limits() -> int:
    """Announce each clock that ends within three days, once. Returns how many."""
    soon = timezone.localdate() + timedelta(days=WARN_DAYS_BEFORE)
    warned = 0
    for pk in Clock.objects.filter(
        state=Clock.State.RUNNING, due_on__lte=soon, warned_at__isnull=True, case__paused_at__isnull=True
    ).values_list("pk", flat=True):
        with transaction.atomic():
            clock = Clock.objects.select_for_update().select_related("case").get(pk=pk)
            if clock.warned_at or clock.state != Clock.State.RUNNING:
                continue
            clock.warned_at = timezone.now()
            clock.save()
            remember(
                clock.case,
                "limit.near",
                by=None,
                role=Role.SYSTEM,
                limit=clock.limit,
                due_on=clock.due_on.isoformat(),
            )
            warned += 1
    return warned
