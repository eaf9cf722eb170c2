"""The due days of a person's cases: running clocks, called hearings, instalments. For the calendar and for the feed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, Clock, Pause, User
from cases.rules import limits
from cases.rules.explanation import explanation_of
from cases.services.reckoning import does_stop, reckon, rule_behind
from cases.workflow import Stage
from mediation.hearings.models import Hearing
from mediation.performance.models import Instalment


@dataclass(frozen=True, slots=True)
class Deadline:
    """One due day. `state` is late, due or paused; `on` is the day by which to act, `late_on` the last one."""

    key: str
    case: Case
    name: str
    on: date
    state: str = "due"
    late_on: date | None = None
    provisional: bool = False
    at: datetime | None = None
    clock: Clock | None = None

    @property
    def sort_key(self) -> tuple[date, datetime, str]:
        start = timezone.make_aware(datetime.combine(self.on, time()))
        return self.on, self.at or start, self.key


def deadlines_of(person: User, *, first: date, last: date) -> list[Deadline]:
    """Every due day of the cases this person may see, between two days, in order; four queries."""
    cases = Case.objects.visible_to(person).open().order_by()
    found = [*_clocks(cases, first, last), *_hearings(cases, first, last), *_instalments(cases, first, last)]
    return sorted(found, key=lambda one: one.sort_key)


def _clocks(cases: "QuerySet[Case]", first: date, last: date) -> Iterator[Deadline]:
    today = timezone.localdate()
    running = Clock.objects.filter(
        case__in=cases, state=Clock.State.RUNNING, due_on__gte=first, due_on__lte=last
    ).select_related("case")
    lasting = dict(Pause.objects.filter(case__in=cases, until_on__isnull=True).values_list("case_id", "kind"))
    for clock in running:
        limit = rule_behind(clock, clock.case)
        if limit is not None and limit.window and clock.overdue_on < today:
            continue
        yield Deadline(
            key=f"clock-{clock.pk}",
            case=clock.case,
            name=str(limit.name) if limit else clock.limit,
            on=clock.due_on,
            state=_state(clock, limit, lasting.get(clock.case_id), today),
            late_on=clock.overdue_on,
            provisional=clock.provisional,
            clock=clock,
        )


def _state(clock: Clock, limit: limits.Limit | None, pause_kind: str | None, today: date) -> str:
    if pause_kind and limit and does_stop(limit, pause_kind):
        return "paused"
    return "late" if today > clock.overdue_on else "due"


def _hearings(cases: "QuerySet[Case]", first: date, last: date) -> Iterator[Deadline]:
    begins = timezone.make_aware(datetime.combine(first, time()))
    ends = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
    called = Hearing.objects.exclude(state=Hearing.State.ENDED)
    for one in called.filter(case__in=cases, starts_at__gte=begins, starts_at__lt=ends).select_related(
        "case"
    ):
        on = timezone.localdate(one.starts_at)
        yield Deadline(f"hearing-{one.pk}", one.case, _("Hearing"), on, at=one.starts_at)


def _instalments(cases: "QuerySet[Case]", first: date, last: date) -> Iterator[Deadline]:
    today = timezone.localdate()
    owed = Instalment.objects.filter(
        case__in=cases.filter(stage=Stage.PERFORMANCE), due_on__gte=first, due_on__lte=last
    ).owed()
    for one in owed.select_related("case"):
        state = "late" if one.due_on < today else "due"
        yield Deadline(f"instalment-{one.pk}", one.case, _("Instalment"), one.due_on, state, one.due_on)


def told_of(deadline: Deadline, pauses: Any = None) -> str:
    """How the day was counted, in a sentence without names; empty where nothing was counted."""
    if deadline.clock is None:
        return ""
    result = reckon(deadline.clock, deadline.case, pauses, reasons=False)
    return explanation_of(result).sentence if result else ""
