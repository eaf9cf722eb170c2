"""The queue: every open case of this person, what presses first at the top."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, Clock, User
from cases.roles import Role
from cases.selectors import found_by, latest_news, running_clocks
from cases.services.steps import rule_behind
from cases.workflow import Stage
from mediation.desk.clocks import Shown, pressing, show_clock, show_day, show_paused
from mediation.desk.queue_numbers import calendar_of, figures_of
from mediation.desk.queue_rows import GROUPS, Row
from mediation.desk.standing import situation_of, with_standing
from mediation.drawings import Day

A_PAGE = 50


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
    limit = rule_behind(clock, case)
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
    days, told = calendar_of(rows)
    return Queue(
        page=page,
        groups=groups,
        figures=figures_of(rows),
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


def is_office(person: User) -> bool:
    """Whether this person sees the cases of the whole centre."""
    return person.role == Role.OFFICER
