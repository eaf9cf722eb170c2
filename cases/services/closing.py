"""Endings 结案: withdrawal, refusal, nobody reached, time run out, too far apart; each with its ground (Art 25)."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Clock, User
from cases.roles import STAFF_ROLES
from cases.services.steps import lock_case, remember, stop, take
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
def end_mediation(
    *, case_id: UUID, staff: User, ending: str, reason: str, cost_conduct: str, court_notes: str
) -> Case:
    """The mediator or officer ends the mediation on one of the grounds that staff may state.

    在线调解规则 Art 21 asks for the reason, for conduct that raised the costs, and for notes for the court; where
    there was none, that is written too. Raises Refusal with everything that is missing.
    """
    if ending not in STAFF_GROUNDS:
        raise Refusal(_("Please choose a ground from the list."))
    if problems := _gaps(reason=reason, cost_conduct=cost_conduct, court_notes=court_notes):
        raise Refusal(*problems)
    case = lock_case(case_id)
    told: dict[str, Any] = {"cost_conduct": cost_conduct.strip(), "court_notes": court_notes.strip()}
    take(END, case, by=staff, note=reason.strip(), ending=ending, **told)
    close(case, ending=ending, note=reason.strip())
    return case


@transaction.atomic
def describe_ending(*, case_id: UUID, staff: User, cost_conduct: str, court_notes: str) -> Case:
    """Add what 在线调解规则 Art 21 asks for to an ending that no mediator declared; the notice is made anew."""
    if problems := _gaps(cost_conduct=cost_conduct, court_notes=court_notes):
        raise Refusal(*problems)
    case = lock_case(case_id)
    if staff.role not in STAFF_ROLES:
        raise Refusal(_("This step is not yours to take."))
    if not case.is_closed or not case.accepted_at or case.ending in {"", Ending.AGREEMENT}:
        raise Refusal(_("Only the end of a mediation without an agreement is described like this."))
    told: dict[str, Any] = {"cost_conduct": cost_conduct.strip(), "court_notes": court_notes.strip()}
    remember(case, "ending.describe", by=staff, ending=case.ending, **told)
    return case


def _gaps(**said: str) -> list[str]:
    asked = {
        "reason": _("Please write the reason; the law asks us to record it."),
        "cost_conduct": _("Please say whether a side's conduct raised the costs, or that there was none."),
        "court_notes": _("Please write what the court should know, or that there is nothing."),
    }
    return [asked[name] for name, words in said.items() if not words.strip()]


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
