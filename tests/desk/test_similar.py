"""The page of similar cases: filtered, with reasons and passages, and honest where nothing is alike."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

import cases
from cases.models import Case, User
from cases.services import precedents

pytestmark = pytest.mark.django_db
SAMPLES = Path(cases.__file__).parent / "precedents" / "sample_settled.jsonl"


@pytest.fixture
def stocked(db) -> None:
    precedents.bring_in(json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines())


def look(person: User, case: Case, **asked: str):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client.get(reverse("desk:similar", args=[case.docket]), asked)


def test_like_cases_are_shown_with_reasons_and_marked_passages(
    stocked, case_in_mediation: Case, mediator: User
) -> None:
    page = look(mediator, case_in_mediation)
    html = page.content.decode()
    assert page.context["near"]
    assert "<mark>" in html
    with translation.override("en"):
        assert any(reason.key == "cause" and reason.same for reason in page.context["near"][0].reasons)
    assert "✓" in html
    assert reverse("desk:case", args=[case_in_mediation.docket]) + "#suggestion" in html


def test_filters_narrow_and_stay_in_their_boxes(stocked, case_in_mediation: Case, mediator: User) -> None:
    asked = {"kind": case_in_mediation.kind, "licence": "consumer_finance", "least": "1000", "since": "2020"}
    page = look(mediator, case_in_mediation, **asked)
    found = page.context["found"].hits
    assert found
    assert {hit.doc.licence for hit in found} == {"consumer_finance"}
    assert all(hit.doc.claim_fen >= 100_000 and hit.doc.closed_on.year >= 2020 for hit in found)
    html = page.content.decode()
    assert 'action="#found"' in html, "the page stays where it was"
    assert '<option value="consumer_finance" selected>' in html
    assert 'value="1000' in html


def test_nothing_alike_says_so(stocked, case_in_mediation: Case, mediator: User) -> None:
    none = look(mediator, case_in_mediation, product="没有这种产品")
    assert not none.context["found"].hits
    assert 'class="notice warning"' in none.content.decode()
    other = look(mediator, case_in_mediation, kind="harassment")
    assert not other.context["near"]
    assert other.context["far"]
    assert "<details" in other.content.decode()


@pytest.mark.parametrize(
    "asked",
    [{"least": "很多"}, {"least": "5", "most": "1"}, {"kind": "love"}, {"since": "x"}, {"until": "99999"}],
)
def test_a_filter_that_cannot_be_is_asked_again_and_nothing_is_lost(
    asked, stocked, case_in_mediation: Case, mediator: User
) -> None:
    page = look(mediator, case_in_mediation, **asked)
    assert page.status_code == 422
    assert page.context["form"].errors
    if "kind" not in asked:
        assert f'value="{next(iter(asked.values()))}"' in page.content.decode()


def test_an_empty_library_and_people_who_have_no_business_here(
    case_in_mediation: Case, mediator: User, officer: User, citizen: User, lender: User
) -> None:
    assert look(mediator, case_in_mediation).status_code == 200
    assert look(officer, case_in_mediation).status_code == 200
    for person in (citizen, lender):
        assert look(person, case_in_mediation).status_code in {302, 403, 404}
