"""Similar cases filtered, suggestions and the library over JSON: the same services, for the same people."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

import cases
from cases.models import Precedent
from cases.services import precedents
from mediation.suggestions.models import Suggestion

pytestmark = pytest.mark.django_db
SAMPLES = Path(cases.__file__).parent / "precedents" / "sample_settled.jsonl"
PROBLEM = "application/problem+json"
STORY = "我在平台借了两万元，到账只有一万八，多收了服务费两千元，电话13812345678，要求退还。"


def kept(key: str, **told) -> Precedent:
    return Precedent.objects.create(
        **{
            "key": key,
            "kind": "high_rate",
            "story": "借款到账少了服务费，利息太高",
            "claim_fen": 200_000,
            "settled_fen": 100_000,
            "state": Precedent.State.RELEASED,
            "closed_on": date(2025, 5, 1),
            "licence": "bank",
            "product": "消费分期贷款",
            "remedies": ["refund"],
        }
        | told
    )


@pytest.fixture
def stocked(db) -> None:
    precedents.bring_in(json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({}, {"A", "B", "C"}),
        ({"only_kind": ["hidden_fee"]}, {"B"}),
        ({"only_kind": ["hidden_fee", "high_rate"]}, {"A", "B", "C"}),
        ({"only_product": "车贷"}, {"C"}),
        ({"only_licence": ["bank"]}, {"A", "C"}),
        ({"only_remedy": ["reduce"]}, {"B"}),
        ({"least_fen": 150_000, "most_fen": 300_000}, {"A", "B"}),
        ({"since_year": 2025}, {"A", "B"}),
        ({"until_year": 2024}, {"C"}),
    ],
)
def test_similar_cases_are_filtered(asked, left, speak, mediator) -> None:
    kept("A")
    kept("B", kind="hidden_fee", licence="consumer_finance", remedies=["reduce", "explain"])
    kept("C", product="二手车贷", claim_fen=5_000_000, closed_on=date(2024, 3, 1))
    told = speak(mediator).get(reverse("api:precedents"), {"q": "服务费太高，利息太高", **asked}).json()
    assert {hit["key"] for hit in told["hits"]} == left
    marked = [piece for hit in told["hits"] for passage in hit["passages"] for piece in passage]
    assert any(piece["shared"] for piece in marked)


def test_a_long_story_is_searched_for_with_the_facts_it_tells(stocked, speak, mediator) -> None:
    story = (
        "我在平台借了两万块，年利率百分之三十六，利息太高了。我要求退还多收的利息一千八百块。"
        + "请尽快处理。" * 500
    )
    client, url = speak(mediator), reverse("api:precedents")
    assert client.get(url, {"q": story}).status_code == 400
    told = client.post(url, {"q": story, "n": 3, "only_kind": ["high_rate"]}, format="json").json()
    assert (told["asked"]["cause"], told["asked"]["claim_fen"]) == ("high_rate", 1_800_00)
    assert told["enough"]
    assert len(told["hits"]) == 3
    assert {hit["kind"] for hit in told["hits"]} == {"high_rate"}


@pytest.mark.parametrize(
    "asked",
    [{"only_kind": "love"}, {"least_fen": 5, "most_fen": 1}, {"since_year": 1}, {"only_licence": "x"}],
)
def test_a_filter_that_cannot_be_is_named(asked, speak, mediator) -> None:
    answer = speak(mediator).get(reverse("api:precedents"), {"q": "服务费", **asked})
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert answer.json()["messages"]


def test_settled_cases_are_brought_in_and_wait_for_a_person(speak, officer) -> None:
    rows = [
        {"id": "A-1", "cause": "hidden_fee", "story": STORY, "claim": "2000"},
        {"编号": "A-2", "案由": "不知道", "经过": STORY},
        {"id": "A-3", "cause": "hidden_fee", "story": "太短"},
    ]
    told = speak(officer).post(reverse("api:library"), {"rows": rows}, format="json").json()
    assert (told["taken"], told["waiting"]) == (1, 1)
    assert [one["number"] for one in told["refused"]] == [2, 3]
    assert all(one["reason"] for one in told["refused"])
    assert not Precedent.objects.exists(), "nobody finds it before a person released it"
    assert "13812345678" not in Precedent.every.get().story


@pytest.mark.parametrize(
    "wrong",
    [
        {"claim_fen": "二十万"},
        {"settled_fen": [1]},
        {"principal_fen": 10**30},
        {"settled_fen": -5},
        {"annual_rate": "NaN"},
        {"evidence_level": "inf"},
    ],
)
def test_a_figure_that_is_none_leaves_its_row_out_and_says_so(wrong, speak, officer) -> None:
    good = {"id": "A-1", "cause": "hidden_fee", "story": STORY, "settled_fen": 0}
    rows = [{**good, **wrong, "id": "A-0"}, good]
    told = speak(officer).post(reverse("api:library"), {"rows": rows}, format="json").json()
    assert [one["number"] for one in told["refused"]] == [1]
    assert str(*wrong.values()) in told["refused"][0]["reason"]
    assert Precedent.every.get().settled_fen == 0


@pytest.mark.parametrize("told", [{}, {"rows": []}, {"rows": "all"}, {"rows": ["x"]}, {"rows": [{}] * 501}])
def test_rows_that_cannot_be_read_say_why(told, speak, officer) -> None:
    answer = speak(officer).post(reverse("api:library"), told, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)


def test_a_mediator_asks_for_a_suggestion_and_decides(stocked, case_in_mediation, speak, mediator) -> None:
    client, url = speak(mediator), reverse("api:suggestion", args=[case_in_mediation.docket])
    assert client.get(url).status_code == 404
    made = client.post(url).json()
    assert made["state"] == "offered"
    assert made["low_fen"] <= made["middle_fen"] <= made["high_fen"]
    assert made["sources"][0]["reasons"]
    behind = made["details"]
    assert behind["base"]["fen"] > 0
    assert made["high_fen"] <= behind["base"]["most_fen"]
    assert {one["remedy"] for one in behind["remedies"]} == {"refund", "reduce"}
    assert all(one["low"] <= one["middle"] <= one["high"] for one in behind["remedies"])
    assert behind["reasons"]
    assert 0 < behind["held"] <= behind["asked"]
    assert all("low_fen" in one or one["silence"] for one in behind["changes"])
    assert client.get(url).json()["id"] == made["id"]

    decide = reverse("api:suggestion_decision", args=[case_in_mediation.docket])
    other = made["middle_fen"] - 100
    refused = client.post(decide, {"decision": "adopt", "amount_fen": other}, format="json")
    assert refused.status_code == 409, "another sum needs a reason"
    assert client.post(decide, {"decision": "maybe"}, format="json").status_code == 400
    told = {"decision": "adopt", "amount_fen": other, "reason": "手头紧"}
    assert client.post(decide, told, format="json").json()["state"] == "edited"
    assert client.post(decide, told, format="json").status_code == 409
    assert Suggestion.objects.get().decided_fen == other


def test_only_its_mediator_and_only_staff_come_in(
    case_in_mediation, speak, mediator, officer, citizen, lender, judge
) -> None:
    docket = case_in_mediation.docket
    suggestion, decision = (
        reverse("api:suggestion", args=[docket]),
        reverse("api:suggestion_decision", args=[docket]),
    )
    for person in (citizen, lender, judge, officer, None):
        assert speak(person).post(suggestion).status_code == 403
        assert speak(person).get(suggestion).status_code == 403
        assert speak(person).post(decision, {"decision": "adopt"}, format="json").status_code == 403
    for person in (citizen, lender, judge, mediator, None):
        assert speak(person).post(reverse("api:library"), {"rows": [{}]}, format="json").status_code == 403
    case_in_mediation.mediator = None
    case_in_mediation.save(update_fields=["mediator"])
    assert speak(mediator).post(suggestion).status_code == 404
