"""The ways of speaking to choose from, on every page that asks; and what the mediator reads about them."""

from dataclasses import dataclass
from typing import Any

from cases.models import User
from cases.roles import Role
from mediation.hearings import speaking
from mediation.hearings.dialects import warning_for
from mediation.hearings.models import Attendance, Hearing
from mediation.hearings.speech import Dialect


@dataclass(frozen=True, slots=True)
class Spoken:
    """A way of speaking to choose from, and what to say of it where the engine does not follow it well."""

    value: str
    label: str
    warning: str


def spoken() -> list[Spoken]:
    """The ways of speaking, each with its warning, so that it is known before the hearing begins."""
    found = [(one, warning_for(one)) for one in Dialect]
    return [
        Spoken(one.value, str(one.label), f"{warning.words} {warning.help}" if warning else "")
        for one, warning in found
    ]


def spoken_here(hearing: Hearing, mine: Attendance | None, person: User) -> dict[str, Any]:
    """How this person speaks; for the mediator, whom the machine does not follow, and what would."""
    if person.role == Role.MEDIATOR:
        need = speaking.in_need(hearing)
        return {"in_need": need, "better_engines": speaking.better_engines(need)}
    my_dialect = (speaking.spoken_by(hearing, mine) if mine else "") or Dialect.MANDARIN
    return {"dialects": spoken(), "my_dialect": my_dialect}
