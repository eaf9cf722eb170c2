"""Who is concerned by what happened in a case."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from django.db import models

from cases.models import Case, Party, User
from cases.roles import Role, Side
from cases.services.people import MOBILE
from mediation.notices.tellings import To

DUTIES: dict[str, To] = {
    "citizen": To.CLAIMANT,
    "claimant": To.CLAIMANT,
    "institution": To.RESPONDENT,
    "respondent": To.RESPONDENT,
    "mediator": To.MEDIATOR,
    "centre": To.OFFICE,
    "court": To.COURT,
}


@dataclass(frozen=True, slots=True)
class Receiver:
    """Someone to tell: on the site, where the person signs in; by text message, where a phone number is known.

    `side` is that of the party that the person is, or acts for; empty for staff.
    """

    person: User | None = None
    phone: str = ""
    side: str = ""


@dataclass(frozen=True, slots=True)
class Circle:
    """The people around one event of a case."""

    case: Case
    actor: User | None
    payer: str = ""  # where the record names none: not the side that speaks
    duty: str = ""

    def of(self, to: Set[To]) -> list[Receiver]:
        """Everybody meant, once. Staff are not told what they did themselves."""
        seen: dict[tuple[int | None, str], Receiver] = {}
        for audience in sorted(self._plain(to), key=lambda one: one.value):
            for receiver in self._members(audience):
                if not self._did_it_in_office(receiver.person):
                    seen[receiver.person.pk if receiver.person else None, receiver.phone] = receiver
        return list(seen.values())

    def _did_it_in_office(self, person: User | None) -> bool:
        return bool(
            person
            and self.actor
            and person.pk == self.actor.pk
            and person.role not in {Role.CITIZEN, Role.INSTITUTION}
        )

    def _plain(self, to: Set[To]) -> set[To]:
        """The audience with “whoever must act” said by name."""
        if To.DUTY not in to:
            return set(to)
        if self.duty == "parties":
            return {To.CLAIMANT, To.RESPONDENT}
        named = DUTIES.get(self.duty)
        return {To.OFFICE if named == To.MEDIATOR and not self.case.mediator else named} if named else set()

    def _members(self, audience: To) -> Iterator[Receiver]:
        match audience:
            case To.MEDIATOR:
                if self.case.mediator:
                    yield Receiver(self.case.mediator)
            case To.OFFICE:
                yield from self._staff(User.objects.filter(role=Role.OFFICER, centre=self.case.centre))
            case To.SUPERVISOR:
                officers = User.objects.filter(role=Role.OFFICER, centre=self.case.centre, is_active=True)
                named = officers.filter(supervises=True)
                yield from self._staff(named if named.exists() else officers)
            case To.COURT:
                court = self.case.centre.court if self.case.centre else None
                yield from self._staff(User.objects.filter(role=Role.COURT, court=court, court__isnull=False))
            case _:
                for party in self._parties(audience):
                    yield from members_of(party)

    def _staff(self, people: "models.QuerySet[User]") -> Iterator[Receiver]:
        yield from (Receiver(person) for person in people.filter(is_active=True).order_by("pk"))

    def _parties(self, audience: To) -> Iterator[Party]:
        own = self.case.party_of(self.actor) if self.actor else None
        for party in self.case.parties.all():
            if party.side == Side.RESPONDENT and not self.case.accepted_at:
                continue  # before acceptance the other side has not been asked, and is not told
            match audience:
                case To.CLAIMANT | To.RESPONDENT:
                    meant = party.side == audience.name.lower()
                case To.PAYER:
                    meant = party.side == self.payer if self.payer else party != own
                case To.PAYEE:
                    meant = party.side != self.payer if self.payer else party == own
                case _:
                    meant = party != own
            if meant:
                yield party


def members_of(party: Party) -> Iterator[Receiver]:
    """Everybody by whom this side is reached."""
    if party.institution:
        people = list(party.institution.people.filter(is_active=True).order_by("pk"))
        yield from (Receiver(person, side=party.side) for person in people)
        if people:
            return
    phone = party.phone or (party.person.phone if party.person else "")
    yield Receiver(party.person, phone if MOBILE.match(re.sub(r"\D", "", phone)) else "", party.side)
