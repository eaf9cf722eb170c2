"""From a proposal to the last payment, through the pages of a citizen."""

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from cases.workflow import Stage
from evidence import ledger
from mediation.agreements.services import draft_agreement, respond
from mediation.performance import services as performance
from tests.portal.case_pages import UNPROCESSABLE, act, fresh, page_of, picture
from tests.test_whole_way import ACCOUNT, agree, confirm, make_effective, offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client, citizen):
    client.force_login(citizen)
    return client


@pytest.fixture
def signing_case(case_in_mediation, mediator, citizen, lender) -> Case:
    agree(case_in_mediation, mediator, citizen, lender)
    return fresh(case_in_mediation)


@pytest.fixture
def effective_case(signing_case, mediator, citizen, lender) -> Case:
    make_effective(signing_case.agreements.get(), citizen, lender, mediator)
    return fresh(signing_case)


@pytest.fixture
def confirmed_case(effective_case, judge, citizen, lender) -> Case:
    confirm(effective_case, judge, citizen, lender)
    return fresh(effective_case)


def test_a_proposal_shows_amounts_in_capitals_and_every_day(client, case_in_mediation, mediator) -> None:
    offer(case_in_mediation, mediator)
    seen = client.get(act(case_in_mediation, "proposal")).content.decode()

    assert "壹仟贰佰元整" in seen
    assert seen.count("¥400.00") == 3
    assert ACCOUNT["number"] in seen
    assert "checked" not in seen


def test_a_reply_to_a_replaced_version_is_refused_and_kept(client, case_in_mediation, mediator) -> None:
    offer(case_in_mediation, mediator)
    offer(case_in_mediation, mediator)
    answer = client.post(
        act(case_in_mediation, "proposal"), {"version": 1, "decision": "yes", "words": "我同意第一版"}
    )

    assert answer.status_code == UNPROCESSABLE
    assert "我同意第一版" in answer.content.decode()
    assert not case_in_mediation.proposals.last().responses.exists()


def test_two_clicks_on_agree_are_one_yes(client, case_in_mediation, mediator, lender) -> None:
    proposal = offer(case_in_mediation, mediator)
    respond(proposal_id=proposal.pk, person=lender, accepts=True)
    for _again in range(2):
        answer = client.post(
            act(case_in_mediation, "proposal"), {"version": 1, "decision": "yes", "words": ""}
        )
        assert answer.status_code == HTTPStatus.FOUND
    assert fresh(case_in_mediation).stage == Stage.SIGNING


def test_a_counter_proposal_reads_money_as_people_write_it(client, case_in_mediation) -> None:
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    said = {
        "payer": "they", "amount": "一千五", "parts": "3", "first_on": day, "holder": "杨小满", "bank": "样例银行",
        "number": "6200000000000000", "stop_collection": "on", "note": "这样我能接受", "agrees": "on",
    }  # fmt: skip
    for _again in range(2):
        assert client.post(act(case_in_mediation, "counter-proposal"), said).status_code == HTTPStatus.FOUND

    proposal = case_in_mediation.proposals.get()
    assert [term.amount_fen for term in proposal.terms.all()] == [150_000, None]
    assert proposal.responses.get().accepted


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"payer": "they", "amount": "很多"}, "金额"),
        ({"payer": "they"}, "请写明付多少钱"),
        ({"payer": "nobody"}, "请至少写一件要办的事"),
        ({}, "请选择谁付钱"),
    ],
)
def test_an_unclear_counter_proposal_says_what_to_mend(client, case_in_mediation, said, told) -> None:
    answer = client.post(act(case_in_mediation, "counter-proposal"), {**said, "note": "请考虑"})

    assert answer.status_code == UNPROCESSABLE
    assert told in answer.content.decode()
    assert "请考虑" in answer.content.decode()
    assert not case_in_mediation.proposals.exists()


def test_identity_is_asked_for_and_a_wrong_number_is_refused(client, case_in_mediation) -> None:
    wrong = client.post(
        act(case_in_mediation, "identity"), {"id_number": "110105194912310021", "address": "样例市平安里2号"}
    )
    assert wrong.status_code == UNPROCESSABLE
    assert "110105194912310021" in wrong.content.decode()

    client.post(
        act(case_in_mediation, "identity"), {"id_number": "11010519491231002X", "address": "样例市平安里2号"}
    )
    assert fresh(case_in_mediation).claimant.id_number == "11010519491231002X"


def test_signing_needs_reading_to_the_end(client, signing_case) -> None:
    agreement = signing_case.agreements.get()
    seen = client.get(act(signing_case, "agreement")).content.decode()
    first_page = reverse("portal:paper_image", args=[signing_case.docket, agreement.draft.number, 1])
    assert first_page in seen
    assert client.get(first_page)["Content-Type"] == "image/png"

    unread = client.post(act(signing_case, "agreement"), {"agreement": agreement.pk})
    assert unread.status_code == UNPROCESSABLE
    assert not agreement.signatures.exists()

    for _again in range(2):
        client.post(act(signing_case, "agreement"), {"agreement": agreement.pk, "read_to_end": "on"})
    assert agreement.signatures.count() == 1


def test_a_paper_drawn_up_anew_is_not_signed_unread(client, signing_case, mediator) -> None:
    old = signing_case.agreements.get()
    draft_agreement(
        case_id=signing_case.pk, mediator=mediator, facts="另一种事实", issues="争议", responsibility="责任"
    )
    answer = client.post(act(signing_case, "agreement"), {"agreement": old.pk, "read_to_end": "on"})

    assert answer.status_code == UNPROCESSABLE
    assert not signing_case.agreements.get().signatures.exists()


def test_the_court_is_asked_by_both_and_only_with_a_tick(client, effective_case, lender) -> None:
    seen = client.get(act(effective_case, "court")).content.decode()
    assert "不收费" in seen
    assert "第205条" in seen
    assert client.post(act(effective_case, "court"), {}).status_code == UNPROCESSABLE

    client.post(act(effective_case, "court"), {"consents": "on"})
    assert fresh(effective_case).applied_at is None
    client.force_login(lender)
    client.post(act(effective_case, "court", door="counter"), {"consents": "on"})
    assert fresh(effective_case).applied_at is not None


def test_a_ruling_can_be_objected_to_within_its_days(client, confirmed_case) -> None:
    said = {"words": "金额写错了"}
    for _again in range(2):
        assert client.post(act(confirmed_case, "objection"), said).status_code == HTTPStatus.FOUND
    ruling = confirmed_case.applications.get().ruling
    assert ruling.objections.count() == 1
    assert "金额写错了" in page_of(client, confirmed_case)

    with time_machine.travel(timezone.now() + timedelta(days=40)):
        late = client.post(act(confirmed_case, "objection"), {"words": "又想起来了"})
    assert late.status_code == UNPROCESSABLE
    assert ruling.objections.count() == 1


def test_a_payment_is_confirmed_by_the_one_who_receives_it(client, confirmed_case, lender) -> None:
    instalment = confirmed_case.instalments.filter(amount_fen__isnull=False).first()
    today = timezone.localdate()
    client.force_login(lender)
    said = {"amount": "400", "paid_on": today.isoformat(), "words": "已转账", "proof": picture("转账.png")}
    for _again in range(2):
        said["proof"] = picture("转账.png")
        url = act(confirmed_case, "pay", instalment.pk, door="counter")
        assert client.post(url, said).status_code == HTTPStatus.FOUND
    payment = instalment.payments.get()
    assert payment.proof is not None

    client.force_login(confirmed_case.claimant.person)
    assert "您收到了吗" in page_of(client, confirmed_case)
    for _again in range(2):
        client.post(act(confirmed_case, "received", payment.pk))
    instalment.refresh_from_db()
    assert instalment.paid_fen == 40_000


def test_a_payment_that_did_not_arrive_is_said_with_words(client, confirmed_case, lender) -> None:
    instalment = confirmed_case.instalments.filter(amount_fen__isnull=False).first()
    payment = performance.record_payment(
        instalment_id=instalment.pk, person=lender, paid_on=timezone.localdate(), amount_fen=40_000
    )
    assert client.post(act(confirmed_case, "not-received", payment.pk), {}).status_code == UNPROCESSABLE
    client.post(act(confirmed_case, "not-received", payment.pk), {"words": "账户没有收到"})
    payment.refresh_from_db()
    assert payment.disputed == "账户没有收到"


def test_a_default_leads_to_a_paper_to_take_to_the_court(client, confirmed_case) -> None:
    assert client.get(act(confirmed_case, "default")).status_code == HTTPStatus.FOUND  # nothing is late yet
    with time_machine.travel(timezone.now() + timedelta(days=60)):
        assert act(confirmed_case, "default") in page_of(client, confirmed_case)
        for _again in range(2):
            client.post(act(confirmed_case, "default"))
        seen = page_of(client, confirmed_case)
    enforcement = confirmed_case.enforcements.get()
    assert reverse("portal:paper", args=[confirmed_case.docket, enforcement.paper.number]) in seen


def test_the_way_through_the_pages_leaves_a_whole_chain(client, confirmed_case) -> None:
    assert ledger.first_break(confirmed_case.chain) is None
    assert "法院确认了协议" in page_of(client, confirmed_case)
