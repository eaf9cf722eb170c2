"""Papers that came to the office: taken in by the desk, with who gave them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.roles import Role
from cases.services.exhibits import exhibits_for
from evidence.origin.provenance import Way, provenance_of
from mediation.files.provenance import lines_of
from tests.evidence import samples
from tests.portal.test_case_files import send, signed_in

pytestmark = pytest.mark.django_db
CAME = "申请人3月12日当面交来原件，窗口扫描"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("合同.pdf", samples.PDF, "application/pdf")


def url_of(case) -> str:
    return reverse("desk:hand_in", args=[case.docket])


def test_a_paper_that_was_brought_is_seen_by_all_with_where_it_comes_from(
    case_in_mediation, mediator, officer, citizen
) -> None:
    case = case_in_mediation
    answer = signed_in(officer).post(
        url_of(case), {"file": [scan()], "kind": "contract", "origin": "other", "origin_words": CAME}
    )

    assert answer.url == reverse("desk:case", args=[case.docket]) + "#exhibits"
    exhibit = case.exhibits.get(kind="contract")
    came = provenance_of(exhibit.deposit)
    assert (exhibit.by, exhibit.by_role, came.where, came.how) == (officer, Role.OFFICER, "desk", Way.FORM)
    assert exhibit in exhibits_for(case, citizen, Role.CITIZEN)
    assert CAME in "".join(line.words for line in lines_of(exhibit, full=False))


def test_a_large_scan_comes_in_pieces(case_in_mediation, mediator) -> None:
    client = signed_in(mediator)
    held = send(client, case_in_mediation, samples.PDF, name="合同.pdf", door="desk", field="hand-in.file",
                media_type="application/pdf").json()["held"]  # fmt: skip
    assert held in client.get(url_of(case_in_mediation)).content.decode()

    client.post(url_of(case_in_mediation), {"held_file": [held], "kind": "contract", "origin_words": CAME})

    assert provenance_of(case_in_mediation.exhibits.get(kind="contract").deposit).how == Way.PIECES


def test_who_gave_it_must_be_said(case_in_mediation, mediator) -> None:
    answer = signed_in(mediator).post(url_of(case_in_mediation), {"file": [scan()], "kind": "contract"})

    assert answer.status_code == 422
    assert not case_in_mediation.exhibits.filter(kind="contract").exists()


def test_only_a_mediator_keeps_a_paper_from_the_sides(case_in_mediation, mediator, officer, citizen) -> None:
    told = {"kind": "contract", "origin_words": CAME, "is_private": "on"}
    signed_in(mediator).post(url_of(case_in_mediation), {**told, "file": [scan()]})
    signed_in(officer).post(url_of(case_in_mediation), {**told, "file": [scan()]})

    private, shared = case_in_mediation.exhibits.filter(kind="contract")
    assert (private.is_private, shared.is_private) == (True, False)
    assert exhibits_for(case_in_mediation, citizen, Role.CITIZEN)[-1] == shared


def test_the_page_is_not_there_for_others(case_in_mediation, citizen, lender, judge) -> None:
    for person in (citizen, lender, judge):
        assert signed_in(person).get(url_of(case_in_mediation)).status_code == 404
