"""Time limits (期限): on which day each one ends. The reasons in words are in cases.rules.explaining."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.rules.calendar import is_provisional
from cases.rules.counting import Count, PauseError, PeriodError, Unit, count
from cases.rules.explaining import Line, lines_of, sentence_of
from cases.rules.limit_rows import (
    Caution,
    Conflict,
    Effect,
    Extension,
    Length,
    Limit,
    VersionBy,
    Who,
    read_limits,
)
from cases.rules.limit_tables import (
    TRACKS,
    effective_on,
    keys_of,
    load_cautions,
    load_conflicts,
    load_effect,
    load_profile,
    profile_title,
    rule_for,
)
from cases.rules.pausing import Pause, PauseKind, Stretch, stretches_of
from cases.rules.tables import Status, Words

__all__ = [
    "PLAIN",
    "TRACKS",
    "Caution",
    "Conflict",
    "Due",
    "Effect",
    "Extension",
    "ExtensionError",
    "Length",
    "Limit",
    "Line",
    "Pause",
    "PauseError",
    "PauseKind",
    "PeriodError",
    "Stretch",
    "Unit",
    "VersionBy",
    "Who",
    "check_extension",
    "due",
    "effective_on",
    "explain",
    "keys_of",
    "load_cautions",
    "load_conflicts",
    "load_effect",
    "load_profile",
    "plain_limit",
    "profile_title",
    "read_limits",
    "rule_for",
]

ONE_DAY = timedelta(days=1)
PLAIN = "plain"  # the key of a period that belongs to no rule


class ExtensionError(ValueError):
    """An extension longer than the rule allows; its message is for the person who asked."""


@dataclass(frozen=True, slots=True)
class Due:
    """The end of one period.

    `due_on` is the day by which to act. `overdue_on` is the last day by the most lenient rule, the same day unless
    two rules disagree: only after it is anyone late. Both are None while a pause stands in the way.
    `due_by_law_on` leaves out pauses that only our own rule knows. `provisional`: the holidays of that time are not
    announced yet, so the day may still move. `counted` and `counted_longer` are the two counts behind the days;
    `extension` counts in the limit's own unit.
    """

    due_on: date | None
    overdue_on: date | None
    limit: Limit
    start: date
    counted: Count
    counted_longer: Count
    pauses: tuple[Stretch, ...] = ()
    provisional: bool = False
    extension: int = 0
    due_by_law_on: date | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every reason behind the day, in the order of the count."""
        return tuple(lines_of(self))

    @property
    def due_at(self) -> datetime | None:
        """The instant at which a limit in hours ends."""
        return self.counted.ends_at

    @property
    def skipped(self) -> tuple[date, ...]:
        return self.counted.skipped

    @property
    def made_up(self) -> tuple[date, ...]:
        return self.counted.made_up

    @property
    def paused(self) -> tuple[date, ...]:
        return self.counted.paused

    def is_late(self, on: date) -> bool:
        """Whether on that day the most lenient last day has passed; never while paused."""
        return self.overdue_on is not None and on > self.overdue_on

    def days_left(self, on: date) -> int | None:
        """Calendar days from `on` to the due day, below zero once it has passed; None while paused."""
        return (self.due_on - on).days if self.due_on else None


def due(limit: Limit, start: date, pauses: Sequence[Pause] = (), *, extension: int = 0) -> Due:
    """Find the last day of a period that began with an event on `start` (民事诉讼法 Art 85, 民法典 Arts 201–203).

    `start` is the day of the event, itself not counted; for a limit in hours pass the instant. `pauses` are
    stretches, or pairs of first and last paused day, both not counted, the last None while it lasts. `extension`
    adds that many of the limit's own units, counted on without a break. Raises ExtensionError beyond the allowed
    extension, PauseError for a pause turned round or of a kind that does not stop this limit, PeriodError for a day
    out of reach.
    """
    check_extension(limit, extension)
    stretches = stretches_of(pauses)
    _check_pauses(limit, stretches)
    counted, longer = _counts(limit, start, stretches, extension)
    ends = [c.ends_on for c in (counted, longer) if c.ends_on]
    due_on, overdue_on = (min(ends), max(ends)) if len(ends) == 2 else (counted.ends_on, None)
    by_law_on = due_on
    if any(stretch.is_house for stretch in stretches) and limit.is_law:
        by_law = [stretch for stretch in stretches if not stretch.is_house]
        by_law_on = min(
            (c.ends_on for c in _counts(limit, start, by_law, extension) if c.ends_on), default=None
        )
    day = timezone.localdate(start) if isinstance(start, datetime) else start
    return Due(
        due_on=due_on,
        overdue_on=overdue_on,
        limit=limit,
        start=day,
        counted=counted,
        counted_longer=longer,
        pauses=stretches,
        provisional=any(may_move(c, day, limit.unit, rolls=limit.rolls) for c in (counted, longer)),
        extension=extension,
        due_by_law_on=by_law_on,
    )


def explain(result: Due) -> str:
    """Say in one short sentence when and why, in the reader's language."""
    return sentence_of(result)


def check_extension(limit: Limit, extension: int, *, times: int = 0) -> None:
    """Raise ExtensionError, in words, unless so many units more (in all, in so many steps) are allowed."""
    if extension < 0:
        raise ExtensionError(_("An extension cannot make a time limit shorter."))
    if not extension:
        return
    rule = limit.extension
    if rule is None:
        raise ExtensionError(_("This time limit cannot be extended."))
    if rule.up_to is not None and extension > rule.up_to:
        text = _("This time limit can be extended by %(longest)s %(unit)s at most (%(article)s).")
        values = {"longest": rule.up_to, "unit": limit.unit.label, "article": rule.article}
        raise ExtensionError(str(Line(text, values)))
    if rule.times is not None and times > rule.times:
        text = _("This time limit can be extended %(times)s times at most (%(article)s).")
        raise ExtensionError(str(Line(text, {"times": rule.times, "article": rule.article})))


def plain_limit(n: int, unit: Unit) -> Limit:
    """A period of any length that belongs to no rule: only the way of counting has an article."""
    return Limit(
        key=PLAIN,
        name=Words("一段期间", "A period"),
        n=n,
        unit=unit,
        start="event",
        starts=Words("起算的事发生之日", "the day of the event"),
        who=Who.PARTIES,
        article="民事诉讼法第85条、民法典第201–203条",
        status=Status.TEXT,
        at_end=Words("期间届满", "The period is over"),
        in_force_from=date(2021, 1, 1),
        extension=Extension(Who.PARTIES, None, "民事诉讼法第85条", Status.TEXT),
        paused_by=tuple(PauseKind),
        version_by=VersionBy.START,
    )


def may_move(counted: Count, start: date, unit: Unit, *, rolls: bool = True) -> bool:
    """Whether a notice still to come could change the end: working days depend on every day, others on the last."""
    if not rolls or counted.ends_on is None or counted.counted_to is None:
        return False
    day = start + ONE_DAY if unit is Unit.WORKING else counted.counted_to
    while day <= counted.ends_on:
        if is_provisional(day):
            return True
        day += ONE_DAY
    return False


def _counts(limit: Limit, start: date, stretches: Sequence[Stretch], extension: int) -> tuple[Count, Count]:
    spans = [stretch.span for stretch in stretches]
    counted = count(limit.n + extension, limit.unit, start, spans, rolls=limit.rolls)
    if limit.later is None:
        return counted, counted
    return counted, count(limit.later.n + extension, limit.later.unit, start, spans, rolls=limit.rolls)


def _check_pauses(limit: Limit, stretches: Sequence[Stretch]) -> None:
    """Force majeure may be granted for any limit (民事诉讼法 Art 86); the rest must be named by the rule."""
    for stretch in stretches:
        if (
            stretch.kind
            and stretch.kind is not PauseKind.FORCE_MAJEURE
            and stretch.kind not in limit.paused_by
        ):
            text = _("This time limit does not stop for: %(kind)s.")
            raise PauseError(str(Line(text, {"kind": stretch.kind.label})))
