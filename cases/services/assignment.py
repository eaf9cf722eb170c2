"""The mediator 调解员: chosen or appointed, disclosure first, then confirmed (在线调解规则 Arts 10–14)."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Disclosure, DisclosureReply, MediatorChoice, User
from cases.roles import Role
from cases.services.steps import lock_case, remember, take
from cases.workflow import ASSIGN, OPEN_MEDIATION, TAKE_ON, Stage


@transaction.atomic
def choose_mediator(*, case_id: UUID, person: User, mediator_id: int) -> Case:
    """One side names the mediator it would like. When both sides name the same, that mediator is assigned (Art 10)."""
    case = lock_case(case_id)
    party = case.party_of(person)
    if party is None or case.stage != Stage.FACT_FINDING or case.mediator_id:
        raise Refusal(_("A mediator cannot be chosen now."))
    mediator = _mediator(case, mediator_id)
    MediatorChoice.objects.update_or_create(case=case, party=party, defaults={"mediator": mediator})
    remember(case, "mediator.choose", by=person, mediator=mediator.pk)
    chosen = list(case.choices.values_list("mediator", flat=True))
    if chosen == [mediator.pk, mediator.pk]:
        _assign(case, mediator, by=None)
    return case


@transaction.atomic
def assign_mediator(*, case_id: UUID, officer: User, mediator_id: int) -> Case:
    """The office appoints: within 3 working days, or after the parties did not choose together (Art 10)."""
    case = lock_case(case_id)
    ASSIGN.check(case.stage, officer.role)
    if case.mediator_id != mediator_id:
        _assign(case, _mediator(case, mediator_id), by=officer)
    return case


def _mediator(case: Case, mediator_id: int) -> User:
    mediator = User.objects.filter(
        pk=mediator_id, role=Role.MEDIATOR, is_active=True, centre=case.centre
    ).first()
    if mediator is None:
        raise Refusal(_("Please choose a mediator from the list."))
    return mediator


def _assign(case: Case, mediator: User, *, by: User | None) -> None:
    case.mediator, case.mediator_confirmed_at = mediator, None
    take(ASSIGN, case, by=by, role=Role.OFFICER, mediator=mediator.pk, mediator_name=str(mediator))


@transaction.atomic
def take_on(*, case_id: UUID, mediator: User, has_relation: bool, words: str = "") -> Disclosure:
    """Disclose first, then take the case on (Arts 12, 13). A relation must be described."""
    case = lock_case(case_id)
    if case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if case.mediator_confirmed_at:
        raise Refusal(_("You have already taken this case on."))
    if has_relation and not words.strip():
        raise Refusal(_("Please describe the relation, so that both sides can decide knowing it."))
    disclosure = case.disclosures.create(mediator=mediator, has_relation=has_relation, words=words.strip())
    case.mediator_confirmed_at = timezone.now()
    take(TAKE_ON, case, by=mediator, has_relation=has_relation, words=words.strip())
    return disclosure


@transaction.atomic
def give_back(*, case_id: UUID, mediator: User, reason: str) -> Case:
    """The mediator does not take the case on; the office appoints again (Art 12)."""
    case = lock_case(case_id)
    if case.mediator_id != mediator.pk or case.stage != Stage.FACT_FINDING:
        raise Refusal(_("This case is not assigned to you."))
    if not reason.strip():
        raise Refusal(_("Please write the reason; the law asks us to record it."))
    case.mediator, case.mediator_confirmed_at = None, None
    case.save()
    remember(case, "mediator.give_back", by=mediator, reason=reason.strip())
    return case


@transaction.atomic
def reply_to_disclosure(*, case_id: UUID, person: User, accepts: bool, words: str = "") -> Case:
    """A party goes on knowing what was disclosed, or asks for another mediator, who is then appointed (Arts 13, 14)."""
    case = lock_case(case_id)
    party = case.party_of(person)
    disclosure = case.disclosures.filter(mediator=case.mediator).last()
    if party is None or disclosure is None or case.stage not in {Stage.FACT_FINDING, Stage.MEDIATION}:
        raise Refusal(_("There is nothing to reply to now."))
    DisclosureReply.objects.update_or_create(
        disclosure=disclosure, party=party, defaults={"accepts": accepts, "words": words.strip()}
    )
    remember(case, "mediator.accept" if accepts else "mediator.object", by=person, words=words.strip())
    if not accepts:
        case.mediator, case.mediator_confirmed_at, case.stage = None, None, Stage.FACT_FINDING
        case.choices.all().delete()
        case.save()
    return case


@transaction.atomic
def open_mediation(*, case_id: UUID, mediator: User) -> Case:
    """Fact-finding is done; the talks begin. Where a relation was disclosed, both sides must have accepted it."""
    case = lock_case(case_id)
    if case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if not case.mediator_confirmed_at:
        raise Refusal(_("Please make your disclosure and take the case on first."))
    disclosure = case.disclosures.filter(mediator=mediator).last()
    if disclosure and disclosure.has_relation and disclosure.replies.filter(accepts=True).count() < 2:
        raise Refusal(_("You disclosed a relation; wait until both sides have accepted it."))
    take(OPEN_MEDIATION, case, by=mediator)
    return case
