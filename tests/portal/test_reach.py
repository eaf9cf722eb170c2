"""How a side is reached: what it was given notice of, consent asked and taken back, an e-mail address of its own."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, Party
from mediation.notices import addresses, at_once, delivery
from mediation.notices.consents import standing_of
from mediation.notices.mail import FileMailNotifier
from mediation.notices.models import Ladder
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(filed_case, officer, lender, mediator) -> Case:
    accepted = factories.accept(filed_case, officer)
    factories.assignment.assign_mediator(case_id=accepted.pk, officer=officer, mediator_id=mediator.pk)
    factories.assignment.take_on(case_id=accepted.pk, mediator=mediator, has_relation=False)
    return Case.objects.get(pk=accepted.pk)


@pytest.fixture
def as_citizen(client, citizen) -> Client:
    client.force_login(citizen)
    return client


def test_the_page_of_the_case_says_what_was_sent_when_and_since_when_it_counts(as_citizen, case) -> None:
    delivery.deliver_due()
    seen = as_citizen.get(reverse("portal:case", args=[case.docket])).content.decode()

    part = seen[seen.index('id="delivery"') :]
    assert "调解员披露" in part
    assert "视为已送达" in part
    assert "第三十一条" in part
    assert "应调通知" not in part[: part.index("</section>")], "that went to the other side"


def test_consent_is_asked_stage_by_stage_with_nothing_chosen_for_the_court(as_citizen, case) -> None:
    url = reverse("portal:act", args=[case.docket, "e-delivery"])
    seen = as_citizen.get(url).content.decode()
    assert re.search(r'name="mediation"[^>]*value="yes"[^>]*checked', seen)
    assert not re.search(r'name="confirmation"[^>]*checked', seen)

    assert as_citizen.post(url, {"mediation": "no"}).status_code == 422
    as_citizen.post(url, {"mediation": "no", "confirmation": "yes"})
    claimant = Party.objects.get(pk=case.claimant.pk)
    assert standing_of(claimant, "mediation").agreed is False
    assert standing_of(claimant, "confirmation").agreed is True
    as_citizen.post(url, {"mediation": "yes", "confirmation": "no"})
    claimant = Party.objects.get(pk=case.claimant.pk)
    assert standing_of(claimant, "confirmation").agreed is False, "a yes can be taken back"


def test_the_lender_says_that_it_received_a_notice_and_no_more(client, lender, case) -> None:
    delivery.deliver_due()
    ladder = Ladder.objects.get(case=case, matter="disclosure", party__side="respondent")
    client.force_login(lender)
    url = reverse("counter:act_on", args=[case.docket, "notice-received", ladder.pk])
    assert url in client.get(reverse("counter:case", args=[case.docket])).content.decode()

    assert client.post(url).status_code == 302
    ladder.refresh_from_db()
    assert ladder.basis == "replied"
    assert not case.disclosures.first().replies.exists()


def test_one_side_cannot_speak_for_the_other(as_citizen, case) -> None:
    theirs = Ladder.objects.get(case=case, matter="disclosure", party__side="respondent")
    url = reverse("portal:act_on", args=[case.docket, "notice-received", theirs.pk])
    assert as_citizen.post(url).status_code == 404


def test_an_address_is_named_confirmed_and_taken_back_on_one_page(
    as_citizen, citizen, monkeypatch, tmp_path
) -> None:
    folder = FileMailNotifier(folder=str(tmp_path))
    monkeypatch.setattr(at_once, "adapter", lambda name: folder)
    url = reverse("email_settings")
    assert "不等于同意电子送达" in as_citizen.get(url).content.decode()

    assert as_citizen.post(url, {"address": "no address"}).status_code == 422
    as_citizen.post(url, {"address": "yang@example.net"})
    assert "已发到yang@example.net" in as_citizen.get(url).content.decode()
    wrong = as_citizen.post(url, {"code": "x"})
    assert (wrong.status_code, "验证码不对" in wrong.content.decode()) == (422, True)
    code = re.search(r"(?<!\d)\d{6}(?!\d)", folder.latest(1)[0]["text"]).group()
    as_citizen.post(url, {"code": code})
    assert addresses.confirmed_addresses([citizen]) == {citizen.pk: "yang@example.net"}

    as_citizen.post(url, {"remove": "1"})
    assert not addresses.confirmed_addresses([citizen])


def test_nobody_who_is_not_signed_in_names_an_address(client) -> None:
    assert client.get(reverse("email_settings")).status_code == 302
