"""Reading the docket for the screens of the office: few queries, however many the cases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from cases.models import Case, Centre, Clock, Party, User
from cases.roles import Role
from cases.workflow import Stage
from evidence.models import ChainHead, Entry


@dataclass(frozen=True, slots=True)
class News:
    """The newest entry of a case's chain: what happened, by which role, when."""

    event: str
    role: str
    at: datetime


def running_clocks(cases: "QuerySet[Case]") -> Mapping[UUID, list[Clock]]:
    """The clocks that run in these cases, earliest first; one query."""
    found: dict[UUID, list[Clock]] = defaultdict(list)
    for clock in Clock.objects.filter(case__in=cases, state=Clock.State.RUNNING).order_by("due_on", "pk"):
        found[clock.case_id].append(clock)
    return found


def latest_news(cases: Iterable[Case]) -> Mapping[UUID, News]:
    """What happened last in each of these cases; one query, and nothing is unsealed."""
    chains = {case.chain: case.pk for case in cases}
    last = ChainHead.objects.filter(chain=OuterRef("chain")).values("seq")
    newest = Entry.objects.filter(chain__in=chains, seq=Subquery(last))
    entries = newest.values_list("chain", "event", "role", "at")
    return {chains[chain]: News(event, role, at) for chain, event, role, at in entries}


def found_by(cases: "QuerySet[Case]", words: str) -> "QuerySet[Case]":
    """Those of the cases whose docket, party or institution contains the words.

    Names are sealed in the database, so they are compared here, after opening.
    """
    words = words.strip()
    if not words:
        return cases
    named = {
        party.case_id
        for party in Party.objects.filter(case__in=cases).only("case", "name")
        if words in party.name
    }
    by_institution = Q(parties__institution__name__icontains=words) | Q(
        parties__institution__short_name__icontains=words
    )
    return cases.filter(
        pk__in=cases.order_by()
        .filter(Q(docket__icontains=words) | Q(pk__in=named) | by_institution)
        .values("pk")
    )


def mediators_with_load(centre: Centre | None) -> "QuerySet[User]":
    """The mediators of a centre with `open_cases`, the least busy first."""
    busy = Count("desk", filter=~Q(desk__stage__in=[Stage.CLOSED, Stage.INTAKE]))
    people = User.objects.filter(role=Role.MEDIATOR, is_active=True, centre=centre, centre__isnull=False)
    return people.annotate(open_cases=busy).order_by("open_cases", "pk")
