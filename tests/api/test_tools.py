"""Looking up and working out, the description of it all, and the page to try it on."""

import io

import pytest
from django.core.management import call_command
from django.urls import reverse

from cases.models import Precedent

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def test_a_limit_is_worked_out_with_its_reasons_for_anybody(speak) -> None:
    told = speak().get(reverse("api:due"), {"limit": "court_decision", "start": "2026-11-02"}).json()
    assert (told["due_on"], told["overdue_on"]) == ("2026-11-17", "2026-12-02")
    assert "第5条" in told["article"]
    assert told["lines"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"limit": "court_decision"},
        {"limit": "court_decision", "start": "tomorrow"},
        {"limit": "no_such", "start": "2026-11-02"},
        {"limit": "court_acceptance", "start": "2026-11-02", "extension": 5},
        {"limit": "court_decision", "start": "2026-11-02", "profile": "none"},
        {"limit": "court_decision", "start": "9999-12-31"},
        {"limit": "court_decision", "start": "0001-01-01"},
    ],
)
def test_a_limit_that_cannot_be_worked_out_says_why(asked, speak) -> None:
    answer = speak().get(reverse("api:due"), asked)
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert answer.json()["messages"]


def test_a_loan_is_worked_out_both_ways(speak) -> None:
    loan = {
        "received_fen": 900_000,
        "payments": [{"month": month, "fen": 94_356} for month in range(1, 13)],
        "licence": "consumer_finance",
        "contract_on": "2025-05-12",
    }
    told = speak().post(reverse("api:loan_cost"), loan, format="json").json()
    assert told["compound_annual"] > told["simple_annual"] > 0.36
    assert told["cost_fen"] == 94_356 * 12 - 900_000
    assert all(cap["document"] and cap["status"] for cap in told["caps"])
    assert told["caps"]


@pytest.mark.parametrize(
    "loan",
    [
        {},
        {"received_fen": 0, "payments": [{"month": 1, "fen": 1}]},
        {"received_fen": 1000, "payments": []},
        {"received_fen": 1000, "payments": [{"month": 1, "fen": 10}]},
        {"received_fen": 1000, "payments": [{"month": "x", "fen": 10}]},
        {"received_fen": 1000, "payments": "all"},
        {"received_fen": 1, "payments": [{"month": 1, "fen": 10**12}]},
    ],
)
def test_a_loan_that_makes_no_sense_is_no_mistake_of_ours(loan, speak) -> None:
    answer = speak().post(reverse("api:loan_cost"), loan, format="json")
    assert answer.status_code in {200, 400}
    if answer.status_code == 400:
        assert answer["Content-Type"] == PROBLEM
        assert answer.json()["messages"]


def test_a_crowd_is_asked_to_wait(speak) -> None:
    client = speak()
    codes = {client.get(reverse("api:due")).status_code for _ in range(70)}
    assert codes == {400, 429}


def test_like_cases_are_for_staff(speak, mediator, officer, citizen, lender, judge) -> None:
    for n in range(10):
        Precedent.objects.create(
            key=f"P{n}", kind="high_rate", story=f"借款到账少了一千元服务费，利息太高，第{n}件", claim_fen=230_000 + n,
            settled_fen=100_000, state=Precedent.State.RELEASED,
        )  # fmt: skip
    url, asked = reverse("api:precedents"), {"q": "服务费太高，到账少了", "kind": "high_rate", "n": 3}
    told = speak(mediator).get(url, asked).json()
    assert len(told["hits"]) == 3
    assert told["hits"][0]["story"]
    assert speak(officer).get(url, asked).status_code == 200
    for person in (citizen, lender, judge, None):
        assert speak(person).get(url, asked).status_code == 403
    assert speak(mediator).get(url).status_code == 400


def test_the_description_has_no_gaps() -> None:
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    for path in ("/api/cases/{docket}/", "/api/applications/{id}/ruling/", "/api/due/", "/api/loan-cost/"):
        assert path in out.getvalue()


def test_the_page_to_try_it_keeps_the_strict_policy(client) -> None:
    page = client.get(reverse("api:docs"))
    shown = page.content.decode()
    assert "<style" not in shown
    assert "unsafe" not in page["Content-Security-Policy"]
    script = client.get(reverse("api:docs"), {"script": ""})
    assert script["Content-Type"].startswith("application/javascript")
    assert reverse("api:schema") in script.content.decode()
    assert client.get(reverse("api:schema")).status_code == 200
