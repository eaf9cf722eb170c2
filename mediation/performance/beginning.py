"""Hears the house's announcement and writes the plan of instalments, in the same transaction."""

from typing import Any

from cases.models import Case
from evidence.models import Entry
from mediation.performance.services import plan

BEGINS_WITH = {"case.confirm", "case.go_without_ruling"}


def plan_instalments(sender: type[Entry], entry: Entry, **kwargs: Any) -> None:
    """Plan what is owed once performance begins."""
    if entry.event in BEGINS_WITH:
        plan(Case.objects.get(pk=entry.chain))
