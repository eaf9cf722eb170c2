"""Proposals 方案 and the settlement agreement 调解协议: offered, accepted by both, drafted, signed, effective."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, User
from cases.roles import Role, Side
from cases.services.steps import lock_case, remember, take
from cases.workflow import AGREE, REOPEN, TAKE_EFFECT, Stage
from mediation.adapters import adapter
from mediation.agreements import content
from mediation.agreements.drafts import TermDraft as TermDraft
from mediation.agreements.drafts import Wording as Wording
from mediation.agreements.enforceability import Beside, review, review_of
from mediation.agreements.enforceability.review import names_of
from mediation.agreements.models import Agreement, Proposal, Response, Signature
from mediation.agreements.signing import Signer
from mediation.papers.services import file_paper

SIGNERS = (Role.CITIZEN, Role.INSTITUTION, Role.MEDIATOR)
MOST_TERMS = 20


@transaction.atomic
def offer_proposal(*, case_id: UUID, person: User, terms: Sequence[TermDraft], wording: Wording) -> Proposal:
    """Offer a new version of the terms to both sides. It replaces the open one; who offers it has not yet accepted.

    The mediator or either side may offer. Raises Refusal with everything that is unclear (民诉法解释 Art 461).
    """
    case = lock_case(case_id)
    if case.stage != Stage.MEDIATION:
        raise Refusal(_("Terms can be offered only during the talks."))
    if case.mediator_id != person.pk and case.party_of(person) is None:
        raise Refusal(_("This step is not yours to take."))
    if problems := problems_of(terms, wording, names=names_of(case)):
        raise Refusal(*problems)
    case.proposals.filter(state=Proposal.State.OPEN).update(state=Proposal.State.REPLACED)
    last = case.proposals.aggregate(n=Max("version"))["n"] or 0
    proposal = Proposal.objects.create(
        case=case,
        version=last + 1,
        by=person,
        by_role=person.role,
        note=wording.note,
        waiver=wording.waiver,
        costs=wording.costs,
        overdue=wording.overdue,
        credit=wording.credit,
    )
    for number, term in enumerate(terms, start=1):
        proposal.terms.create(
            number=number,
            kind=term.kind,
            payer=term.payer,
            amount_fen=term.amount_fen,
            parts=term.parts,
            due_on=term.due_on,
            account=term.account,
            allocation=term.allocation,
            words=term.words.strip(),
        )
    remember(
        case, "proposal.offer", by=person, version=proposal.version, terms=content.terms_as_record(proposal)
    )
    return proposal


def problems_of(
    terms: Sequence[TermDraft], wording: Wording | None = None, *, names: Mapping[str, str] | None = None
) -> list[str]:
    """Everything that must be mended before these terms can be offered (民诉法解释 Arts 358(5), 461); empty when clear.

    Advice is not among it: see `enforceability.review` for the whole.
    """
    if len(terms) > MOST_TERMS:
        return [_("Please write at most %(most)s terms.") % {"most": MOST_TERMS}]
    return [str(finding) for finding in review(terms, beside_of(wording), names=names).must]


def beside_of(wording: Wording | None) -> Beside:
    """What stands beside the terms, as the review reads it."""
    said = wording or Wording()
    return Beside(overdue=said.overdue, credit=said.credit, waiver=said.waiver, costs=said.costs)


@transaction.atomic
def respond(*, proposal_id: int, person: User, accepts: bool, words: str = "") -> Proposal:
    """Say yes or no to one version. With both yeses the case goes to signing. Silence is neither."""
    proposal = Proposal.objects.select_related("case").get(pk=proposal_id)
    case = lock_case(proposal.case_id)
    proposal.refresh_from_db()
    party = case.party_of(person)
    if party is None:
        raise Refusal(_("This step is not yours to take."))
    if proposal.state != Proposal.State.OPEN or case.stage != Stage.MEDIATION:
        raise Refusal(_("This version is no longer open. Please look at the newest one."))
    Response.objects.update_or_create(
        proposal=proposal,
        party=party,
        defaults={"person": person, "accepted": accepts, "words": words.strip()},
    )
    event = "proposal.accept" if accepts else "proposal.reject"
    remember(case, event, by=person, version=proposal.version, words=words.strip())
    if not accepts:
        proposal.state = Proposal.State.REJECTED
        proposal.save(update_fields=["state"])
    elif proposal.responses.filter(accepted=True).count() == len(Side):
        proposal.state = Proposal.State.ACCEPTED
        proposal.save(update_fields=["state"])
        take(AGREE, case, by=person, version=proposal.version)
    return proposal


@transaction.atomic
def draft_agreement(
    *, case_id: UUID, mediator: User, facts: str, issues: str, responsibility: str
) -> Agreement:
    """Set the accepted proposal as a paper for signing. Raises MissingContent naming what the law still asks for."""
    case = lock_case(case_id)
    if case.mediator_id != mediator.pk or case.stage != Stage.SIGNING:
        raise Refusal(_("An agreement can be drawn up once both sides have accepted the same version."))
    proposal = case.proposals.filter(state=Proposal.State.ACCEPTED).last()
    if proposal is None:
        raise Refusal(_("Both sides have not yet accepted the same version."))
    if any(agreement.signatures.exists() for agreement in standing(case)):
        raise Refusal(_("Someone has already signed. Go back to the talks if the text must change."))
    if unclear := [str(one) for one in review_of(proposal, on=timezone.localdate()).must]:
        raise Refusal(*unclear, _("Go back to the talks to mend the terms; both sides then answer again."))
    texts = {"facts": facts.strip(), "issues": issues.strip(), "responsibility": responsibility.strip()}
    for drawn in standing(case):
        if drawn.proposal_id == proposal.pk and all(getattr(drawn, key) == texts[key] for key in texts):
            return drawn
    Agreement.objects.filter(case=case, set_aside_at__isnull=True).delete()
    number = content.agreement_number(case, proposal)
    agreement = Agreement(case=case, proposal=proposal, number=number, drafted_by=mediator, **texts)
    agreement.draft = file_paper(
        case=case,
        kind="agreement",
        content=content.agreement(agreement),
        title="调解协议书（待签）",
        by=mediator,
        role=Role.MEDIATOR,
    )
    agreement.save()
    remember(
        case,
        "agreement.draft",
        by=mediator,
        number=agreement.number,
        exhibit=agreement.draft.number,
        sha256=agreement.draft.deposit.sha256,
    )
    return agreement


def standing(case: Case) -> list[Agreement]:
    """The agreements that were not set aside; one at most."""
    return list(case.agreements.filter(set_aside_at__isnull=True))


@transaction.atomic
def sign(*, agreement_id: int, person: User, read_to_end: bool) -> Agreement:
    """Sign the exact bytes of the draft. The last of the three signatures makes it effective (在线调解规则 Art 19)."""
    agreement = Agreement.objects.select_related("case", "draft__deposit").get(pk=agreement_id)
    case = lock_case(agreement.case_id)
    agreement.refresh_from_db()
    if case.party_of(person) is None and case.mediator_id != person.pk:
        raise Refusal(_("This step is not yours to take."))
    if not agreement.set_aside_at and agreement.signatures.filter(role=person.role).exists():
        return agreement
    if agreement.set_aside_at or case.stage != Stage.SIGNING:
        raise Refusal(_("This agreement is not open for signing."))
    if not read_to_end:
        raise Refusal(_("Please read the agreement to its end and tick the box before you sign."))
    signer: Signer = adapter("signer")
    digest = agreement.draft.deposit.sha256
    token = signer.sign(digest=digest, person=str(person.pk), at=timezone.now())
    Signature.objects.create(
        agreement=agreement, person=person, role=person.role, method=signer.name, digest=digest, token=token
    )
    remember(
        case,
        "agreement.sign",
        by=person,
        number=agreement.number,
        sha256=digest,
        method=signer.name,
        token=token,
    )
    if agreement.signatures.count() == len(SIGNERS):
        _take_effect(agreement, case, person)
    return agreement


def _take_effect(agreement: Agreement, case: Case, person: User) -> None:
    agreement.effective_at = timezone.now()
    agreement.final = file_paper(
        case=case,
        kind="agreement",
        content=content.agreement(agreement),
        title="调解协议书（已签）",
        by=None,
        role=Role.SYSTEM,
    )
    agreement.save()
    take(
        TAKE_EFFECT,
        case,
        by=person,
        number=agreement.number,
        draft_sha256=agreement.draft.deposit.sha256,
        final_sha256=agreement.final.deposit.sha256,
    )


@transaction.atomic
def reopen_talks(*, case_id: UUID, mediator: User, reason: str) -> Case:
    """Go back from signing to the talks: the drawn-up agreement and its signatures no longer stand."""
    case = lock_case(case_id)
    if case.mediator_id != mediator.pk:
        raise Refusal(_("This case is not assigned to you."))
    if not reason.strip():
        raise Refusal(_("Please write the reason; the law asks us to record it."))
    take(REOPEN, case, by=mediator, note=reason.strip())
    case.agreements.filter(set_aside_at__isnull=True).update(set_aside_at=timezone.now())
    case.proposals.filter(state=Proposal.State.ACCEPTED).update(state=Proposal.State.REPLACED)
    return case


def effective(case: Case) -> Agreement | None:
    """The agreement in force, if there is one."""
    return case.agreements.filter(effective_at__isnull=False, set_aside_at__isnull=True).last()


def unsigned_roles(agreement: Agreement) -> list[Role]:
    """Whose signature is still missing."""
    signed = set(agreement.signatures.values_list("role", flat=True))
    return [role for role in SIGNERS if role not in signed]
