"""Cases over JSON: who may see what, who may do what, and how the interface says no."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from cases.services.steps import remember
from cases.workflow import Stage
from evidence.log.coverage import wait_until_covered
from evidence.models import ChainHead, Entry
from tests import factories

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def at(name: str, case: Case) -> str:
    return reverse(f"api:{name}", args=[case.docket])


@pytest.mark.parametrize("role", ["citizen", "officer", "mediator", "lender"])
def test_those_of_the_case_find_it(role, request, speak, case_in_mediation) -> None:
    client = speak(request.getfixturevalue(role))
    listed = client.get(reverse("api:cases")).json()["results"]
    assert [row["docket"] for row in listed] == [case_in_mediation.docket]
    assert client.get(at("case", case_in_mediation)).status_code == 200
    assert client.get(at("chain", case_in_mediation)).status_code == 200


@pytest.mark.parametrize("trait", ["citizen", "officer", "mediator", "lender", "judge"])
def test_strangers_find_nothing(trait, speak, case_in_mediation) -> None:
    client = speak(factories.UserFactory.create(**{trait: True}))
    assert client.get(reverse("api:cases")).json()["results"] == []
    for name in ("case", "chain"):
        answer = client.get(at(name, case_in_mediation))
        assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)


def test_without_signing_in_there_is_nothing_to_see(speak, case_in_mediation) -> None:
    for url in (reverse("api:cases"), at("case", case_in_mediation), reverse("api:applications")):
        answer = speak().get(url)
        assert answer.status_code == 403
        assert answer["Content-Type"] == PROBLEM


def test_the_institution_reads_the_family_name_alone(
    speak, case_in_mediation, citizen, lender, officer
) -> None:
    url = at("case", case_in_mediation)

    def names(person) -> set[str]:
        return {party["name"] for party in speak(person).get(url).json()["parties"]}

    company = case_in_mediation.respondent.name
    assert names(lender) == {"杨某", company}
    assert names(citizen) == names(officer) == {citizen.name, company}


def test_no_phone_no_number_no_story_goes_out(speak, case_in_mediation, officer, citizen) -> None:
    told = speak(officer).get(at("case", case_in_mediation)).content.decode()
    for closed in (citizen.phone, "平安里", case_in_mediation.story[:20]):
        assert closed not in told


def test_each_clock_says_how_it_is_counted(speak, accepted_case, officer) -> None:
    clocks = speak(officer).get(at("case", accepted_case)).json()["clocks"]
    mediation = next(clock for clock in clocks if clock["limit"] == "mediation")
    assert "第24条" in mediation["article"]
    assert mediation["status"] == "T"
    assert len(mediation["explanation"]) >= 2


def test_the_chain_is_told_as_it_was_hashed(speak, accepted_case, citizen) -> None:
    told = speak(citizen).get(at("chain", accepted_case), {"limit": 500}).json()["results"]
    assert [row["seq"] for row in told] == list(range(1, len(told) + 1))
    first = json.loads(told[0]["envelope"])
    assert first["case"] == ChainHead.objects.get(chain=accepted_case.chain).tag
    assert not {"event", "role"} & set(first)  # what happened stands in the sealed body alone
    assert json.loads(told[1]["envelope"])["prev"] == told[0]["hash"]
    assert citizen.name not in json.dumps(told, ensure_ascii=False)
    assert {(row["index"], row["is_covered"]) for row in told} == {(None, False)}


def test_the_chain_says_what_is_covered(speak, accepted_case, officer, citizen) -> None:
    wait_until_covered(Entry.objects.filter(chain=accepted_case.chain).last(), 20)
    remember(accepted_case, "case.note", by=officer)

    told = speak(citizen).get(at("chain", accepted_case), {"limit": 500}).json()["results"]

    assert [row["index"] for row in told[:-1]] == list(range(len(told) - 1))
    assert [row["is_covered"] for row in told] == [True] * (len(told) - 1) + [False]


def test_an_officer_accepts_once(speak, filed_case, officer) -> None:
    client = speak(officer)
    answer = client.post(at("accept", filed_case), {"note": "材料齐全"}, format="json")
    assert answer.json()["stage"] == Stage.FACT_FINDING

    again = client.post(at("accept", filed_case), {}, format="json")
    assert (again.status_code, again["Content-Type"]) == (409, PROBLEM)
    assert again.json()["messages"]


def test_what_is_not_admissible_is_told_all_at_once(speak, centre, institution, citizen, officer) -> None:
    case = factories.filed_case(centre=centre, institution=institution, citizen=citizen)
    case.parties.filter(side="respondent").update(institution=None)
    case.parties.filter(side="claimant").update(e_delivery_at=None)
    answer = speak(officer).post(at("accept", case), {}, format="json")
    assert answer.status_code == 409
    assert answer.json()["status"] == 409
    assert Case.objects.get(pk=case.pk).stage == Stage.ACCEPTANCE


def test_asking_and_declining_need_words(speak, filed_case, officer) -> None:
    client = speak(officer)
    empty = client.post(at("ask_supplement", filed_case), {"items": ""}, format="json")
    assert (empty.status_code, empty["Content-Type"]) == (400, PROBLEM)
    assert "items" in empty.json()["errors"]
    asked = client.post(at("ask_supplement", filed_case), {"items": "请补交合同"}, format="json")
    assert asked.json()["stage"] == Stage.SUPPLEMENT
    gone = client.post(at("decline", filed_case), {"reason": "已起诉", "go_where": "法院"}, format="json")
    assert gone.json()["stage"] == Stage.CLOSED


def test_bytes_that_are_no_json_are_said_to_be_so(speak, filed_case, officer) -> None:
    answer = speak(officer).post(at("accept", filed_case), "{half", content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)


@pytest.mark.parametrize(
    ("role", "act"),
    [
        ("citizen", "accept"),
        ("mediator", "accept"),
        ("lender", "decline"),
        ("officer", "answer"),
        ("citizen", "proposal"),
        ("officer", "proposal"),
    ],
)
def test_the_wrong_role_is_refused_and_nothing_changes(role, act, request, speak, case_in_mediation) -> None:
    before = Entry.objects.count()
    answer = speak(request.getfixturevalue(role)).post(at(act, case_in_mediation), {}, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (403, PROBLEM)
    assert Entry.objects.count() == before


def test_the_institution_answers_every_claim(speak, accepted_case, lender) -> None:
    numbers = [claim.number for claim in accepted_case.claims.all()]
    client = speak(lender)
    part = client.post(at("answer", accepted_case), {"replies": [reply(numbers[0])]}, format="json")
    assert part.status_code == 409
    whole = client.post(at("answer", accepted_case), {"replies": [reply(n) for n in numbers]}, format="json")
    assert whole.status_code == 200
    twice = client.post(
        at("answer", accepted_case), {"replies": [reply(numbers[0]), reply(numbers[0])]}, format="json"
    )
    assert twice.status_code == 400


def reply(number: int) -> dict[str, object]:
    return {"claim": number, "position": "partly", "words": "愿意协商", "amount_fen": 1000}


def test_a_mediator_offers_terms_and_unclear_ones_come_back_with_every_flaw(
    speak, case_in_mediation, mediator
) -> None:
    day = (timezone.localdate() + timedelta(days=20)).isoformat()
    account = {"holder": "杨小满", "bank": "样例银行", "number": "6200000000000000"}
    good = {
        "kind": "pay",
        "payer": "respondent",
        "due_on": day,
        "amount_fen": 100_000,
        "parts": 2,
        "account": account,
    }
    client = speak(mediator)
    offered = client.post(at("proposal", case_in_mediation), {"terms": [good]}, format="json")
    assert (offered.status_code, offered.json()["version"]) == (201, 1)

    unclear = [
        {**good, "account": account, "amount_fen": None},
        {"kind": "other", "payer": "claimant", "due_on": day},
    ]
    refused = client.post(at("proposal", case_in_mediation), {"terms": unclear}, format="json")
    assert refused.status_code == 409
    assert len(refused.json()["messages"]) == 2


def test_a_list_takes_few_queries(speak, case_in_mediation, officer, django_assert_max_num_queries) -> None:
    client = speak(officer)
    with django_assert_max_num_queries(10):
        client.get(reverse("api:cases"))
