"""The hearing 调解会: called, joined, recorded with consent, ended. What was said: transcripts.py, facts.py."""

from dataclasses import replace
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Exhibit, User
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from cases.services.steps import lock_case, remember
from cases.workflow import Stage
from evidence.origin.provenance import Provenance, Way
from mediation.hearings.facts import confirm_facts, facts_confirmed, issue_facts, offer_facts
from mediation.hearings.handed_in import as_file
from mediation.hearings.models import Attendance, Hearing, Recording
from mediation.hearings.readback import confirm_aloud, read_back
from mediation.hearings.room.places import is_of_the_case, seating_of
from mediation.hearings.speech import NeverWill, TryLater
from mediation.hearings.transcription import request_transcription
from mediation.hearings.transcripts import (
    ask_to_read,
    confirmed_sides,
    correct_segment,
    digest_of,
    issue_transcript,
    lines_of,
    name_speakers,
    take_reading_back,
    write_line,
)

__all__ = [
    "add_recording",
    "answer_recording",
    "ask_to_read",
    "call_hearing",
    "check_identity",
    "confirm_aloud",
    "confirm_facts",
    "confirmed_sides",
    "correct_segment",
    "digest_of",
    "end_hearing",
    "facts_confirmed",
    "issue_facts",
    "issue_transcript",
    "join_hearing",
    "lines_of",
    "may_record",
    "name_speakers",
    "offer_facts",
    "read_back",
    "take_reading_back",
    "write_line",
]


@transaction.atomic
def call_hearing(
    *, case_id: UUID, mediator: User, starts_at: datetime, how: str = Hearing.How.ONLINE, place: str = ""
) -> Hearing:
    """Call both sides to a hearing, by one of the ways of 在线调解规则 Art 16."""
    case = lock_case(case_id)
    if case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if case.stage != Stage.MEDIATION:
        raise Refusal(_("Please open the mediation before you call a hearing."))
    same = case.hearings.filter(state=Hearing.State.CALLED, starts_at=starts_at, how=how, place=place.strip())
    if called := same.first():
        return called
    last = case.hearings.aggregate(n=Max("number"))["n"] or 0
    hearing = Hearing.objects.create(
        case=case, number=last + 1, how=how, place=place.strip(), starts_at=starts_at, called_by=mediator
    )
    remember(
        case,
        "hearing.call",
        by=mediator,
        number=hearing.number,
        how=how,
        starts_at=starts_at.isoformat(),
        place=place,
    )
    return hearing


@transaction.atomic
def join_hearing(*, hearing_id: int, person: User) -> Attendance:
    """Take a seat. The first time, rights and duties are shown and their showing is remembered (Art 17)."""
    hearing = Hearing.objects.select_for_update().select_related("case").get(pk=hearing_id)
    if hearing.state == Hearing.State.ENDED:
        raise Refusal(_("This hearing has ended."))
    if not is_of_the_case(hearing.case, person):
        raise Refusal(_("You are not part of this hearing."))
    now, leads = timezone.now(), person.role == Role.MEDIATOR
    seat, made = Attendance.objects.get_or_create(
        hearing=hearing,
        person=person,
        defaults={
            "rights_told_at": now,
            "records_agreed": True if leads else None,
            "admitted_at": now if leads else None,
        },
    )
    if made:
        remember(hearing.case, "hearing.join", by=person, number=hearing.number, rights_told=True)
    if person.role == Role.MEDIATOR and hearing.state == Hearing.State.CALLED:
        hearing.state, hearing.opened_at = Hearing.State.OPEN, now
        hearing.save()
        remember(hearing.case, "hearing.open", by=person, number=hearing.number)
    return seat


@transaction.atomic
def answer_recording(*, hearing_id: int, person: User, agrees: bool) -> Attendance:
    """Say yes or no to being recorded. Without an answer nothing is recorded; the answer is remembered."""
    seat = (
        Attendance.objects.select_for_update()
        .select_related("hearing__case")
        .filter(hearing_id=hearing_id, person=person)
        .first()
    )
    if seat is None:
        raise Refusal(_("Please join the hearing first."))
    if seat.answered_at and seat.records_agreed == agrees:
        return seat
    seat.records_agreed, seat.answered_at = agrees, timezone.now()
    seat.save()
    event = "hearing.agree_recording" if agrees else "hearing.refuse_recording"
    remember(seat.hearing.case, event, by=person, number=seat.hearing.number)
    return seat


@transaction.atomic
def check_identity(*, hearing_id: int, mediator: User, person_id: int) -> Attendance:
    """The mediator has checked who this is (Art 17)."""
    seat = (
        Attendance.objects.select_for_update()
        .select_related("hearing__case")
        .get(hearing_id=hearing_id, person_id=person_id)
    )
    if seat.hearing.case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if seat.identity_checked_at:
        return seat
    seat.identity_checked_at = timezone.now()
    seat.save()
    seat.hearing.case.parties.filter(person_id=person_id).update(identity_checked_at=timezone.now())
    remember(seat.hearing.case, "hearing.check_identity", by=mediator, person=person_id)
    return seat


def may_record(hearing: Hearing) -> bool:
    """Whether both sides and the mediator sit here and everyone who sits here has said yes."""
    return seating_of(hearing.pk).may_record()


def add_recording(
    *,
    hearing_id: int,
    person: User,
    file: BinaryIO,
    name: str,
    dialect: str,
    speaker: str = "",
    captured: Provenance | None = None,
    media_type: str = "",
) -> Recording:
    """Keep a recording of the hearing as evidence and ask for its text. Everyone present must have agreed.

    Raises Refusal without their yes, for a file without sound, and DepositRefused for a file that is not whole.
    """
    seconds = _length_of(file)
    captured = captured or Provenance(how=Way.HEARING)
    with transaction.atomic():
        hearing = Hearing.objects.select_for_update().select_related("case").get(pk=hearing_id)
        if not is_of_the_case(hearing.case, person):
            raise Refusal(_("You are not part of this hearing."))
        if not may_record(hearing):
            raise Refusal(_("Recording needs the yes of both sides first. It was asked on this page."))
        if hearing.transcript_id:
            raise Refusal(_("The transcript has been issued; it can no longer be changed."))
        exhibit = add_exhibit(
            case_id=hearing.case_id,
            file=file,
            name=name,
            by=person,
            role=Role(person.role),
            kind=Exhibit.Kind.RECORDING,
            title=_("Recording of hearing %(number)s") % {"number": hearing.number},
            captured=replace(
                captured, where=f"{captured.where} hearing {hearing.number} {hearing.how}".strip()
            ),
            media_type=media_type,
        )
        recording = request_transcription(
            exhibit=exhibit, dialect=dialect, hearing=hearing, speaker=speaker, by=person
        )
        Recording.objects.filter(pk=recording.pk, total_s=0).update(total_s=seconds)
        return recording


def _length_of(file: BinaryIO) -> float:
    """Seconds of sound, counted before anything is kept or locked; 0 where it cannot be counted now."""
    from mediation.hearings import audio  # the decoder is loaded where sound is read, and nowhere else

    with as_file(file) as path:
        try:
            return audio.probe(path).duration_s
        except NeverWill as problem:
            raise Refusal(str(problem)) from problem
        except TryLater:
            return 0.0


@transaction.atomic
def end_hearing(*, hearing_id: int, mediator: User, result: str) -> Hearing:
    """End the hearing and write its result down. The transcript is asked about separately: `ask_to_read`."""
    hearing = Hearing.objects.select_for_update().select_related("case").get(pk=hearing_id)
    if hearing.case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if hearing.state == Hearing.State.ENDED:
        return hearing
    if hearing.state == Hearing.State.CALLED:
        raise Refusal(_("Please open the hearing first."))
    if not result.strip():
        raise Refusal(_("Please write what the hearing came to."))
    hearing.state, hearing.ended_at, hearing.result = Hearing.State.ENDED, timezone.now(), result.strip()
    hearing.save()
    hearing.caucuses.filter(ended_at__isnull=True).update(ended_at=hearing.ended_at)
    remember(hearing.case, "hearing.end", by=mediator, number=hearing.number, result=result.strip())
    return hearing
