"""Days of payment as duties 到期事项: a reminder before, a word to both sides after; rows like all other due work.

The table is `cases/rules/escalation.toml`, its rows `agreed`. What is done is decided when the moment comes: what was
paid by then needs no word, and a reminder after its day would mislead.
"""

from collections.abc import Iterable

from django.utils import timezone

from cases.models import Case, Duty
from cases.roles import Role
from cases.rules.escalating import agreed_steps
from cases.services.steps import remember
from cases.workflow import Stage
from mediation.performance.models import Instalment

SOON, LATE = "instalment_soon", "instalment_late"
Outcome = Duty.Outcome


def plan_duties(case: Case, instalments: Iterable[Instalment]) -> None:
    """Write down what will be done about these instalments, in the transaction that wrote them."""
    steps = agreed_steps()
    Duty.objects.bulk_create(
        Duty(
            case=case,
            step=key,
            about=str(one.pk),
            for_due_on=one.due_on,
            for_overdue_on=one.due_on,
            due_at=steps[key].moment(one.due_on, one.due_on),
        )
        for one in instalments
        for key in (SOON, LATE)
    )


def remind(case: Case, duty: Duty) -> Duty.Outcome:
    """Remind of a payment before its day."""
    one = _owed(case, duty)
    if one is None:
        return Outcome.VOID
    if timezone.localdate() > one.due_on:
        return Outcome.PASSED
    one.reminded_at = timezone.now()
    one.save(update_fields=["reminded_at"])
    _tell(case, one, "performance.due_soon")
    return Outcome.DONE


def mark_late(case: Case, duty: Duty) -> Duty.Outcome:
    """Say that a payment is late, once."""
    one = _owed(case, duty)
    if one is None:
        return Outcome.VOID
    one.state = Instalment.State.LATE
    one.save(update_fields=["state"])
    _tell(case, one, "performance.late")
    return Outcome.DONE


def _owed(case: Case, duty: Duty) -> Instalment | None:
    due = Instalment.objects.select_for_update().filter(case=case, state=Instalment.State.DUE)
    return due.filter(pk=int(duty.about)).first() if case.stage == Stage.PERFORMANCE else None


def _tell(case: Case, one: Instalment, event: str) -> None:
    remember(
        case,
        event,
        by=None,
        role=Role.SYSTEM,
        instalment=one.pk,
        payer=one.payer,
        due_on=one.due_on.isoformat(),
        amount_fen=one.amount_fen or 0,
    )
