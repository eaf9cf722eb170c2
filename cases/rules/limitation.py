"""Limitation (诉讼时效): when a claim expires after interruptions and obstacles, and which acts revive it.

民法典 Arts 188, 189, 192–195; 诉讼时效规定 (2020) Arts 8–14, 19. A court never raises limitation by itself; neither
does this site towards a creditor. It warns the person whose act would cost a defence (the guard).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.utils.translation import gettext_lazy as _

from cases.rules.counting import ONE_DAY, PauseError, Unit, count
from cases.rules.explaining import Line
from cases.rules.limit_rows import Who
from cases.rules.tables import HERE, RuleTableError, Status, Words, read_table, status_of, text_of, words_of

YEARS, LONGEST_YEARS, LAST_MONTHS = 3, 20, 6
ARTICLE = "民法典第188条"
SUSPENSION_ARTICLE = "民法典第194条"  # [M]: the last six months, and six months after the obstacle


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of act that touches limitation. `ends`: time runs anew only when its proceeding is over."""

    key: str
    name: Words
    by: Who
    article: str
    status: Status
    revives: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Interruption:
    """An act that happened on a day; for a proceeding also the day it was over (None while it lasts)."""

    act: str
    on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Limitation:
    """When a claim expires. `expires_on` is None while a proceeding holds it up; `longest_on` is the outer end.

    `runs_from` is the day from which the time last ran; `revived_on` the day a debtor gave the defence away.
    `lines` are the reasons in order.
    """

    expires_on: date | None
    runs_from: date
    lines: tuple[Line, ...]
    longest_on: date | None = None
    revived_on: date | None = None

    def has_expired(self, on: date) -> bool:
        """Whether the debtor could plead time on that day."""
        return self.expires_on is not None and on > self.expires_on


@cache
def acts() -> Mapping[str, Act]:
    """Every act that touches limitation, by key. Raises RuleTableError for a row without article or status."""
    rows = read_table(HERE / "acts.toml").get("act", [])
    return {
        text_of(row, "key"): Act(
            text_of(row, "key"),
            words_of(row, "name"),
            Who(text_of(row, "by")),
            text_of(row, "article"),
            status_of(row),
            bool(row.get("revives", False)),
            bool(row.get("ends", False)),
        )
        for row in rows
    }


def limitation_of(
    known_on: date,
    *,
    interruptions: Sequence[Interruption] = (),
    obstacles: Sequence[tuple[date, date]] = (),
    harm_on: date | None = None,
) -> Limitation:
    """Find the day on which a claim expires: three years from the day its holder knew (for instalments: the last one).

    Each interruption in time starts the three years anew, from the act or from the end of its proceeding; after the
    end only an act of the debtor that revives does. `obstacles` that stand within the last six months end the time
    six months after they are gone (Art 194). `harm_on` gives the outer end of twenty years. Raises RuleTableError for
    an unknown act, PauseError for an obstacle turned round.
    """
    runs_from: date = known_on
    revived_on: date | None = None
    lines = [Line(_("Three years from %(start)s (%(article)s)."), {"start": known_on, "article": ARTICLE})]
    for happened in sorted(interruptions, key=lambda one: one.on):
        act = _act(happened.act)
        ends = _ends(runs_from, obstacles)
        if happened.on > ends:
            if not act.revives:
                continue
            revived_on = happened.on
        again = happened.ended_on if act.ends else happened.on
        values = {"on": happened.on, "act": act.name, "article": act.article}
        if again is None:
            lines.append(Line(_("%(on)s: %(act)s. It waits until that is over (%(article)s)."), values))
            return Limitation(None, happened.on, tuple(lines), _outer(harm_on), revived_on)
        if again > runs_from:
            runs_from = again
            lines.append(
                Line(
                    _("%(on)s: %(act)s. It runs anew from %(from)s (%(article)s)."), values | {"from": again}
                )
            )
    ends = _ends(runs_from, obstacles)
    plain = _ends(runs_from, ())
    if ends != plain:
        lines.append(
            Line(
                _("An obstacle in the last six months: it ends on %(day)s (%(article)s)."),
                {"day": ends, "article": SUSPENSION_ARTICLE},
            )
        )
    return Limitation(ends, runs_from, tuple(lines), _outer(harm_on), revived_on)


def warning_before(act_key: str, on: date, state: Limitation) -> Line | None:
    """What to tell a person before an act of theirs restarts or revives a claim; None where nothing is at stake.

    Raises RuleTableError for an unknown act.
    """
    act = _act(act_key)
    values = {"act": act.name, "article": act.article, "day": state.expires_on}
    if state.has_expired(on) and act.revives:
        text = _(
            "The time for this claim ended on %(day)s. After this act you can no longer say so: %(act)s (%(article)s)."
        )
        return Line(text, values)
    if state.expires_on is not None and not state.has_expired(on) and act.by is Who.DEBTOR:
        text = _("This act makes the time for this claim run anew, for three years: %(act)s (%(article)s).")
        return Line(text, values)
    return None


def _act(key: str) -> Act:
    act = acts().get(key)
    if act is None:
        msg = f"there is no act “{key}”; the acts are {', '.join(acts())}"
        raise RuleTableError(msg)
    return act


def _ends(runs_from: date, obstacles: Sequence[tuple[date, date]]) -> date:
    """Three years on; an obstacle that touches the last six months moves the end to six months after it."""
    ends = _end_of(YEARS, Unit.YEAR, runs_from)
    for first, last in sorted(obstacles):
        if last < first:
            raise PauseError(_("A pause must end after it begins."))
        last_half = _months_before(ends, LAST_MONTHS)
        if first <= ends and last > last_half and last > runs_from:
            ends = max(ends, _end_of(LAST_MONTHS, Unit.MONTH, last))
    return ends


def _end_of(n: int, unit: Unit, start: date) -> date:
    ends = count(n, unit, start).ends_on
    if ends is None:  # no pause was given
        raise AssertionError
    return ends


def _months_before(day: date, n: int) -> date:
    total = day.year * 12 + day.month - 1 - n
    year, month = divmod(total, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - ONE_DAY)


def _outer(harm_on: date | None) -> date | None:
    return _end_of(LONGEST_YEARS, Unit.YEAR, harm_on) if harm_on else None
