"""What the office can do with a case: each act as data, with its form, who may take it, when, and its service."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, User
from cases.roles import Role
from cases.services import acceptance, answering, assignment, closing, pauses
from cases.workflow import Stage
from evidence.models import Entry
from mediation.agreements import precedents
from mediation.agreements import services as agreements
from mediation.court import services as court
from mediation.desk import accepting_forms, ending_forms, forms
from mediation.hearings import services as hearings
from mediation.papers import services as papers
from mediation.performance import services as performance
from mediation.suggestions import services as suggestions

OFFICER, MEDIATOR = Role.OFFICER, Role.MEDIATOR
STAFF = frozenset({OFFICER, MEDIATOR})
TALKS = frozenset({Stage.FACT_FINDING, Stage.MEDIATION})
UNTIL_SIGNED = TALKS | {Stage.SIGNING}
SETTLED = frozenset({Stage.CONFIRMATION, Stage.PERFORMANCE, Stage.CLOSED})
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `when` says whether the page offers it; the service behind it has the last word.

    `part` is the id of the section of the page where its form stands; those in "acts" are folded away.
    """

    name: str
    label: Promise
    form: type[forms.CaseForm]
    by: Set[str]
    stages: Set[str]
    do: Callable[[Case, User, Data], Any]
    done: Promise
    when: Callable[[Case], bool] = lambda _case: True
    part: str = "acts"
    hint: Promise | str = ""
    is_grave: bool = False

    def is_open_to(self, case: Case, person: User) -> bool:
        """Whether the page offers this act to this person now."""
        return person.role in self.by and case.stage in self.stages and self.when(case)


def _has_mediator(case: Case) -> bool:
    return case.mediator_confirmed_at is not None


def _is_unconfirmed(case: Case) -> bool:
    return case.mediator_id is not None and case.mediator_confirmed_at is None


def _is_matched(case: Case) -> bool:
    return bool(case.respondent and case.respondent.institution_id)


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act(
            "accept", _("Accept this dispute"), accepting_forms.AcceptForm, {OFFICER}, {Stage.ACCEPTANCE},
            lambda case, person, data: acceptance.accept_case(
                case_id=case.pk, officer=person, note=data["note"], track=data["track"],
                signed_on=data["signed_on"]),
            _("The dispute is accepted; both sides are told."), part="do",
        ),
        Act(
            "match", _("Match the other side"), forms.MatchForm, {OFFICER}, {Stage.ACCEPTANCE},
            lambda case, person, data: acceptance.match_respondent(
                case_id=case.pk, officer=person, institution_id=data["institution"].pk),
            _("The other side is matched."), part="match",
        ),
        Act(
            "supplement", _("Ask for more papers"), forms.SupplementForm, {OFFICER}, {Stage.ACCEPTANCE},
            lambda case, person, data: acceptance.ask_to_supplement(
                case_id=case.pk, officer=person, items=data["items"]),
            _("The citizen is asked to add this."),
            hint=_("Once, with everything that is missing (在线诉讼规则 Art 9)."),
        ),
        Act(
            "decline", _("Decline"), forms.DeclineForm, {OFFICER}, {Stage.ACCEPTANCE, Stage.SUPPLEMENT},
            lambda case, person, data: acceptance.decline_case(
                case_id=case.pk, officer=person, reason=data["reason"], go_where=data["go_where"]),
            _("The dispute is declined; the citizen reads the reason."), is_grave=True,
        ),
        Act(
            "assign", _("Assign a mediator"), forms.AssignForm, {OFFICER}, TALKS,
            lambda case, person, data: assignment.assign_mediator(
                case_id=case.pk, officer=person, mediator_id=data["mediator"]),
            _("The mediator is assigned and told."),
            hint=_("Within 3 working days, or when the sides did not choose together (在线调解规则 Art 10)."),
        ),
        Act(
            "take_on", _("Disclose and take on"), forms.TakeOnForm, {MEDIATOR}, {Stage.FACT_FINDING},
            lambda case, person, data: assignment.take_on(
                case_id=case.pk, mediator=person, has_relation=data["has_relation"], words=data["words"]),
            _("You have taken the case on; both sides can read your disclosure."), _is_unconfirmed, part="do",
        ),
        Act(
            "give_back", _("Give the case back"), forms.ReasonForm, {MEDIATOR}, {Stage.FACT_FINDING},
            lambda case, person, data: assignment.give_back(
                case_id=case.pk, mediator=person, reason=data["reason"]),
            _("The case went back to the office."), is_grave=True,
        ),
        Act(
            "open_mediation", _("Open mediation"), forms.CaseForm, {MEDIATOR}, {Stage.FACT_FINDING},
            lambda case, person, _data: assignment.open_mediation(case_id=case.pk, mediator=person),
            _("The mediation is open."), _has_mediator, part="do",
        ),
        Act(
            "call_hearing", _("Call a hearing"), forms.HearingForm, {MEDIATOR}, {Stage.MEDIATION},
            lambda case, person, data: hearings.call_hearing(
                case_id=case.pk, mediator=person, starts_at=data["starts_at"], how=data["how"],
                place=data["place"]),
            _("Both sides are called."), part="hearings",
        ),
        Act(
            "offer_facts", _("Ask both sides to confirm"), forms.FactsForm, {MEDIATOR}, UNTIL_SIGNED,
            lambda case, person, data: hearings.offer_facts(
                case_id=case.pk, mediator=person, facts=data["facts"]),
            _("Both sides are asked to confirm these facts."), _has_mediator, part="facts",
        ),
        Act(
            "suggest", _("Look for like cases"), forms.CaseForm, {MEDIATOR}, TALKS,
            lambda case, person, _data: suggestions.propose(case_id=case.pk, mediator=person),
            _("The comparison is made."), _has_mediator, part="suggestion",
        ),
        Act(
            "adopt", _("Take this sum as my start"), forms.AdoptForm, {MEDIATOR}, TALKS,
            lambda case, person, data: suggestions.adopt(
                suggestion_id=_own_suggestion(case, data["id"]), mediator=person, amount_fen=data["amount"],
                reason=data["reason"]),
            _("Your decision is recorded. Nothing was sent to the sides."), part="suggestion",
        ),
        Act(
            "dismiss", _("Set aside"), forms.DismissForm, {MEDIATOR}, TALKS,
            lambda case, person, data: suggestions.dismiss(
                suggestion_id=_own_suggestion(case, data["id"]), mediator=person, reason=data["reason"]),
            _("The suggestion is set aside."), part="suggestion",
        ),
        Act(
            "state_loan", _("Keep these figures"), forms.LoanForm, {MEDIATOR}, TALKS,
            lambda case, person, data: answering.state_loan(
                case_id=case.pk, person=person, principal_fen=data["principal"], received_fen=data["received"],
                payments=[(month, data["monthly"]) for month in range(1, data["months"] + 1)],
                contract_on=data["contract_on"]),
            _("The figures are kept."), _has_mediator, part="loan",
        ),
        Act(
            "sign", _("Sign"), forms.SignForm, {MEDIATOR}, {Stage.SIGNING},
            lambda case, person, data: agreements.sign(
                agreement_id=_standing_agreement(case), person=person, read_to_end=data["read_to_end"]),
            _("Your signature is given."), lambda case: bool(agreements.standing(case)), part="do",
        ),
        Act(
            "reopen", _("Go back to the talks"), forms.ReasonForm, {MEDIATOR}, {Stage.SIGNING},
            lambda case, person, data: agreements.reopen_talks(
                case_id=case.pk, mediator=person, reason=data["reason"]),
            _("The talks are open again."), is_grave=True,
            hint=_("The drawn-up agreement and its signatures will no longer stand."),
        ),
        Act(
            "go_without_ruling", _("Perform without a ruling"), forms.SureForm, {MEDIATOR}, {Stage.CONFIRMATION},
            lambda case, person, _data: court.go_without_ruling(case_id=case.pk, staff=person),
            _("The agreement is now being performed."), lambda case: court.live_application(case) is None,
            hint=_("When both sides chose not to apply, or the 30 days are over (民事诉讼法 Art 205)."),
        ),
        Act(
            "confirm_payment", _("Confirm"), forms.NumberForm, {MEDIATOR}, {Stage.PERFORMANCE},
            lambda case, person, data: performance.confirm_payment(
                payment_id=_own_payment(case, data["id"]), person=person),
            _("The payment is confirmed."), part="performance",
        ),
        Act(
            "reject_payment", _("It did not arrive"), forms.RejectForm, {MEDIATOR}, {Stage.PERFORMANCE},
            lambda case, person, data: performance.reject_payment(
                payment_id=_own_payment(case, data["id"]), mediator=person, reason=data["reason"]),
            _("Noted. Both sides are told."), part="performance",
        ),
        Act(
            "try_paper", _("Make it again"), forms.NumberForm, STAFF, frozenset(Stage),
            lambda case, _person, data: papers.try_again(paper_id=_own_paper(case, data["id"])),
            _("The paper is being made."), part="papers",
        ),
        Act(
            "extend", _("Ask for more time"), forms.ExtensionForm, {MEDIATOR}, UNTIL_SIGNED,
            lambda case, person, data: pauses.ask_extension(
                case_id=case.pk, mediator=person, days=data["days"], reason=data["reason"]),
            _("Both sides are asked."), _has_mediator, hint=_("Only if both sides agree (在线调解规则 Art 24)."),
        ),
        Act(
            "pause", _("Pause the clock"), forms.PauseForm, STAFF, TALKS,
            lambda case, person, data: pauses.pause_case(
                case_id=case.pk, staff=person, reason=data["reason"], waiting_for=data["waiting_for"],
                kind=data["kind"], person=data["named"]),
            _("The clock is paused; both sides are told why."), lambda case: case.paused_at is None,
            hint=_("For a named reason, such as an appraisal (在线调解规则 Art 26)."),
        ),
        Act(
            "resume", _("Let the clock run again"), forms.CaseForm, STAFF, frozenset(Stage),
            lambda case, person, _data: pauses.resume_case(case_id=case.pk, staff=person),
            _("The clock runs again."), lambda case: case.paused_at is not None, part="do",
        ),
        Act(
            "expire", _("End: the time is over"), forms.SureForm, STAFF, UNTIL_SIGNED,
            lambda case, person, _data: closing.expire_case(case_id=case.pk, by=person),
            _("The mediation has ended: its time was over."), lambda case: _time_is_over(case), is_grave=True,
            hint=_("The period was not extended (在线调解规则 Arts 24, 25)."),
        ),
        Act(
            "end", _("End the mediation"), ending_forms.EndForm, STAFF, UNTIL_SIGNED,
            lambda case, person, data: closing.end_mediation(
                case_id=case.pk, staff=person, ending=data["ending"], reason=data["reason"],
                cost_conduct=data["cost_conduct"], court_notes=data["court_notes"]),
            _("The mediation has ended; both sides are told."), is_grave=True,
            hint=_("On a ground of 在线调解规则 Art 25. The way to court stays open."),
        ),
        Act(
            "describe_ending", _("Complete the notice of the end"), ending_forms.DescribeEndingForm, STAFF,
            {Stage.CLOSED},
            lambda case, person, data: closing.describe_ending(
                case_id=case.pk, staff=person,
                cost_conduct=data["cost_conduct"], court_notes=data["court_notes"]),
            _("The notice is made anew."), lambda case: _is_undescribed(case),
            hint=_("No mediator declared this end; 在线调解规则 Art 21 asks for two things more."),
        ),
        Act(
            "put_forward", _("Put forward for the library"), forms.CaseForm, {OFFICER}, SETTLED,
            lambda case, person, _data: precedents.put_forward(case_id=case.pk, officer=person),
            _("Names were taken out. The case waits on the release desk until somebody has read it."),
            precedents.may_be_put_forward,
            hint=_("So that later cases can be compared with it. Nobody finds it before a person has read it."),
        ),
    )
}  # fmt: skip


def _time_is_over(case: Case) -> bool:
    from django.utils import timezone

    over = case.clocks.filter(limit="mediation", state="running", overdue_on__lt=timezone.localdate())
    return case.paused_at is None and over.exists()


def _is_undescribed(case: Case) -> bool:
    """Ended without an agreement and by nobody of the staff, so that Art 21 is not answered yet."""
    if case.accepted_at is None or case.ending in {"", "agreement", "settled"}:
        return False
    last = case.steps.order_by("-at", "-pk").first()
    described = Entry.objects.filter(chain=case.chain, event="ending.describe").exists()
    return bool(last and last.name in {"refuse", "expire", "withdraw"}) and not described


def _own_suggestion(case: Case, pk: int) -> int:
    return int(case.suggestions.values_list("pk", flat=True).get(pk=pk))


def _own_paper(case: Case, pk: int) -> int:
    return int(case.papers.values_list("pk", flat=True).get(pk=pk))


def _own_payment(case: Case, pk: int) -> int:
    rows = case.instalments.filter(payments=pk).values_list("payments__pk", flat=True)
    return int(rows.get(payments__pk=pk))


def _standing_agreement(case: Case) -> int:
    standing = agreements.standing(case)
    return standing[0].pk if standing else 0
