"""A slip for every open case: just enough to group and sort it. Five short queries, however many the cases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, Clock, Pause, User
from cases.roles import Role
from cases.rules import limits
from cases.rules.limit_tables import all_versions
from cases.services.reckoning import does_stop
from cases.workflow import Stage
from mediation.desk.clocks import Shown, show_clock, show_day, show_paused
from mediation.desk.standing import office_acts
from mediation.hearings.models import Hearing
from mediation.performance.models import Instalment

A_WEEK = timedelta(days=7)


class Tick(NamedTuple):
    """The days of a running clock."""

    case_id: UUID
    pk: int
    limit: str
    started_on: date
    due_on: date
    overdue_on: date
    provisional: bool


class Lasting(NamedTuple):
    """A pause that lasts: of which kind, why, for whom, since when."""

    kind: str
    reason: str
    waiting_for: str
    person: str
    since: date


@dataclass(frozen=True, slots=True)
class Slip:
    """One case on its way into the queue. `on` is the day by which it is sorted.

    `mine` is known for officers; for a mediator whoever asks fills it in.
    """

    pk: UUID
    stage: str
    profile: str
    filed_at: datetime | None
    group: str
    on: date | None
    mine: bool
    tick: Tick | None = None
    pause: Lasting | None = None
    hearing_at: datetime | None = None
    next_due_on: date | None = None

    def shown(self, today: date) -> Shown | None:
        """The clock as it is drawn in the row."""
        if self.group == "closed":
            return None
        if self.group == "paused" and self.pause:
            return show_paused(self.tick, self.pause)
        if self.hearing_at:
            at = timezone.localtime(self.hearing_at)
            label = _("Today %(time)s") % {"time": f"{at:%H:%M}"}
            return Shown("soon", label, _("Hearing"), 0.9, today, _("Hearing"))
        if self.next_due_on:
            return show_day(self.next_due_on, _("Instalment"), today)
        return show_clock(self.tick, self.name, today) if self.tick else None

    @property
    def name(self) -> str:
        """What the limit behind its clock is called, in the version that holds for this case."""
        if self.tick is None:
            return ""
        rule = rule_of(self.profile, self.filed_at, self.tick)
        return str(rule.name) if rule else self.tick.limit


def rule_of(profile: str, filed_at: datetime | None, tick: Tick) -> limits.Limit | None:
    """The version of the rule that a clock of such a case runs by."""
    filed_on = timezone.localdate(filed_at) if filed_at else None
    return limits.rule_for(profile, tick.limit, start_on=tick.started_on, filed_on=filed_on)


def slips_of(cases: "QuerySet[Case]", person: User, today: date) -> list[Slip]:
    """A slip for each of these cases, in no order."""
    among = cases.order_by()
    clocks = _ticks(among)
    rows = among.values_list("pk", "stage", "profile", "filed_at", "paused_at", "mediator_id")
    found = list(rows)
    paused = _lasting(among) if any(row[4] for row in found) else {}
    hearings = _hearings_today(among, today)
    performing = any(row[1] == Stage.PERFORMANCE for row in found)
    dues = _next_dues(among) if performing else {}
    windows = {name: _windows(name) for name in {row[2] for row in found}}
    is_office = person.role == Role.OFFICER
    return [
        _slip(
            row,
            Around(
                clocks.get(row[0], ()),
                paused.get(row[0]),
                hearings.get(row[0]),
                dues.get(row[0]),
                windows[row[2]],
            ),
            today,
            is_office=is_office,
        )
        for row in found
    ]


class Around(NamedTuple):
    """What was found for one case."""

    ticks: Sequence[Tick]
    pause: Lasting | None
    hearing_at: datetime | None
    next_due_on: date | None
    windows: frozenset[str]


class Pressing(NamedTuple):
    """The clock to watch, and whether the pause of its case stops it."""

    tick: Tick | None
    stands_still: bool


def _slip(row: Any, around: Around, today: date, *, is_office: bool) -> Slip:
    pk, stage, profile, filed_at, paused_at, mediator_id = row
    pause = around.pause if paused_at else None
    pressing = _pressing(around, pause, profile, filed_at, today)
    tick = pressing.tick
    late = tick is not None and not pressing.stands_still and today > tick.overdue_on
    hearing_at = None if late else around.hearing_at
    due = around.next_due_on if stage == Stage.PERFORMANCE and not hearing_at else None
    if stage == Stage.CLOSED:
        group, on = "closed", None
    elif pause and (pressing.stands_still or tick is None or tick.due_on > today):
        group, on = "paused", pause.since
    elif hearing_at:
        group, on = "today", today
    else:
        group, on = _group(tick, due, today)
    mine = is_office and office_acts(stage, mediator_id, pause.waiting_for if pause else None)
    return Slip(pk, stage, profile, filed_at, group, on, mine, tick, pause, hearing_at, due)


def _group(tick: Tick | None, due: date | None, today: date) -> tuple[str, date | None]:
    """Where it stands in the queue, and by which day: that of the next instalment, else that of its clock."""
    on = due or (tick.due_on if tick else None)
    if on is None:
        return "later", None
    last = on if due or tick is None else tick.overdue_on
    if today > last:
        return "overdue", on
    if on <= today:
        return "today", on
    return ("week" if on <= today + A_WEEK else "later"), on


def _pressing(
    around: Around, pause: Lasting | None, profile: str, filed_at: datetime | None, today: date
) -> Pressing:
    """The clock to watch: the earliest that runs, before any that stands still; a window that passed is none."""
    alive = [tick for tick in around.ticks if tick.limit not in around.windows or tick.overdue_on >= today]
    duties = [tick for tick in alive if tick.limit not in around.windows] or alive
    stopped = {tick for tick in duties if pause and _stops(pause, profile, filed_at, tick)}
    first = min(duties, key=lambda tick: (tick in stopped, tick.due_on, tick.pk), default=None)
    return Pressing(first, first in stopped)


def _stops(pause: Lasting, profile: str, filed_at: datetime | None, tick: Tick) -> bool:
    rule = rule_of(profile, filed_at, tick)
    return rule is not None and does_stop(rule, pause.kind)


def _windows(profile: str) -> frozenset[str]:
    """The rights of a track that may go unused. None was ever a duty in another version."""
    return frozenset(limit.key for limit in all_versions(profile) if limit.window)


def _ticks(cases: "QuerySet[Case]") -> Mapping[UUID, list[Tick]]:
    found: dict[UUID, list[Tick]] = defaultdict(list)
    running = Clock.objects.filter(case__in=cases, state=Clock.State.RUNNING).order_by()
    for row in running.values_list(
        "case_id", "pk", "limit", "started_on", "due_on", "overdue_on", "provisional"
    ):
        found[row[0]].append(Tick(*row))
    return found


def _lasting(cases: "QuerySet[Case]") -> Mapping[UUID, Lasting]:
    lasting = Pause.objects.filter(case__in=cases, until_on__isnull=True).order_by("pk")
    rows = lasting.values_list("case_id", "kind", "reason", "waiting_for", "person", "from_on")
    return {row[0]: Lasting(*row[1:]) for row in rows}


def _hearings_today(cases: "QuerySet[Case]", today: date) -> Mapping[UUID, datetime]:
    begins = timezone.make_aware(datetime.combine(today, time()))
    called = Hearing.objects.exclude(state=Hearing.State.ENDED).filter(
        case__in=cases, starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1)
    )
    return dict(called.order_by("-starts_at").values_list("case_id", "starts_at"))


def _next_dues(cases: "QuerySet[Case]") -> Mapping[UUID, date]:
    owed = Instalment.objects.filter(case__in=cases).owed().order_by()
    return dict(owed.values("case_id").annotate(on=Min("due_on")).values_list("case_id", "on"))


def in_order(slips: Iterable[Slip], groups: Sequence[str]) -> list[Slip]:
    """What presses first at the top: by group, then day, then one's own."""
    place = {group: number for number, group in enumerate(groups)}
    return sorted(
        slips, key=lambda slip: (place[slip.group], slip.on or date.max, not slip.mine, str(slip.pk))
    )
