"""固化 and 回执: what was signed counts as done once it is covered, and leaves with a proof."""

import json
from pathlib import Path

import pytest
from django.urls import reverse

from evidence.log.coverage import wait_until_covered
from evidence.log.policy import policy_bytes
from evidence.models import Entry
from evidence.witness.keys import WitnessKey
from mediation.seals import LEGAL_ACTS
from tests.portal.case_pages import act, fresh
from tests.test_whole_way import agree

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(client, citizen):
    client.force_login(citizen)
    return client


@pytest.fixture
def signing_case(case_in_mediation, mediator, citizen, lender):
    agree(case_in_mediation, mediator, citizen, lender)
    return fresh(case_in_mediation)


def sign(client, case) -> str:
    agreement = case.agreements.get()
    data = {"agreement": agreement.pk, "read_to_end": "on"}
    answer = client.post(act(case, "agreement"), data, follow=True)
    assert answer.redirect_chain, answer.content.decode()
    return answer.content.decode()


def with_a_witness_that_is_away(folder: Path) -> Path:
    text = policy_bytes().decode().replace("quorum none", "")
    key = WitnessKey.make(folder, "away.example")
    policy = folder / "policy.txt"
    policy.write_text(text + f"witness away {key.vkey} http://127.0.0.1:9/\nquorum away\n")
    return policy


def last_act(case) -> Entry:
    return Entry.objects.filter(chain=case.chain, event__in=LEGAL_ACTS).latest("seq")


def test_a_signature_nobody_vouches_for_yet_is_not_called_done(client, signing_case) -> None:
    seen = sign(client, signing_case)

    assert "正在固化" in seen
    assert "您已签名" not in seen
    assert "待固化" in seen


def test_a_covered_signature_is_acknowledged(client, signing_case, settings) -> None:
    settings.EVIDENCE_WAIT_S = 20
    seen = sign(client, signing_case)

    assert "正在固化" not in seen
    assert "待固化" not in seen
    assert Entry.objects.filter(chain=signing_case.chain, event="agreement.sign").count() == 1


def test_with_the_witness_away_the_signature_stays_unacknowledged(
    client, signing_case, settings, tmp_path
) -> None:
    settings.EVIDENCE_POLICY, settings.EVIDENCE_WAIT_S = with_a_witness_that_is_away(tmp_path), 2

    assert "正在固化" in sign(client, signing_case)
    list_page = client.get(reverse("portal:receipts", args=[signing_case.docket])).content.decode()
    assert "待固化" in list_page
    assert "tlog-proof" not in list_page


def test_the_receipt_fits_one_code_and_anybody_can_check_it(client, signing_case) -> None:
    sign(client, signing_case)
    entry = last_act(signing_case)
    address = reverse("portal:receipt", args=[signing_case.docket, entry.seq])
    assert client.get(address).status_code == 404

    assert wait_until_covered(entry, 20)
    seen = client.get(address).content.decode()
    assert "data:image/svg+xml" in seen
    text = client.get(reverse("portal:receipt_file", args=[signing_case.docket, entry.seq])).content.decode()
    assert len(text.encode()) <= 2953

    client.logout()
    good = client.post(reverse("check_receipt"), {"text": text.replace("\n", "\r\n")}).content.decode()
    assert "回执是真的" in good
    forged = text.replace("index ", "index 1", 1)
    assert "回执对不上" in client.post(reverse("check_receipt"), {"text": forged}).content.decode()


@pytest.mark.parametrize(
    "text", ["", "   ", "hello", "c2sp.org/tlog-proof@v1\n\n\n", "é" * 3000, "\x00", "index 0"]
)
def test_anything_else_is_answered_in_words(client, text) -> None:
    answer = client.post(reverse("check_receipt"), {"text": text})
    assert answer.status_code in {200, 422}
    assert "回执是真的" not in answer.content.decode()


def test_a_stranger_finds_no_receipts(client, signing_case, django_user_model) -> None:
    sign(client, signing_case)
    entry = last_act(signing_case)
    wait_until_covered(entry, 20)
    stranger = django_user_model.objects.create(username="stranger", role="citizen")
    client.force_login(stranger)
    for name, more in (
        ("receipts", []),
        ("receipts_news", []),
        ("receipt", [entry.seq]),
        ("receipt_file", [entry.seq]),
    ):
        assert client.get(reverse(f"portal:{name}", args=[signing_case.docket, *more])).status_code == 404


def test_an_act_without_legal_effect_has_no_receipt(client, signing_case) -> None:
    entry = Entry.objects.filter(chain=signing_case.chain).exclude(event__in=LEGAL_ACTS).first()
    wait_until_covered(entry, 20)
    assert client.get(reverse("portal:receipt", args=[signing_case.docket, entry.seq])).status_code == 404


def test_the_page_that_waits_hears_when_all_is_sealed(client, signing_case) -> None:
    sign(client, signing_case)
    news = reverse("portal:receipts_news", args=[signing_case.docket])
    assert json.loads(client.get(news).content)["state"] == "running"
    assert wait_until_covered(last_act(signing_case), 20)
    assert json.loads(client.get(news).content)["state"] == "done"
