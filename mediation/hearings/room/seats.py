"""Who is let into the room 调解室, how they take part, and private talks 背对背. Services: ids in, lock before look."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import User
from cases.roles import Role, Side
from cases.services.steps import remember
from mediation.adapters import adapter
from mediation.hearings.models import Attendance, Caucus, Hearing, Invitation, Part, Way

INVITED_FOR = timedelta(hours=24)
SECRET_BYTES = 24
LONGEST_NAME = 30


def _led_by(hearing_id: int, mediator: User) -> Hearing:
    """The hearing, locked, where this person leads it and it has not ended."""
    hearing = _locked(hearing_id)
    if mediator.role != Role.MEDIATOR or hearing.case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    return hearing


def _locked(hearing_id: int) -> Hearing:
    hearing = Hearing.objects.select_for_update(of=("self",)).select_related("case").get(pk=hearing_id)
    if hearing.state == Hearing.State.ENDED:
        raise Refusal(_("This hearing has ended."))
    return hearing


def _seat(hearing: Hearing, person_id: int) -> Attendance:
    seat = hearing.attendances.select_related("person").filter(person_id=person_id).first()
    if seat is None:
        raise Refusal(_("This person has no seat here."))
    return seat


@transaction.atomic
def admit(*, hearing_id: int, mediator: User, person_id: int) -> Attendance:
    """Let somebody in from the waiting room. The others see and hear them from now on."""
    hearing = _led_by(hearing_id, mediator)
    seat = _seat(hearing, person_id)
    if seat.admitted_at:
        return seat
    seat.admitted_at = timezone.now()
    seat.save(update_fields=["admitted_at"])
    remember(
        hearing.case, "hearing.admit", by=mediator, number=hearing.number, person=person_id, part=seat.part
    )
    return seat


@transaction.atomic
def send_out(*, hearing_id: int, mediator: User, person_id: int) -> Attendance:
    """Ask somebody back into the waiting room; they neither hear nor are heard."""
    hearing = _led_by(hearing_id, mediator)
    seat = _seat(hearing, person_id)
    if seat.person_id == mediator.pk or not seat.admitted_at:
        return seat
    seat.admitted_at = None
    seat.save(update_fields=["admitted_at"])
    remember(
        hearing.case,
        "hearing.send_out",
        by=mediator,
        number=hearing.number,
        person=person_id,
        part=seat.part,
    )
    return seat


@transaction.atomic
def take_part_by(*, hearing_id: int, person: User, way: str) -> Attendance:
    """Go on by telephone or in person, or come back into the room. It is remembered; the others are told."""
    hearing = _locked(hearing_id)
    seat = _seat(hearing, person.pk)
    if way not in Way.values:
        raise Refusal(_("Please choose how you take part."))
    if seat.way == way:
        return seat
    seat.way = way
    seat.save(update_fields=["way"])
    remember(hearing.case, "hearing.take_part_by", by=person, number=hearing.number, way=way)
    return seat


@transaction.atomic
def begin_caucus(*, hearing_id: int, mediator: User, side: str, takes_interpreter: bool = False) -> Caucus:
    """Talk to one side alone 背对背. The other side is told that there is such a talk, and nothing of it."""
    hearing = _led_by(hearing_id, mediator)
    if hearing.state != Hearing.State.OPEN:
        raise Refusal(_("Please open the hearing first."))
    if side not in Side.values:
        raise Refusal(_("Please choose a side."))
    running = hearing.caucuses.filter(ended_at__isnull=True).first()
    if running and running.side == side:
        return running
    if running:
        raise Refusal(_("Please end the private talk first."))
    caucus = Caucus.objects.create(hearing=hearing, side=side, takes_interpreter=takes_interpreter)
    remember(hearing.case, "hearing.begin_caucus", by=mediator, number=hearing.number, side=side)
    return caucus


@transaction.atomic
def end_caucus(*, hearing_id: int, mediator: User) -> None:
    """Everybody is together again. Ending a talk that has ended already is harmless."""
    hearing = _led_by(hearing_id, mediator)
    running = hearing.caucuses.filter(ended_at__isnull=True).first()
    if running is None:
        return
    running.ended_at = timezone.now()
    running.save(update_fields=["ended_at"])
    remember(hearing.case, "hearing.end_caucus", by=mediator, number=hearing.number, side=running.side)


@transaction.atomic
def invite_guest(*, hearing_id: int, mediator: User, part: str, with_side: str = "") -> str:
    """A link's secret for one helper or interpreter, good once, for 24 hours. An unused older one for it ends."""
    hearing = _led_by(hearing_id, mediator)
    if part not in {Part.HELPER, Part.INTERPRETER}:
        raise Refusal(_("Please choose helper or interpreter."))
    if with_side not in {"", *Side.values} or (part == Part.HELPER and not with_side):
        raise Refusal(_("Please choose whom they help."))
    if hearing.attendances.exclude(part=Part.NONE).count() >= adapter("media").most_guests:
        raise Refusal(_("There are enough helpers here."))
    hearing.invitations.filter(part=part, with_side=with_side, used_at__isnull=True).delete()
    secret = secrets.token_urlsafe(SECRET_BYTES)
    hearing.invitations.create(part=part, with_side=with_side, digest=_digest(secret), made_by=mediator)
    remember(
        hearing.case,
        "hearing.invite",
        by=mediator,
        number=hearing.number,
        part=part,
        with_side=with_side,
    )
    return secret


def invitation_of(secret: str) -> Invitation:
    """The invitation behind a link. Raises Refusal where it was used, is too old, or never was."""
    found = (
        Invitation.objects.select_related("hearing__case")
        .filter(digest=_digest(secret), used_at__isnull=True, made_at__gt=timezone.now() - INVITED_FOR)
        .exclude(hearing__state=Hearing.State.ENDED)
        .first()
    )
    if found is None:
        raise Refusal(_("This link has been used or is too old. Please ask the mediator for a new one."))
    return found


@transaction.atomic
def come_as_guest(*, secret: str, name: str) -> Attendance:
    """Use the invitation up: a seat for this name, its rights told, in the waiting room. Raises Refusal."""
    invitation = invitation_of(secret)
    hearing = _locked(invitation.hearing_id)
    invitation = invitation_of(secret)  # again, now that nobody else can use it
    said = " ".join(name.split())
    if not said or len(said) > LONGEST_NAME:
        raise Refusal(_("Please write your name."))
    guest = User.objects.create_user(username=f"guest-{secrets.token_hex(8)}", role=Role.CITIZEN, name=said)
    now = timezone.now()
    seat = Attendance.objects.create(
        hearing=hearing,
        person=guest,
        part=invitation.part,
        with_side=invitation.with_side,
        rights_told_at=now,
    )
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])
    remember(
        hearing.case,
        "hearing.join",
        by=guest,
        number=hearing.number,
        rights_told=True,
        part=seat.part,
        with_side=seat.with_side,
    )
    return seat


@transaction.atomic
def agree_apart(*, hearing_id: int, person: User, agrees: bool) -> Attendance:
    """Say yes or no to a hearing in which each speaks in their own time. Without an answer there is no yes."""
    hearing = _locked(hearing_id)
    seat = _seat(hearing, person.pk)
    if seat.apart_agreed == agrees:
        return seat
    seat.apart_agreed = agrees
    seat.save(update_fields=["apart_agreed"])
    event = "hearing.agree_apart" if agrees else "hearing.refuse_apart"
    remember(hearing.case, event, by=person, number=hearing.number)
    return seat


def somebody_refused_apart(hearing: Hearing) -> bool:
    """Whether a side has said no to speaking each in their own time."""
    return hearing.attendances.filter(part=Part.NONE, apart_agreed=False).exists()


def all_agreed_apart(hearing: Hearing) -> bool:
    """Whether both sides have said yes to speaking each in their own time."""
    case = hearing.case
    sides = {
        str(party.side)
        for seat in hearing.attendances.select_related("person")
        if seat.apart_agreed and not seat.part and (party := case.party_of(seat.person))
    }
    return set(Side) <= sides


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
