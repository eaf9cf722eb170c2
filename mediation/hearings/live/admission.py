"""Who may speak into a hearing just now, and where: in the main room or in a caucus 背对背."""

from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import User
from mediation.hearings.models import Hearing
from mediation.hearings.places import seating_of


def place_to_speak(*, hearing_id: int, person: User) -> tuple[Hearing, str]:
    """The hearing and the place ("" or a side) into which this person's sound may be kept now.

    Raises Refusal: a stranger, a closed room, one who waits, somebody present who has not said yes to the recording.
    """
    try:
        seating = seating_of(hearing_id)
    except Hearing.DoesNotExist:
        raise Refusal(_("You are not part of this hearing.")) from None
    seat, hearing = seating.seat_of(person.pk), seating.hearing
    if seat is None:
        raise Refusal(_("You are not part of this hearing."))
    if hearing.state == Hearing.State.ENDED:
        raise Refusal(_("This hearing has ended."))
    if hearing.state == Hearing.State.CALLED:
        raise Refusal(_("The mediator has not opened the hearing yet. Please wait."))
    place = seating.place_of(seat)
    if place is None:
        raise Refusal(_("Please wait until the mediator lets you in."))
    if not seating.may_record():
        raise Refusal(_("Recording needs the yes of both sides first. It was asked on this page."))
    return hearing, place
