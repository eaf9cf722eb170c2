"""The queue: every open case of this person, what presses first at the top."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, Clock, User
from cases.roles import Role
from cases.rules.calendar import is_working_day
from cases.selectors import News, found_by, latest_news, running_clocks
from cases.workflow import Stage
from mediation.desk.clocks import Shown, limit_of, pressing, show_clock, show_day, show_paused
from mediation.desk.standing import Situation, situation_of, with_standing
from mediation.desk.words import event_in_words, people
from mediation.drawings import Day
from mediation.templatetags.house import mask_name

A_PAGE = 50
CALENDAR_DAYS = 10
BAR = (
    Stage.ACCEPTANCE,
    Stage.FACT_FINDING,
    Stage.MEDIATION,
    Stage.SIGNING,
    Stage.CONFIRMATION,
    Stage.PERFORMANCE,
)
GROUPS: dict[str, Promise] = {
    "overdue": gettext_lazy("Overdue"),
    "today": gettext_lazy("Today"),
    "week": gettext_lazy("Within seven days"),
    "later": gettext_lazy("After seven days"),
    "paused": gettext_lazy("Clock paused"),
    "closed": gettext_lazy("Closed"),
}


@dataclass(slots=True)
class Row:
    """One case in the queue. `case` is filled in for the rows of the shown page only."""

    pk: UUID
    group: str
    clock: Shown | None
    situation: Situation
    turn: frozenset[str]
    mine: bool
    leads: bool
    stage: str
    hearing_pk: int | None = None
    hearing_at: Any = None
    case: Case | None = None
    news: News | None = None

    @property
    def sort_key(self) -> tuple[int, date, bool]:
        """Group, then day, then mine first."""
        on = self.clock.due_on if self.clock else None
        return list(GROUPS).index(self.group), on or date.max, not self.mine

    @property
    def who(self) -> str:
        """Whose turn it is, in a word."""
        return people(self.turn)

    @property
    def bar(self) -> list[dict[str, str]]:
        """Short strokes of the stage bar."""
        return [{"state": state} for _stage, state in stage_states(self.stage)]

    @property
    def sides(self) -> str:
        """Both sides, the citizen by family name alone."""
        assert self.case is not None  # noqa: S101 — only rows of the shown page are drawn
        claimant, respondent = self.case.claimant, self.case.respondent
        other = ""
        if respondent:
            house = respondent.institution
            other = (house.short_name or house.name) if house else respondent.name
        return f"{mask_name(claimant.name) if claimant else ''} — {other}"

    @property
    def news_words(self) -> str:
        """What happened last, in words."""
        return event_in_words(self.news.event, self.news.role) if self.news else ""

    @property
    def room(self) -> str:
        """The hearing room, for the mediator of a case that sits today."""
        sits = (
            self.hearing_pk
            and self.hearing_at
            and timezone.localdate(self.hearing_at) <= timezone.localdate()
        )
        return hearing_url(self.hearing_pk) if self.hearing_pk and sits and self.leads else ""

    @property
    def button(self) -> str:
        """What the button of this row says."""
        if self.room:
            return _("Enter the hearing")
        return str(self.situation.button) if self.mine else _("Look")

    @property
    def next_url(self) -> str:
        """Where the next step is taken."""
        assert self.case is not None  # noqa: S101
        return self.room or f"{reverse('desk:case', args=[self.case.docket])}#do"


@dataclass(frozen=True, slots=True)
class Queue:
    """Everything that the page of the queue shows."""

    page: "Page[Row]"
    groups: Sequence[tuple[str, str, int, Sequence[Row]]]
    figures: Sequence[Mapping[str, Any]]
    calendar: Sequence[Day]
    calendar_words: str
    open_count: int
    first: int
    words: str = ""
    rows: Sequence[Row] = field(default_factory=tuple)


def hearing_url(pk: int) -> str:
    """The room of a hearing; empty where that page is not built in."""
    try:
        return reverse("desk:hearing", args=[pk])
    except NoReverseMatch:
        return ""


def stage_states(stage: str) -> list[tuple[Stage, str]]:
    """Each stage of the bar with done, now or todo. A supplement belongs to acceptance."""
    now = Stage.ACCEPTANCE if stage == Stage.SUPPLEMENT else Stage(stage)
    at = BAR.index(now) if now in BAR else len(BAR)
    return [(one, "done" if i < at else "now" if i == at else "todo") for i, one in enumerate(BAR)]


def rows_for(person: User, *, words: str = "", closed: bool = False) -> list[Row]:
    """All rows of this person's queue in order; two queries (one more to search by name)."""
    cases: Any = Case.objects.visible_to(person).exclude(stage=Stage.INTAKE)
    if words:
        cases = found_by(cases, words)
    elif closed:
        cases = cases.filter(stage=Stage.CLOSED)
    else:
        cases = cases.open()
    clocks = running_clocks(cases.order_by())
    today = timezone.localdate()
    rows = [_row(case, clocks.get(case.pk, []), person, today) for case in with_standing(cases)]
    return sorted(rows, key=lambda row: row.sort_key)


def _row(case: Any, clocks: Iterable[Clock], person: User, today: date) -> Row:
    situation, turn = situation_of(case)
    shown = _shown(case, clocks, today)
    return Row(
        pk=case.pk,
        group=_group(case, shown, today),
        clock=shown,
        situation=situation,
        turn=turn,
        mine=person.role in turn,
        leads=case.mediator_id == person.pk,
        stage=case.stage,
        hearing_pk=case.hearing_pk,
        hearing_at=case.hearing_at,
    )


def _shown(case: Any, clocks: Iterable[Clock], today: date) -> Shown | None:
    clock = pressing(clocks, today)
    if case.stage == Stage.CLOSED:
        return None
    if case.paused_at:
        return show_paused(clock, case)
    if case.hearing_at and timezone.localdate(case.hearing_at) == today and not _late(clock, today):
        at = timezone.localtime(case.hearing_at)
        return Shown(
            "soon", _("Today %(time)s") % {"time": f"{at:%H:%M}"}, _("Hearing"), 0.9, today, _("Hearing")
        )
    if case.stage == Stage.PERFORMANCE and case.next_due_on:
        return show_day(case.next_due_on, _("Instalment"), today)
    if clock is None:
        return None
    limit = limit_of(case, clock.limit)
    return show_clock(clock, str(limit.name) if limit else clock.limit, today)


def _late(clock: Clock | None, today: date) -> bool:
    return clock is not None and today > clock.overdue_on


def _group(case: Any, shown: Shown | None, today: date) -> str:
    if case.stage == Stage.CLOSED:
        return "closed"
    if case.paused_at:
        return "paused"
    if shown is None or shown.due_on is None:
        return "later"
    if shown.state == "late":
        return "overdue"
    if shown.due_on <= today:
        return "today"
    return "week" if shown.due_on <= today + timedelta(days=7) else "later"


def queue_of(person: User, *, words: str = "", number: str | int = 1, group: str = "") -> Queue:
    """The page of the queue: at most eight queries with the session, however many cases."""
    rows = rows_for(person, words=words, closed=group == "closed")
    shown = [row for row in rows if _in_group(row, group)]
    page = Paginator(shown, A_PAGE).get_page(number)
    _fill_in(list(page.object_list), person)
    counts = {key: sum(row.group == key for row in shown) for key in GROUPS}
    groups = [
        (key, str(label), counts[key], here)
        for key, label in GROUPS.items()
        if (here := [row for row in page.object_list if row.group == key])
    ]
    days, told = _calendar(rows)
    return Queue(
        page=page,
        groups=groups,
        figures=_figures(rows),
        calendar=days,
        calendar_words=told,
        open_count=sum(row.group != "closed" for row in rows),
        first=sum(row.group in {"overdue", "today"} for row in rows),
        words=words,
        rows=shown,
    )


def _in_group(row: Row, group: str) -> bool:
    if group == "mine":
        return row.mine
    return row.group == group if group in GROUPS else True


def _fill_in(rows: Sequence[Row], person: User) -> None:
    cases = Case.objects.visible_to(person).filter(pk__in=[row.pk for row in rows])
    whole = {
        case.pk: case
        for case in cases.order_by()
        .defer("story", "answers", "ending_note")
        .prefetch_related("parties__institution")
    }
    news = latest_news(whole.values())
    for row in rows:
        row.case, row.news = whole[row.pk], news.get(row.pk)


def _figures(rows: Sequence[Row]) -> list[dict[str, Any]]:
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


def _calendar(rows: Sequence[Row]) -> tuple[list[Day], str]:
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


def is_office(person: User) -> bool:
    """Whether this person sees the cases of the whole centre."""
    return person.role == Role.OFFICER
