"""A due date in words: one sentence, every reason line by line, and plain words for everybody."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.rules.calendar import Known, holiday_name, is_working_day, year
from cases.rules.counting import Count, Unit, spans

if TYPE_CHECKING:
    from cases.rules.limits import Due
    from cases.rules.pausing import Stretch

COUNTED = {
    Unit.HOUR: _("It is %(n)s hours, from the next full hour."),
    Unit.DAY: _("It is %(n)s days. Weekends and holidays count too."),
    Unit.WORKING: _("It is %(n)s working days. Days off do not count."),
    Unit.MONTH: _("It is %(n)s months. It ends on the same day of the month."),
    Unit.YEAR: _("It is %(n)s years. It ends on the same day of the year."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One reason behind a due date: a translated sentence with named values, spoken when shown."""

    text: str | Promise
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.text) % {name: spoken(value) for name, value in self.values.items()}


def sentence_of(result: "Due") -> str:
    """When and why, in one short sentence."""
    values = {
        "due": result.due_on,
        "n": result.limit.n + result.extension,
        "unit": result.limit.unit.label,
        "start": result.start,
        "article": result.limit.article,
    }
    if result.due_on is None:
        text = _("Paused: %(n)s %(unit)s from %(start)s, not counting the pause (%(article)s).")
    elif result.provisional:
        text = _(
            "By %(due)s for now: %(n)s %(unit)s from %(start)s (%(article)s); holidays may still change it."
        )
    else:
        text = _("By %(due)s: %(n)s %(unit)s from %(start)s (%(article)s).")
    return str(Line(text, values))


def lines_of(result: "Due") -> Iterator[Line]:
    """Every reason, for whoever checks the count by hand."""
    limit, counted, longer = result.limit, result.counted, result.counted_longer
    yield Line(
        _("Counted from %(start)s, %(event)s; that day itself is not counted."),
        {"start": result.start, "event": limit.starts},
    )
    yield Line(
        _("%(n)s %(unit)s (%(article)s)."), {"n": limit.n, "unit": limit.unit.label, "article": limit.article}
    )
    if result.extension:
        yield Line(
            _("Extended by %(n)s %(unit)s (%(article)s)."),
            {"n": result.extension, "unit": limit.unit.label, "article": limit.extension_article},
        )
    for stretch in result.pauses:
        if matters(stretch, counted):
            yield pause_line(stretch)
    yield from _calendar_lines(limit.unit, counted)
    if not limit.rolls and counted.ends_on and not is_working_day(counted.ends_on):
        yield Line(_("%(day)s is a day off; this period ends on it all the same."), {"day": counted.ends_on})
    if limit.later and counted.ends_on and longer.ends_on:
        yield Line(
            _("Another rule allows until %(day)s: %(n)s %(unit)s (%(article)s)."),
            {
                "day": longer.ends_on,
                "n": limit.later.n,
                "unit": limit.later.unit.label,
                "article": limit.later.article,
            },
        )
    if result.due_by_law_on != result.due_on and result.due_by_law_on:
        yield Line(_("Our own pauses left out, by the law alone: %(day)s."), {"day": result.due_by_law_on})
    if result.provisional:
        yield provisional_line(result)


def plain_of(result: "Due") -> str:
    """The same in plain words: what a citizen needs to follow the count on a calendar."""
    return run_on(str(line) for line in _plain_lines(result))


def run_on(sentences: Iterable[str]) -> str:
    """Sentences as one text: Chinese ones stand without a blank between them."""
    return ("" if (get_language() or "zh").startswith("zh") else " ").join(sentences)


def _plain_lines(result: "Due") -> Iterator[Line]:
    limit, counted = result.limit, result.counted
    if result.due_on is None:
        yield Line(_("The clock stands still now. We will tell you the new last day."))
    else:
        yield Line(_("The last day is %(due)s."), {"due": result.due_on})
    yield Line(_("The day of the event, %(start)s, does not count."), {"start": result.start})
    yield Line(COUNTED[limit.unit], {"n": limit.n + result.extension})
    if result.extension:
        values = {"n": result.extension, "unit": limit.unit.label}
        yield Line(_("That includes %(n)s %(unit)s more."), values)
    if counted.paused:
        yield Line(_("The clock stood still for %(n)s days."), {"n": len(counted.paused)})
    if counted.has_moved and limit.unit is not Unit.WORKING:
        yield Line(
            _("The count ends on %(last)s, a day off (%(name)s). So you have until %(due)s."),
            {"last": counted.counted_to, "name": moved_over(counted), "due": counted.ends_on},
        )
    if result.overdue_on and result.overdue_on != result.due_on:
        yield Line(
            _("Another rule gives until %(day)s. Only after that day is it late."), {"day": result.overdue_on}
        )
    if result.provisional:
        yield provisional_line(result)
    if not limit.is_law:
        yield Line(_("This is our own rule, not law."))
    yield Line(_("What comes after: %(what)s."), {"what": limit.at_end})


def matters(stretch: "Stretch", counted: Count) -> bool:
    """Whether a pause changed the count; one that began after the end, or ended before the start, did not."""
    if stretch.last is None:
        return counted.ends_on is None
    return any(stretch.first <= day <= stretch.last for day in counted.paused)


def pause_line(stretch: "Stretch") -> Line:
    """A pause with its reason and article, where they are known."""
    values: dict[str, object] = {"first": stretch.first, "last": stretch.last}
    if stretch.rule is not None:
        why = f"{stretch.rule.words}：{stretch.reason}" if stretch.reason else stretch.rule.words
        values |= {"why": why, "article": stretch.rule.article}
        if stretch.last is None:
            return Line(_("Paused since %(first)s, %(why)s (%(article)s)."), values)
        text = _("Paused from %(first)s to %(last)s, %(why)s (%(article)s); those days do not count.")
        return Line(text, values)
    if stretch.last is None:
        return Line(_("Paused since %(first)s; the days do not count until it goes on."), values)
    return Line(_("Paused from %(first)s to %(last)s; those days do not count."), values)


def provisional_line(result: "Due") -> Line:
    """Why the day may still move: a notice that is still to come, or a year without any table."""
    last = max(day for day in (result.due_on, result.overdue_on) if day)
    if year(last.year).known is Known.NOTHING:
        text = _("There is no holiday table for %(year)s: only weekends were taken as days off.")
        return Line(text, {"year": last.year})
    return Line(_("The holidays of that time are not announced yet, so this day may still move."))


def moved_over(counted: Count) -> object:
    """The name of the day off over which the end moved."""
    return name_of(counted.skipped[0]) if counted.skipped else _("pause")


def name_of(first: date, last: date | None = None) -> object:
    """Name the first holiday between two days, or call it a weekend."""
    day = first
    while day <= (last or first):
        if name := holiday_name(day):
            return name
        day = date.fromordinal(day.toordinal() + 1)
    return _("weekend")


def _calendar_lines(unit: Unit, counted: Count) -> Iterator[Line]:
    if unit is Unit.WORKING and not counted.has_moved:
        for span in spans(counted.skipped):
            values = {"days": span, "name": name_of(*span)}
            yield Line(_("%(days)s: day off, not counted (%(name)s)."), values)
        for day in counted.made_up:
            yield Line(_("%(day)s is a weekend made a working day: counted."), {"day": day})
    elif counted.has_moved:
        values = {"last": counted.counted_to, "day": counted.ends_on, "name": moved_over(counted)}
        yield Line(_("The last day, %(last)s, is a day off (%(name)s), so it ends on %(day)s."), values)
    elif counted.made_up:
        text = _("The last day, %(day)s, is a weekend made a working day: it stands.")
        yield Line(text, {"day": counted.made_up[0]})


def spoken(value: object) -> str:
    """A value as a reader sees it: days and spans of days in the local form."""
    if isinstance(value, tuple):
        first, last = (spoken(day) for day in value)
        return first if first == last else f"{first} – {last}"
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return str(value)
