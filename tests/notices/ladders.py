"""Looking at ladders, and the fact that writes a summons."""

from django.db import transaction

from cases.models import Case, User
from cases.services.steps import remember
from mediation.notices.models import Ladder


def call_hearing(case: Case, mediator: User) -> None:
    """The fact that writes a summons to both sides."""
    with transaction.atomic():
        remember(case, "hearing.call", by=mediator, starts_at="2026-09-21T10:00:00+08:00")


def ladder_of(case: Case, matter: str, side: str) -> Ladder:
    return Ladder.objects.get(case=case, matter=matter, party__side=side)


def steps(ladder: Ladder) -> list[tuple[str, str]]:
    return [(rung.step, rung.outcome) for rung in ladder.rungs.order_by("due_at", "pk")]
