"""Requests that no honest page sends: they get a plain answer, never a fault of ours."""

import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from cases.errors import Refusal
from cases.roles import Side
from mediation.agreements import services as agreements
from mediation.agreements.models import Term

pytestmark = pytest.mark.django_db
ACCOUNT = {"holder": "杨小满", "bank": "样例银行", "number": "6200000000000000"}
JSON = "application/json"


@pytest.fixture
def stranger() -> APIClient:
    return APIClient(raise_request_exception=False)


def speaking(person) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"payments":' + "[" * 100_000, "{" * 9, "null", '"x"', '{"received_fen": NaN}']
)
def test_junk_for_json_is_refused_in_words(stranger, body) -> None:
    answer = stranger.post(reverse("api:loan_cost"), body, content_type=JSON)
    assert answer.status_code == 400
    assert answer.json()["messages"]


def test_a_body_without_end_is_not_read_to_its_end(stranger, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = stranger.post(reverse("api:loan_cost"), json.dumps({"x": "长" * 2000}), content_type=JSON)
    assert answer.status_code == 400


def test_what_the_interface_tells_is_kept_by_nobody(case_in_mediation, mediator) -> None:
    answer = speaking(mediator).get(reverse("api:case", args=[case_in_mediation.docket]))
    assert "no-store" in answer["Cache-Control"]


def test_the_pace_cannot_be_outrun_by_naming_other_addresses(stranger) -> None:
    url = reverse("api:due")
    codes = {
        stranger.get(url, headers={"x-forwarded-for": f"10.0.0.{number}"}).status_code for number in range(70)
    }
    assert 429 in codes


@pytest.mark.parametrize("change", [{"amount_fen": 10**15}, {"amount_fen": 10**20}, {"due_on": "9999-12-31"}])
def test_terms_beyond_all_measure_are_refused_over_the_interface(case_in_mediation, mediator, change) -> None:
    term = {"kind": "pay", "payer": "respondent", "due_on": "2027-01-01", "amount_fen": 1000, "parts": 120}
    answer = speaking(mediator).post(
        reverse("api:proposal", args=[case_in_mediation.docket]),
        json.dumps({"terms": [{**term, "account": ACCOUNT, **change}]}),
        content_type=JSON,
    )
    assert answer.status_code in {400, 409}
    assert answer.json()["messages"]


def test_one_side_cannot_break_the_pages_of_the_other_with_a_day_beyond_the_calendar(
    case_in_mediation, citizen, lender
) -> None:
    draft = agreements.TermDraft(Term.Kind.PAY, Side.CLAIMANT, date(9999, 12, 31), 120_000, 120, ACCOUNT)
    with pytest.raises(Refusal):
        agreements.offer_proposal(
            case_id=case_in_mediation.pk, person=citizen, terms=[draft], wording=agreements.Wording()
        )

    other = Client()
    other.force_login(lender)
    assert other.get(reverse("counter:case", args=[case_in_mediation.docket])).status_code == 200


def test_a_plan_of_ten_years_is_no_trouble(case_in_mediation, citizen) -> None:
    day = timezone.localdate() + timedelta(days=30)
    draft = agreements.TermDraft(Term.Kind.PAY, Side.CLAIMANT, day, 120_000, 120, ACCOUNT)
    offered = agreements.offer_proposal(
        case_id=case_in_mediation.pk, person=citizen, terms=[draft], wording=agreements.Wording()
    )
    assert offered.state == "open"


def test_a_form_too_long_is_answered_in_words(case_in_mediation, mediator, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client = Client(raise_request_exception=False)
    client.force_login(mediator)
    answer = client.post(reverse("desk:offer_facts", args=[case_in_mediation.docket]), {"facts": "长" * 2000})

    assert answer.status_code == 400
    assert "<h1>" in answer.content.decode()
    assert "Bad Request" not in answer.content.decode()
