"""What an open room page may ask for, done in the database; consumers.py carries it both ways."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import User
from mediation.hearings import services
from mediation.hearings.live.captions import captions_of
from mediation.hearings.models import Hearing
from mediation.hearings.room import presence, seats, snapshot
from mediation.hearings.room.places import MAIN, Seating, Standing, seating_of
from mediation.hearings.room.saying import say_in_writing
from mediation.hearings.transcripts import LONGEST_LINE

Visitor = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class View:
    """The room as one page sees it: what it draws, where its person is, and with whom they may connect."""

    person: int
    standing: Standing
    peers: frozenset[int]
    room: dict[str, Any]

    @property
    def place(self) -> str | None:
        """Where this page's person is; None while they wait."""
        return self.standing.place


def enter(*, hearing_id: int, person: Visitor, line: str, language: str) -> View | None:
    """A page has opened. None for who has no seat."""
    return _look(hearing_id, person, line, language)


def stay(*, hearing_id: int, person: Visitor, line: str, language: str) -> View | None:
    """A page is still open. None when its person may no longer sit here."""
    return _look(hearing_id, person, line, language)


def leave(*, hearing_id: int, person: Visitor, line: str, language: str) -> None:
    """A page was closed."""
    if person.pk is not None:
        presence.leave(hearing_id, person.pk, line)


def _look(hearing_id: int, person: Visitor, line: str, language: str) -> View | None:
    if isinstance(person, AnonymousUser):
        return None
    try:
        seating = seating_of(hearing_id)
    except Hearing.DoesNotExist:
        return None
    seat = seating.seat_of(person.pk)
    if seat is None or not seat.person.is_active:
        return None
    presence.enter(hearing_id, person.pk, line)
    with translation.override(language):
        room = snapshot.snapshot(seating, seat)
    return View(person.pk, seating.standing_of(seat), frozenset(room["peers"]), room)


def placed_in(*, hearing_id: int, caucus: int) -> frozenset[int]:
    """Who is placed now in the room of everyone (0), or in this private talk; nobody, once it is over."""
    seating = seating_of(hearing_id)
    standings = {seat.person_id: seating.standing_of(seat) for seat in seating.seats}
    return frozenset(
        person for person, at in standings.items() if at.place is not None and at.caucus == caucus
    )


def history(*, hearing_id: int, person: User) -> list[dict[str, Any]]:
    """The captions and written words of this person's place before they came. Of private talk nothing is kept."""
    seating = seating_of(hearing_id)
    seat = seating.seat_of(person.pk)
    if seat is None or seating.place_of(seat) != MAIN:
        return []
    return [*captions_of(hearing_id=hearing_id), *snapshot.written(seating)]


def say(*, hearing_id: int, person: User, text: str, language: str) -> tuple[dict[str, Any], str]:
    """Written words for this person's place: the message for everybody there, and the place.

    In the room of everyone they become part of the transcript; in private talk they are passed on and kept nowhere.
    """
    with translation.override(language):
        seating = seating_of(hearing_id)
        seat = seating.seat_of(person.pk)
        place = seating.place_of(seat) if seat else None
        if seat is None or place is None:
            return _no(Refusal(_("Please wait until the mediator lets you in."))), MAIN
        if place != MAIN:
            words = text.strip()[:LONGEST_LINE]
            if not words:
                return _no(Refusal(_("Please write what you want to say."))), place
            return {**_passing(seating, person, words), "name": str(seat.person)}, place
        try:
            line = say_in_writing(hearing_id=hearing_id, person=person, text=text)
        except Refusal as refusal:
            return _no(refusal), MAIN
        return snapshot.said(seating, seat, line), MAIN


def _passing(seating: Seating, person: User, words: str) -> dict[str, Any]:
    return {
        "type": "said",
        "id": f"p{secrets.token_hex(6)}",
        "from": person.pk,
        "text": words,
        "at": snapshot.clock(seating.hearing),
    }


def act(*, hearing_id: int, person: User, message: Mapping[str, Any], language: str) -> dict[str, Any] | None:
    """Do what a page asks for; ACTS says what there is. A refusal comes back in words, with nothing changed."""
    with translation.override(language):
        try:
            return ACTS[message["type"]](hearing_id, person, message)
        except Refusal as refusal:
            return _no(refusal)


def _no(refusal: Refusal) -> dict[str, Any]:
    return {"type": "no", "why": [str(line) for line in refusal]}


def _person_in(message: Mapping[str, Any]) -> int:
    person = message.get("person")
    if isinstance(person, bool) or not isinstance(person, int) or not 0 < person < 2**63:
        raise Refusal(_("This person has no seat here."))
    return person


def _word_in(message: Mapping[str, Any], name: str) -> str:
    word = message.get(name, "")
    return word if isinstance(word, str) else ""


def _admit(hearing_id: int, person: User, message: Mapping[str, Any]) -> None:
    seats.admit(hearing_id=hearing_id, mediator=person, person_id=_person_in(message))


def _send_out(hearing_id: int, person: User, message: Mapping[str, Any]) -> None:
    seats.send_out(hearing_id=hearing_id, mediator=person, person_id=_person_in(message))


def _check_identity(hearing_id: int, person: User, message: Mapping[str, Any]) -> None:
    checked = _person_in(message)
    if seating_of(hearing_id).seat_of(checked) is None:
        raise Refusal(_("This person has no seat here."))
    services.check_identity(hearing_id=hearing_id, mediator=person, person_id=checked)


def _answer(hearing_id: int, person: User, message: Mapping[str, Any]) -> None:
    """Yes or no to being recorded; anything else is no answer."""
    if isinstance(agrees := message.get("agrees"), bool):
        services.answer_recording(hearing_id=hearing_id, person=person, agrees=agrees)


def _take_part_by(hearing_id: int, person: User, message: Mapping[str, Any]) -> None:
    seats.take_part_by(hearing_id=hearing_id, person=person, way=_word_in(message, "way"))


def _begin_caucus(hearing_id: int, person: User, message: Mapping[str, Any]) -> None:
    seats.begin_caucus(
        hearing_id=hearing_id,
        mediator=person,
        side=_word_in(message, "side"),
        takes_interpreter=message.get("interpreter") is True,
    )


def _end_caucus(hearing_id: int, person: User, message: Mapping[str, Any]) -> None:
    seats.end_caucus(hearing_id=hearing_id, mediator=person)


def _invite(hearing_id: int, person: User, message: Mapping[str, Any]) -> dict[str, Any]:
    secret = seats.invite_guest(
        hearing_id=hearing_id,
        mediator=person,
        part=_word_in(message, "part"),
        with_side=_word_in(message, "side"),
    )
    return {"type": "invited", "path": reverse("portal:hearing_guest", args=[secret])}


ACTS: dict[str, Callable[[int, User, Mapping[str, Any]], dict[str, Any] | None]] = {
    "admit": _admit,
    "send-out": _send_out,
    "check-identity": _check_identity,
    "answer": _answer,
    "take-part-by": _take_part_by,
    "begin-caucus": _begin_caucus,
    "end-caucus": _end_caucus,
    "invite": _invite,
}


def language_of(scope: Mapping[str, Any]) -> str:
    """The language of a page, from its cookie."""
    wanted = scope.get("cookies", {}).get(settings.LANGUAGE_COOKIE_NAME, "")
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
