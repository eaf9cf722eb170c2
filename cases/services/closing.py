"""Endings 结案: withdrawal, refusal, nobody reached, time run out, too far apart; each with its ground (Art 25)."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Clock, User
from cases.services.steps import lock_case, stop, take
from cases.workflow import END, EXPIRE, FULFIL, REFUSE, WITHDRAW, Ending

STAFF_GROUNDS = {
    Ending.UNREACHABLE,
    Ending.UNWILLING,
    Ending.TOO_FAR_APART,
    Ending.REFUSES_TO_SIGN,
    Ending.OTHER,
}


def close(case: Case, *, ending: str, note: str = "") -> None:
    """Write the ground down and stop every clock. Called after the step, inside its transaction."""
    case.ending, case.ending_note, case.closed_at, case.due_on = ending, note, timezone.now(), None
    stop(case)
    case.save()


@transaction.atomic
def withdraw_case(*, case_id: UUID, person: User, settled: bool = False, reason: str = "") -> Case:
    """The citizen takes the application back, with or without having settled privately."""
    case = lock_case(case_id)
    if case.party_of(person) is None:
        raise Refusal(_("This step is not yours to take."))
    ending = Ending.SETTLED if settled else Ending.OTHER
    take(WITHDRAW, case, by=person, note=reason, ending=ending)
    close(case, ending=ending, note=reason or _("Withdrawn by the claimant."))
    return case


@transaction.atomic
def refuse_mediation(*, case_id: UUID, person: User, reason: str) -> Case:
    """A party does not want mediation (any more). The reason is recorded (在线调解规则 Art 15)."""
    if not reason.strip():
        raise Refusal(_("Please write the reason; the law asks us to record it."))
    case = lock_case(case_id)
    if case.party_of(person) is None:
        raise Refusal(_("This step is not yours to take."))
    take(REFUSE, case, by=person, note=reason.strip(), ending=Ending.UNWILLING)
    close(case, ending=Ending.UNWILLING, note=reason.strip())
    return case


@transaction.atomic
def end_mediation(*, case_id: UUID, staff: User, ending: str, reason: str) -> Case:
    """The mediator or officer ends the mediation on one of the grounds that staff may state."""
    if ending not in STAFF_GROUNDS:
        raise Refusal(_("Please choose a ground from the list."))
    if not reason.strip():
        raise Refusal(_("Please write the reason; the law asks us to record it."))
    case = lock_case(case_id)
    take(END, case, by=staff, note=reason.strip(), ending=ending)
    close(case, ending=ending, note=reason.strip())
    return case


@transaction.atomic
def expire_case(*, case_id: UUID, by: User | None = None) -> Case:
    """The period is over and was not extended: the mediation ends (在线调解规则 Arts 24, 25).

    Raises Refusal while the mediation clock has not run out.
    """
    case = lock_case(case_id)
    today = timezone.localdate()
    over = case.clocks.filter(limit="mediation", state=Clock.State.RUNNING, overdue_on__lt=today).first()
    if over is None or case.paused_at:
        raise Refusal(_("The time limit has not run out yet."))
    take(EXPIRE, case, by=by, ending=Ending.PERIOD_OVER, limit=over.limit, due_on=over.due_on.isoformat())
    case.clocks.filter(pk=over.pk).update(state=Clock.State.EXPIRED, ended_at=timezone.now())
    close(case, ending=Ending.PERIOD_OVER, note=_("The time limit ended on %(day)s.") % {"day": over.due_on})
    return case


@transaction.atomic
def fulfil_case(*, case_id: UUID, by: User | None) -> Case:
    """Everything that was agreed has been done: the case ends by agreement."""
    case = lock_case(case_id)
    take(FULFIL, case, by=by, ending=Ending.AGREEMENT)
    close(case, ending=Ending.AGREEMENT, note=_("Everything that was agreed has been done."))
    return case
