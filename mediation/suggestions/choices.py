"""Whether a machine may suggest at all: each person decides for themselves, a party for its own case."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, User
from cases.roles import Role
from cases.services.steps import lock_case, remember
from mediation.suggestions.models import MachineChoice


def wants_suggestions(person: User) -> bool:
    """Whether this mediator wants suggestions: as chosen, else as settings.SUGGESTIONS_BY_DEFAULT says."""
    chosen = MachineChoice.objects.filter(person=person, case=None).first()
    return chosen.is_on if chosen else bool(settings.SUGGESTIONS_BY_DEFAULT)


def choose_for_myself(*, person: User, is_on: bool) -> None:
    """Switch suggestions on or off for a mediator's own desk. Raises Refusal for anybody else."""
    if person.role != Role.MEDIATOR:
        raise Refusal(_("Only a mediator can choose this."))
    MachineChoice.objects.update_or_create(person=person, case=None, defaults={"is_on": is_on})


def party_objects(case: Case, person: User | None = None) -> bool:
    """Whether a party (or just this one) said that no machine shall suggest in this case."""
    said = case.machine_choices.filter(is_on=False)
    return (said.filter(person=person) if person else said).exists()


@transaction.atomic
def choose_for_case(*, case_id: UUID, person: User, is_on: bool) -> None:
    """A party's word on machine suggestions in its own case; the last word counts. Raises Refusal for others."""
    case = lock_case(case_id)
    if case.party_of(person) is None:
        raise Refusal(_("Only a party can choose this."))
    before = party_objects(case, person)
    MachineChoice.objects.update_or_create(person=person, case=case, defaults={"is_on": is_on})
    if before == is_on:
        remember(case, "suggestion.choose", by=person, is_on=int(is_on))


def reason_to_be_silent(case: Case, mediator: User) -> str:
    """Why no suggestion may be made here, in words; empty when it may."""
    if party_objects(case):
        return _("A party does not want a machine's suggestion in this case.")
    if not wants_suggestions(mediator):
        return _("You have switched machine suggestions off.")
    return ""
