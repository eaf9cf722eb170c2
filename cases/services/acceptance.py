"""Acceptance 受理: take a filed dispute on, ask for what is missing, or decline it with a reason and a way to go."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.admissibility import objections_to
from cases.errors import NotAdmissible, Refusal
from cases.models import Case, Institution, User
from cases.roles import Side
from cases.rules import limits
from cases.services.closing import close
from cases.services.steps import lock_case, remember, take
from cases.workflow import ACCEPT, ASK_SUPPLEMENT, DECLINE, SUPPLEMENT

FROM_PAPERS = "materials_signed_for"  # the start of periods that a court's papers begin


@transaction.atomic
def match_respondent(*, case_id: UUID, officer: User, institution_id: int) -> Case:
    """Say which institution on our list the other side is."""
    case = lock_case(case_id)
    ACCEPT.check(case.stage, officer.role)
    institution = Institution.objects.get(pk=institution_id)
    case.parties.filter(side=Side.RESPONDENT).update(
        institution=institution, name=institution.name, phone=institution.phone, address=institution.address
    )
    remember(case, "case.match_respondent", by=officer, institution=institution.name)
    return case


@transaction.atomic
def accept_case(
    *,
    case_id: UUID,
    officer: User,
    note: str = "",
    track: str = "self_accepted",
    signed_on: date | None = None,
) -> Case:
    """Accept a filed dispute and start the mediation clock (在线调解规则 Arts 12, 24).

    `track` says how the case came, and so which limits count. Where the period counts from the day on which the
    court's papers were signed for, that day is `signed_on`, today if nothing is said. Raises NotAdmissible with every
    objection at once, so the claimant can mend them in one go.
    """
    case = lock_case(case_id)
    ACCEPT.check(case.stage, officer.role)
    if objections := objections_to(case):
        raise NotAdmissible(*objections)
    begun = _beginning(case, track, signed_on)
    case.profile, case.accepted_at = track, timezone.now()
    case.parties.filter(side=Side.CLAIMANT).update(identity_checked_at=timezone.now())
    counted = {key: day.isoformat() for key, day in begun.items()}
    take(ACCEPT, case, by=officer, note=note, begun=begun, track=track, counted_from=counted)
    return case


def _beginning(case: Case, track: str, signed_on: date | None) -> dict[str, date]:
    """The day from which the mediation period counts, where it is not today. Raises Refusal."""
    today = timezone.localdate()
    filed_on = timezone.localdate(case.filed_at) if case.filed_at else today
    known = track in limits.TRACKS
    period = (
        limits.rule_for(track, "mediation", start_on=signed_on or today, filed_on=filed_on) if known else None
    )
    if period is None:
        raise Refusal(_("Please choose from the list how the case came here."))
    if signed_on is None:
        return {}
    if period.start != FROM_PAPERS:
        raise Refusal(
            _("The day of the court's papers is for cases that a court sent. Please leave it empty.")
        )
    if signed_on > today:
        raise Refusal(_("The court's papers cannot be signed for in the future."))
    return {"mediation": signed_on}


@transaction.atomic
def ask_to_supplement(*, case_id: UUID, officer: User, items: str) -> Case:
    """Ask once for everything that is missing, with content and deadline (在线诉讼规则 Art 9(2))."""
    if not items.strip():
        raise Refusal(_("Please write what the citizen should add."))
    case = lock_case(case_id)
    take(ASK_SUPPLEMENT, case, by=officer, note=items.strip())
    return case


@transaction.atomic
def supplement(*, case_id: UUID, person: User, words: str) -> Case:
    """The citizen has added what was asked for; the acceptance clock starts again."""
    case = lock_case(case_id)
    if case.party_of(person) is None:
        raise Refusal(_("This step is not yours to take."))
    if words.strip():
        case.story = f"{case.story}\n\n{words.strip()}"
    take(SUPPLEMENT, case, by=person, note=words.strip())
    return case


@transaction.atomic
def decline_case(*, case_id: UUID, officer: User, reason: str, go_where: str) -> Case:
    """Decline with the reason and a statement of where to go instead (在线调解规则 Art 9)."""
    if not reason.strip() or not go_where.strip():
        raise Refusal(_("Please give the reason, and say where the citizen can go instead."))
    case = lock_case(case_id)
    take(DECLINE, case, by=officer, note=reason.strip(), go_where=go_where.strip())
    close(case, ending="", note=f"{reason.strip()}\n{go_where.strip()}")
    return case
