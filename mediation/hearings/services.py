"""The hearing 调解会: called, joined, recorded with consent, written down, read back, confirmed."""

import hashlib
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Exhibit, Party, User
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from cases.services.steps import lock_case, remember
from cases.workflow import Stage
from mediation.hearings.models import (
    Attendance,
    Correction,
    FactConfirmation,
    FactSheet,
    Hearing,
    ReadBack,
    Recording,
    Segment,
)
from mediation.hearings.transcription import request_transcription

TALKS = {Stage.FACT_FINDING, Stage.MEDIATION, Stage.SIGNING}


def _own_case(case_id: UUID, mediator: User) -> Case:
    case = lock_case(case_id)
    if case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if case.stage not in TALKS:
        raise Refusal(_("The talks in this case are over."))
    return case


@transaction.atomic
def call_hearing(
    *, case_id: UUID, mediator: User, starts_at: datetime, how: str = Hearing.How.ONLINE, place: str = ""
) -> Hearing:
    """Call both sides to a hearing, by one of the ways of 在线调解规则 Art 16."""
    case = _own_case(case_id, mediator)
    if case.stage != Stage.MEDIATION:
        raise Refusal(_("Please open the mediation before you call a hearing."))
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
    if not _may_sit(hearing.case, person):
        raise Refusal(_("You are not part of this hearing."))
    now = timezone.now()
    seat, made = Attendance.objects.get_or_create(
        hearing=hearing,
        person=person,
        defaults={"rights_told_at": now, "records_agreed": True if person.role == Role.MEDIATOR else None},
    )
    if made:
        remember(hearing.case, "hearing.join", by=person, number=hearing.number, rights_told=True)
    if person.role == Role.MEDIATOR and hearing.state == Hearing.State.CALLED:
        hearing.state, hearing.opened_at = Hearing.State.OPEN, now
        hearing.save()
        remember(hearing.case, "hearing.open", by=person, number=hearing.number)
    return seat


def _may_sit(case: Case, person: User) -> bool:
    return case.party_of(person) is not None or (
        person.role == Role.MEDIATOR and case.mediator_id == person.pk
    )


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
    seat.identity_checked_at = timezone.now()
    seat.save()
    seat.hearing.case.parties.filter(person_id=person_id).update(identity_checked_at=timezone.now())
    remember(seat.hearing.case, "hearing.check_identity", by=mediator, person=person_id)
    return seat


def may_record(hearing: Hearing) -> bool:
    """Whether both sides and the mediator sit here and everyone who sits here has said yes."""
    seats = list(hearing.attendances.select_related("person"))
    roles = {seat.person.role for seat in seats}
    return {Role.CITIZEN, Role.INSTITUTION, Role.MEDIATOR} <= roles and all(
        seat.records_agreed for seat in seats
    )


@transaction.atomic
def add_recording(
    *,
    hearing_id: int,
    person: User,
    file: BinaryIO,
    name: str,
    dialect: str,
    speaker: str = "",
    captured: dict[str, str] | None = None,
) -> Recording:
    """Keep a recording of the hearing as evidence and ask for its text. Everyone present must have agreed."""
    hearing = Hearing.objects.select_for_update().select_related("case").get(pk=hearing_id)
    if not _may_sit(hearing.case, person):
        raise Refusal(_("You are not part of this hearing."))
    if not may_record(hearing):
        raise Refusal(_("Recording needs the yes of both sides first. It was asked on this page."))
    exhibit = add_exhibit(
        case_id=hearing.case_id,
        file=file,
        name=name,
        by=person,
        role=Role(person.role),
        kind=Exhibit.Kind.RECORDING,
        title=_("Recording of hearing %(number)s") % {"number": hearing.number},
        captured={"how": "hearing", "where": hearing.get_how_display(), **(captured or {})},
    )
    return request_transcription(
        exhibit=exhibit, dialect=dialect, hearing=hearing, speaker=speaker, by=person
    )


@transaction.atomic
def end_hearing(*, hearing_id: int, mediator: User, result: str) -> Hearing:
    """End the hearing and write its result down."""
    hearing = Hearing.objects.select_for_update().select_related("case").get(pk=hearing_id)
    if hearing.case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if hearing.state == Hearing.State.ENDED:
        return hearing
    if not result.strip():
        raise Refusal(_("Please write what the hearing came to."))
    hearing.state, hearing.ended_at, hearing.result = Hearing.State.ENDED, timezone.now(), result.strip()
    hearing.save()
    remember(hearing.case, "hearing.end", by=mediator, number=hearing.number, result=result.strip())
    remember(hearing.case, "transcript.ready", by=mediator, number=hearing.number)
    return hearing


@transaction.atomic
def correct_segment(
    *, segment_id: int, mediator: User, text: str | None = None, speaker: str | None = None
) -> Segment:
    """Correct what the machine heard, beside the kept original, or say who spoke."""
    segment = (
        Segment.objects.select_for_update(of=("self",)).select_related("recording__case").get(pk=segment_id)
    )
    case = segment.recording.case
    if case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if speaker is not None and speaker in {"", *Role.values} and speaker != segment.speaker:
        segment.speaker = speaker
        segment.save(update_fields=["speaker"])
        remember(case, "transcript.name_speaker", by=mediator, segment=segment.pk, speaker=speaker)
    if text is not None and text.strip() != segment.text:
        old = segment.text
        Correction.objects.create(segment=segment, text=text.strip(), by=mediator)
        remember(
            case,
            "transcript.correct",
            by=mediator,
            exhibit=segment.recording.exhibit.number,
            segment=segment.index,
            old=old,
            new=text.strip(),
        )
    return segment


def lines_of(hearing: Hearing) -> list[Segment]:
    """Everything that was said, in order of recordings and time, corrections prefetched."""
    return list(
        Segment.objects.filter(recording__hearing=hearing)
        .select_related("recording__exhibit")
        .prefetch_related("corrections__by")
        .order_by("recording_id", "index")
    )


def digest_of(hearing: Hearing) -> str:
    """SHA-256 of the transcript as it reads now: a later correction makes a new one, to be read again."""
    text = "\n".join(f"{line.speaker}|{line.text}" for line in lines_of(hearing)) + f"\n{hearing.result}"
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def read_back(*, hearing_id: int, person: User, confirmed: bool, objection: str = "") -> ReadBack:
    """A party read the transcript back and confirms it, or says what is wrong. Silence is neither."""
    hearing = Hearing.objects.select_for_update().select_related("case").get(pk=hearing_id)
    party = hearing.case.party_of(person)
    if party is None:
        raise Refusal(_("Only the two sides confirm the transcript."))
    if hearing.state != Hearing.State.ENDED:
        raise Refusal(_("The transcript can be confirmed after the hearing has ended."))
    if not confirmed and not objection.strip():
        raise Refusal(_("Please write what is not right."))
    digest = digest_of(hearing)
    back = ReadBack.objects.create(
        hearing=hearing,
        party=party,
        person=person,
        digest=digest,
        confirmed=confirmed,
        objection=objection.strip(),
    )
    event = "transcript.confirm" if confirmed else "transcript.object"
    remember(
        hearing.case, event, by=person, number=hearing.number, sha256=digest, objection=objection.strip()
    )
    return back


def confirmed_sides(hearing: Hearing) -> set[str]:
    """The sides whose last word on the transcript, as it reads now, is yes."""
    digest = digest_of(hearing)
    last: dict[str, ReadBack] = {back.party.side: back for back in hearing.readbacks.select_related("party")}
    return {side for side, back in last.items() if back.confirmed and back.digest == digest}


@transaction.atomic
def offer_facts(*, case_id: UUID, mediator: User, facts: str) -> FactSheet:
    """Write down the facts that nobody disputes; both sides are asked to confirm this version (Art 22)."""
    case = _own_case(case_id, mediator)
    if not facts.strip():
        raise Refusal(_("Please write the facts, one a line."))
    last = case.fact_sheets.aggregate(n=Max("version"))["n"] or 0
    sheet = FactSheet.objects.create(case=case, version=last + 1, facts=facts.strip(), by=mediator)
    remember(case, "facts.offer", by=mediator, version=sheet.version, facts=sheet.facts)
    return sheet


@transaction.atomic
def confirm_facts(*, sheet_id: int, person: User) -> FactConfirmation:
    """One side confirms the latest version of the undisputed facts."""
    sheet = FactSheet.objects.select_related("case").get(pk=sheet_id)
    case = lock_case(sheet.case_id)
    party: Party | None = case.party_of(person)
    if party is None:
        raise Refusal(_("Only the two sides confirm the facts."))
    if case.fact_sheets.last() != sheet:
        raise Refusal(_("There is a newer version of the facts. Please read that one."))
    confirmation, made = FactConfirmation.objects.get_or_create(
        sheet=sheet, party=party, defaults={"person": person}
    )
    if made:
        remember(case, "facts.confirm", by=person, version=sheet.version)
    return confirmation


def facts_confirmed(case: Case) -> FactSheet | None:
    """The latest fact sheet, where both sides confirmed it; else None."""
    sheet = case.fact_sheets.last()
    return sheet if sheet and sheet.confirmations.count() == 2 else None
