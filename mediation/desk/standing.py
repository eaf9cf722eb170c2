"""Where a case stands: whose move it is and what comes next. One annotated query for any number of cases."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Clock, Pause
from cases.roles import Role, Side
from cases.workflow import Stage
from mediation.agreements.models import Agreement, Proposal, Response, Signature
from mediation.court.models import Consent, JointApplication
from mediation.hearings.models import Hearing
from mediation.performance.models import Instalment, Payment

PARTIES = frozenset({Role.CITIZEN, Role.INSTITUTION})
ROLE_OF = {Side.CLAIMANT: Role.CITIZEN, Side.RESPONDENT: Role.INSTITUTION}
LIVE = ["gathering", "sent", "supplement", "accepted"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What comes next: in a sentence, on the button of whoever must act, and the act behind it."""

    key: str
    todo: Promise
    button: Promise
    act: str = ""


SITUATIONS = {
    one.key: one
    for one in (
        Situation("accept", _("Decide whether to take this dispute on"), _("Accept or decline"), "accept"),
        Situation("supplement", _("The claimant is adding what is missing"), _("Look")),
        Situation("assign", _("Name a mediator"), _("Assign a mediator"), "assign"),
        Situation("take_on", _("Disclose, then take the case on"), _("Disclose and take on"), "take_on"),
        Situation("answer", _("The institution is to answer each claim"), _("Look")),
        Situation("open", _("Facts are gathered: open the mediation"), _("Open mediation"), "open_mediation"),
        Situation("hearing", _("A hearing is called"), _("Enter the hearing")),
        Situation("propose", _("Find terms that both sides can accept"), _("Write terms"), "propose"),
        Situation("reply", _("Terms lie with the sides"), _("Look at the replies")),
        Situation("draft", _("Both sides agree: draw the agreement up"), _("Draw up agreement"), "draft"),
        Situation("sign", _("The agreement waits for signatures"), _("Sign"), "sign"),
        Situation("apply", _("Both sides may apply to the court together"), _("Look")),
        Situation("court", _("The application lies with the court"), _("Look")),
        Situation("papers", _("The court asks both sides for papers"), _("Look")),
        Situation("confirm_payment", _("A payment was reported"), _("Check payments"), "confirm_payment"),
        Situation("perform", _("The agreement is being performed"), _("See the plan")),
        Situation("paused", _("The clock is paused"), _("Look")),
        Situation("closed", _("This case is closed"), _("Look")),
    )
}


def with_standing(cases: "QuerySet[Case]") -> "QuerySet[Case, Case]":
    """The cases with everything that `situation_of` asks, without the large sealed columns."""
    of_case = {"case": OuterRef("pk")}
    pause = Pause.objects.filter(**of_case, until_on__isnull=True).order_by("-pk")
    proposal = Proposal.objects.filter(**of_case, state=Proposal.State.OPEN)
    agreement = Agreement.objects.filter(**of_case, set_aside_at__isnull=True)
    hearing = Hearing.objects.filter(**of_case).exclude(state=Hearing.State.ENDED).order_by("starts_at")
    instalment = Instalment.objects.filter(**of_case).owed().order_by("due_on", "pk")
    application = JointApplication.objects.filter(**of_case, state__in=LIVE).order_by("-pk")
    reported = Payment.objects.filter(instalment__case=OuterRef("pk"), confirmed_at__isnull=True)

    def replied(side: str) -> Exists:
        open_ones = Response.objects.filter(
            proposal__case=OuterRef("pk"), proposal__state=Proposal.State.OPEN
        )
        return Exists(open_ones.filter(party__side=side))

    def signed(role: str) -> Exists:
        given = Signature.objects.filter(agreement__case=OuterRef("pk"), agreement__set_aside_at__isnull=True)
        return Exists(given.filter(role=role))

    def consented(side: str) -> Exists:
        given = Consent.objects.filter(application__case=OuterRef("pk"), application__state="gathering")
        return Exists(given.filter(party__side=side))

    def first(query: "QuerySet[Any]", field: str) -> Subquery:
        return Subquery(query.values(field)[:1])

    return cases.defer("story", "answers", "ending_note").annotate(
        waits_for=first(pause, "waiting_for"),
        answer_runs=Exists(Clock.objects.filter(**of_case, limit="answer", state=Clock.State.RUNNING)),
        has_proposal=Exists(proposal),
        claimant_replied=replied(Side.CLAIMANT),
        respondent_replied=replied(Side.RESPONDENT),
        hearing_pk=first(hearing, "pk"),
        hearing_at=first(hearing, "starts_at"),
        has_agreement=Exists(agreement),
        citizen_signed=signed(Role.CITIZEN),
        institution_signed=signed(Role.INSTITUTION),
        mediator_signed=signed(Role.MEDIATOR),
        application_state=first(application, "state"),
        claimant_consented=consented(Side.CLAIMANT),
        respondent_consented=consented(Side.RESPONDENT),
        next_due_on=first(instalment, "due_on"),
        next_payer=first(instalment, "payer"),
        has_reported=Exists(reported),
    )


def situation_of(row: Any) -> tuple[Situation, frozenset[str]]:
    """What comes next for a case of `with_standing`, and whose move it is (roles)."""
    if row.stage == Stage.CLOSED:
        return SITUATIONS["closed"], frozenset()
    if row.paused_at:
        return SITUATIONS["paused"], frozenset({row.waits_for} if row.waits_for else set())
    key, roles = BY_STAGE[Stage(row.stage)](row)
    return SITUATIONS[key], frozenset(roles)


def office_acts(stage: str, mediator_id: int | None, waits_for: str | None) -> bool:
    """Whether the office must act, from three columns alone; `situation_of` says the same for officers.

    `waits_for` is the role that a lasting pause waits for, None while the clock runs.
    """
    if stage == Stage.CLOSED:
        return False
    if waits_for is not None:
        return waits_for == Role.OFFICER
    unassigned = mediator_id is None and stage in {Stage.FACT_FINDING, Stage.MEDIATION}
    return stage == Stage.ACCEPTANCE or unassigned


Found = tuple[str, Set[Role]]


def _fact_finding(row: Any) -> Found:
    if row.mediator_id is None:
        return "assign", {Role.OFFICER}
    if row.mediator_confirmed_at is None:
        return "take_on", {Role.MEDIATOR}
    if row.answer_runs:
        return "answer", {Role.INSTITUTION}
    return "open", {Role.MEDIATOR}


def _mediation(row: Any) -> Found:
    if row.mediator_id is None:
        return "assign", {Role.OFFICER}
    if row.has_proposal:
        silent = {
            role
            for role, replied in (
                (Role.CITIZEN, row.claimant_replied),
                (Role.INSTITUTION, row.respondent_replied),
            )
            if not replied
        }
        return "reply", silent or PARTIES
    return ("hearing" if row.hearing_pk else "propose"), {Role.MEDIATOR}


def _signing(row: Any) -> Found:
    if not row.has_agreement:
        return "draft", {Role.MEDIATOR}
    missing = {
        role
        for role, signed in (
            (Role.CITIZEN, row.citizen_signed),
            (Role.INSTITUTION, row.institution_signed),
            (Role.MEDIATOR, row.mediator_signed),
        )
        if not signed
    }
    return "sign", missing


def _confirmation(row: Any) -> Found:
    match row.application_state:
        case "sent" | "accepted":
            return "court", {Role.COURT}
        case "supplement":
            return "papers", PARTIES
        case _:
            missing = {
                role
                for role, given in (
                    (Role.CITIZEN, row.claimant_consented),
                    (Role.INSTITUTION, row.respondent_consented),
                )
                if not given
            }
            return "apply", missing


def _performance(row: Any) -> Found:
    if row.has_reported:
        return "confirm_payment", {Role.MEDIATOR}
    return "perform", {ROLE_OF[Side(row.next_payer)]} if row.next_payer else PARTIES


BY_STAGE: dict[Stage, Callable[[Any], Found]] = {
    Stage.INTAKE: lambda _row: ("supplement", {Role.CITIZEN}),
    Stage.ACCEPTANCE: lambda _row: ("accept", {Role.OFFICER}),
    Stage.SUPPLEMENT: lambda _row: ("supplement", {Role.CITIZEN}),
    Stage.FACT_FINDING: _fact_finding,
    Stage.MEDIATION: _mediation,
    Stage.SIGNING: _signing,
    Stage.CONFIRMATION: _confirmation,
    Stage.PERFORMANCE: _performance,
}
