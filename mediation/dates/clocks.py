"""A due date laid open for a page: sentence, small calendar, rule, who may extend it, what comes next.

The same for every door. Staff read the lines of the count, everybody else its plain words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, Clock, Pause
from cases.rules import limits
from cases.rules.explaining import spoken
from cases.rules.explanation import Day, Explanation, Mark, explanation_of
from cases.rules.tables import Words
from cases.services.reckoning import reckon, rule_behind

MONTHS_SHOWN = 4  # a longer period shows its first month and its last two
# What stands under the day on the small calendar; a day that counts has its number there.
SIGNS = {
    Mark.EVENT: Words("起", "start"),
    Mark.WEEKEND: Words("休", "off"),
    Mark.HOLIDAY: Words("休", "off"),
    Mark.PAUSED: Words("停", "stop"),
    Mark.LAST: Words("止", "last"),
}
MAKE_UP_SIGN = Words("班", "work")


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the calendar as it is drawn; `kind` is a class of clocks.css, empty beyond the period."""

    day: int
    kind: str = ""
    sign: str = ""
    number: int | None = None
    is_today: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """One month, week by week from Monday; None where a week has days of another month. `gap` months came before."""

    first: date
    weeks: Sequence[Sequence[Cell | None]]
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that components/explained.html shows of one period.

    `if_resumed_on` is the last day if a lasting pause ended today; `may_extend` says who may add how much.
    """

    result: limits.Due
    sentence: str
    plain: str
    lines: Sequence[str]
    rule_line: str
    months: Sequence[Month]
    legend: Sequence[tuple[str, str, str]]
    may_extend: str
    may_extend_article: str
    conflicts: Sequence[limits.Conflict]
    if_resumed_on: date | None = None

    @property
    def limit(self) -> limits.Limit:
        return self.result.limit

    @property
    def two_days(self) -> bool:
        """Whether two rules give two last days: due by the earlier, late after the later."""
        return self.result.overdue_on != self.result.due_on

    @property
    def law_day(self) -> date | None:
        """The day by the law alone, where a pause of our own moved it."""
        return self.result.due_by_law_on if self.result.due_by_law_on != self.result.due_on else None

    @property
    def pauses(self) -> Sequence[limits.Stretch]:
        return [one for one in self.result.pauses if one.kind]


def explained_of(
    clock: Clock, case: Case, pauses: Iterable[Pause] | None = None, *, today: date | None = None
) -> Explained | None:
    """Lay a clock of a case open; None where no rule is known for it. Pass the pauses to save a query."""
    found = list(case.pauses.all() if pauses is None else pauses)
    result = reckon(clock, case, found)
    if result is None:
        return None
    today = today or timezone.localdate()
    if result.due_on is None:
        resumed = reckon(clock, case, found, resumed_on=today)
        return laid_open(result, today, case.profile, resumed)
    return laid_open(result, today, case.profile)


def laid_open(
    result: limits.Due, today: date, track: str = "", resumed: limits.Due | None = None
) -> Explained:
    """Lay a counted period of a track open; `resumed` draws a paused one as if it went on today."""
    explained = explanation_of(result)
    days = list(explanation_of(resumed or result).days())
    may_extend, article = _extension(explained)
    return Explained(
        result=result,
        sentence=explained.sentence,
        plain=explained.plain,
        lines=explained.lines,
        rule_line=explained.rule_line,
        months=months_of(days, today),
        legend=_legend(days),
        may_extend=may_extend,
        may_extend_article=article,
        conflicts=conflicts_of(result.limit.key, track),
        if_resumed_on=resumed.due_on if resumed else None,
    )


@cache
def _conflicts() -> tuple[limits.Conflict, ...]:
    return tuple(limits.load_conflicts())


def conflicts_of(key: str, track: str = "") -> list[limits.Conflict]:
    """Where this limit of a track meets another rule that says otherwise, and which way this site goes."""
    return [one for one in _conflicts() if key in one.limits and (not one.tracks or track in one.tracks)]


def _extension(explained: Explanation) -> tuple[str, str]:
    """Who may make it longer and by how much, with the article."""
    result = explained.result
    rule, left = result.limit.extension, explained.extension_left
    if rule is None:
        return _("Nobody can make this limit longer."), ""
    values = {"who": rule.by.label, "left": left, "unit": result.limit.unit.label}
    if left is None:
        return _("%(who)s can make it longer; the rule names no most.") % values, rule.article
    if left == 0:
        return _("It has been made longer as far as the rule allows."), rule.article
    return _("%(who)s can make it longer, by %(left)s %(unit)s at most.") % values, rule.article


def months_of(days: Sequence[Day], today: date) -> list[Month]:
    """The months of a period as small calendars; of a long one the first and the last two."""
    if not days:
        return []
    by_day = {day.on: day for day in days}
    firsts = _months_between(days[0].on, days[-1].on)
    shown = firsts if len(firsts) <= MONTHS_SHOWN else [firsts[0], *firsts[-2:]]
    return [
        Month(first, _weeks(first, by_day, today), gap=len(firsts) > MONTHS_SHOWN and first == firsts[-2])
        for first in shown
    ]


def _months_between(first: date, last: date) -> list[date]:
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return months


def _weeks(first: date, days: dict[date, Day], today: date) -> list[list[Cell | None]]:
    cells: list[Cell | None] = [None] * first.weekday()
    day = first
    while day.month == first.month:
        cells.append(_cell(day, days.get(day), today))
        day += timedelta(days=1)
    cells += [None] * (-len(cells) % 7)
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


def _cell(on: date, day: Day | None, today: date) -> Cell:
    if day is None:
        return Cell(on.day, is_today=on == today)
    sign = str(MAKE_UP_SIGN) if day.mark is Mark.MAKE_UP else str(SIGNS.get(day.mark, ""))
    return Cell(on.day, day.mark.value, sign or str(day.number or ""), day.number, on == today)


def _legend(days: Iterable[Day]) -> list[tuple[str, str, str]]:
    """The signs that occur, each with its class and its words."""
    marks = {day.mark for day in days}
    numbered = Words("1", "1")
    return [
        (
            mark.value,
            str(MAKE_UP_SIGN if mark is Mark.MAKE_UP else SIGNS.get(mark, numbered)),
            str(mark.label),
        )
        for mark in Mark
        if mark in marks
    ]


def name_of(clock: Clock, case: Case) -> str:
    """What a clock's limit is called, in the version it runs by; its key where no rule is known."""
    limit = rule_behind(clock, case)
    return str(limit.name) if limit else clock.limit


def pause_words(pause: limits.Stretch) -> str:
    """A pause in one line: from when to when, why, for whom."""
    days = (
        spoken((pause.first, pause.last)) if pause.last else _("since %(day)s") % {"day": spoken(pause.first)}
    )
    named = pause.rule is not None and pause.kind is not limits.PauseKind.WAITING
    why = pause.rule.words if pause.rule and named else ""
    return " · ".join(str(part) for part in (days, why, pause.reason, pause.waiting_for) if part)
