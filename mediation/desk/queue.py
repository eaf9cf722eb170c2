"""The queue: every open case of this person, what presses first at the top.

All cases are sorted by their slips, a few columns each; only the rows of the shown page are read whole.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from cases.models import Case, Party, User
from cases.roles import Role
from cases.selectors import found_by, latest_news
from cases.workflow import Stage
from mediation.desk.queue_numbers import calendar_of, figures_of
from mediation.desk.queue_rows import GROUPS, Row
from mediation.desk.queue_slips import Slip, in_order, slips_of
from mediation.desk.standing import situation_of, with_standing
from mediation.drawings import Day

A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Queue:
    """Everything that the page of the queue shows."""

    page: "Page[Slip]"
    rows: Sequence[Row]
    groups: Sequence[tuple[str, str, int, Sequence[Row]]]
    figures: Sequence[Mapping[str, Any]]
    calendar: Sequence[Day]
    calendar_words: str
    open_count: int
    first: int
    words: str = ""


def cases_of(person: User, *, words: str = "", closed: bool = False) -> "QuerySet[Case]":
    """The cases that this person's queue is made of."""
    cases = Case.objects.visible_to(person).exclude(stage=Stage.INTAKE)
    if words:
        return found_by(cases, words)
    return cases.filter(stage=Stage.CLOSED) if closed else cases.open()


def order_of(person: User, *, words: str = "", closed: bool = False) -> list[Slip]:
    """The whole queue of this person in order, as slips."""
    slips = slips_of(cases_of(person, words=words, closed=closed), person, timezone.localdate())
    return in_order(slips, list(GROUPS))


def queue_of(person: User, *, words: str = "", number: str | int = 1, group: str = "") -> Queue:
    """The page of the queue: at most a dozen queries with the session, however many cases."""
    cases = cases_of(person, words=words, closed=group == "closed")
    slips = slips_of(cases, person, timezone.localdate())
    if person.role == Role.MEDIATOR:  # whose move it is asks many tables; a mediator's own cases are few
        mine = {row.pk for row in with_standing(cases.order_by()) if person.role in situation_of(row)[1]}
        slips = [replace(slip, mine=slip.pk in mine) for slip in slips]
    slips = in_order(slips, list(GROUPS))
    shown = [slip for slip in slips if _in_group(slip, group)]
    page = Paginator(shown, A_PAGE).get_page(number)
    rows = _rows(list(page.object_list), person)
    counts = Counter(slip.group for slip in shown)
    groups = [
        (key, str(label), counts[key], here)
        for key, label in GROUPS.items()
        if (here := [row for row in rows if row.group == key])
    ]
    days, told = calendar_of(slips)
    return Queue(
        page=page,
        rows=rows,
        groups=groups,
        figures=figures_of(slips),
        calendar=days,
        calendar_words=told,
        open_count=sum(slip.group != "closed" for slip in slips),
        first=sum(slip.group in {"overdue", "today"} for slip in slips),
        words=words,
    )


def _in_group(slip: Slip, group: str) -> bool:
    if group == "mine":
        return slip.mine
    return slip.group == group if group in GROUPS else True


def _rows(slips: Sequence[Slip], person: User) -> list[Row]:
    sides = Prefetch("parties", Party.objects.select_related("institution"))
    here = with_standing(Case.objects.filter(pk__in=[slip.pk for slip in slips])).prefetch_related(sides)
    whole = {case.pk: case for case in here.order_by()}
    news = latest_news(whole.values())
    today = timezone.localdate()
    rows = []
    for slip in slips:
        case: Any = whole[slip.pk]
        situation, turn = situation_of(case)
        rows.append(
            Row(
                slip=slip,
                clock=slip.shown(today),
                case=case,
                situation=situation,
                turn=turn,
                mine=person.role in turn,
                leads=case.mediator_id == person.pk,
                news=news.get(slip.pk),
            )
        )
    return rows


def is_office(person: User) -> bool:
    """Whether this person sees the cases of the whole centre."""
    return person.role == Role.OFFICER
