"""同意电子送达: asked by stage, written down, taken back at any time. No answer is a no (在线诉讼规则 Arts 4, 29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Party, User
from cases.roles import STAFF_ROLES
from cases.rules.delivery import Phase
from cases.services.steps import lock_case, remember
from mediation.notices.addresses import confirmed_addresses
from mediation.notices.models import DeliveryConsent

AT_FILING = ("inbox", "sms")  # the application names the telephone, by which the account is opened


@dataclass(frozen=True, slots=True)
class Standing:
    """What one side has answered for one stage by a certain moment. `agreed` is None where nothing was answered."""

    agreed: bool | None = None
    ways: frozenset[str] = frozenset()
    at: datetime | None = None


def standing_of(party: Party, phase: str, at: datetime | None = None) -> Standing:
    """What holds at this moment; now, without one."""
    moment = at or timezone.now()
    answers = [one for one in party.delivery_consents.all() if one.phase == phase]
    given = [one for one in answers if one.at <= moment]
    if given:
        last = max(given, key=lambda one: (one.at, one.pk))
        return Standing(last.agreed, frozenset(last.ways) if last.agreed else frozenset(), last.at)
    if answers or phase != Phase.MEDIATION or not party.e_delivery_at or party.e_delivery_at > moment:
        return Standing()
    return Standing(True, frozenset(AT_FILING), party.e_delivery_at)


@transaction.atomic
def answer_consent(*, case_id: UUID, person: User, phase: str, agrees: bool) -> DeliveryConsent:
    """A side says yes or no to electronic service for one stage. A later answer counts from its own moment on."""
    case = lock_case(case_id)
    party = case.party_of(person)
    if party is None:
        raise Refusal(_("This step is not yours to take."))
    return _keep(case, party, phase=Phase(phase), agrees=agrees, how=DeliveryConsent.How.SITE, by=person)


@transaction.atomic
def note_consent_by_call(
    *, case_id: UUID, staff: User, party_id: int, phase: str, agrees: bool
) -> DeliveryConsent:
    """What a side answered on the telephone (在线诉讼规则 Art 30), as a person of the office heard it."""
    case = lock_case(case_id)
    if staff.role not in STAFF_ROLES or not Case.objects.visible_to(staff).filter(pk=case.pk).exists():
        raise Refusal(_("This step is not yours to take."))
    party = case.parties.get(pk=party_id)
    return _keep(case, party, phase=Phase(phase), agrees=agrees, how=DeliveryConsent.How.CALL, by=staff)


def _keep(case: Case, party: Party, *, phase: Phase, agrees: bool, how: str, by: User) -> DeliveryConsent:
    before = standing_of(party, phase)
    ways = ways_of(party) if agrees else ()
    known = party.delivery_consents.filter(phase=phase).last()
    if known and known.agreed == agrees and set(known.ways) == set(ways):
        return known
    if (
        known is None and before.agreed and before.at
    ):  # what was said with the application becomes a row of its own
        party.delivery_consents.create(
            phase=phase, agreed=True, ways=list(AT_FILING), how=DeliveryConsent.How.FILING, at=before.at
        )
    answer: DeliveryConsent = party.delivery_consents.create(
        phase=phase, agreed=agrees, ways=list(ways), how=how, by=by
    )
    if phase == Phase.MEDIATION:
        party.e_delivery_at = answer.at if agrees else None
        party.save(update_fields=["e_delivery_at"])
    event = "delivery.consent" if agrees else "delivery.decline"
    remember(case, event, by=by, side=party.side, phase=str(phase), how=how, ways=list(ways))
    return answer


def ways_of(party: Party) -> Sequence[str]:
    """The channels by which this side is known to be reached now: account, telephone, confirmed e-mail."""
    people = (
        list(party.institution.people.filter(is_active=True))
        if party.institution
        else [party.person]
        if party.person
        else []
    )
    ways = ["inbox"] if people else []
    if party.phone or any(one.phone for one in people):
        ways.append("sms")
    if confirmed_addresses(people):
        ways.append("email")
    return ways
