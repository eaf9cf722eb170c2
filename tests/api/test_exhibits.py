"""Evidence over the interface: handed in with its hash, seen by those who may."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from evidence.deposits import open_deposit
from evidence.origin.provenance import Way, provenance_of
from tests.evidence import samples

pytestmark = pytest.mark.django_db
DIGEST = hashlib.sha256(samples.PDF).hexdigest()


def url_of(case) -> str:
    return reverse("api:exhibits", args=[case.docket])


def contract() -> SimpleUploadedFile:
    return SimpleUploadedFile("合同.pdf", samples.PDF, "application/pdf")


def hand_in(client, case, **fields):
    return client.post(url_of(case), {"file": contract(), "kind": "contract", **fields}, format="multipart")


def test_an_institution_hands_in_a_contract_with_its_hash(speak, accepted_case, lender) -> None:
    answer = hand_in(
        speak(lender),
        accepted_case,
        sha256=DIGEST.upper(),
        origin="app",
        origin_words="从核心系统导出",
        title="借款合同",
    )

    assert answer.status_code == 201, answer.json()
    told, exhibit = answer.json(), accepted_case.exhibits.get(kind="contract")
    assert (told["sha256"], told["title"], told["seq"]) == (DIGEST, "借款合同", exhibit.deposit.seq)
    assert open_deposit(exhibit.deposit).read() == samples.PDF
    came = provenance_of(exhibit.deposit)
    assert (came.how, came.where, came.role, came.checked.sent_hash) == (
        Way.API,
        "api",
        "institution",
        "same",
    )
    assert {"label": "本人说", "words": "我从 App 里下载的；从核心系统导出", "whose": "person"} in told[
        "came_from"
    ]


def test_the_same_file_twice_is_one_exhibit(speak, accepted_case, lender) -> None:
    numbers = {hand_in(speak(lender), accepted_case).json()["number"] for _turn in range(2)}

    assert len(numbers) == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sha256": "00" * 32}, 409),
        ({"sha256": "xyz"}, 400),
        ({"kind": "document"}, 400),
        ({"file": ""}, 400),
        ({"file": SimpleUploadedFile("a.exe", b"MZ" + bytes(99))}, 409),
    ],
)
def test_what_does_not_fit_is_refused_in_words(speak, accepted_case, lender, fields, code) -> None:
    answer = hand_in(speak(lender), accepted_case, **fields)

    assert answer.status_code == code
    assert answer.json()["messages"]
    assert not accepted_case.exhibits.filter(kind="contract").exists()


def test_a_file_beyond_the_limit_is_refused(speak, accepted_case, lender, settings) -> None:
    settings.MAX_UPLOAD_BYTES = 10

    assert hand_in(speak(lender), accepted_case).status_code == 400


def test_each_side_sees_what_it_may(speak, accepted_case, lender, citizen, officer, judge) -> None:
    hand_in(speak(lender), accepted_case, is_private="true")

    def kinds(person) -> list[str]:
        return [one["kind"] for one in speak(person).get(url_of(accepted_case)).json()]

    assert "contract" in kinds(lender)
    assert "contract" not in kinds(citizen)
    assert speak(judge).get(url_of(accepted_case)).status_code == 403
    assert speak().get(url_of(accepted_case)).status_code == 403
