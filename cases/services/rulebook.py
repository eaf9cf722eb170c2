"""The rule book in the database: what staff added to the law as data, loaded by every process, never overwritten.

Each addition is a row with who and when, and an entry in the audit chain `rules`. The newest row's number tells a
process whether its tables are new enough. After an addition the running clocks are counted anew; until that is done
the debt is a row, too.
"""

import logging
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Clock, Recount, RuleAddition, User
from cases.roles import Role
from cases.rules import additions
from cases.rules.notices import (
    DaysOff,
    NewVersion,
    faults_of_version,
    faults_of_year,
    limit_named,
    version_row,
    with_days,
    year_row,
)
from cases.rules.tables import RuleTableError
from cases.services.reckoning import reckon
from cases.services.steps import lock_case, recount, refresh_due, remember
from evidence import ledger

log = logging.getLogger(__name__)
CHAIN = "rules"
LOOK_EACH_S = 1.0
SHORTEST_SOURCE = 4


class _Loaded:
    """What this process has installed: the number of the newest addition, and when it last looked."""

    newest: int | None = None
    looked_at = float("-inf")


def keep_up(*, at_once: bool = False) -> None:
    """Let this process count by the newest rules. Asks the database at most once a second; never raises for it."""
    if not at_once and time.monotonic() - _Loaded.looked_at < LOOK_EACH_S:
        return
    try:
        newest = RuleAddition.objects.order_by("-pk").values_list("pk", flat=True).first()
        if newest != _Loaded.newest:
            load()
    except DatabaseError as error:
        log.warning("the additions to the rules cannot be read: %s", error)
    _Loaded.looked_at = time.monotonic()


def keep_up_if_there() -> None:
    """As `keep_up`, for commands that also run where no site was ever set up; makes no database."""
    kept_in = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(str(kept_in)).is_file():
        return
    keep_up()


def load() -> None:
    """Install every addition. One that no longer fits the shipped tables is left out, and an operator reads why."""
    rows = list(RuleAddition.objects.order_by("pk"))
    try:
        additions.install(**_installed(rows))
    except RuleTableError:
        kept: list[RuleAddition] = []
        for row in rows:
            try:
                additions.check(**_installed([*kept, row]))
            except RuleTableError:
                log.exception("addition %s to the rules does not fit and is left out", row.pk)
            else:
                kept.append(row)
        additions.install(**_installed(kept))
    _Loaded.newest = rows[-1].pk if rows else None


def _installed(rows: Sequence[RuleAddition]) -> dict[str, Any]:
    years = [with_days(row.data) for row in rows if row.kind == RuleAddition.Kind.YEAR]
    limits: dict[str, list[Any]] = {}
    for row in rows:
        for track in row.tracks if row.kind == RuleAddition.Kind.LIMIT else ():
            limits.setdefault(track, []).append(with_days(row.data))
    return {"years": years, "limits": limits}


@transaction.atomic
def add_holidays(
    *, officer: User, year: int, source: str, days_off: Sequence[DaysOff], make_up: Sequence[date]
) -> RuleAddition:
    """Enter the holiday notice of a year: its days off and make-up working days. A later entry counts over this one.

    Raises Refusal with everything that cannot be right; then nothing is changed.
    """
    _check_officer(officer)
    if len(source.strip()) < SHORTEST_SOURCE:
        raise Refusal(_("Please name the notice: its title and number."))
    if faults := [str(fault) for fault in faults_of_year(year, days_off, make_up)]:
        raise Refusal(*faults)
    row = year_row(year, source.strip(), days_off, make_up)
    return _add(RuleAddition.Kind.YEAR, row, officer=officer, source=source.strip())


@transaction.atomic
def add_version(
    *, officer: User, track: str, replaces: str, tracks: Sequence[str], new: NewVersion, source: str = ""
) -> RuleAddition:
    """Enter a new version of a limit, which names what it replaces. The old version stays and ends the day before.

    `track` says whose version of that name is meant, `tracks` where the new one holds. Raises Refusal with
    everything that stands against it; then nothing is changed.
    """
    _check_officer(officer)
    keep_up(at_once=True)
    old = limit_named(track, replaces)
    if old is None:
        raise Refusal(_("There is no version %(version)s to replace.") % {"version": replaces})
    if faults := [str(fault) for fault in faults_of_version(old, new, tracks)]:
        raise Refusal(*faults)
    return _add(
        RuleAddition.Kind.LIMIT,
        version_row(old, new),
        officer=officer,
        source=source.strip() or new.article.strip(),
        tracks=sorted(tracks),
    )


def _check_officer(officer: User) -> None:
    if officer.role != Role.OFFICER:
        raise Refusal(_("This step is not yours to take."))


def _add(
    kind: str, row: dict[str, Any], *, officer: User, source: str, tracks: Sequence[str] = ()
) -> RuleAddition:
    ledger.lock_head(CHAIN)  # two additions at once: the second is checked against the first
    there = list(RuleAddition.objects.order_by("pk"))
    added = RuleAddition(kind=kind, tracks=list(tracks), data=row, source=source[:300], by=officer)
    try:
        additions.check(**_installed([*there, added]))
    except RuleTableError as error:
        told = _("This does not fit the rules that are there, and nothing was changed: %(reason)s.")
        raise Refusal(told % {"reason": error}) from error
    added.save()
    record = {"by": str(officer.pk), "name": str(officer), "number": added.pk, "source": source}
    ledger.append(
        chain=CHAIN,
        event=f"rules.add_{kind}",
        record={**record, "tracks": list(tracks), "row": row},
        role=officer.role,
    )
    load()
    return added


def recount_owed() -> int:
    """Count the running clocks anew for every addition after which that was not done yet. Returns how many moved."""
    moved = 0
    for addition in list(RuleAddition.objects.filter(recount__isnull=True).order_by("pk")):
        keep_up(at_once=True)
        here = _recount_running(addition)
        Recount.objects.get_or_create(addition=addition, defaults={"moved": here})
        moved += here
    return moved


def _recount_running(addition: RuleAddition) -> int:
    running = Clock.objects.filter(state=Clock.State.RUNNING).select_related("case")
    stale = {
        clock.case_id
        for clock in running.prefetch_related("case__pauses").iterator(chunk_size=500)
        if _is_stale(clock)
    }
    return sum(_recount_case(case_id, addition) for case_id in sorted(stale, key=str))


def _is_stale(clock: Clock) -> bool:
    result = reckon(clock, clock.case)
    if result is None or result.due_on is None:
        return False
    days = (result.due_on, result.overdue_on or result.due_on, result.provisional)
    return days != (clock.due_on, clock.overdue_on, clock.provisional)


@transaction.atomic
def _recount_case(case_id: Any, addition: RuleAddition) -> int:
    case, moved = lock_case(case_id), 0
    for clock in case.clocks.filter(state=Clock.State.RUNNING):
        was = clock.due_on
        if not recount(clock, case):
            continue
        moved += clock.due_on != was
        _remember_recount(case, clock, was, addition)
    refresh_due(case)
    Case.objects.filter(pk=case.pk).update(due_on=case.due_on)
    return moved


def _remember_recount(case: Case, clock: Clock, was: date, addition: RuleAddition) -> None:
    """`limit.recount` when the day moved, `limit.settle` when only what was provisional is certain now."""
    told = {
        "limit": clock.limit,
        "was_due_on": was.isoformat(),
        "due_on": clock.due_on.isoformat(),
        "overdue_on": clock.overdue_on.isoformat(),
        "provisional": clock.provisional,
        "cause": addition.source,
        "addition": addition.pk,
    }
    event = "limit.recount" if clock.due_on != was else "limit.settle"
    remember(case, event, by=None, role=Role.SYSTEM, **told)


__all__ = ["DaysOff", "NewVersion", "add_holidays", "add_version", "keep_up", "load", "recount_owed"]
