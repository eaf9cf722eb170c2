"""An explained clock as data: every day of the count with its reason, the rule behind it, and a JSON form of it all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.rules.calendar import holiday_name, is_make_up_day, is_provisional, is_working_day
from cases.rules.counting import Count, Unit
from cases.rules.explaining import Line, lines_of, matters, plain_of, run_on, sentence_of
from cases.rules.limits import PLAIN, Due, Limit, Stretch

ONE_DAY = timedelta(days=1)


class Mark(TextChoices):
    """What one day is in a count."""

    EVENT = "event", _("The event: not counted")
    COUNTED = "counted", _("Counted")
    MAKE_UP = "make_up", _("Weekend made a working day: counted")
    WEEKEND = "weekend", _("Weekend: not counted")
    HOLIDAY = "holiday", _("Holiday: not counted")
    PAUSED = "paused", _("Paused: not counted")
    LAST = "last", _("The last day")


@dataclass(frozen=True, slots=True)
class Day:
    """One day on the small calendar: what it is, its number in the count, the holiday or the reason of the pause."""

    on: date
    mark: Mark
    number: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything behind one due date.

    `first_counted_on` is the first day that counted and `counted_to` the last before it moved; `moved` is that pair
    when a day off stood at the end. `skipped` are the days off that did not count, `paused` those of a pause; a
    period of calendar days, months or years counts its weekends and holidays and skips only at its end.
    `provisional_from` is the first day of the count that a notice may still change.
    """

    result: Due
    first_counted_on: date | None
    counted_to: date | None
    skipped: tuple[Day, ...]
    made_up: tuple[date, ...]
    pauses: tuple[Stretch, ...]
    moved: tuple[date, date] | None
    provisional_from: date | None

    @property
    def sentence(self) -> str:
        return sentence_of(self.result)

    @property
    def lines(self) -> list[str]:
        return [str(line) for line in lines_of(self.result)]

    @property
    def plain(self) -> str:
        return plain_of(self.result)

    @property
    def rule_line(self) -> str:
        """Which version of the rule was used and how far its source was checked; empty for a bare period."""
        limit = self.result.limit
        if limit.key == PLAIN:
            return ""
        text = _("Version %(version)s of the rule, in force from %(from)s: %(status)s.")
        values = {"version": limit.version, "from": limit.in_force_from, "status": limit.status.label}
        return str(Line(text, values))

    @property
    def text(self) -> str:
        """The sentence, every line after it and the version of the rule, as one text."""
        return run_on(filter(None, [self.sentence, *self.lines, self.rule_line]))

    @property
    def extension_left(self) -> int | None:
        """How many units may still be added; None where no rule names a ceiling."""
        most = self.result.limit.max_extension
        return None if most is None else max(0, most - self.result.extension)

    def days(self) -> Iterator[Day]:
        """Every day from the event to the due day, as a calendar shows them; nothing for a limit in hours."""
        return _days_of(self.result)

    def as_json(self) -> dict[str, Any]:
        """The whole explanation for the interface and the packet: days in ISO form, words in the reader's language."""
        result, limit = self.result, self.result.limit
        return {
            "limit": limit.key,
            "name": str(limit.name),
            "due_on": _iso(result.due_on),
            "overdue_on": _iso(result.overdue_on),
            "due_by_law_on": _iso(result.due_by_law_on),
            "due_at": result.due_at.isoformat() if result.due_at else None,
            "provisional": result.provisional,
            "provisional_from": _iso(self.provisional_from),
            "start": {"event": limit.start, "words": str(limit.starts), "on": result.start.isoformat()},
            "n": limit.n,
            "unit": limit.unit.value,
            "first_counted_on": _iso(self.first_counted_on),
            "counted_to": _iso(self.counted_to),
            "skipped": [
                {"on": day.on.isoformat(), "reason": day.mark.value, "name": day.name} for day in self.skipped
            ],
            "made_up": [day.isoformat() for day in self.made_up],
            "moved": {"from": _iso(self.moved[0]), "to": _iso(self.moved[1])} if self.moved else None,
            "pauses": [_pause(stretch, result.counted) for stretch in self.pauses],
            "rule": rule_as_json(limit) | {"words": self.rule_line},
            "other_rule": _other_rule(result),
            "extension": _extension(limit, result.extension, self.extension_left),
            "who": limit.who.value,
            "at_end": str(limit.at_end),
            "sentence": self.sentence,
            "lines": self.lines,
            "plain": self.plain,
        }


def explanation_of(result: Due) -> Explanation:
    """Lay open how a due date was counted."""
    counted = result.counted
    has_moved = counted.has_moved and counted.counted_to is not None and counted.ends_on is not None
    return Explanation(
        result=result,
        first_counted_on=counted.first_on,
        counted_to=counted.counted_to,
        skipped=tuple(_day_off(day) for day in counted.skipped),
        made_up=counted.made_up,
        pauses=tuple(stretch for stretch in result.pauses if matters(stretch, counted)),
        moved=(counted.counted_to, counted.ends_on) if has_moved else None,  # type: ignore[arg-type]
        provisional_from=_first_provisional(result),
    )


def rule_as_json(limit: Limit) -> dict[str, Any]:
    """One version of a rule, with its article, its status and the days it is in force."""
    return {
        "article": limit.article,
        "version": limit.version,
        "status": limit.status.value,
        "status_words": str(limit.status.label),
        "is_law": limit.is_law,
        "version_by": limit.version_by.value,
        "in_force_from": limit.in_force_from.isoformat(),
        "in_force_to": _iso(limit.in_force_to),
        "note": str(limit.note) if limit.note else "",
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day_off(day: date) -> Day:
    name = holiday_name(day)
    return Day(day, Mark.HOLIDAY, name=str(name)) if name else Day(day, Mark.WEEKEND)


def _first_provisional(result: Due) -> date | None:
    if not result.provisional:
        return None
    ends = [day for day in (result.due_on, result.overdue_on) if day]
    counted_to = result.counted.counted_to or result.start
    day = result.start + ONE_DAY if result.limit.unit is Unit.WORKING else counted_to
    while day <= max(ends):
        if is_provisional(day):
            return day
        day += ONE_DAY
    return None


def _pause(stretch: Stretch, counted: Count) -> dict[str, Any]:
    rule = stretch.rule
    days = [day for day in counted.paused if stretch.first <= day <= (stretch.last or day)]
    return {
        "first": stretch.first.isoformat(),
        "last": _iso(stretch.last),
        "days": len(days),
        "kind": stretch.kind.value if stretch.kind else None,
        "reason": stretch.reason,
        "waiting_for": stretch.waiting_for,
        "article": rule.article if rule else "",
        "status": rule.status.value if rule else "",
    }


def _other_rule(result: Due) -> dict[str, Any] | None:
    later = result.limit.later
    if later is None:
        return None
    return {
        "n": later.n,
        "unit": later.unit.value,
        "article": later.article,
        "status": later.status.value,
        "due_on": _iso(result.counted_longer.ends_on),
    }


def _extension(limit: Limit, used: int, left: int | None) -> dict[str, Any] | None:
    rule = limit.extension
    if rule is None:
        return None
    return {
        "by": rule.by.value,
        "by_words": str(rule.by.label),
        "up_to": rule.up_to,
        "times": rule.times,
        "used": used,
        "left": left,
        "article": rule.article,
        "status": rule.status.value,
    }


def _days_of(result: Due) -> Iterator[Day]:
    unit, counted = result.limit.unit, result.counted
    ends_on = counted.ends_on or counted.counted_to
    if unit is Unit.HOUR or ends_on is None:
        return
    yield Day(result.start, Mark.EVENT)
    paused, number, day = frozenset(counted.paused), 0, result.start
    while day < ends_on:
        day += ONE_DAY
        counts = is_working_day(day) if unit is Unit.WORKING else day <= (counted.counted_to or day)
        if day in paused:
            yield Day(day, Mark.PAUSED, name=_why_paused(day, result))
        elif day == ends_on:
            yield Day(day, Mark.LAST, number + 1 if counts else None)
        elif counts:
            number += 1
            made_up = is_make_up_day(day)
            yield Day(day, Mark.MAKE_UP if made_up else Mark.COUNTED, number, str(holiday_name(day) or ""))
        else:
            yield _day_off(day)


def _why_paused(day: date, result: Due) -> str:
    for stretch in result.pauses:
        if stretch.first <= day and (stretch.last is None or day <= stretch.last):
            return stretch.reason or (str(stretch.rule.words) if stretch.rule else "")
    return ""
