"""送达 as data: notices of legal effect, the steps on which they go out, and what makes one count as delivered.

The table is `delivery.toml`. A row without an article, a status or a day from which it is in force is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import cache
from typing import Any

from django.utils import timezone

from cases.roles import Side
from cases.rules.calendar import is_working_day
from cases.rules.counting import ONE_DAY, Unit
from cases.rules.tables import (
    HERE,
    Row,
    RuleTableError,
    Status,
    Words,
    date_of,
    is_in_force,
    maybe_date_of,
    read_table,
    status_of,
    text_of,
    words_of,
)

CHANNELS = ("inbox", "sms", "email", "call", "post", "staff")


class Phase(StrEnum):
    """For which stage electronic service was agreed to; consent to one is none to the other (在线诉讼规则 Art 4)."""

    MEDIATION = "mediation"
    CONFIRMATION = "confirmation"


class Action(StrEnum):
    """What a step does when its moment has come."""

    SEND = "send"
    ASK = "ask"  # the office is to do it
    TELL = "tell"  # the office hears that nobody was reached


class Until(StrEnum):
    """What makes a step needless."""

    OPENED = "opened"
    DELIVERED = "delivered"


class Needs(StrEnum):
    """Without which consent something does not count as delivered."""

    EXPRESS = "express"
    CONDUCT = "conduct"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sourced:
    """What every row has."""

    key: str
    words: Words
    article: str
    status: Status
    in_force_from: date
    in_force_to: date | None


@dataclass(frozen=True, slots=True)
class Matter(Sourced):
    """A notice of legal effect. `acts` are the events by which its receiver answers it."""

    events: frozenset[str]
    sides: frozenset[str]
    phase: Phase
    acts: frozenset[str]
    after_closing: bool


@dataclass(frozen=True, slots=True)
class LadderStep(Sourced):
    """One rung: by which way, how long after the writing."""

    channel: str
    does: Action
    n: int
    unit: Unit
    at: time
    until: Until
    times: int

    def moment(self, written_at: datetime) -> datetime:
        """When it is due. Without days between it is due with the writing; days are counted from the next one."""
        if not self.n:
            return written_at
        day = timezone.localdate(written_at)
        left = self.n
        while left:
            day += ONE_DAY
            left -= self.unit is not Unit.WORKING or is_working_day(day)
        return timezone.make_aware(datetime.combine(day, self.at))


@dataclass(frozen=True, slots=True)
class Basis(Sourced):
    """What makes something count as delivered."""

    kind: str
    needs: Needs


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """The rows that are in force on a day, by their keys, in order."""

    matters: Mapping[str, Matter]
    steps: Mapping[str, LadderStep]
    bases: Mapping[str, Basis]

    @property
    def tables(self) -> "list[tuple[str, list[Sourced]]]":
        """The rows by table, for a page."""
        return [
            ("matters", [*self.matters.values()]),
            ("steps", [*self.steps.values()]),
            ("bases", [*self.bases.values()]),
        ]

    def matters_of(self, event: str, side: str) -> Iterator[Matter]:
        """The notices that an event writes to this side."""
        for matter in self.matters.values():
            if event in matter.events and side in matter.sides:
                yield matter


@cache
def delivery_rules(on: date) -> DeliveryRules:
    """The rules in force on this day. Raises RuleTableError for a table that makes no sense."""
    matters, steps, bases = every_row()
    return DeliveryRules(
        {one.key: one for one in matters if _holds(one, on)},
        {one.key: one for one in steps if _holds(one, on)},
        {one.key: one for one in bases if _holds(one, on)},
    )


def _holds(one: Sourced, on: date) -> bool:
    return is_in_force(one.in_force_from, one.in_force_to, on)


@cache
def every_row() -> tuple[list[Matter], list[LadderStep], list[Basis]]:
    """All rows of all days. Raises RuleTableError."""
    return rows_of(read_table(HERE / "delivery.toml"))


def rows_of(table: Mapping[str, Any]) -> tuple[list[Matter], list[LadderStep], list[Basis]]:
    """The rows of a table as it was read. Raises RuleTableError for the first that is incomplete."""
    try:
        found = (
            [_matter(row) for row in table.get("matter", [])],
            [_step(row) for row in table.get("step", [])],
            [
                Basis(**_common(row), kind=text_of(row, "kind"), needs=Needs(text_of(row, "needs")))
                for row in table.get("basis", [])
            ],
        )
    except ValueError as error:
        msg = f"delivery.toml: {error}"
        raise RuleTableError(msg) from error
    for rows in found:
        _refuse_twins(rows)
    return found


def _refuse_twins(rows: "list[Any]") -> None:
    """One key may have several versions, but not two for one day."""
    for number, one in enumerate(rows):
        for other in rows[number + 1 :]:
            if one.key == other.key and (
                _holds(one, other.in_force_from) or _holds(other, one.in_force_from)
            ):
                msg = f"delivery.toml: {one.key} stands twice for one day"
                raise RuleTableError(msg)


def _common(row: Row) -> dict[str, Any]:
    return {
        "key": text_of(row, "key"),
        "words": words_of(row, "words"),
        "article": text_of(row, "article"),
        "status": status_of(row),
        "in_force_from": date_of(row, "in_force_from"),
        "in_force_to": maybe_date_of(row, "in_force_to"),
    }


def _matter(row: Row) -> Matter:
    to = text_of(row, "to")
    events = frozenset(row.get("events", ()))
    if not events:
        msg = f"{row.get('key')}: “events” is missing"
        raise RuleTableError(msg)
    return Matter(
        **_common(row),
        events=events,
        sides=frozenset(str(side) for side in Side) if to == "both" else frozenset({str(Side(to))}),
        phase=Phase(text_of(row, "stage")),
        acts=frozenset(row.get("acts", ())),
        after_closing=row.get("after_closing") is True,
    )


def _step(row: Row) -> LadderStep:
    n, at, channel, times = row.get("n"), row.get("at"), text_of(row, "channel"), row.get("times", 1)
    if type(n) is not int or n < 0 or not isinstance(at, time) or type(times) is not int or times < 1:
        msg = f"{row.get('key')}: “n” must be a number from 0 up, “at” a time, “times” a number from 1 up"
        raise RuleTableError(msg)
    if channel not in CHANNELS:
        msg = f"{row.get('key')}: “channel” must be one of {', '.join(CHANNELS)}"
        raise RuleTableError(msg)
    return LadderStep(
        **_common(row),
        channel=channel,
        does=Action(text_of(row, "does")),
        n=n,
        unit=Unit(text_of(row, "unit")),
        at=at,
        until=Until(text_of(row, "until")),
        times=times,
    )
