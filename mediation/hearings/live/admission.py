"""Who may speak into a hearing just now, and where: in the main room or in a caucus 背对背."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import User
from cases.roles import Side
from mediation.hearings.models import Attendance, Hearing
from mediation.hearings.room.places import Seating, seating_of

BRING_WITHIN = timedelta(days=1)  # after the hearing


def place_to_speak(*, hearing_id: int, person: User) -> tuple[Hearing, str]:
    """The hearing and the place ("" or a side) into which this person's sound may be kept now.

    Raises Refusal: a stranger, a closed room, one who waits, somebody present who has not said yes to the recording.
    """
    seating, seat = _seated(hearing_id, person)
    hearing = seating.hearing
    if hearing.state == Hearing.State.ENDED:
        raise Refusal(_("This hearing has ended."))
    if hearing.state == Hearing.State.CALLED:
        raise Refusal(_("The mediator has not opened the hearing yet. Please wait."))
    place = seating.place_of(seat)
    if place is None:
        raise Refusal(_("Please wait until the mediator lets you in."))
    _refuse_unasked(seating)
    return hearing, place


def place_of_the_past(*, hearing_id: int, person: User, place: str) -> Hearing:
    """The hearing into which sound of an earlier moment may still be brought, as recorded at `place`.

    It was recorded on the person's device while the line was cut, or before the page was closed. Raises Refusal for a
    stranger, for a private talk 背对背 with the other side, where somebody has not said yes to the recording, and a day
    after the hearing or once its transcript is issued.
    """
    seating, seat = _seated(hearing_id, person)
    hearing = seating.hearing
    too_late = hearing.ended_at is not None and hearing.ended_at < timezone.now() - BRING_WITHIN
    if hearing.opened_at is None or hearing.transcript_id or too_late:
        raise Refusal(_("This hearing has ended."))
    sits_there = (
        place in {"", seating.side_of(seat)}
        or seating.is_mediator(seat)
        or bool(seat.part and not seat.with_side)
    )
    if place not in {"", *Side.values} or not sits_there:
        raise Refusal(_("You are not part of this hearing."))
    _refuse_unasked(seating)
    return hearing


def place_now(*, hearing_id: int, person: User) -> str | None:
    """Where this person is; None while they wait. Raises Refusal where nothing more of them may be recorded at all."""
    seating, seat = _seated(hearing_id, person)
    _refuse_unasked(seating)
    return seating.place_of(seat)


def _seated(hearing_id: int, person: User) -> tuple[Seating, Attendance]:
    try:
        seating = seating_of(hearing_id)
    except Hearing.DoesNotExist:
        raise Refusal(_("You are not part of this hearing.")) from None
    seat = seating.seat_of(person.pk)
    if seat is None:
        raise Refusal(_("You are not part of this hearing."))
    return seating, seat


def _refuse_unasked(seating: Seating) -> None:
    if not seating.may_record():
        raise Refusal(_("Recording needs the yes of both sides first. It was asked on this page."))
