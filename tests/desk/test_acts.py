"""Every act of the office: taken by the right role, closed to the wrong one, refused without losing a word."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Case, Clock
from cases.services import assignment
from cases.workflow import Ending, Stage
from mediation.agreements import services as agreements
from mediation.agreements.models import Proposal
from mediation.desk.acts import ACTS
from mediation.hearings.models import Hearing
from mediation.suggestions import services as suggestions
from tests import factories
from tests.desk.conftest import act_url, case_url, signed_in
from tests.test_whole_way import agree, confirm, make_effective

pytestmark = pytest.mark.django_db
OWN = {"track": "self_accepted"}


def now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_an_officer_accepts_and_comes_back_to_the_case(as_officer: Client, filed_case: Case) -> None:
    answer = as_officer.post(act_url(filed_case, "accept"), {"note": "材料齐全"} | OWN, follow=True)

    assert answer.redirect_chain[-1][0] == case_url(filed_case)
    assert now(filed_case).stage == Stage.FACT_FINDING
    assert "已受理".encode() in answer.content or b"accepted" in answer.content


def test_all_objections_are_shown_at_once(as_officer: Client, centre, institution, citizen) -> None:
    case = factories.filed_case(
        centre=centre, institution=institution, citizen=citizen, amount_fen=None, contract_on="2031-01-01"
    )
    case.parties.filter(side="respondent").update(institution=None)
    answer = as_officer.post(act_url(case, "accept"), {"note": "看过了，还差两样"} | OWN)

    assert answer.status_code == 422
    assert len(answer.context["form"].non_field_errors()) == 3
    assert "看过了，还差两样" in answer.content.decode()
    assert now(case).stage == Stage.ACCEPTANCE


def test_the_second_of_two_officers_gets_a_clear_message(
    as_officer: Client, filed_case: Case, centre, officer
) -> None:
    other = signed_in(factories.UserFactory.create(officer=True, centre=centre))
    assert as_officer.post(act_url(filed_case, "accept"), {"note": "甲"} | OWN).status_code == 302
    answer = other.post(act_url(filed_case, "accept"), {"note": "乙写的备注"} | OWN)

    assert answer.status_code == 422
    shown = answer.content.decode()
    assert str(Stage.FACT_FINDING.label) in str(answer.context["form"].non_field_errors())
    assert "乙写的备注" in shown
    assert now(filed_case).steps.filter(name="accept").count() == 1


def test_matching_asking_and_declining(as_officer: Client, filed_case: Case, institution) -> None:
    filed_case.parties.filter(side="respondent").update(institution=None)
    assert as_officer.post(act_url(filed_case, "match"), {"institution": ""}).status_code == 422
    as_officer.post(act_url(filed_case, "match"), {"institution": institution.pk})
    assert now(filed_case).respondent.institution == institution  # type: ignore[union-attr]

    assert as_officer.post(act_url(filed_case, "supplement"), {"items": " "}).status_code == 422
    as_officer.post(act_url(filed_case, "supplement"), {"items": "借款合同全部页"})
    assert now(filed_case).stage == Stage.SUPPLEMENT

    refused = as_officer.post(act_url(filed_case, "decline"), {"reason": "不是金融纠纷", "go_where": ""})
    assert refused.status_code == 422
    assert "不是金融纠纷" in refused.content.decode()
    as_officer.post(act_url(filed_case, "decline"), {"reason": "不是金融纠纷", "go_where": "向法院起诉"})
    assert now(filed_case).stage == Stage.CLOSED


def test_assigning_shows_how_busy_each_is(as_officer: Client, accepted_case: Case, mediator, centre) -> None:
    busy = factories.UserFactory.create(mediator=True, centre=centre, name="何调解")
    Case.objects.filter(pk=accepted_case.pk).update(mediator=busy)
    Case.objects.filter(pk=accepted_case.pk).update(mediator=None)
    page = as_officer.get(case_url(accepted_case)).content.decode()
    assert mediator.name in page
    assert "何调解" in page

    assert as_officer.post(act_url(accepted_case, "assign"), {"mediator": "999999"}).status_code == 422
    as_officer.post(act_url(accepted_case, "assign"), {"mediator": mediator.pk})
    assert now(accepted_case).mediator == mediator


def test_a_mediator_discloses_before_the_talks(
    as_mediator: Client, accepted_case, officer, mediator, lender
) -> None:
    assignment.assign_mediator(case_id=accepted_case.pk, officer=officer, mediator_id=mediator.pk)
    assert as_mediator.post(act_url(accepted_case, "take_on"), {}).status_code == 422
    refused = as_mediator.post(act_url(accepted_case, "take_on"), {"has_relation": "yes", "words": ""})
    assert refused.status_code == 422
    as_mediator.post(act_url(accepted_case, "take_on"), {"has_relation": "no"})
    as_mediator.post(act_url(accepted_case, "open_mediation"))

    case = now(accepted_case)
    assert case.stage == Stage.MEDIATION
    assert case.disclosures.get().has_relation is False


def test_giving_a_case_back_leaves_the_case_page(
    as_mediator: Client, accepted_case, officer, mediator
) -> None:
    assignment.assign_mediator(case_id=accepted_case.pk, officer=officer, mediator_id=mediator.pk)
    assert as_mediator.post(act_url(accepted_case, "give_back"), {"reason": ""}).status_code == 422
    answer = as_mediator.post(
        act_url(accepted_case, "give_back"), {"reason": "与公司有亲属关系"}, follow=True
    )

    assert answer.redirect_chain[-1][0] == "/desk/"
    assert now(accepted_case).mediator is None


def test_pausing_resuming_and_more_time(as_mediator: Client, case_in_mediation: Case) -> None:
    refused = as_mediator.post(
        act_url(case_in_mediation, "pause"),
        {"kind": "appraisal", "waiting_for": "nobody", "reason": "等鉴定"},
    )
    assert refused.status_code == 422
    as_mediator.post(
        act_url(case_in_mediation, "pause"),
        {"kind": "appraisal", "waiting_for": "court", "named": "样例鉴定所", "reason": "等鉴定结果"},
    )
    pause = case_in_mediation.pauses.get()
    assert (pause.kind, pause.person) == ("appraisal", "样例鉴定所")
    assert now(case_in_mediation).paused_at
    assert "等鉴定结果" in as_mediator.get(case_url(case_in_mediation)).content.decode()
    as_mediator.post(act_url(case_in_mediation, "resume"))
    assert now(case_in_mediation).paused_at is None

    assert (
        as_mediator.post(act_url(case_in_mediation, "extend"), {"days": 900, "reason": "x"}).status_code
        == 422
    )
    as_mediator.post(act_url(case_in_mediation, "extend"), {"days": 10, "reason": "等流水"})
    assert case_in_mediation.extensions.get().days == 10


def test_ending_needs_a_ground_and_a_reason(as_officer: Client, case_in_mediation: Case) -> None:
    assert (
        as_officer.post(act_url(case_in_mediation, "end"), {"ending": "agreement", "reason": "x"}).status_code
        == 422
    )
    assert as_officer.post(act_url(case_in_mediation, "end"), {"ending": "unreachable"}).status_code == 422
    as_officer.post(
        act_url(case_in_mediation, "end"),
        {"ending": "unreachable", "reason": "三次电话无人接听", "raised_costs": "no", "has_notes": "no"},
    )
    assert now(case_in_mediation).ending == Ending.UNREACHABLE


def test_time_is_over_only_when_it_is(as_mediator: Client, case_in_mediation: Case) -> None:
    assert as_mediator.post(act_url(case_in_mediation, "expire"), {"sure": "on"}).status_code == 422
    case_in_mediation.clocks.filter(limit="mediation").update(
        overdue_on=timezone.localdate() - timedelta(days=1)
    )
    as_mediator.post(act_url(case_in_mediation, "expire"), {"sure": "on"})
    assert now(case_in_mediation).ending == Ending.PERIOD_OVER


def test_calling_a_hearing(as_mediator: Client, case_in_mediation: Case) -> None:
    day = timezone.localdate() + timedelta(days=3)
    past = {"on": "2020-01-01", "at": "10:00", "how": "online"}
    assert as_mediator.post(act_url(case_in_mediation, "call_hearing"), past).status_code == 422
    nowhere = {"on": day.isoformat(), "at": "10:00", "how": "in_person"}
    assert as_mediator.post(act_url(case_in_mediation, "call_hearing"), nowhere).status_code == 422
    as_mediator.post(act_url(case_in_mediation, "call_hearing"), {**nowhere, "how": "online"})

    hearing = Hearing.objects.get()
    assert timezone.localtime(hearing.starts_at).strftime("%Y-%m-%d %H:%M") == f"{day} 10:00"


def test_facts_and_figures(as_mediator: Client, case_in_mediation: Case) -> None:
    assert as_mediator.post(act_url(case_in_mediation, "offer_facts"), {"facts": ""}).status_code == 422
    as_mediator.post(act_url(case_in_mediation, "offer_facts"), {"facts": "本金一万元。\n到账九千元。"})
    assert case_in_mediation.fact_sheets.get().version == 1

    figures = {"principal": "一万", "received": "9,000", "monthly": "943.56", "months": "12"}
    assert (
        as_mediator.post(act_url(case_in_mediation, "state_loan"), {**figures, "months": "0"}).status_code
        == 422
    )
    as_mediator.post(act_url(case_in_mediation, "state_loan"), figures)
    loan = now(case_in_mediation).loan
    assert (loan.principal_fen, loan.received_fen, loan.schedule[0]["fen"]) == (1_000_000, 900_000, 94_356)


def test_a_suggestion_is_asked_for_and_decided_on(
    as_mediator: Client, case_in_mediation: Case, mediator
) -> None:
    assert as_mediator.post(act_url(case_in_mediation, "suggest")).status_code == 302
    suggestion = case_in_mediation.suggestions.get()
    shown = as_mediator.get(case_url(case_in_mediation)).content.decode()
    assert "机器建议，仅供参考" in shown or "Machine suggestion" in shown
    answer = as_mediator.post(act_url(case_in_mediation, "adopt"), {"id": suggestion.pk, "amount": "800"})
    assert answer.status_code == 422  # an empty library gives no range to adopt
    as_mediator.post(act_url(case_in_mediation, "dismiss"), {"id": suggestion.pk, "reason": "没有可比案件"})
    suggestion.refresh_from_db()
    assert suggestion.state == "dismissed"


def test_a_suggestion_of_another_case_is_out_of_reach(
    as_mediator, case_in_mediation, mediator, centre, institution, officer, lender
) -> None:
    citizen = factories.UserFactory.create(citizen=True)
    other = factories.filed_case(centre=centre, institution=institution, citizen=citizen)
    factories.bring_to_mediation(
        factories.accept(other, officer), officer=officer, mediator=mediator, lender=lender
    )
    foreign = suggestions.propose(case_id=other.pk, mediator=mediator)
    answer = as_mediator.post(act_url(case_in_mediation, "dismiss"), {"id": foreign.pk, "reason": "x"})

    assert answer.status_code == 422
    foreign.refresh_from_db()
    assert foreign.state == "offered"


def test_signing_reopening_and_performing(
    as_mediator, case_in_mediation, mediator, citizen, lender, judge
) -> None:
    agreement = agree(case_in_mediation, mediator, citizen, lender)
    assert as_mediator.post(act_url(case_in_mediation, "sign"), {}).status_code == 422
    as_mediator.post(act_url(case_in_mediation, "sign"), {"read_to_end": "on"})
    assert agreement.signatures.get().person == mediator
    assert as_mediator.post(act_url(case_in_mediation, "reopen"), {"reason": ""}).status_code == 422
    as_mediator.post(act_url(case_in_mediation, "reopen"), {"reason": "账号写错了"})
    assert now(case_in_mediation).stage == Stage.MEDIATION

    proposal = agreements.offer_proposal(
        case_id=case_in_mediation.pk, person=mediator, wording=agreements.Wording(),
        terms=[agreements.TermDraft("stop_collection", "respondent", timezone.localdate(), words="不再致电")],
    )  # fmt: skip
    for person in (citizen, lender):
        agreements.respond(proposal_id=proposal.pk, person=person, accepts=True)
    again = agreements.draft_agreement(
        case_id=case_in_mediation.pk, mediator=mediator, facts="一", issues="二", responsibility="三"
    )
    make_effective(again, citizen, lender, mediator)
    assert as_mediator.post(act_url(case_in_mediation, "go_without_ruling"), {}).status_code == 422
    as_mediator.post(act_url(case_in_mediation, "go_without_ruling"), {"sure": "on"})
    assert now(case_in_mediation).stage == Stage.PERFORMANCE
    assert Proposal.objects.filter(state=Proposal.State.ACCEPTED).count() == 1


def test_a_payment_is_confirmed_by_the_mediator(
    as_mediator, case_in_mediation, mediator, citizen, lender, judge
) -> None:
    from mediation.performance import services as performance

    make_effective(agree(case_in_mediation, mediator, citizen, lender), citizen, lender, mediator)
    confirm(case_in_mediation, judge, citizen, lender)
    first = case_in_mediation.instalments.filter(amount_fen__isnull=False)[0]
    payment = performance.record_payment(
        instalment_id=first.pk, person=lender, paid_on=timezone.localdate(), amount_fen=40_000
    )
    page = as_mediator.get(case_url(case_in_mediation)).content.decode()
    assert 'id="performance"' in page
    as_mediator.post(act_url(case_in_mediation, "confirm_payment"), {"id": payment.pk})
    first.refresh_from_db()
    assert first.paid_fen == 40_000


@pytest.mark.parametrize("name", sorted(ACTS))
def test_the_wrong_role_finds_no_such_act(name: str, case_in_mediation, officer, mediator, lender) -> None:
    wrong = [person for person in (officer, mediator) if person.role not in ACTS[name].by]
    for person in [*wrong, lender]:
        assert signed_in(person).post(act_url(case_in_mediation, name), {}).status_code == 404
    assert Clock.objects.filter(case=case_in_mediation, state="running").exists()


def test_a_stranger_finds_no_case(case_in_mediation: Case) -> None:
    elsewhere = factories.UserFactory.create(officer=True)
    other = factories.UserFactory.create(mediator=True)
    for person in (elsewhere, other):
        assert signed_in(person).get(case_url(case_in_mediation)).status_code == 404
        assert signed_in(person).post(act_url(case_in_mediation, "pause"), {}).status_code == 404
    assert Client().get(case_url(case_in_mediation)).status_code == 302


def test_an_act_opened_as_a_page_goes_to_the_case(as_mediator: Client, case_in_mediation: Case) -> None:
    assert as_mediator.get(act_url(case_in_mediation, "pause")).headers["Location"] == case_url(
        case_in_mediation
    )
    assert as_mediator.get(act_url(case_in_mediation, "unknown")).status_code == 404
