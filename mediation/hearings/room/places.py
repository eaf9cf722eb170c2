"""Where everybody is: waiting, in the room 调解室, in private talk 背对背, or waiting for it to end. Reads only.

A place is "" for the room of everyone, or the side (`Side`) that the mediator talks to alone. What is said at a place
belongs to the people of that place: its group carries captions and words to them and to nobody else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from cases.models import Case, User
from cases.roles import Role, Side
from evidence.models import Entry
from mediation.hearings.models import Attendance, Caucus, Hearing, Part
from mediation.hearings.room import groups

MAIN = ""
JUST_NOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person is, which private talk is going on (its row; 0 for none), and who else is placed there."""

    place: str | None
    running: int
    others: frozenset[int]

    @property
    def caucus(self) -> int:
        """The private talk in which this person is; 0 for none."""
        return self.running if self.place else 0


@dataclass(frozen=True, slots=True)
class Seating:
    """The seats of a hearing at one moment, and who may speak with whom."""

    hearing: Hearing
    seats: tuple[Attendance, ...]
    caucus: Caucus | None

    def seat_of(self, person_id: int) -> Attendance | None:
        """The seat of this person, while they may still sit here."""
        return next((seat for seat in self.seats if seat.person_id == person_id and self.may_sit(seat)), None)

    def may_sit(self, seat: Attendance) -> bool:
        """A side or its agent, the mediator of today, or a guest whom the mediator invited."""
        if seat.part:
            return True
        return is_of_the_case(self.hearing.case, seat.person)

    def side_of(self, seat: Attendance) -> str:
        """The side this seat belongs to; "" for the mediator and for guests who sit for everyone."""
        if seat.part:
            return seat.with_side
        party = self.hearing.case.party_of(seat.person)
        return str(party.side) if party else ""

    def is_mediator(self, seat: Attendance) -> bool:
        """Whether this is the mediator's seat."""
        return not seat.part and seat.person.role == Role.MEDIATOR

    def place_of(self, seat: Attendance) -> str | None:
        """The place where this seat is; None while its person waits: not let in, or others talk in private."""
        if self.hearing.state != Hearing.State.OPEN or not seat.admitted_at or not self.may_sit(seat):
            return None
        if self.caucus is None:
            return MAIN
        taken = (
            self.is_mediator(seat)
            or self.side_of(seat) == self.caucus.side
            or (seat.part == Part.INTERPRETER and not seat.with_side and self.caucus.takes_interpreter)
        )
        return str(self.caucus.side) if taken else None

    def together_with(self, seat: Attendance) -> list[Attendance]:
        """The others at the same place."""
        place = self.place_of(seat)
        if place is None:
            return []
        return [one for one in self.seats if one.pk != seat.pk and self.place_of(one) == place]

    def standing_of(self, seat: Attendance) -> Standing:
        """Where this seat is and with whom, whether their pages are open or not."""
        others = frozenset(one.person_id for one in self.together_with(seat))
        return Standing(self.place_of(seat), self.caucus.pk if self.caucus else 0, others)

    def may_record(self) -> bool:
        """Whether both sides and the mediator sit here and everyone who sits here has said yes.

        A guest counts from the moment when the mediator lets them in.
        """
        present = [seat for seat in self.seats if self.may_sit(seat) and (not seat.part or seat.admitted_at)]
        sides = {self.side_of(seat) for seat in present if not seat.part}
        has_mediator = any(self.is_mediator(seat) for seat in present)
        return has_mediator and set(Side) <= sides and all(seat.records_agreed for seat in present)


def is_of_the_case(case: Case, person: User) -> bool:
    """Whether this person is a side of the case, acts for one, or is its mediator."""
    return case.party_of(person) is not None or (
        person.role == Role.MEDIATOR and case.mediator_id == person.pk
    )


def seating_of(hearing_id: int) -> Seating:
    """The seats of this hearing now. Raises Hearing.DoesNotExist."""
    hearing = (
        Hearing.objects.select_related("case__mediator", "case__centre")
        .prefetch_related("case__parties__institution", "attendances__person")
        .get(pk=hearing_id)
    )
    caucus = hearing.caucuses.filter(ended_at__isnull=True).first()
    return Seating(hearing, tuple(hearing.attendances.all()), caucus)


def place_of(*, hearing_id: int, person_id: int) -> str | None:
    """The place of this person now: "" or a side; None for who waits or does not belong here."""
    seating = seating_of(hearing_id)
    seat = seating.seat_of(person_id)
    return seating.place_of(seat) if seat else None


def tell_pages(sender: object, entry: Entry, record: Mapping[str, Any], **kwargs: Any) -> None:
    """At every entry about a hearing: once it is certain, the open pages of the case's hearings look again."""
    if not entry.event.startswith("hearing."):
        return
    running = Hearing.objects.filter(case=UUID(entry.chain)).exclude(
        state=Hearing.State.ENDED, ended_at__lt=timezone.now() - JUST_NOW
    )
    ids = list(running.values_list("pk", flat=True))
    transaction.on_commit(lambda: announce(ids))


def announce(hearing_ids: Iterable[int]) -> None:
    """Tell open pages to look again. A lost message harms nobody: every page looks again by itself."""
    layer = get_channel_layer()
    if layer is None:
        return
    send = async_to_sync(layer.group_send)
    for hearing_id in hearing_ids:
        try:
            send(groups.microphones(hearing_id), {"type": "sound.check"})
            send(groups.open_pages(hearing_id), {"type": "room.changed"})
        except (OSError, RuntimeError, RedisError):
            return
