"""Pauses 中止 and extensions 延长: days that do not count, and days that both sides add."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Clock, Extension, Pause, User
from cases.roles import STAFF_ROLES, Role, Side
from cases.rules import limits
from cases.rules.pausing import PauseKind
from cases.services.reckoning import does_stop, is_stopped
from cases.services.steps import lock_case, recount, refresh_due, remember, rule_behind
from cases.workflow import Stage

LONGEST_AT_ONCE = 90  # a house rule for tracks where the law names no upper limit
EXTENDED = "mediation"


@transaction.atomic
def pause_case(
    *,
    case_id: UUID,
    staff: User,
    reason: str,
    waiting_for: str,
    kind: str = PauseKind.WAITING,
    person: str = "",
) -> Pause:
    """Stop the clocks that this kind of pause stops, for a named reason (在线调解规则 Art 26, CPC Art 86, house rules).

    `person` is the name of whoever is waited for, where the role alone does not say it.
    """
    case = lock_case(case_id)
    if staff.role not in STAFF_ROLES or case.stage not in {Stage.FACT_FINDING, Stage.MEDIATION}:
        raise Refusal(_("The clock cannot be paused now."))
    if case.paused_at:
        raise Refusal(_("The clock is already paused."))
    if kind not in PauseKind.values:
        raise Refusal(_("Please choose the kind of pause."))
    if waiting_for not in Role.values:
        raise Refusal(_("Please choose for whom we wait."))
    if not reason.strip():
        raise Refusal(_("Please write why the clock is paused and for whom we wait."))
    _check_kind(case, kind)
    case.paused_at = timezone.now()
    case.save()
    pause = case.pauses.create(
        kind=kind,
        reason=reason.strip()[:200],
        waiting_for=waiting_for,
        person=person.strip()[:100],
        from_on=timezone.localdate(),
        by=staff,
    )
    _recount_stopped(case, kind)
    told = {"kind": kind, "reason": pause.reason, "waiting_for": waiting_for, "person": pause.person}
    remember(case, "case.pause", by=staff, **told)
    return pause


def kinds_of_pause(case: Case) -> list[PauseKind]:
    """The kinds of pause that stop the mediation period of this case, by the rule it runs by."""
    limit = _mediation_rule(case)
    return [kind for kind in PauseKind if does_stop(limit, kind)]


def _check_kind(case: Case, kind: str) -> None:
    """Refuse a pause that would stop no clock of this track, naming the article of the limit."""
    limit = _mediation_rule(case)
    if not does_stop(limit, kind):
        told = {"kind": PauseKind(kind).label, "article": limit.article}
        raise Refusal(
            _("On this track the mediation period does not stop for: %(kind)s (%(article)s).") % told
        )


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
    _recount_stopped(case, pause.kind)
    remember(case, "case.resume", by=staff, paused_from=pause.from_on.isoformat(), kind=pause.kind)
    return case


def _recount_stopped(case: Case, kind: str) -> None:
    """Count the running clocks anew that this kind of pause stops."""
    for clock in case.clocks.select_for_update().filter(state=Clock.State.RUNNING):
        if is_stopped(clock, case, [kind]):
            recount(clock, case)
    refresh_due(case)
    case.save()


@transaction.atomic
def ask_extension(*, case_id: UUID, mediator: User, days: int, reason: str) -> Extension:
    """Ask both sides for more days (Art 24). Nothing moves until both have said yes; an older request lapses."""
    case = lock_case(case_id)
    if case.mediator_id != mediator.pk or case.stage not in {
        Stage.FACT_FINDING,
        Stage.MEDIATION,
        Stage.SIGNING,
    }:
        raise Refusal(_("The period cannot be extended now."))
    _check_not_over(case)
    _check_allowed(case, days)
    if not reason.strip():
        raise Refusal(_("Please write why more time is needed."))
    words = reason.strip()[:200]
    asked = open_request(case)
    if asked and (asked.days, asked.reason) == (days, words):
        return asked
    if asked:
        asked.lapsed_at = timezone.now()
        asked.save(update_fields=["lapsed_at"])
    extension = case.extensions.create(days=days, asked_by=mediator, reason=words)
    remember(case, "extension.ask", by=mediator, days=days, reason=reason.strip())
    return extension


def open_request(case: Case) -> Extension | None:
    """The request for more days that still waits for a reply; None when there is none."""
    latest = case.extensions.filter(refused_at__isnull=True, lapsed_at__isnull=True).first()
    return None if latest is None or _is_granted(latest) else latest


def _is_granted(extension: Extension) -> bool:
    return bool(extension.claimant_agreed_at and extension.respondent_agreed_at)


def _check_allowed(case: Case, days: int) -> None:
    most = longest_extension(case)
    if not 1 <= days <= most:
        raise Refusal(_("The period can be extended by 1 to %(most)s days.") % {"most": most})
    limit, clock = _mediation_rule(case), _mediation_clock(case)
    granted = case.extensions.filter(claimant_agreed_at__isnull=False, respondent_agreed_at__isnull=False)
    try:
        used = clock.days_extended if clock else 0
        limits.check_extension(limit, used + days, times=granted.count() + 1)
    except limits.ExtensionError as error:
        raise Refusal(str(error)) from error


def _check_not_over(case: Case) -> None:
    """A period that is over is not made longer: the mediation has to end (在线调解规则 Arts 24, 25)."""
    clock = _mediation_clock(case)
    if clock and case.paused_at is None and timezone.localdate() > clock.overdue_on:
        raise Refusal(
            _("The mediation period ended on %(day)s. It can no longer be extended.")
            % {"day": clock.overdue_on}
        )


def _mediation_clock(case: Case) -> Clock | None:
    return case.clocks.filter(state=Clock.State.RUNNING, limit=EXTENDED).first()


def _mediation_rule(case: Case) -> limits.Limit:
    clock = _mediation_clock(case)
    limit = rule_behind(clock, case) if clock else None
    if limit is not None:
        return limit
    of_day = timezone.localdate(case.filed_at) if case.filed_at else timezone.localdate()
    return limits.load_profile(case.profile, of_day)[EXTENDED]


def longest_extension(case: Case) -> int:
    """How many days may still be added, by the rules that this case keeps."""
    limit, clock = _mediation_rule(case), _mediation_clock(case)
    most = LONGEST_AT_ONCE if limit.max_extension is None else limit.max_extension
    return max(0, most - (clock.days_extended if clock else 0))


@transaction.atomic
def reply_to_extension(*, case_id: UUID, person: User, agrees: bool) -> Extension:
    """One side agrees or refuses. With both agreements the mediation clock moves, once; silence moves nothing."""
    case = lock_case(case_id)
    party = case.party_of(person)
    extension = open_request(case)
    if party is None or extension is None or case.is_closed:
        raise Refusal(_("There is no extension to decide on."))
    _check_not_over(case)
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
        before = _mediation_due(case)
        _add_days(case, extension.days)
        days = {"days": extension.days, "was_due_on": before, "due_on": _mediation_due(case)}
        remember(case, "extension.grant", by=None, role=Role.SYSTEM, **days)
    return extension


def _add_days(case: Case, days: int) -> None:
    for clock in case.clocks.select_for_update().filter(state=Clock.State.RUNNING, limit=EXTENDED):
        clock.days_extended += days
        clock.save(update_fields=["days_extended"])
        recount(clock, case)
    refresh_due(case)
    case.save()


def _mediation_due(case: Case) -> str:
    clock = _mediation_clock(case)
    return clock.due_on.isoformat() if clock else ""
