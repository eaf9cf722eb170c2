"""How everybody speaks, known before the hearing begins; and who asks for an interpreter."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import User
from cases.roles import Role
from cases.services.steps import remember
from mediation.hearings.dialects import DialectWarning, warning_for
from mediation.hearings.engines.published import Figure
from mediation.hearings.models import Attendance, Hearing, Recording
from mediation.hearings.speech import Dialect


@dataclass(frozen=True, slots=True)
class Speaker:
    """One person of the hearing whom the engine does not follow well, or who asks for an interpreter."""

    name: str
    dialect: str
    warning: DialectWarning | None
    asks_interpreter: bool


@transaction.atomic
def say_how_i_speak(*, hearing_id: int, person: User, dialect: str, asks_interpreter: bool) -> Attendance:
    """Remember how this person speaks, and whether they ask for an interpreter; the mediator is told who asks.

    Raises Refusal for who has no seat, after the hearing, and for a way of speaking that is not in the list.
    """
    hearing = Hearing.objects.select_for_update(of=("self",)).select_related("case").get(pk=hearing_id)
    seat = hearing.attendances.filter(person=person).first()
    if seat is None:
        raise Refusal(_("This person has no seat here."))
    if hearing.state == Hearing.State.ENDED:
        raise Refusal(_("This hearing has ended."))
    if dialect not in Dialect.values:
        raise Refusal(_("Please choose how you speak."))
    asks_now = asks_interpreter and not seat.asks_interpreter
    if (seat.speaks, seat.asks_interpreter) != (dialect, asks_interpreter):
        seat.speaks, seat.asks_interpreter = dialect, asks_interpreter
        seat.save(update_fields=["speaks", "asks_interpreter"])
        event = "hearing.ask_interpreter" if asks_now else "hearing.speak_as"
        remember(hearing.case, event, by=person, number=hearing.number, dialect=dialect)
    return seat


def spoken_by(hearing: Hearing, seat: Attendance) -> str:
    """How this person speaks: as they said here; a claimant who told the story aloud, as they said then; else ""."""
    if seat.speaks or seat.part or seat.person.role != Role.CITIZEN:
        return seat.speaks
    told = Recording.objects.filter(case=hearing.case_id, hearing=None).order_by("pk").last()
    return told.dialect if told else ""


def in_need(hearing: Hearing) -> list[Speaker]:
    """Everybody whom the engine in use does not follow well, or who asks for an interpreter."""
    found = []
    for seat in hearing.attendances.select_related("person"):
        dialect = spoken_by(hearing, seat)
        warning = warning_for(dialect) if dialect else None
        if warning or seat.asks_interpreter:
            label = str(Dialect(dialect).label) if dialect else ""
            found.append(Speaker(str(seat.person), label, warning, seat.asks_interpreter))
    return found


def better_engines(speakers: Sequence[Speaker]) -> list[tuple[str, str, Figure]]:
    """(dialect, model, published figure): what follows these people better, the best first for each dialect."""
    found = dict[str, Sequence[tuple[str, Figure]]]()
    for one in speakers:
        if one.warning:
            found[one.dialect] = one.warning.engines
    return [(dialect, model, figure) for dialect, engines in found.items() for model, figure in engines]
