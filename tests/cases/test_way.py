"""The docket's own way: filed, accepted, answered, assigned, opened; and every other end."""

import itertools
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from cases.errors import NotAdmissible, Refusal, StepRefused
from cases.models import Case, Clock, User
from cases.roles import Role
from cases.services import acceptance, assignment, closing, intake, pauses
from cases.services.working_off import work_off
from cases.workflow import STEPS, Ending, Stage
from evidence import ledger
from evidence.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db


def test_filing_gives_a_number_parties_claims_and_a_clock(filed_case: Case, citizen: User) -> None:
    assert filed_case.docket.startswith(f"{timezone.localdate():%Y}-")
    assert filed_case.stage == Stage.ACCEPTANCE
    assert filed_case.claimant.person == citizen
    assert filed_case.respondent.institution is not None
    assert filed_case.claims.count() == 2
    assert filed_case.clocks.get(state="running").limit == "acceptance"
    assert ledger.first_break(filed_case.chain) is None


def test_filing_twice_is_filing_once(filed_case: Case) -> None:
    again = intake.file_case(case_id=filed_case.pk)

    assert again.docket == filed_case.docket
    assert Entry.objects.filter(chain=filed_case.chain, event="case.file").count() == 1


def test_an_incomplete_draft_is_told_everything_at_once(centre) -> None:
    draft = intake.draft_case()

    with pytest.raises(NotAdmissible) as refusal:
        intake.file_case(case_id=draft.pk)

    assert len(refusal.value.messages) == 7


@time_machine.travel("2026-09-30T10:00:00+08:00", tick=False)
def test_acceptance_starts_the_clocks_of_the_law(filed_case: Case, officer: User) -> None:
    case = acceptance.accept_case(case_id=filed_case.pk, officer=officer)

    running = {clock.limit: clock.due_on for clock in case.clocks.filter(state="running")}
    assert running["contact"] == date(2026, 10, 10)  # three working days over the October holidays
    assert running["mediation"] == date(2026, 10, 30)
    assert case.due_on == min(running.values())


def test_a_case_without_a_listed_institution_is_not_accepted(centre, institution, citizen, officer) -> None:
    case = intake.draft_case()
    Case.objects.filter(pk=case.pk).update(centre=centre)
    given = factories.answers(citizen, institution)
    intake.save_answers(case_id=case.pk, **{**given, "respondent": "无名平台", "institution": None})
    intake.file_case(case_id=case.pk)

    with pytest.raises(NotAdmissible, match=r"institution|机构"):
        acceptance.accept_case(case_id=case.pk, officer=officer)

    acceptance.match_respondent(case_id=case.pk, officer=officer, institution_id=institution.pk)
    assert acceptance.accept_case(case_id=case.pk, officer=officer).stage == Stage.FACT_FINDING


def test_supplement_and_back(filed_case: Case, officer: User, citizen: User) -> None:
    acceptance.ask_to_supplement(case_id=filed_case.pk, officer=officer, items="请补充还款流水")
    case = acceptance.supplement(case_id=filed_case.pk, person=citizen, words="流水已上传")

    assert case.stage == Stage.ACCEPTANCE
    assert "流水已上传" in case.story


def test_two_officers_accepting_at_once_accept_once(filed_case: Case, officer: User) -> None:
    acceptance.accept_case(case_id=filed_case.pk, officer=officer)

    with pytest.raises(StepRefused):
        acceptance.accept_case(case_id=filed_case.pk, officer=officer)
    assert Entry.objects.filter(chain=filed_case.chain, event="case.accept").count() == 1


def test_declining_needs_a_reason_and_a_way_to_go(filed_case: Case, officer: User) -> None:
    with pytest.raises(Refusal):
        acceptance.decline_case(case_id=filed_case.pk, officer=officer, reason="不属于金融纠纷", go_where=" ")

    case = acceptance.decline_case(
        case_id=filed_case.pk, officer=officer, reason="不属于金融纠纷", go_where="可向劳动仲裁委员会申请仲裁"
    )
    assert case.stage == Stage.CLOSED
    assert not case.clocks.filter(state="running").exists()


def test_both_sides_choosing_the_same_mediator_assigns_it(
    accepted_case: Case, citizen: User, lender: User, mediator: User
) -> None:
    assignment.choose_mediator(case_id=accepted_case.pk, person=citizen, mediator_id=mediator.pk)
    case = assignment.choose_mediator(case_id=accepted_case.pk, person=lender, mediator_id=mediator.pk)

    assert case.mediator == mediator
    assert case.mediator_confirmed_at is None


def test_a_disclosed_relation_waits_for_both_sides(
    accepted_case: Case, officer: User, mediator: User, citizen: User, lender: User
) -> None:
    pk = accepted_case.pk
    assignment.assign_mediator(case_id=pk, officer=officer, mediator_id=mediator.pk)
    assignment.take_on(case_id=pk, mediator=mediator, has_relation=True, words="曾在该公司任职")
    with pytest.raises(Refusal):
        assignment.open_mediation(case_id=pk, mediator=mediator)

    assignment.reply_to_disclosure(case_id=pk, person=citizen, accepts=True)
    assignment.reply_to_disclosure(case_id=pk, person=lender, accepts=True)
    assert assignment.open_mediation(case_id=pk, mediator=mediator).stage == Stage.MEDIATION


def test_an_objection_sends_the_mediator_away(case_in_mediation: Case, citizen: User, mediator: User) -> None:
    assignment.reply_to_disclosure(
        case_id=case_in_mediation.pk, person=citizen, accepts=False, words="我不放心"
    )
    case = Case.objects.get(pk=case_in_mediation.pk)
    assert (case.mediator, case.stage) == (None, Stage.FACT_FINDING)


def test_withdrawing_refusing_and_ending_name_their_ground(
    accepted_case: Case, citizen: User, lender: User, officer: User
) -> None:
    case = closing.refuse_mediation(case_id=accepted_case.pk, person=lender, reason="已进入诉讼")
    assert (case.stage, case.ending) == (Stage.CLOSED, Ending.UNWILLING)
    with pytest.raises(StepRefused):
        closing.withdraw_case(case_id=case.pk, person=citizen)


def test_an_unreachable_respondent_ends_the_case(accepted_case: Case, officer: User) -> None:
    case = closing.end_mediation(
        case_id=accepted_case.pk,
        staff=officer,
        ending=Ending.UNREACHABLE,
        reason="三次电话、两次短信未回",
        cost_conduct="没有",
        court_notes="没有",
    )
    assert case.ending == Ending.UNREACHABLE


def test_time_run_out_ends_once_and_only_after_the_last_day(accepted_case: Case) -> None:
    clock = accepted_case.clocks.get(limit="mediation")
    with time_machine.travel(f"{clock.overdue_on}T12:00:00+08:00"):
        work_off()
        assert Case.objects.get(pk=accepted_case.pk).ending == ""
        with pytest.raises(Refusal):
            closing.expire_case(case_id=accepted_case.pk)
    with time_machine.travel(f"{clock.overdue_on + timedelta(days=1)}T00:10:00+08:00"):
        work_off()
    case = Case.objects.get(pk=accepted_case.pk)
    assert case.ending == Ending.PERIOD_OVER
    assert case.clocks.get(limit="mediation").state == Clock.State.EXPIRED


def test_a_pause_moves_the_mediation_clock(case_in_mediation: Case, mediator: User) -> None:
    before = case_in_mediation.clocks.get(limit="mediation").due_on
    pauses.pause_case(
        case_id=case_in_mediation.pk, staff=mediator, reason="等申请人补银行流水", waiting_for=Role.CITIZEN
    )
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        pauses.resume_case(case_id=case_in_mediation.pk, staff=mediator)

    after = case_in_mediation.clocks.get(limit="mediation").due_on
    assert after >= before + timedelta(days=9)


def test_an_extension_needs_both_yeses(case_in_mediation: Case, mediator: User, citizen, lender) -> None:
    pk, before = case_in_mediation.pk, case_in_mediation.clocks.get(limit="mediation").due_on
    pauses.ask_extension(case_id=pk, mediator=mediator, days=15, reason="等待公司审批")
    pauses.reply_to_extension(case_id=pk, person=citizen, agrees=True)
    assert case_in_mediation.clocks.get(limit="mediation").due_on == before

    pauses.reply_to_extension(case_id=pk, person=lender, agrees=True)
    assert case_in_mediation.clocks.get(limit="mediation").due_on > before


def test_a_near_limit_is_announced_once(accepted_case: Case) -> None:
    clock = accepted_case.clocks.get(limit="contact")
    with time_machine.travel(f"{clock.due_on}T09:00:00+08:00"):
        work_off()
        assert Entry.objects.filter(chain=accepted_case.chain, event="limit.today").count() == 1
        assert work_off() == 0


def test_every_step_from_every_stage_by_every_role() -> None:
    for step, stage, role in itertools.product(STEPS.values(), Stage, Role):
        lawful = stage in step.source and role in step.by
        try:
            step.check(stage, role)
        except StepRefused:
            assert not lawful, (step.name, stage, role)
        else:
            assert lawful, (step.name, stage, role)


@pytest.mark.parametrize("who", ["citizen", "officer", "mediator", "lender", "judge"])
def test_a_stranger_finds_nothing(filed_case: Case, who: str) -> None:
    stranger = factories.UserFactory.create(**{who: True})
    assert not Case.objects.visible_to(stranger).exists()
