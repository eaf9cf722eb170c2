"""Before a borrower promises to pay an old debt the page says so, asks for one tick, and leaves the choice alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.claims import Remedy
from cases.models import Case, Exhibit
from cases.roles import Role, Side
from cases.services.exhibits import exhibits_for
from cases.services.people import complete_party
from evidence.models import Entry
from mediation.agreements import services as agreements
from mediation.agreements.models import Proposal, Term
from tests import factories
from tests.desk.conftest import signed_in
from tests.test_whole_way import offer

pytestmark = pytest.mark.django_db
OLD = {"last_due": "2019-03", "last_asked": "2019-06"}
LENDERS = {"holder": "甲公司", "bank": "样例银行", "number": "6200000000000001"}


def url(case: Case, name: str) -> str:
    return reverse("portal:act", args=[case.docket, name])


def make_old(case: Case) -> Case:
    case.answers = {**case.answers, **OLD}
    case.save(update_fields=["answers"])
    case.loan.schedule = []
    case.loan.save()
    return case


def offer_to_pay(case: Case, mediator) -> Proposal:
    day = timezone.localdate() + timedelta(days=30)
    return agreements.offer_proposal(
        case_id=case.pk,
        person=mediator,
        terms=[agreements.TermDraft(Term.Kind.PAY, Side.CLAIMANT, day, 120_000, 1, LENDERS)],
        wording=agreements.Wording(),
    )


@pytest.fixture
def phone(citizen) -> Client:
    return signed_in(citizen)


def test_a_promise_to_pay_an_old_debt_needs_the_note_read(phone, case_in_mediation, mediator) -> None:
    proposal = offer_to_pay(make_old(case_in_mediation), mediator)
    page = phone.get(url(case_in_mediation, "proposal")).content.decode()
    assert 'id="time-warning"' in page
    assert "12348" in page

    answer = {"version": proposal.version, "decision": "yes", "words": ""}
    refused = phone.post(url(case_in_mediation, "proposal"), answer)
    assert refused.status_code == 422
    assert not proposal.responses.exists()

    phone.post(url(case_in_mediation, "proposal"), {**answer, "knows_time": "on"})
    assert proposal.responses.get().accepted
    assert Entry.objects.filter(chain=case_in_mediation.chain, event="limitation.warned").count() == 1


def test_a_no_needs_no_tick(phone, case_in_mediation, mediator) -> None:
    proposal = offer_to_pay(make_old(case_in_mediation), mediator)
    phone.post(
        url(case_in_mediation, "proposal"), {"version": proposal.version, "decision": "no", "words": ""}
    )
    assert not proposal.responses.get().accepted
    assert not Entry.objects.filter(event="limitation.warned").exists()


def test_nobody_is_warned_of_what_is_not_so(phone, case_in_mediation, mediator, lender) -> None:
    offer_to_pay(case_in_mediation, mediator)  # the debt is not old
    assert 'id="time-warning"' not in phone.get(url(case_in_mediation, "proposal")).content.decode()
    make_old(case_in_mediation)
    offer(case_in_mediation, mediator)  # here the lender pays
    assert 'id="time-warning"' not in phone.get(url(case_in_mediation, "proposal")).content.decode()
    offer_to_pay(case_in_mediation, mediator)
    shown = signed_in(lender).get(reverse("counter:act", args=[case_in_mediation.docket, "proposal"]))
    assert 'id="time-warning"' not in shown.content.decode()  # the creditor is not told
    assert "limitation" not in shown.content.decode()


def test_an_offer_of_ones_own_and_the_signature_are_guarded_too(
    phone, case_in_mediation, mediator, citizen, lender
) -> None:
    make_old(case_in_mediation)
    sent = {
        "payer": "me",
        "amount": "1200",
        "parts": "1",
        "first_on": timezone.localdate() + timedelta(days=30),
        **LENDERS,
    }
    assert phone.post(url(case_in_mediation, "counter-proposal"), sent).status_code == 422
    phone.post(url(case_in_mediation, "counter-proposal"), {**sent, "knows_time": "on", "agrees": "on"})
    proposal = case_in_mediation.proposals.get()
    complete_party(
        case_id=case_in_mediation.pk, person=citizen, id_number="11010519491231002X", address="平安里2号"
    )
    agreements.respond(proposal_id=proposal.pk, person=lender, accepts=True)
    drawn = agreements.draft_agreement(
        case_id=case_in_mediation.pk, mediator=mediator, facts="a", issues="b", responsibility="c"
    )
    signed = {"agreement": drawn.pk, "read_to_end": "on"}
    assert phone.post(url(case_in_mediation, "agreement"), signed).status_code == 422
    phone.post(url(case_in_mediation, "agreement"), {**signed, "knows_time": "on"})
    assert drawn.signatures.filter(role=Role.CITIZEN).exists()


def test_asking_for_delay_in_the_application_is_warned_of_before_it_is_sent(
    client, institution, citizen, centre
) -> None:
    from cases.services import intake

    case = intake.draft_case()
    intake.save_answers(
        case_id=case.pk, **{**factories.answers(citizen, institution), "remedies": [Remedy.RESCHEDULE], **OLD}
    )
    session = client.session
    session["draft"] = str(case.pk)
    session.save()
    assert 'id="time-warning"' in client.get(reverse("portal:check")).content.decode()
    intake.save_answers(case_id=case.pk, remedies=[Remedy.REFUND])
    assert 'id="time-warning"' not in client.get(reverse("portal:check")).content.decode()


def test_the_days_can_be_said_later_or_not_at_all(phone, case_in_mediation, mediator) -> None:
    case_in_mediation.loan.schedule = []
    case_in_mediation.loan.save()
    assert phone.get(url(case_in_mediation, "debt-dates")).status_code == 200
    phone.post(
        url(case_in_mediation, "debt-dates"),
        {"last_due": "2019年3月", "last_paid": "", "last_asked": "2019-06"},
    )
    offer_to_pay(case_in_mediation, mediator)
    assert 'id="time-warning"' in phone.get(url(case_in_mediation, "proposal")).content.decode()
    wrong = phone.post(
        url(case_in_mediation, "debt-dates"), {"last_due": "很久很久以前", "last_paid": "", "last_asked": ""}
    )
    assert wrong.status_code == 422
    assert "很久很久以前" in wrong.content.decode()


def papers_of(case: Case, person) -> list[str]:
    return [one.title for one in exhibits_for(case, person, person.role) if one.kind == Exhibit.Kind.DOCUMENT]


def test_papers_are_asked_for_once_from_the_page(phone, case_in_mediation, citizen, lender) -> None:
    listed = phone.get(reverse("portal:case", args=[case_in_mediation.docket])).content.decode()
    assert url(case_in_mediation, "time-proof") in listed
    assert url(case_in_mediation, "credit-objection") not in listed  # not what this case is about
    for _twice in range(2):
        phone.post(url(case_in_mediation, "time-proof"))
    assert papers_of(case_in_mediation, citizen).count("诉讼时效中断证明") == 1

    said = {"name": "李某", "relation": "表兄", "phone": "13900000000", "is_paid": "no", "scope": "general"}
    day = timezone.localdate() + timedelta(days=90)
    assert (
        phone.post(url(case_in_mediation, "agent"), {**said, "until_on": day, "name": ""}).status_code == 422
    )
    phone.post(url(case_in_mediation, "agent"), {**said, "until_on": day})
    assert "授权委托书" in papers_of(case_in_mediation, lender)
    counter = signed_in(lender)
    power = {**said, "scope": "special", "until_on": day, "most": "3000"}
    counter.post(reverse("counter:act", args=[case_in_mediation.docket, "agent"]), power)
    assert papers_of(case_in_mediation, citizen).count("授权委托书") == 2
    assert (
        counter.get(reverse("counter:act", args=[case_in_mediation.docket, "time-proof"])).status_code == 404
    )


def test_privacy_and_credit_papers_stay_with_the_citizen(
    centre, institution, citizen, officer, lender
) -> None:
    case = factories.filed_case(
        centre=centre, institution=institution, citizen=citizen, remedies=[Remedy.CORRECT_CREDIT]
    )
    factories.accept(case, officer)
    phone = signed_in(citizen)
    phone.post(url(case, "privacy"), {"sensitive": "yes", "provide": "yes"})
    assert case.papers.get(kind="privacy_consent").side == Side.CLAIMANT
    told = {
        "to": "lender",
        "record": "2025年6月逾期",
        "wrong": "已还款",
        "asked": "更正为正常",
        "statement": "",
    }
    refused = phone.post(url(case, "credit-objection"), told)
    assert refused.status_code == 422  # the identity number is not known yet
    complete_party(case_id=case.pk, person=citizen, id_number="11010519491231002X", address="平安里2号")
    assert phone.post(url(case, "credit-objection"), {**told, "statement": "因住院"}).status_code == 422
    phone.post(url(case, "credit-objection"), told)
    assert "征信异议申请书" in papers_of(case, citizen)
    assert "征信异议申请书" not in papers_of(case, lender)
