"""Time limits (期限): on which day each one ends, and why, in words anyone can check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.rules.calendar import holiday_name, is_provisional
from cases.rules.counting import Count, Pause, PauseError, Unit, count, spans
from cases.rules.limit_tables import (
    TRACKS,
    Caution,
    Limit,
    Who,
    load_cautions,
    load_profile,
    profile_title,
    read_limits,
)

__all__ = [
    "TRACKS",
    "Caution",
    "Due",
    "ExtensionError",
    "Limit",
    "Line",
    "Pause",
    "PauseError",
    "Unit",
    "Who",
    "due",
    "explain",
    "load_cautions",
    "load_profile",
    "profile_title",
    "read_limits",
]


class ExtensionError(ValueError):
    """An extension longer than the rule allows; its message is for the person who asked."""


@dataclass(frozen=True, slots=True)
class Line:
    """One reason behind a due date: a translated sentence with named values, spoken when shown."""

    text: str | Promise
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.text) % {name: _spoken(value) for name, value in self.values.items()}


@dataclass(frozen=True, slots=True)
class Due:
    """The end of one period.

    `due_on` is the day by which to act. `overdue_on` is the last day by the most lenient rule, the same day
    unless two rules disagree: only after it is anyone late. Both are None while a pause stands in the way.
    `provisional`: the holidays of that time are not announced yet, so the day may still move.
    `skipped`, `made_up` and `paused` are the days behind `lines`; `extension` counts in the limit's own unit.
    """

    due_on: date | None
    overdue_on: date | None
    limit: Limit
    start: date
    lines: tuple[Line, ...]
    provisional: bool
    due_at: datetime | None = None
    skipped: tuple[date, ...] = ()
    made_up: tuple[date, ...] = ()
    paused: tuple[date, ...] = ()
    extension: int = 0

    def is_late(self, on: date) -> bool:
        """Whether on that day the most lenient last day has passed; never while paused."""
        return self.overdue_on is not None and on > self.overdue_on

    def days_left(self, on: date) -> int | None:
        """Calendar days from `on` to the due day, below zero once it has passed; None while paused."""
        return (self.due_on - on).days if self.due_on else None


def due(limit: Limit, start: date, pauses: Sequence[Pause] = (), *, extension: int = 0) -> Due:
    """Find the last day of a period that began with an event on `start` (民事诉讼法 Art 85, 民法典 Arts 201–203).

    `start` is the day of the event, itself not counted; for a limit in hours pass the instant. `pauses` are pairs
    of first and last paused day, both not counted, the last None while it lasts. `extension` adds that many of
    the limit's own units. Raises ExtensionError beyond the allowed extension, PauseError for a pause turned round.
    """
    _check_extension(limit, extension)
    counted = count(limit.n + extension, limit.unit, start, pauses)
    longer = counted
    if limit.later:
        longer = count(limit.later.n + extension, limit.later.unit, start, pauses)
    day = timezone.localdate(start) if isinstance(start, datetime) else start
    ends = [c.ends_on for c in (counted, longer) if c.ends_on]
    return Due(
        due_on=min(ends) if len(ends) == 2 else counted.ends_on,
        overdue_on=max(ends) if len(ends) == 2 else None,
        limit=limit,
        start=day,
        lines=tuple(_lines(limit, day, counted, longer, pauses, extension)),
        provisional=any(_may_move(c, day, limit.unit) for c in (counted, longer)),
        due_at=counted.ends_at,
        skipped=counted.skipped,
        made_up=counted.made_up,
        paused=counted.paused,
        extension=extension,
    )


def explain(result: Due) -> str:
    """Say in one short sentence when and why, in the reader's language."""
    values = {
        "due": result.due_on,
        "n": result.limit.n + result.extension,
        "unit": result.limit.unit.label,
        "start": result.start,
        "article": result.limit.article,
    }
    if result.due_on is None:
        return str(
            Line(_("Paused: %(n)s %(unit)s from %(start)s, not counting the pause (%(article)s)."), values)
        )
    if result.provisional:
        text = _(
            "By %(due)s for now: %(n)s %(unit)s from %(start)s (%(article)s); holidays may still change it."
        )
        return str(Line(text, values))
    return str(Line(_("By %(due)s: %(n)s %(unit)s from %(start)s (%(article)s)."), values))


def _check_extension(limit: Limit, extension: int) -> None:
    if extension < 0:
        raise ExtensionError(_("An extension cannot make a time limit shorter."))
    if limit.max_extension is not None and extension > limit.max_extension:
        if not limit.max_extension:
            raise ExtensionError(_("This time limit cannot be extended."))
        raise ExtensionError(
            str(
                Line(
                    _("This time limit can be extended by %(longest)s %(unit)s at most (%(article)s)."),
                    {
                        "longest": limit.max_extension,
                        "unit": limit.unit.label,
                        "article": limit.extension_article,
                    },
                )
            )
        )


def _may_move(counted: Count, start: date, unit: Unit) -> bool:
    """Working days depend on every day counted; other units only on the days at the end."""
    if counted.ends_on is None or counted.counted_to is None:
        return False
    day = start + timedelta(days=1) if unit is Unit.WORKING else counted.counted_to
    while day <= counted.ends_on:
        if is_provisional(day):
            return True
        day += timedelta(days=1)
    return False


def _lines(
    limit: Limit, start: date, counted: Count, longer: Count, pauses: Sequence[Pause], extension: int
) -> list[Line]:
    lines = [
        Line(
            _("Counted from %(start)s, %(event)s; that day itself is not counted."),
            {"start": start, "event": limit.starts},
        ),
        Line(
            _("%(n)s %(unit)s (%(article)s)."),
            {"n": limit.n, "unit": limit.unit.label, "article": limit.article},
        ),
    ]
    if extension:
        lines.append(
            Line(
                _("Extended by %(n)s %(unit)s (%(article)s)."),
                {"n": extension, "unit": limit.unit.label, "article": limit.extension_article},
            )
        )
    lines += [_pause_line(first, last) for first, last in pauses if _matters(first, last, counted)]
    lines += _calendar_lines(limit.unit, counted)
    if limit.later and counted.ends_on and longer.ends_on:
        lines.append(
            Line(
                _("Another rule allows until %(day)s: %(n)s %(unit)s (%(article)s)."),
                {
                    "day": longer.ends_on,
                    "n": limit.later.n,
                    "unit": limit.later.unit.label,
                    "article": limit.later.article,
                },
            )
        )
    if any(_may_move(c, start, limit.unit) for c in (counted, longer)):
        lines.append(Line(_("The holidays of that time are not announced yet, so this day may still move.")))
    return lines


def _matters(first: date, last: date | None, counted: Count) -> bool:
    """Whether a pause changed the count; one that began after the end, or ended before the start, did not."""
    if last is None:
        return counted.ends_on is None
    return any(first <= day <= last for day in counted.paused)


def _pause_line(first: date, last: date | None) -> Line:
    if last is None:
        return Line(_("Paused since %(first)s; the days do not count until it goes on."), {"first": first})
    return Line(
        _("Paused from %(first)s to %(last)s; those days do not count."), {"first": first, "last": last}
    )


def _calendar_lines(unit: Unit, counted: Count) -> list[Line]:
    lines = []
    if unit is Unit.WORKING:
        lines += [
            Line(_("%(days)s: day off, not counted (%(name)s)."), {"days": span, "name": _name_of(*span)})
            for span in spans(counted.skipped)
        ]
        lines += [
            Line(_("%(day)s is a weekend made a working day: counted."), {"day": day})
            for day in counted.made_up
        ]
    elif counted.skipped and counted.ends_on:
        values = {"last": counted.counted_to, "day": counted.ends_on, "name": _name_of(counted.skipped[0])}
        lines.append(
            Line(_("The last day, %(last)s, is a day off (%(name)s), so it ends on %(day)s."), values)
        )
    elif counted.made_up:
        lines.append(
            Line(
                _("The last day, %(day)s, is a weekend made a working day: it stands."),
                {"day": counted.made_up[0]},
            )
        )
    return lines


def _name_of(first: date, last: date | None = None) -> object:
    """Name the first holiday between two days, or call it a weekend."""
    day = first
    while day <= (last or first):
        if name := holiday_name(day):
            return name
        day += timedelta(days=1)
    return _("weekend")


def _spoken(value: object) -> str:
    """A value as a reader sees it: days and spans of days in the local form."""
    if isinstance(value, tuple):
        first, last = (_spoken(day) for day in value)
        return first if first == last else f"{first} – {last}"
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return str(value)
