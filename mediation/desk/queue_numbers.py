"""The numbers above the queue: what is late, due, waiting, paused; and the days ahead."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.rules.calendar import is_working_day
from mediation.desk.queue_rows import GROUPS, Row
from mediation.drawings import Day

CALENDAR_DAYS = 10


def figures_of(rows: Sequence[Row]) -> list[dict[str, Any]]:
    by_group = {key: [row for row in rows if row.group == key] for key in GROUPS}
    mine = [row for row in rows if row.mine]
    late, today, paused = by_group["overdue"], by_group["today"], by_group["paused"]
    here = reverse("desk:queue")
    return [
        {
            "number": len(late),
            "label": _("overdue"),
            "note": late[0].clock.note if late and late[0].clock else _("Nobody waits too long"),
            "tone": "late" if late else "",
            "url": f"{here}?group=overdue#queue",
        },
        {
            "number": len(today),
            "label": _("due today"),
            "note": _earliest(today),
            "tone": "soon" if today else "",
            "url": f"{here}?group=today#queue",
        },
        {
            "number": len(mine),
            "label": _("waiting for me"),
            "note": _("%(n)s of them overdue or due today")
            % {"n": sum(row.group in {"overdue", "today"} for row in mine)},
            "tone": "",
            "url": f"{here}?group=mine#queue",
        },
        {
            "number": len(paused),
            "label": _("clock paused"),
            "note": paused[0].clock.note if paused and paused[0].clock else _("Every clock is running"),
            "tone": "",
            "url": f"{here}?group=paused#queue",
        },
    ]


def _earliest(today: Sequence[Row]) -> str:
    hearings = [row for row in today if row.hearing_at and row.clock and row.clock.name == _("Hearing")]
    if hearings:
        at = timezone.localtime(min(row.hearing_at for row in hearings))
        return _("Earliest %(time)s, a hearing") % {"time": f"{at:%H:%M}"}
    return today[0].clock.note if today and today[0].clock else _("Nothing ends today")


def calendar_of(rows: Sequence[Row]) -> tuple[list[Day], str]:
    today = timezone.localdate()
    days = []
    for n in range(CALENDAR_DAYS):
        day = today + timedelta(days=n)
        count = sum(bool(row.clock and row.clock.due_on == day and row.clock.state != "late") for row in rows)
        days.append(
            Day(
                _("today") if n == 0 else str(day.day),
                count,
                is_rest=not is_working_day(day),
                is_today=n == 0,
            )
        )
    told = [_("%(day)s: %(n)s") % {"day": day.label, "n": day.count} for day in days if day.count]
    return days, _("Cases due: %(days)s") % {"days": ", ".join(told) or _("none")}
