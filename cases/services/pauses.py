"""Pauses 中止 and extensions 延长: days that do not count, and days that both sides add."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Clock, Extension, Pause, User
from cases.roles import STAFF_ROLES, Role, Side
from cases.rules import limits
from cases.services.steps import lock_case, recount, refresh_due, remember
from cases.workflow import Stage

LONGEST_AT_ONCE = 90  # a house rule for tracks where the law names no upper limit


@transaction.atomic
def pause_case(*, case_id: UUID, staff: User, reason: str, waiting_for: str) -> Pause:
    """Stop the mediation clock for a named reason, such as an appraisal (在线调解规则 Art 26)."""
    case = lock_case(case_id)
    if staff.role not in STAFF_ROLES or case.stage not in {Stage.FACT_FINDING, Stage.MEDIATION}:
        raise Refusal(_("The clock cannot be paused now."))
    if case.paused_at:
        raise Refusal(_("The clock is already paused."))
    if waiting_for not in Role.values:
        raise Refusal(_("Please choose for whom we wait."))
    if not reason.strip():
        raise Refusal(_("Please write why the clock is paused and for whom we wait."))
    case.paused_at = timezone.now()
    case.save()
    pause = case.pauses.create(
        reason=reason.strip()[:200], waiting_for=waiting_for, from_on=timezone.localdate(), by=staff
    )
    remember(case, "case.pause", by=staff, reason=reason.strip(), waiting_for=waiting_for)
    return pause


@transaction.atomic
def resume_case(*, case_id: UUID, staff: User) -> Case:
    """Go on: the running clocks move by the days that were paused."""
    case = lock_case(case_id)
    pause = case.pauses.filter(until_on__isnull=True).last()
    if staff.role not in STAFF_ROLES or pause is None:
        raise Refusal(_("The clock is not paused."))
    pause.until_on = timezone.localdate()
    pause.save()
    case.paused_at = None
    case.save()
    _recount_mediation(case, extra_days=0)
    remember(case, "case.resume", by=staff, paused_from=pause.from_on.isoformat())
    return case


def _recount_mediation(case: Case, *, extra_days: int) -> None:
    for clock in case.clocks.select_for_update().filter(state=Clock.State.RUNNING, limit="mediation"):
        clock.days_extended += extra_days
        recount(clock)
    refresh_due(case)
    case.save()


@transaction.atomic
def ask_extension(*, case_id: UUID, mediator: User, days: int, reason: str) -> Extension:
    """Ask both sides for more days (Art 24). Nothing moves until both have said yes."""
    case = lock_case(case_id)
    if case.mediator_id != mediator.pk or case.stage not in {
        Stage.FACT_FINDING,
        Stage.MEDIATION,
        Stage.SIGNING,
    }:
        raise Refusal(_("The period cannot be extended now."))
    most = longest_extension(case)
    if not 1 <= days <= most:
        raise Refusal(_("The period can be extended by 1 to %(most)s days.") % {"most": most})
    if not reason.strip():
        raise Refusal(_("Please write why more time is needed."))
    words = reason.strip()[:200]
    asked = case.extensions.filter(refused_at__isnull=True).first()
    if asked and (asked.days, asked.reason) == (days, words) and not _is_granted(asked):
        return asked
    extension = case.extensions.create(days=days, asked_by=mediator, reason=words)
    remember(case, "extension.ask", by=mediator, days=days, reason=reason.strip())
    return extension


def _is_granted(extension: Extension) -> bool:
    return bool(extension.claimant_agreed_at and extension.respondent_agreed_at)


def longest_extension(case: Case) -> int:
    """How many days may still be added, by the rules of the day the case was filed."""
    of_day = timezone.localdate(case.filed_at) if case.filed_at else timezone.localdate()
    limit = limits.load_profile(case.profile, of_day)["mediation"]
    used = sum(
        clock.days_extended for clock in case.clocks.filter(limit="mediation", state=Clock.State.RUNNING)
    )
    return max(0, (LONGEST_AT_ONCE if limit.max_extension is None else limit.max_extension) - used)


@transaction.atomic
def reply_to_extension(*, case_id: UUID, person: User, agrees: bool) -> Extension:
    """One side agrees or refuses. With both agreements the mediation clock moves, once."""
    case = lock_case(case_id)
    party = case.party_of(person)
    extension = case.extensions.filter(refused_at__isnull=True).first()
    if party is None or extension is None or _is_granted(extension):
        raise Refusal(_("There is no extension to decide on."))
    now = timezone.now()
    if not agrees:
        extension.refused_at = now
    elif party.side == Side.CLAIMANT:
        extension.claimant_agreed_at = extension.claimant_agreed_at or now
    else:
        extension.respondent_agreed_at = extension.respondent_agreed_at or now
    extension.save()
    remember(case, "extension.agree" if agrees else "extension.refuse", by=person, days=extension.days)
    if _is_granted(extension):
        _recount_mediation(case, extra_days=extension.days)
        remember(case, "extension.grant", by=None, role=Role.SYSTEM, days=extension.days)
    return extension
