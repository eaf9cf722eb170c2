"""The room 调解室 as one person may see it: what the page draws, and with whom it may connect."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.roles import Role, Side
from mediation.adapters import adapter
from mediation.hearings.live.captions import are_stopped
from mediation.hearings.media import standby
from mediation.hearings.models import Attendance, Hearing, Part, Segment
from mediation.hearings.room import presence
from mediation.hearings.room.connecting import ice_servers
from mediation.hearings.room.places import MAIN, Seating

TAIL = 4  # of an identity number: enough to ask for


def snapshot(seating: Seating, mine: Attendance) -> dict[str, Any]:
    """What this person's page shows now. Who waits sees nobody but the mediator; a caucus shows nothing of itself."""
    hearing = seating.hearing
    lines = presence.lines(hearing.pk, [seat.person_id for seat in seating.seats])
    place = seating.place_of(mine)
    leads = seating.is_mediator(mine)
    together = {seat.pk for seat in seating.together_with(mine)}
    seen = [seat for seat in seating.seats if seating.may_sit(seat) and _may_see(seating, mine, seat)]
    return {
        "type": "room",
        "state": hearing.state,
        "me": mine.person_id,
        "leads": leads,
        "admitted": bool(mine.admitted_at),
        "place": place,
        "caucus": _caucus(seating, place),
        "may_record": seating.may_record(),
        "consent": mine.records_agreed,
        "way": mine.way,
        "call": centre_phone(hearing),
        "captions": _captions(seating, place),
        "clock": clock(hearing),
        "people": [_person(seating, mine, seat, lines) for seat in seen],
        "peers": [
            seat.person_id for seat in seating.seats if seat.pk in together and seat.person_id in lines
        ],
        "ice": ice_servers(mine.person_id),
        "media": _how_connected(),
    }


def _captions(seating: Seating, place: str | None) -> str:
    """What becomes of what is said here: "on", "off" (it is not recorded, so nothing hears it), or "stopped"."""
    if place is None or not seating.may_record():
        return "off"
    return "stopped" if are_stopped(hearing_id=seating.hearing.pk, place=place) else "on"


def centre_phone(hearing: Hearing) -> str:
    """The number to call about this hearing."""
    return (hearing.case.centre.phone if hearing.case.centre else "") or settings.HELP_PHONE


def _how_connected() -> str:
    """How sound goes: "direct" from browser to browser, "relayed", or "fallback": direct while the relay is gone."""
    if not adapter("media").relays:
        return "direct"
    return "fallback" if standby.is_down() else "relayed"


def _may_see(seating: Seating, mine: Attendance, seat: Attendance) -> bool:
    if seat.pk == mine.pk or seating.is_mediator(seat) or seating.is_mediator(mine):
        return True
    return bool(mine.admitted_at)


def _person(seating: Seating, mine: Attendance, seat: Attendance, lines: dict[int, str]) -> dict[str, Any]:
    """One seat. Who said no to recording is told to the mediator alone."""
    leads = seating.is_mediator(mine)
    return {
        "id": seat.person_id,
        "name": str(seat.person),
        "role": _as_what(seating, seat),
        "side": seating.side_of(seat),
        "guest": bool(seat.part),
        "mediator": seating.is_mediator(seat),
        "me": seat.pk == mine.pk,
        "line": lines.get(seat.person_id, ""),
        "admitted": bool(seat.admitted_at),
        "identity": bool(seat.identity_checked_at),
        "consent": seat.records_agreed if leads or seat.pk == mine.pk else None,
        "interpreter": leads and seat.asks_interpreter,
        "way": seat.way,
        "phone": _phone(seating, seat) if leads or seat.pk == mine.pk else "",
        "known": _known(seating, seat) if leads and seat.pk != mine.pk else "",
        "away": bool(seat.admitted_at) and seating.place_of(seat) != seating.place_of(mine),
    }


def _phone(seating: Seating, seat: Attendance) -> str:
    """Where this person can be called; "" where nobody knows."""
    party = None if seat.part else seating.hearing.case.party_of(seat.person)
    return str(seat.person.phone or (party.phone if party and party.person_id == seat.person_id else ""))


def _known(seating: Seating, seat: Attendance) -> str:
    """What the mediator asks for to check the identity (在线调解规则 Art 17): told to the mediator alone."""
    party = None if seat.part else seating.hearing.case.party_of(seat.person)
    if party is None:
        return _("Invited by you. Ask for the name.") if seat.part else ""
    if party.institution:
        return _("Signed in for %(institution)s.") % {"institution": party.institution.name}
    if party.id_number:
        return _("Identity number ends in %(tail)s") % {"tail": str(party.id_number)[-TAIL:]}
    return _("No identity number is known. Ask for it.")


def _as_what(seating: Seating, seat: Attendance) -> str:
    if seat.part:
        words = str(Part(seat.part).label)
        helped = str(Side(seat.with_side).label) if seat.with_side else str(_("for everyone"))
        return _("%(part)s, %(whom)s") % {"part": words, "whom": helped}
    side = seating.side_of(seat)
    return str(Side(side).label) if side else str(Role(seat.person.role).label)


def _caucus(seating: Seating, place: str | None) -> dict[str, Any] | None:
    if seating.caucus is None:
        return None
    return {
        "side": seating.caucus.side,
        "name": str(Side(seating.caucus.side).label),
        "mine": place not in {None, MAIN},
    }


def clock(hearing: Hearing) -> float:
    """Seconds since the hearing was opened."""
    return seconds_into(hearing, timezone.now())


def written(seating: Seating) -> list[dict[str, Any]]:
    """What people have written themselves in the room so far, for who comes or comes back."""
    seats = {seat.person_id: seat for seat in seating.seats}
    lines = [line for line in seating.hearing.written_lines.all() if line.written_by_id in seats]
    return [
        said(seating, seats[line.written_by_id or 0], line)
        for line in lines
        if line.speaker in {"", seats[line.written_by_id or 0].person.role}
    ]


def said(seating: Seating, seat: Attendance, line: Segment) -> dict[str, Any]:
    """A line that somebody wrote, as pages show it."""
    return {
        "type": "said",
        "id": f"w{line.pk}",
        "from": seat.person_id,
        "name": str(seat.person),
        "text": str(line.heard),
        "at": seconds_into(seating.hearing, line.written_at),
    }


def seconds_into(hearing: Hearing, instant: datetime | None) -> float:
    """Seconds from the opening of the hearing to this instant."""
    if instant is None or hearing.opened_at is None:
        return 0.0
    return round(max((instant - hearing.opened_at).total_seconds(), 0), 1)
