"""A citizen reads and acts in a case, from the request to add something to the word about the last payment."""

import io
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cases.models import Case
from cases.services import acceptance, assignment, closing, pauses
from cases.services.exhibits import add_exhibit
from cases.workflow import Ending, Stage
from evidence import ledger
from mediation.agreements.services import draft_agreement, respond
from mediation.notices.models import Notice
from mediation.papers.services import render_due
from mediation.parties.acts import ACTS
from mediation.performance import services as performance
from tests import factories
from tests.test_whole_way import ACCOUNT, agree, confirm, make_effective, offer

pytestmark = pytest.mark.django_db
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def picture(name: str = "合同.png", colour: str = "#ccd") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), content_type="image/png")


def act(case: Case, name: str, pk: int | None = None, door: str = "portal") -> str:
    if pk is None:
        return reverse(f"{door}:act", args=[case.docket, name])
    return reverse(f"{door}:act_on", args=[case.docket, name, pk])


def page_of(client, case: Case) -> str:
    answer = client.get(reverse("portal:case", args=[case.docket]))
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


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


@time_machine.travel("2026-03-06T10:00:00+08:00")
def test_the_page_says_whose_turn_it_is_by_when_and_by_which_rule(client, filed_case, officer) -> None:
    acceptance.ask_to_supplement(case_id=filed_case.pk, officer=officer, items="请补身份证照片")
    seen = page_of(client, filed_case)

    assert "现在轮到您" in seen
    assert "请补身份证照片" in seen
    assert "2026年3月16日" in seen
    assert "调解组织内部规则" in seen
    assert act(filed_case, "supplement") in seen


def test_adding_what_is_missing_takes_words_and_files_once(client, filed_case, officer) -> None:
    acceptance.ask_to_supplement(case_id=filed_case.pk, officer=officer, items="请补身份证照片")
    for _again in range(2):
        answer = client.post(
            act(filed_case, "supplement"), {"words": "补上照片", "file": [picture()]}, follow=True
        )
        assert answer.status_code == HTTPStatus.OK

    case = fresh(filed_case)
    assert case.stage == Stage.ACCEPTANCE
    assert case.exhibits.exclude(kind="document").count() == 1
    assert case.steps.filter(name="supplement").count() == 1


def test_what_was_typed_stays_when_it_is_refused(client, filed_case, officer) -> None:
    acceptance.ask_to_supplement(case_id=filed_case.pk, officer=officer, items="请补身份证照片")
    empty = SimpleUploadedFile("空.png", b"", content_type="image/png")
    answer = client.post(act(filed_case, "supplement"), {"words": "很长的一段话", "file": [empty]})

    assert answer.status_code == UNPROCESSABLE
    assert "很长的一段话" in answer.content.decode()
    assert fresh(filed_case).stage == Stage.SUPPLEMENT


def test_files_of_a_refused_act_are_kept(client, filed_case) -> None:
    answer = client.post(act(filed_case, "supplement"), {"words": "补上", "file": [picture()]})

    assert answer.status_code == UNPROCESSABLE
    assert filed_case.exhibits.filter(kind="other").count() == 1


def test_private_evidence_is_hidden_from_the_other_side(client, accepted_case, lender) -> None:
    client.post(
        act(accepted_case, "evidence"),
        {"file": [picture()], "kind": "chat", "title": "底线说明", "is_private": "on"},
    )
    assert "底线说明" in page_of(client, accepted_case)

    client.force_login(lender)
    theirs = client.get(reverse("counter:case", args=[accepted_case.docket])).content.decode()
    assert "底线说明" not in theirs


def test_taking_evidence_back_asks_first_and_is_only_for_ones_own(
    client, accepted_case, lender, citizen
) -> None:
    def hand_in(by, role, colour):
        file = picture(colour=colour)
        return add_exhibit(case_id=accepted_case.pk, file=file, name="a.png", by=by, role=role, title="图")

    mine, theirs = hand_in(citizen, "citizen", "#fff"), hand_in(lender, "institution", "#000")
    url = act(accepted_case, "withdraw-evidence", mine.pk)
    assert "收回" in client.get(url).content.decode()
    mine.refresh_from_db()
    assert mine.withdrawn_at is None

    client.post(url)
    client.post(url)
    mine.refresh_from_db()
    assert mine.withdrawn_at is not None
    assert client.post(act(accepted_case, "withdraw-evidence", theirs.pk)).status_code == HTTPStatus.NOT_FOUND


def test_both_sides_naming_the_same_mediator_settles_it(client, accepted_case, lender, mediator) -> None:
    factories.answer(accepted_case, lender)
    seen = client.get(act(accepted_case, "mediator")).content.decode()
    assert str(mediator) in seen
    client.post(act(accepted_case, "mediator"), {"mediator": mediator.pk})
    assert fresh(accepted_case).mediator is None

    client.force_login(lender)
    client.post(act(accepted_case, "mediator", door="counter"), {"mediator": mediator.pk})
    assert fresh(accepted_case).mediator == mediator


def test_a_disclosed_relation_is_read_and_another_mediator_asked_for(
    client, accepted_case, officer, mediator, lender
) -> None:
    factories.answer(accepted_case, lender)
    assignment.assign_mediator(case_id=accepted_case.pk, officer=officer, mediator_id=mediator.pk)
    assignment.take_on(case_id=accepted_case.pk, mediator=mediator, has_relation=True, words="曾任该公司顾问")
    assert "曾任该公司顾问" in client.get(act(accepted_case, "disclosure")).content.decode()

    nothing = client.post(act(accepted_case, "disclosure"), {})
    assert nothing.status_code == UNPROCESSABLE
    client.post(act(accepted_case, "disclosure"), {"decision": "no", "words": "不放心"})
    assert fresh(accepted_case).mediator is None


def test_more_time_needs_an_explicit_yes(client, case_in_mediation, mediator, lender) -> None:
    pauses.ask_extension(case_id=case_in_mediation.pk, mediator=mediator, days=15, reason="等总部批复")
    before = case_in_mediation.clocks.get(limit="mediation", state="running").due_on
    assert "延长 15 天" in client.get(act(case_in_mediation, "extension")).content.decode()

    for _again in range(2):
        assert (
            client.post(act(case_in_mediation, "extension"), {"decision": "yes"}).status_code
            == HTTPStatus.FOUND
        )
    assert case_in_mediation.clocks.get(limit="mediation", state="running").due_on == before
    client.force_login(lender)
    client.post(act(case_in_mediation, "extension", door="counter"), {"decision": "yes"})
    assert case_in_mediation.clocks.get(limit="mediation", state="running").due_on > before


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


def test_withdrawing_asks_whether_it_was_settled(client, accepted_case) -> None:
    assert client.post(act(accepted_case, "withdraw"), {"reason": "算了"}).status_code == UNPROCESSABLE
    for _again in range(2):
        client.post(act(accepted_case, "withdraw"), {"settled": "yes", "reason": "谈好了"})
    case = fresh(accepted_case)
    assert (case.stage, case.ending) == (Stage.CLOSED, Ending.SETTLED)


def test_after_a_failed_mediation_the_page_says_why_and_where_to_go(
    client, case_in_mediation, lender
) -> None:
    closing.refuse_mediation(case_id=case_in_mediation.pk, person=lender, reason="收费有合同依据")
    render_due()
    seen = page_of(client, case_in_mediation)

    assert "收费有合同依据" in seen
    assert "向有管辖权的法院起诉" in seen
    assert "调解终止通知书" in seen
    assert act(case_in_mediation, "evidence") not in seen


def test_messages_are_read_one_by_one_or_all_at_once(client, lender, accepted_case, citizen) -> None:
    mine = Notice.objects.filter(to=citizen, channel="inbox")
    first, theirs = mine.first(), Notice.objects.filter(to=lender, channel="inbox").first()
    client.get(reverse("portal:message", args=[first.pk]))
    first.refresh_from_db()
    assert first.read_at is not None
    assert client.get(reverse("portal:message", args=[theirs.pk])).status_code == HTTPStatus.NOT_FOUND

    client.post(reverse("portal:read_all"))
    assert not mine.filter(read_at__isnull=True).exists()
    assert Notice.objects.filter(to=lender, channel="inbox", read_at__isnull=True).exists()


def test_the_way_through_the_pages_leaves_a_whole_chain(client, confirmed_case) -> None:
    assert ledger.first_break(confirmed_case.chain) is None
    assert "法院确认了协议" in page_of(client, confirmed_case)


def urls_of(case: Case, door: str) -> list[str]:
    names = [reverse(f"{door}:{name}", args=[case.docket]) for name in ("case", "agreement")]
    acts = [act(case, name, None if one.find is None else 1, door) for name, one in ACTS.items()]
    papers = [
        reverse(f"{door}:paper", args=[case.docket, 1]),
        reverse(f"{door}:paper_image", args=[case.docket, 1, 1]),
    ]
    return names + acts + papers


def test_strangers_and_other_roles_find_nothing(
    client, case_in_mediation, officer, mediator, judge, lender
) -> None:
    neighbour = factories.UserFactory.create(citizen=True)
    rival = factories.UserFactory.create(lender=True)
    everyone = {
        "portal": [neighbour, lender, officer, mediator, judge],
        "counter": [rival, neighbour, officer, judge],
    }
    for door, people in everyone.items():
        for person in people:
            client.force_login(person)
            for url in urls_of(case_in_mediation, door):
                assert client.get(url).status_code == HTTPStatus.NOT_FOUND, (person.role, url)
                assert client.post(url).status_code in {
                    HTTPStatus.NOT_FOUND,
                    HTTPStatus.METHOD_NOT_ALLOWED,
                }, (person.role, url)


def test_nobody_signed_in_is_asked_to_sign_in(client, case_in_mediation) -> None:
    client.logout()
    for url in urls_of(case_in_mediation, "portal"):
        assert client.get(url).status_code == HTTPStatus.FOUND


def test_an_act_of_another_role_is_not_there(client, case_in_mediation, lender) -> None:
    assert client.get(act(case_in_mediation, "no-such-act")).status_code == HTTPStatus.NOT_FOUND
    assert client.get(act(case_in_mediation, "answer")).status_code == HTTPStatus.NOT_FOUND
    client.force_login(lender)
    for name in ("supplement", "withdraw", "identity"):
        url = act(case_in_mediation, name, door="counter")
        assert client.post(url, {"settled": "no", "words": "x"}).status_code == HTTPStatus.NOT_FOUND
