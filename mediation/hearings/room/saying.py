"""What somebody says in writing: in the room, where there is no microphone, or in their own time."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import User
from cases.services.steps import remember
from mediation.hearings.models import Hearing, Segment
from mediation.hearings.room.places import seating_of
from mediation.hearings.room.seats import all_agreed_apart

LONGEST = 2000


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
    words = text.strip()[:LONGEST]
    if not words:
        raise Refusal(_("Please write what you want to say."))
    last = hearing.written_lines.aggregate(n=Max("index"))["n"]
    line = hearing.written_lines.create(
        index=0 if last is None else last + 1,
        heard=words,
        speaker="" if seat.part else person.role,
        written_by=person,
        written_at=timezone.now(),
    )
    remember(
        hearing.case,
        "transcript.write",
        by=person,
        number=hearing.number,
        segment=line.index,
        speaker=line.speaker,
        text=words,
    )
    return line
