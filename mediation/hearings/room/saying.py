"""What somebody says in writing: in the room, where there is no microphone, or in their own time."""

from django.db import transaction
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import User
from mediation.hearings.models import Hearing, Segment
from mediation.hearings.room.places import seating_of
from mediation.hearings.room.seats import all_agreed_apart
from mediation.hearings.transcripts import LONGEST_LINE, keep_line


@transaction.atomic
def say_in_writing(*, hearing_id: int, person: User, text: str) -> Segment:
    """Keep a line that somebody wrote themselves; it becomes part of the transcript, under their role.

    What a helper or an interpreter writes has no speaker yet: the mediator says whose words they are. Raises Refusal
    for who has no seat, before the hearing is opened and once it has ended, and while a side has not said yes to
    speaking each in their own time, where that is asked. What is written in private talk 背对背 is never brought here.
    """
    hearing = Hearing.objects.select_for_update(of=("self",)).select_related("case").get(pk=hearing_id)
    seat = seating_of(hearing_id).seat_of(person.pk)
    if seat is None:
        raise Refusal(_("You are not part of this hearing."))
    if hearing.state == Hearing.State.ENDED:
        raise Refusal(_("This hearing has ended."))
    if hearing.state == Hearing.State.CALLED:
        raise Refusal(_("The mediator has not opened the hearing yet. Please wait."))
    if hearing.how == Hearing.How.APART and not all_agreed_apart(hearing):
        raise Refusal(_("Both sides must first agree that each speaks in their own time."))
    words = text.strip()[:LONGEST_LINE]
    if not words:
        raise Refusal(_("Please write what you want to say."))
    return keep_line(hearing, by=person, speaker="" if seat.part else person.role, words=words)
