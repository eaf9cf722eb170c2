"""What a message may name: the docket, dates, the mediator. Never what a side offered, conceded or confided."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from cases.models import Case, Clock, User
from cases.money import format_yuan
from cases.roles import STAFF_ROLES, Role
from cases.rules import limits
from cases.services.steps import rule_behind
from cases.workflow import Ending
from evidence.models import Entry


def facts_of(case: Case, entry: Entry, record: Mapping[str, Any]) -> dict[str, str]:
    """Every fact that is known, as it is written in a message; the reader's language is switched on already."""
    claimant = case.claimant
    known = {
        "docket": case.docket,
        "centre": case.centre.name if case.centre else "",
        "mediator": str(case.mediator) if case.mediator else "",
        "claimant": claimant.name if claimant else "",
        "by_party": _yes(entry.role in {Role.CITIZEN, Role.INSTITUTION}),
        "by_staff": _yes(entry.role in STAFF_ROLES),
        **_ends_of_clocks(case),
        **_said_in(record),
        **_of_limit(case, record),
    }
    return {name: str(value) for name, value in known.items() if value}


def limit_of(case: Case, key: str) -> limits.Limit | None:
    """The limit of this key, in the version that its last clock runs by, or that of the day of filing."""
    clock = case.clocks.filter(limit=key).last()
    if clock is not None:
        return rule_behind(clock, case)
    of_day = timezone.localdate(case.filed_at) if case.filed_at else timezone.localdate()
    return limits.load_profile(case.profile, of_day).get(key)


def _ends_of_clocks(case: Case) -> dict[str, str]:
    return {
        f"{clock.limit}_by": _day(clock.due_on) for clock in case.clocks.filter(state=Clock.State.RUNNING)
    }


def _said_in(record: Mapping[str, Any]) -> dict[str, str]:
    amount, ending, relation = record.get("amount_fen"), record.get("ending"), record.get("has_relation")
    return {
        "days": str(record.get("days") or ""),
        "starts": _moment(str(record.get("starts_at") or "")),
        "place": str(record.get("place") or ""),
        "due": _day(record.get("due_on")),
        "amount": format_yuan(int(amount)) if amount else "",
        "is_act": _yes(not amount and bool(record.get("due_on"))),
        "ending": str(Ending(ending).label) if ending in Ending.values else "",
        "chosen": _name_of(record.get("mediator")),
        "shown_by_both": _yes(record.get("both") is True),
        "shown_by_one": _yes(record.get("both") is False),
        "relation": _yes(relation is True),
        "no_relation": _yes(relation is False),
    }


def _of_limit(case: Case, record: Mapping[str, Any]) -> dict[str, str]:
    limit = limit_of(case, str(record["limit"])) if record.get("limit") else None
    return {"limit": str(limit.name), "limit_on": _day(record.get("due_on"))} if limit else {}


def _name_of(pk: object) -> str:
    mediator = User.objects.filter(pk=pk, role=Role.MEDIATOR).first() if isinstance(pk, int) else None
    return str(mediator) if mediator else ""


def _day(value: object) -> str:
    if isinstance(value, str) and value:
        value = date.fromisoformat(value[:10])
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else ""


def _moment(text: str) -> str:
    if not text:
        return ""
    at = datetime.fromisoformat(text)
    return date_format(timezone.localtime(at) if timezone.is_aware(at) else at, "DATETIME_FORMAT")


def _yes(known: bool) -> str:
    return "yes" if known else ""
