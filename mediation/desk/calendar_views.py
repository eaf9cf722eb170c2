"""期限日历: the due days of this person's cases, as a month or as a list."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cases.roles import Role
from cases.rules.calendar import holiday_name, is_make_up_day, is_working_day
from mediation.dates.deadlines import Deadline, deadlines_of
from mediation.http import HouseRequest, open_to, page

SHOWN_A_DAY = 6
LONGEST_BACK = timedelta(days=3660)
EARLIEST, LATEST = 2000, 2199


@dataclass(frozen=True, slots=True)
class DayShown:
    """One day of the calendar: its due days, how many more there are, and what kind of day it is."""

    on: date
    deadlines: Sequence[Deadline]
    more: int = 0
    name: str = ""
    is_rest: bool = False
    is_make_up: bool = False
    is_today: bool = False
    is_beyond: bool = False


@require_GET
@open_to(Role.OFFICER, Role.MEDIATOR)
def calendar(request: HouseRequest) -> HttpResponse:
    """A month of due days (?month=2026-11), or the same as a list (&view=list). What is late stands above both."""
    today = timezone.localdate()
    month = _month(request.GET.get("month", ""), today)
    after = (month + timedelta(days=32)).replace(day=1)
    as_list = request.GET.get("view") == "list"
    found = deadlines_of(request.user, first=month, last=after - timedelta(days=1))
    past = deadlines_of(request.user, first=today - LONGEST_BACK, last=today - timedelta(days=1))
    late = [one for one in past if one.state == "late"]
    by_day = defaultdict(list)
    for one in found:
        by_day[one.on].append(one)
    return page(
        request,
        "desk/calendar.html",
        month=month,
        before=(month - timedelta(days=1)).replace(day=1),
        after=after,
        weeks=None if as_list else _weeks(month, by_day, today),
        days=[_day(on, by_day[on], today) for on in sorted(by_day)] if as_list else None,
        late=late[:SHOWN_A_DAY],
        late_more=max(0, len(late) - SHOWN_A_DAY),
        count=len(found),
        as_list=as_list,
    )


def _month(text: str, today: date) -> date:
    """The first day of the month that was asked for, or of this one."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return asked if EARLIEST <= asked.year <= LATEST else today.replace(day=1)


def _weeks(month: date, by_day: Mapping[date, list[Deadline]], today: date) -> list[list[DayShown]]:
    """Whole weeks from Monday that hold the month."""
    on, weeks = month - timedelta(days=month.weekday()), []
    while on < month or on.month == month.month:
        days = [on + timedelta(days=n) for n in range(7)]
        weeks.append(
            [
                _day(day, by_day.get(day, []), today, most=SHOWN_A_DAY)
                if day.month == month.month
                else DayShown(day, (), is_beyond=True)
                for day in days
            ]
        )
        on += timedelta(days=7)
    return weeks


def _day(on: date, deadlines: list[Deadline], today: date, *, most: int | None = None) -> DayShown:
    return DayShown(
        on=on,
        deadlines=deadlines[:most],
        more=max(0, len(deadlines) - most) if most else 0,
        name=str(holiday_name(on) or ""),
        is_rest=not is_working_day(on),
        is_make_up=is_make_up_day(on),
        is_today=on == today,
    )
