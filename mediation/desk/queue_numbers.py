"""The numbers above the queue: what is late, due, waiting, paused; and the days ahead."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.rules.calendar import is_working_day
from mediation.desk.queue_rows import GROUPS
from mediation.desk.queue_slips import Slip
from mediation.drawings import Day

CALENDAR_DAYS = 10


def figures_of(slips: Sequence[Slip]) -> list[dict[str, Any]]:
    """The four numbers. The slips are in order: the first of a group presses most."""
    by_group = {key: [slip for slip in slips if slip.group == key] for key in GROUPS}
    mine = [slip for slip in slips if slip.mine]
    late, today, paused = by_group["overdue"], by_group["today"], by_group["paused"]
    here = reverse("desk:queue")
    return [
        {
            "number": len(late),
            "label": _("overdue"),
            "note": _note(late) or _("Nobody waits too long"),
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
            % {"n": sum(slip.group in {"overdue", "today"} for slip in mine)},
            "tone": "",
            "url": f"{here}?group=mine#queue",
        },
        {
            "number": len(paused),
            "label": _("clock paused"),
            "note": _longest(paused) or _("Every clock is running"),
            "tone": "",
            "url": f"{here}?group=paused#queue",
        },
    ]


def _note(slips: Sequence[Slip]) -> str:
    first = slips[0].shown(timezone.localdate()) if slips else None
    return first.note if first else ""


def _longest(paused: Sequence[Slip]) -> str:
    since = [slip.pause.since for slip in paused if slip.pause]
    if not since:
        return ""
    return _("the longest for %(n)s days") % {"n": (timezone.localdate() - min(since)).days}


def _earliest(today: Sequence[Slip]) -> str:
    hearings = [slip.hearing_at for slip in today if slip.hearing_at]
    if hearings:
        return _("Earliest %(time)s, a hearing") % {"time": f"{timezone.localtime(min(hearings)):%H:%M}"}
    return _note(today) or _("Nothing ends today")


def calendar_of(slips: Sequence[Slip]) -> tuple[list[Day], str]:
    """How many cases fall due on each of the next days, and the same in words."""
    today = timezone.localdate()
    counts = Counter(slip.on for slip in slips if slip.group in {"today", "week", "later"})
    days = []
    for n in range(CALENDAR_DAYS):
        day = today + timedelta(days=n)
        days.append(
            Day(
                _("today") if n == 0 else str(day.day),
                counts[day],
                is_rest=not is_working_day(day),
                is_today=n == 0,
            )
        )
    told = [_("%(day)s: %(n)s") % {"day": day.label, "n": day.count} for day in days if day.count]
    return days, _("Cases due: %(days)s") % {"days": ", ".join(told) or _("none")}
